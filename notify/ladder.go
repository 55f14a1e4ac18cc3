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
	steps  []tocsin.Step
	rounds int
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
	return ladder{steps: steps, rounds: 1 + max(p.Repeat, 0)}
}

func (l ladder) step(n int) tocsin.Step { return l.steps[n%len(l.steps)] }

// run is how many steps are climbed until everything was tried.
func (l ladder) run() int { return len(l.steps) * l.rounds }

// last tells whether everything was tried once step n was.
func (l ladder) last(n int) bool { return l.run() == 0 || (n+1)%l.run() == 0 }

// anew is the step at which a page that stands at step n is rung again.
func (l ladder) anew(n int) int { return (n/l.run() + 1) * l.run() }

// climb puts a page on step n and makes its notices.
func (l ladder) climb(p *tocsin.Page, n int, now time.Time) []tocsin.Notice {
	step := l.step(n)
	p.Step = n
	p.NextAt = time.Time{}
	if p.Tier == tocsin.TierRing {
		p.NextAt = now.Add(cmp.Or(time.Duration(step.Wait), defaultWait))
	}
	notices := make([]tocsin.Notice, len(step.Targets))
	for k, target := range step.Targets {
		notices[k] = tocsin.Notice{
			Page: p.ID, Step: n, Target: target, State: tocsin.DeliveryPending, UpdatedAt: now,
			Key: fmt.Sprintf("i%d.%s.%d.%d", p.Incident, p.Tier, n, k),
		}
	}
	return notices
}

// who names the step and its targets for the timeline.
func (l ladder) who(n int) string {
	step := l.step(n)
	names := make([]string, len(step.Targets))
	for k, t := range step.Targets {
		names[k] = strings.TrimSpace(t.Channel + " " + t.To)
	}
	return fmt.Sprintf("%s (%s)", cmp.Or(step.Name, fmt.Sprintf("step %d", n%len(l.steps)+1)), strings.Join(names, ", "))
}
