package channeltest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Server serves a stand-in over loopback and lets its calls meet faults: the
// stand-in itself only needs to be right. It is for channels that speak HTTP.
type Server struct {
	URL string

	next http.Handler
	mu   sync.Mutex
	how  Fault
	hits int
	// Refusal answers while the fault is Refused; nil is a plain status 401.
	Refusal http.HandlerFunc
	// Limit answers while the fault is Limited; nil is status 429 with Retry-After.
	Limit http.HandlerFunc
}

// Serve starts a server for a stand-in. It ends with the test.
func Serve(tb testing.TB, next http.Handler) *Server {
	tb.Helper()
	s := &Server{next: next}
	server := httptest.NewServer(s)
	tb.Cleanup(func() {
		server.CloseClientConnections() // a stream would keep it open
		server.Close()
	})
	s.URL = server.URL
	return s
}

// Break makes the calls from now on meet a fault, until the next call of it. Its
// answer is the one that Outside.Break wants.
func (s *Server) Break(f Fault) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how, s.hits = f, 0
	return true
}

// Calls counts the calls since the last Break.
func (s *Server) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hits
}

func (s *Server) fault() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hits++
	switch {
	case s.how == Flaky && s.hits%2 == 1:
		return Down
	case s.how == Rare:
		// One call of ten, each time in another way.
		if s.hits%10 != 0 {
			return Healthy
		}
		ways := []Fault{Down, Limited, Lost, Cut, Garbled}
		return ways[s.hits/10%len(ways)]
	case s.how == Flaky:
		return Healthy
	default:
		return s.how
	}
}

// ServeHTTP passes a call to the stand-in, unless a fault is in its way.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch s.fault() {
	case Down:
		http.Error(w, `{"error":"try again later"}`, http.StatusServiceUnavailable)
	case Refused:
		if s.Refusal != nil {
			s.Refusal(w, r)
			return
		}
		http.Error(w, `{"error":"who are you?"}`, http.StatusUnauthorized)
	case Invalid:
		http.Error(w, `{"error":"there is no such thing"}`, http.StatusBadRequest)
	case Limited:
		if s.Limit != nil {
			s.Limit(w, r)
			return
		}
		w.Header().Set("Retry-After", strconv.Itoa(int(RetryAfter/time.Second)))
		http.Error(w, `{"error":"slow down"}`, http.StatusTooManyRequests)
	case Hang:
		// A server sees that the caller has gone only once the body is read.
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	case Lost:
		panic(http.ErrAbortHandler)
	case Cut:
		s.next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	case Garbled:
		s.next.ServeHTTP(httptest.NewRecorder(), r)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"data": [{"id": `)) // the line is up to the test
	default:
		s.next.ServeHTTP(w, r)
	}
}

// JSON writes a stand-in's answer.
func JSON(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // whoever has hung up does not want it
}
