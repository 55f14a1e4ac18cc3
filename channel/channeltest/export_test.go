package channeltest

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Promises gives the names of all promises.
func Promises() []string {
	var all []string
	for _, p := range promises() {
		all = append(all, p.name)
	}
	return all
}

// Try tries one promise and gives what was complained about, instead of failing.
func Try(tb testing.TB, name string, s Setup) []string {
	tb.Helper()
	return complaints(tb, func(spy testing.TB) {
		spy.Helper()
		for _, p := range promises() {
			if p.name == name {
				p.kept(newKit(spy, s))
			}
		}
	})
}

// TryHaul makes a haul and gives what was complained about, instead of failing.
func TryHaul(tb testing.TB, s Setup, n int) []string {
	tb.Helper()
	return complaints(tb, func(spy testing.TB) {
		spy.Helper()
		Haul(spy, s, n, nil)
	})
}

func complaints(tb testing.TB, try func(testing.TB)) []string {
	tb.Helper()
	spy := &spy{TB: tb}
	done := make(chan struct{})
	go func() { // FailNow ends its goroutine
		defer close(done)
		defer spy.end()
		try(spy)
	}()
	<-done
	return spy.complaints
}

// spy is a test that may fail without failing the test that it is part of.
type spy struct {
	testing.TB
	mu         sync.Mutex
	complaints []string
	cleanups   []func()
}

func (s *spy) Errorf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.complaints = append(s.complaints, strings.TrimSpace(fmt.Sprintf(format, args...)))
}

func (s *spy) FailNow()             { runtime.Goexit() }
func (s *spy) Cleanup(f func())     { s.cleanups = append(s.cleanups, f) }
func (s *spy) Skip(...any)          { s.Skipf("") }
func (s *spy) Skipf(string, ...any) { runtime.Goexit() }

func (s *spy) end() {
	for _, f := range s.cleanups {
		f()
	}
}
