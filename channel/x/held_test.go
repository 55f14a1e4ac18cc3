package x

import (
	"io"
	"net/http"
)

// stream holds a connection open and sends what is pushed.
func (x *xServer) stream(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lines := make(chan string, 1000)
		x.mu.Lock()
		x.streams[name] = append(x.streams[name], lines)
		x.mu.Unlock()
		flush := func() { _ = http.NewResponseController(w).Flush() }
		_, _ = io.WriteString(w, "\r\n")
		flush()
		for {
			select {
			case <-r.Context().Done():
				return
			case line := <-lines:
				if line == "" {
					panic(http.ErrAbortHandler)
				}
				_, _ = io.WriteString(w, line)
				flush()
			}
		}
	}
}

// streaming tells how often a stream was opened.
func (x *xServer) streaming(name string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.streams[name])
}
