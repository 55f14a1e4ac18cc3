package notify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/tocsin/tocsin"
)

// How much of strangers' words a page shows.
const (
	quotesShown  = 3
	phrasesShown = 5
	quoteLimit   = 240 // characters
	// summaryLimit leaves room for a link in one SMS of 160 characters.
	summaryLimit = 120
)

// alarm is the evidence as it is now, for one notice. Whatever strangers wrote in
// it is masked.
func (p *Pager) alarm(ctx context.Context, page tocsin.Page, n tocsin.Notice) (tocsin.Alarm, error) {
	i, err := p.Store.Incident(ctx, page.Incident)
	if err != nil {
		return tocsin.Alarm{}, fmt.Errorf("read incident: %w", err)
	}
	area, err := areaOf(ctx, p.Store, i)
	if err != nil {
		return tocsin.Alarm{}, err
	}
	quotes, err := p.quotes(ctx, i)
	if err != nil {
		return tocsin.Alarm{}, err
	}
	similar, err := p.similar(ctx, i)
	if err != nil {
		return tocsin.Alarm{}, err
	}
	a := tocsin.Alarm{
		Key: n.Key, Dedup: fmt.Sprintf("incident-%d", i.ID), To: n.Target.To, Tier: page.Tier,
		Incident: masked(i), Area: area, Quotes: quotes, Page: page, Similar: similar, Links: p.links(page, n),
	}
	if p.BaseURL != "" {
		a.URL = fmt.Sprintf("%s/incidents/%d", p.BaseURL, i.ID)
	}
	a.Summary = summary(a)
	a.Body = body(a)
	return a, nil
}

// quotes are the reports that triage thinks show the problem best, or the latest
// ones that count when it named none.
func (p *Pager) quotes(ctx context.Context, i tocsin.Incident) ([]tocsin.Quote, error) {
	reports, err := p.quotable(ctx, i)
	if err != nil {
		return nil, err
	}
	quotes := make([]tocsin.Quote, 0, quotesShown)
	for _, r := range reports {
		text := strings.TrimSpace(r.Title + "\n" + r.Text)
		quotes = append(quotes, tocsin.Quote{Channel: r.Channel, At: r.At, Text: oneLine(Mask(text), quoteLimit)})
	}
	return quotes, nil
}

func (p *Pager) quotable(ctx context.Context, i tocsin.Incident) ([]tocsin.Report, error) {
	var reports []tocsin.Report
	for _, id := range i.Explanation.Quotes {
		r, err := p.Store.Report(ctx, id)
		switch {
		case tocsin.CodeOf(err) == tocsin.CodeNotFound: // erased since
		case err != nil:
			return nil, fmt.Errorf("read quoted report: %w", err)
		case r.DeletedAt.IsZero() && len(reports) < quotesShown:
			reports = append(reports, r)
		}
	}
	if len(reports) > 0 {
		return reports, nil
	}
	members, err := p.Store.Members(ctx, i.ID)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	for _, m := range slices.Backward(members) {
		if m.Reason == "" && m.Report.DeletedAt.IsZero() && len(reports) < quotesShown {
			reports = append(reports, m.Report)
		}
	}
	return reports, nil
}

// masked hides personal data in what triage took from strangers' words.
func masked(i tocsin.Incident) tocsin.Incident {
	i.Title = oneLine(Mask(i.Title), summaryLimit)
	e := &i.Explanation
	e.Summary, e.Why, e.False = Mask(e.Summary), Mask(e.Why), Mask(e.False)
	e.Phrases = slices.Clone(e.Phrases[:min(len(e.Phrases), phrasesShown)])
	for k, phrase := range e.Phrases {
		e.Phrases[k] = oneLine(Mask(phrase), quoteLimit)
	}
	return i
}

// summary is one sentence that fits any medium.
func summary(a tocsin.Alarm) string {
	what := cmp.Or(a.Incident.Title, strings.Join(a.Incident.Explanation.Phrases, ", "), "a problem")
	word := "Suspected"
	switch {
	case a.Incident.Verdict == tocsin.VerdictConfirmed:
		word = "Confirmed"
	case a.Incident.Kind == tocsin.KindFlood:
		word = "Flood"
	}
	where := ""
	if name := cmp.Or(a.Area.Title, a.Area.Name); name != "" {
		where = " in " + name
	}
	return oneLine(fmt.Sprintf("%s%s: %s report %s", word, where, people(a.Incident), what), summaryLimit)
}

func people(i tocsin.Incident) string {
	return fmt.Sprintf("%s on %s", plural(i.People, "person", "people"), plural(len(i.Explanation.Channels), "channel", "channels"))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// body is the whole evidence as plain text. A line without a value is left out.
func body(a tocsin.Alarm) string {
	i, e := a.Incident, a.Incident.Explanation
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-11s %s\n", name, value)
		}
	}
	b.WriteString(a.Summary + "\n\n")
	line("State", state(a.Page))
	line("People", people(i)+perChannel(e.Channels))
	line("Expected", expected(e))
	line("First seen", span(i))
	line("Phrases", strings.Join(e.Phrases, "; "))
	line("Why", e.Why)
	line("False if", e.False)
	line("Area", cmp.Or(a.Area.Title, a.Area.Name))
	line("Team", a.Area.Team)
	line("Runbook", a.Area.Runbook)
	line("Look here", a.URL)
	for _, past := range a.Similar {
		line("Before", fmt.Sprintf("incident %d of %s, %s: %s", past.Incident, past.At.UTC().Format(time.DateOnly), past.Title, past.Ended))
	}
	for _, q := range a.Quotes {
		fmt.Fprintf(&b, "\n%s, %s\n  %s\n", q.Channel, q.At.UTC().Format(minute), q.Text)
	}
	return b.String()
}

// state says who has a page, if anybody: who is called later need not ask.
func state(page tocsin.Page) string {
	switch {
	case page.By == "" || page.By == tocsin.ActorSelf:
		return ""
	case page.State == tocsin.PageSnoozed:
		return fmt.Sprintf("snoozed by %s until %s", page.By, page.NextAt.UTC().Format(clock))
	default:
		return fmt.Sprintf("taken by %s at %s", page.By, page.AckedAt.UTC().Format(clock))
	}
}

// minute is how a page writes times: all in UTC, so that nobody has to guess.
const minute = "2006-01-02 15:04 UTC"

func span(i tocsin.Incident) string {
	return fmt.Sprintf("%s, last %s", i.FirstSeen.UTC().Format(minute), i.LastSeen.UTC().Format(minute))
}

func expected(e tocsin.Explanation) string {
	if e.Window <= 0 {
		return ""
	}
	return fmt.Sprintf("%.2g people in %s; %d were seen", e.Expected, time.Duration(e.Window), e.Seen)
}

func perChannel(count map[string]int) string {
	if len(count) < 2 {
		return ""
	}
	parts := make([]string, 0, len(count))
	for _, name := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, count[name]))
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// oneLine makes a stranger's words harmless for any medium: one line, nothing
// that cannot be seen, at most limit characters.
func oneLine(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		default:
			return r
		}
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > limit {
		runes = append(runes[:limit-1], '…')
	}
	return string(runes)
}
