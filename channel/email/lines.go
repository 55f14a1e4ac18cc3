package email

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A line is kept for the next mail: servers dislike a new connection for each of
// thousands, and a sign-in takes longer than a mail.
const (
	lineIdle  = 20 * time.Second // then we hang up; servers do after some minutes
	lineMails = 50               // over one line; many servers end it after a hundred
	lineProbe = 10 * time.Second // for an idle line to show that it is alive
)

// lines are the idle connections to the SMTP server. The zero value is ready.
type lines struct {
	mu   sync.Mutex
	idle []*line
}

// take gives an idle line that still answers, or nil.
func (ls *lines) take(ctx context.Context) *line {
	for {
		ls.mu.Lock()
		if len(ls.idle) == 0 {
			ls.mu.Unlock()
			return nil
		}
		l := ls.idle[len(ls.idle)-1]
		ls.idle = ls.idle[:len(ls.idle)-1]
		ls.mu.Unlock()
		l.hangUp.Stop()
		if within(ctx, lineProbe, l.conn, l.client.Reset) == nil {
			return l
		}
		_ = l.conn.Close() // the server hung up, which is its right
	}
}

// give takes a line back after a mail.
func (ls *lines) give(l *line) {
	if l.mails >= lineMails {
		go l.quit()
		return
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.idle = append(ls.idle, l)
	l.hangUp = time.AfterFunc(lineIdle, func() {
		ls.mu.Lock()
		i := slices.Index(ls.idle, l)
		if i >= 0 {
			ls.idle = slices.Delete(ls.idle, i, i+1)
		}
		ls.mu.Unlock()
		if i >= 0 {
			l.quit()
		}
	})
}

// quit says goodbye.
func (l *line) quit() {
	_ = l.conn.SetDeadline(time.Now().Add(lineProbe))
	_ = l.client.Quit() // all mails are through by then
	_ = l.conn.Close()
}
