package notify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/tocsin/tocsin"
)

// How far back similar incidents are looked for, and how many are shown.
const (
	pastRead  = 200
	pastShown = 3
)

// likeEnough is the share of the fewer words that two incidents must have in common:
// less when they are about the same area.
const (
	likeEnough     = .6
	likeInSameArea = .3
)

// pastKept is how long the list of earlier incidents is used again: a thousand pages
// at once read it once.
const pastKept = time.Minute

// history is the list of earlier incidents, as it was a moment ago.
type history struct {
	mu   sync.Mutex
	at   time.Time
	list []earlier
}

// earlier is an incident with the words by which it is compared.
type earlier struct {
	incident tocsin.Incident
	words    map[string]bool
}

func (h *history) read(ctx context.Context, o Options) ([]earlier, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.at.IsZero() && o.Now().Sub(h.at).Abs() < pastKept {
		return h.list, nil
	}
	all, _, err := o.Store.Incidents(ctx, tocsin.IncidentQuery{Limit: pastRead})
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	h.at, h.list = o.Now(), make([]earlier, len(all))
	for n, i := range all {
		h.list[n] = earlier{i, wordsOf(i)}
	}
	return h.list, nil
}

// similar gives earlier incidents that were told in the same words, the likest
// first, and how they ended. What only few may see is left out.
func (p *Pager) similar(ctx context.Context, i tocsin.Incident) ([]tocsin.Past, error) {
	all, err := p.past.read(ctx, p.Options)
	if err != nil {
		return nil, err
	}
	type scored struct {
		past tocsin.Past
		like float64
	}
	var found []scored
	mine := wordsOf(i)
	for _, o := range all {
		other := o.incident
		over := other.Verdict != tocsin.VerdictNone || !other.ClosedAt.IsZero()
		if other.ID == i.ID || !over || other.Restricted || other.Verdict == tocsin.VerdictDuplicate || other.FirstSeen.After(i.FirstSeen) {
			continue
		}
		enough := likeEnough
		if other.Area != "" && other.Area == i.Area {
			enough = likeInSameArea
		}
		if like := alike(mine, o.words); like >= enough {
			found = append(found, scored{tocsin.Past{
				Incident: other.ID, Title: oneLine(Mask(other.Title), summaryLimit), At: other.FirstSeen, Ended: ended(other),
			}, like})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(b.like, a.like) })
	var past []tocsin.Past
	for _, s := range found[:min(len(found), pastShown)] {
		past = append(past, s.past)
	}
	return past, nil
}

// wordsOf are the words by which triage names an incident.
func wordsOf(i tocsin.Incident) map[string]bool {
	words := map[string]bool{}
	for _, text := range append([]string{i.Title}, i.Explanation.Phrases...) {
		for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(w) > 2 {
				words[w] = true
			}
		}
	}
	return words
}

// alike is how many words two incidents share, of those that the shorter one has.
func alike(a, b map[string]bool) float64 {
	shared := 0
	for w := range a {
		if b[w] {
			shared++
		}
	}
	return float64(shared) / float64(max(min(len(a), len(b)), 1))
}

// ended says in some words how an incident ended.
func ended(i tocsin.Incident) string {
	var said string
	switch i.Verdict {
	case tocsin.VerdictConfirmed:
		said = "confirmed, " + map[tocsin.Cause]string{
			tocsin.CauseOurs: "our own fault", tocsin.CauseProvider: "a provider's fault", tocsin.CauseMalicious: "made by attackers",
		}[i.Cause]
		if i.Cause == tocsin.CauseUnknown || i.Cause == "" {
			said = "confirmed, of unknown cause"
		}
	case tocsin.VerdictNone:
		said = "never vetted"
	default:
		said = i.Verdict.Word()
		if i.VerdictReason != "" {
			said += ": " + oneLine(Mask(i.VerdictReason), quoteLimit)
		}
	}
	if i.ClosedAt.IsZero() {
		return said + "; still open"
	}
	return said + "; closed after " + i.ClosedAt.Sub(i.OpenedAt).Round(time.Minute).String()
}
