package channel

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
)

// Gauge remembers what a network's answers tell of its limits: a tocsin.Meter for
// channels that learn of them call by call. The zero value knows nothing yet.
type Gauge struct {
	mu    sync.Mutex
	known map[string]tocsin.Allowance
}

// Set takes what an answer said of one limit, in place of what was known of it.
func (g *Gauge) Set(a tocsin.Allowance) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.known == nil {
		g.known = map[string]tocsin.Allowance{}
	}
	g.known[a.Name] = a
}

// Get gives what is known of one limit, and whether anything is.
func (g *Gauge) Get(name string) (tocsin.Allowance, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a, ok := g.known[name]
	return a, ok
}

// Low tells whether a limit is known to run low: less than a fifth of it is left,
// and it has not been renewed since.
func (g *Gauge) Low(name string, now time.Time) bool {
	const share = 5
	a, known := g.Get(name)
	renewed := !a.ResetAt.IsZero() && !now.Before(a.ResetAt)
	return known && !renewed && share*a.Left < a.Limit
}

// Allowances gives all that is known, by name.
func (g *Gauge) Allowances() []tocsin.Allowance {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]tocsin.Allowance, 0, len(g.known))
	for _, a := range g.known {
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b tocsin.Allowance) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
