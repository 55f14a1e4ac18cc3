package triage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/text"
)

// Limits of what an explanation shows.
const (
	maxPhrases = 6
	maxQuotes  = 5
	maxRead    = 200 // members whose texts are read again for it
)

// sighting describes an incident for the store and for people.
func (e *Engine) sighting(i *incident) tocsin.Sighting {
	texts := e.texts(i)
	s := tocsin.Sighting{
		Key: i.key, Kind: i.kind, Tier: i.tier, Area: e.areaOf(texts), Severity: severity(i),
		FirstSeen: time.Unix(i.first, 0).UTC(), LastSeen: time.Unix(i.last, 0).UTC(),
		Reports: len(i.members), People: len(i.people), Explanation: e.explain(i, texts),
	}
	s.Title = heading(s.Kind, s.Explanation.Phrases)
	return s
}

// severity is 1 (worst) to 4 (mildest), from the number of people.
func severity(i *incident) int {
	switch n := len(i.people); {
	case i.kind == tocsin.KindFlood || n < 8:
		return 4
	case n < 20:
		return 3
	case n < 60:
		return 2
	default:
		return 1
	}
}

func (e *Engine) texts(i *incident) []text.Text {
	var out []text.Text
	for _, m := range i.members[:min(maxRead, len(i.members))] {
		out = append(out, e.lex.Read(m.title+"\n"+m.text, m.lang))
	}
	return out
}

func (e *Engine) explain(i *incident, texts []text.Text) tocsin.Explanation {
	x := tocsin.Explanation{
		Phrases: e.phrases(texts), Channels: map[string]int{}, Expected: e.expectedLike(i), Seen: len(i.best.group),
		Window: tocsin.Duration(time.Duration(i.best.window) * time.Second), Quotes: e.quotes(i),
	}
	seen := map[uint64]bool{}
	for _, m := range i.members {
		if !seen[m.person] {
			seen[m.person] = true
			x.Channels[m.channel]++
		}
	}
	if i.kind == tocsin.KindFlood {
		x.Summary = fmt.Sprintf("%d accounts, most of them days old, sent near copies of one text.", len(i.people))
		x.False = "The accounts turn out to be real people who share a text."
		return x
	}
	x.Summary = fmt.Sprintf("%d people wrote about the same thing: %s.", len(i.people), strings.Join(x.Phrases[:min(3, len(x.Phrases))], ", "))
	x.Why = fmt.Sprintf("%d people within %d minutes; by the past weeks, %s reports like these were to be expected in that time.",
		x.Seen, i.best.window/60, few(x.Expected))
	x.False = "The reports share words but not a problem, or something outside the service made people ask."
	return x
}

// few writes a number of reports as a person reads it.
func few(n float64) string {
	if n < .01 {
		return "fewer than 0.01"
	}
	return fmt.Sprintf("%.2g", n)
}

// expectedLike is how many reports like an incident's were to be expected in the
// window that shows it best: those about anything, times the share of the past
// that fits its topic as well as the middle one of its reports does.
func (e *Engine) expectedLike(i *incident) float64 {
	if len(i.best.group) == 0 {
		return 0
	}
	var shares []float64
	e.withTopic(&i.topic, func() {
		for _, m := range i.best.group {
			shares = append(shares, i.past.share(e.fit(m)))
		}
	})
	slices.Sort(shares)
	return i.best.expected * shares[len(shares)/2]
}

// quotes are the reports nearest to the centre, one a person.
func (e *Engine) quotes(i *incident) []int64 {
	sorted := slices.Clone(i.members)
	fit := map[*post]float64{}
	e.withTopic(&i.topic, func() {
		for _, m := range sorted {
			fit[m] = e.fit(m)
		}
	})
	slices.SortStableFunc(sorted, func(a, b *post) int { return cmp.Compare(fit[b], fit[a]) })
	var out []int64
	seen := map[uint64]bool{}
	for _, m := range sorted {
		if len(out) < maxQuotes && !seen[m.person] {
			seen[m.person] = true
			out = append(out, m.id)
		}
	}
	return out
}
