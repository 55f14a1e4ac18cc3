package channel

import (
	"slices"
	"sync"
	"time"
)

// Pace keeps calls within a limit that the other side has published, so that we
// don't have to be told. It holds for one process.
type Pace struct {
	Most int           // so many calls
	In   time.Duration // in any span of this length

	mu   sync.Mutex
	made []time.Time
}

// Take counts a call at now and gives 0, or counts nothing and gives how long to
// wait before there is room for one.
func (p *Pace) Take(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	if len(p.made) >= p.Most {
		return p.made[0].Add(p.In).Sub(now)
	}
	p.made = append(p.made, now)
	return 0
}

// Left is how many calls there is room for at now.
func (p *Pace) Left(now time.Time) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(now)
	return p.Most - len(p.made)
}

// forget drops what no longer counts.
func (p *Pace) forget(now time.Time) {
	p.made = slices.DeleteFunc(p.made, func(at time.Time) bool { return now.Sub(at) >= p.In })
}
