package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// ladder is the way of a bell: steps that are climbed one after the other, the
// whole of them in some rounds. A page counts its steps over all rounds; a page
// that is rung anew goes on at the first step of the next run, so that no two of
// its notices ever share a key.
type ladder struct {
	steps    []tocsin.Step
	rounds   int
	quiet    *tocsin.Quiet
	roster   roster
	incident tocsin.Incident
}

// defaultWait is how long a step without a wait of its own waits for an answer.
const defaultWait = 5 * time.Minute

// ladderOf reads the way of a bell from a policy. A whisper has one step, which
// waits for nobody. Steps without targets are left out: they would only lose time.
func ladderOf(p tocsin.Policy, tier tocsin.Tier) ladder {
	if tier != tocsin.TierRing {
		p.Steps = []tocsin.Step{{Name: "support", Targets: p.Whisper}}
		p.Repeat = 0
	}
	steps := slices.DeleteFunc(slices.Clone(p.Steps), func(s tocsin.Step) bool { return len(s.Targets) == 0 })
	return ladder{steps: steps, rounds: 1 + max(p.Repeat, 0), quiet: p.Quiet}
}

func (l ladder) step(n int) tocsin.Step { return l.steps[n%len(l.steps)] }

// run is how many steps are climbed until everything was tried.
func (l ladder) run() int { return len(l.steps) * l.rounds }

// last tells whether everything was tried once step n was.
func (l ladder) last(n int) bool { return l.run() == 0 || (n+1)%l.run() == 0 }

// anew is the step at which a page that stands at step n is rung again.
func (l ladder) anew(n int) int {
	if l.run() == 0 {
		return n
	}
	return (n/l.run() + 1) * l.run()
}

// climbed is a step that was begun.
type climbed struct {
	notices []tocsin.Notice
	who     string   // the step and whom it calls, for the timeline
	missed  []string // sentences about those whom nobody could call
}

// climb puts a page on step n, or on the first after it that calls anybody: a step
// of an empty group or of a gap in a schedule loses no time. It gives false when the
// run ends with nobody called; the page then stands at its last step.
func (l ladder) climb(p *tocsin.Page, n int, now time.Time) (climbed, bool) {
	var c climbed
	for ; l.run() > 0; n++ {
		calls, whys := l.calls(p.Tier, n)
		for _, why := range whys {
			c.missed = append(c.missed, fmt.Sprintf("%s: %s.", why, l.name(n)))
		}
		p.Step, p.NextAt = n, time.Time{}
		if len(calls) > 0 {
			c.notices = notices(p, calls, now)
			c.who = fmt.Sprintf("%s (%s)", l.name(n), who(c.notices))
			if p.Tier == tocsin.TierRing {
				p.NextAt = soonest(c.notices, now).Add(cmp.Or(time.Duration(l.step(n).Wait), defaultWait))
			}
			return c, true
		}
		if l.last(n) {
			break
		}
	}
	return c, false
}

// calls are the ways by which a step reaches people, each once.
func (l ladder) calls(tier tocsin.Tier, n int) (calls []call, whys []string) {
	for _, target := range l.step(n).Targets {
		some, why := l.roster.calls(target, tier, l.incident, l.quiet)
		whys = append(whys, why...)
		for _, c := range some {
			if !slices.ContainsFunc(calls, func(other call) bool { return other.target == c.target }) {
				calls = append(calls, c)
			}
		}
	}
	return calls, whys
}

// notices makes the messages of a step.
func notices(p *tocsin.Page, calls []call, now time.Time) []tocsin.Notice {
	made := make([]tocsin.Notice, len(calls))
	for k, c := range calls {
		made[k] = tocsin.Notice{
			Page: p.ID, Step: p.Step, Target: c.target, State: tocsin.DeliveryPending, UpdatedAt: now,
			Key: fmt.Sprintf("i%d.%s.%d.%d", p.Incident, p.Tier, p.Step, k), Quiet: !c.quiet.IsZero(),
		}
		begin := now
		if made[k].Quiet {
			begin = c.quiet
		}
		if at := begin.Add(c.after); at.After(now) {
			made[k].DueAt = at
		}
	}
	return made
}

// soonest is when the first of some notices goes out: from then on an answer is
// waited for.
func soonest(notices []tocsin.Notice, now time.Time) time.Time {
	first := slices.MinFunc(notices, func(a, b tocsin.Notice) int { return a.DueAt.Compare(b.DueAt) })
	if first.DueAt.IsZero() {
		return now
	}
	return first.DueAt
}

// name is what a step is called.
func (l ladder) name(n int) string {
	return cmp.Or(l.step(n).Name, fmt.Sprintf("step %d", n%len(l.steps)+1))
}

// who names whom notices go to, and those who are told later.
func who(notices []tocsin.Notice) string {
	var names []string
	for _, n := range notices {
		name := n.Target.String()
		if !n.DueAt.IsZero() {
			name += " at " + n.DueAt.UTC().Format(clock)
		}
		if n.Quiet {
			name += ", after quiet hours"
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// clock is how a line of the timeline writes a time that is near.
const clock = "15:04 UTC"
