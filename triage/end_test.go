package triage

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestWhatComesBackAfterItWasClosedIsANewIncident(t *testing.T) {
	t.Parallel()
	e := New(Config{}, nil)
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	quiet := []string{
		"How do I change my invoice address?", "Is there a discount for schools?", "Where do I find the keyboard shortcuts?",
		"Can I restore a deleted project?", "Please cancel my subscription.", "Which version of Python do you run?",
	}
	outage := []string{
		"Saving my project fails with E-507.", "I cannot save, error E-507.", "save is broken, E-507 every time",
		"Unable to save my work: E-507", "My changes are not saved, it says E-507", "E-507 when I press save",
	}
	n := 0
	write := func(text string, at time.Time) []Alert {
		n++
		id := fmt.Sprintf("r%d", n)
		return e.Add(tocsin.Report{
			ID: int64(n), Channel: "mail", ExternalID: id, Text: text, At: at, ReceivedAt: at,
			Reporter: tocsin.Reporter{ID: "mailto:" + id, Since: start.AddDate(-1, 0, 0)},
		}).Alerts
	}
	burst := func(at time.Time) (keys map[string]bool) {
		keys = map[string]bool{}
		for i := range 18 {
			for _, a := range write(outage[i%len(outage)], at.Add(time.Duration(i)*time.Minute)) {
				keys[a.Incident] = true
			}
		}
		return keys
	}
	for i := range 7 * 24 {
		write(quiet[i%len(quiet)], start.Add(time.Duration(i)*time.Hour))
	}
	first := burst(start.AddDate(0, 0, 7))
	require.Len(t, first, 1)
	for key := range first {
		e.End(key)
		e.End(key) // once more does nothing
	}
	second := burst(start.AddDate(0, 0, 7).Add(40 * time.Minute))
	require.NotEmpty(t, second, "it came back, and somebody must hear")
	for key := range second {
		require.NotContains(t, first, key)
	}
}
