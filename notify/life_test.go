package notify_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// life is a broadcast among random misfortunes.
type life struct {
	*house
	rand   *rand.Rand
	update int64
	calm   bool // no more misfortunes
}

func newLife(t *testing.T, seed uint64) *life {
	t.Helper()
	l := &life{house: setup(t), rand: rand.New(rand.NewPCG(seed, 1))}
	i := l.incident()
	for k := range 12 {
		l.report(i, fmt.Sprintf("p%d@%s", k, []string{"mail", "forum"}[k%2]))
	}
	if seed%3 == 0 {
		l.channel("forum").Finder = nil
	}
	l.restart()
	l.confirm(i)
	l.update = l.draft(i, tocsin.UpdateAware, "We know and are on it.")
	l.approve(l.update)
	l.store.at = l.misfortune
	for _, net := range []*network{l.mail, l.forum} {
		net.at, net.answer = l.misfortune, l.answer
		net.find = func(key string) (tocsin.Found, error) { return l.look(net, key) }
	}
	return l
}

func (l *life) misfortune(point string) {
	if !l.calm && l.rand.IntN(40) == 0 {
		panic(crash{point})
	}
}

// answer is what the network does with a call; it may take a message and cut the line.
func (l *life) answer(key string) (bool, error) {
	if l.calm {
		return true, nil
	}
	switch l.rand.IntN(8) {
	case 0:
		return cut(true)(key)
	case 1:
		return cut(false)(key)
	case 2:
		return busy(key)
	case 3:
		if l.rand.IntN(6) == 0 {
			return permanent(key)
		}
		fallthrough
	default:
		return true, nil
	}
}

// look is honest, but does not always see.
func (l *life) look(net *network, key string) (tocsin.Found, error) {
	switch {
	case !l.calm && l.rand.IntN(4) == 0:
		return tocsin.FoundUnclear, nil
	case !l.calm && l.rand.IntN(8) == 0:
		return tocsin.FoundAbsent, fmt.Errorf("the look itself failed")
	case net.took[key] > 0:
		return tocsin.FoundPresent, nil
	default:
		return tocsin.FoundAbsent, nil
	}
}

func (l *life) live() {
	for range 400 {
		l.event()
		l.check()
	}
	l.calm = true
	if l.store.updates[l.update].State == tocsin.UpdateStopped {
		l.resume()
	}
	l.runFor(3 * time.Hour)
	l.sweep()
	l.runFor(3 * time.Hour)
	l.check()
	for _, line := range l.store.deliveries {
		require.NotContains(l, []tocsin.DeliveryState{tocsin.DeliveryPending, tocsin.DeliverySending, tocsin.DeliveryUnknown}, line.State, line.Key)
		if line.State == tocsin.DeliverySent {
			require.Equal(l, 1, l.taken(line.Key), "%s is said to be sent", line.Key)
		}
		if line.State == tocsin.DeliveryFailed {
			require.Zero(l, l.taken(line.Key), "%s is said to have failed", line.Key)
		}
	}
	require.Equal(l, tocsin.UpdateSent, l.store.updates[l.update].State)
}

// event lets one thing happen.
func (l *life) event() {
	switch n := l.rand.IntN(20); {
	case n == 0:
		l.attempt(func() { _, _ = l.desk.Stop(l.Context(), "sue", l.update, "wait") })
	case n <= 2:
		l.resume()
	case n == 3:
		l.sweep()
	case n == 4 && len(l.store.jobs) > 0: // a job is lost: the sweep has to find out
		if _, ok := l.store.jobs[0].Job.(tocsin.DeliverJob); ok {
			l.store.jobs = l.store.jobs[1:]
		}
	case n <= 6:
		l.clock = l.clock.Add(time.Duration(l.rand.IntN(90)) * time.Second)
	case len(l.store.jobs) > 0:
		if k := l.rand.IntN(len(l.store.jobs)); !l.store.jobs[k].At.After(l.clock) {
			l.step(k)
		}
	}
}

func (l *life) resume() {
	l.attempt(func() { _, _ = l.desk.Resume(l.Context(), "sue", l.update) })
}

func (l *life) sweep() {
	l.attempt(func() { _, _ = l.caster.Sweep(l.Context()) })
}

// attempt plays an act of a person that a crash may interrupt.
func (l *life) attempt(act func()) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(crash); !ok {
				panic(r)
			}
			l.restart()
		}
	}()
	act()
}

func (l *life) taken(key string) int { return l.mail.took[key] + l.forum.took[key] }

// check holds at any moment: nobody got it twice.
func (l *life) check() {
	l.Helper()
	for _, line := range l.store.deliveries {
		require.LessOrEqual(l, l.taken(line.Key), 1, "%s was sent twice", line.Key)
	}
}
