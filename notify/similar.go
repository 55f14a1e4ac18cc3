package notify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
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

// similar gives earlier incidents that were told in the same words, the likest
// first, and how they ended. What only few may see is left out.
func (p *Pager) similar(ctx context.Context, i tocsin.Incident) ([]tocsin.Past, error) {
	all, _, err := p.Store.Incidents(ctx, tocsin.IncidentQuery{Limit: pastRead})
	if err != nil {
		return nil, fmt.Errorf("list incidents: %w", err)
	}
	type scored struct {
		past tocsin.Past
		like float64
	}
	var found []scored
	mine := wordsOf(i)
	for _, other := range all {
		over := other.Verdict != tocsin.VerdictNone || !other.ClosedAt.IsZero()
		if other.ID == i.ID || !over || other.Restricted || other.Verdict == tocsin.VerdictDuplicate || other.FirstSeen.After(i.FirstSeen) {
			continue
		}
		enough := likeEnough
		if other.Area != "" && other.Area == i.Area {
			enough = likeInSameArea
		}
		if like := alike(mine, wordsOf(other)); like >= enough {
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
