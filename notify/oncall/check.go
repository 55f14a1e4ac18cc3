package oncall

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
)

// Fault is one mistake in what people wrote.
type Fault struct {
	Key  string // where: layers[0].zone; "" is the whole
	Text string // sentences: what is wrong, and what to write
}

// Bounds of a schedule: far more than anybody needs, and little enough to answer at once.
const (
	mostLayers  = 50
	mostPeople  = 500
	mostHours   = 50
	mostDays    = 2000
	mostPerName = 63 // characters
)

// faults gathers what is wrong.
type faults []Fault

func (f *faults) add(key, format string, args ...any) {
	*f = append(*f, Fault{key, fmt.Sprintf(format, args...)})
}

func (f *faults) take(key string, err error) {
	if err != nil {
		f.add(key, "%s.", strings.TrimSuffix(err.Error(), "."))
	}
}

// Check finds what is wrong with a schedule by itself; whether its people are
// known is for the caller, who gets their names from People.
func Check(s tocsin.Schedule) []Fault {
	var f faults
	_, err := Zone(s.Zone)
	f.take("zone", err)
	if len(s.Layers) == 0 || len(s.Layers) > mostLayers {
		f.add("layers", "This schedule has %d layers. Give it 1 to %d: without one nobody would ever be on call.", len(s.Layers), mostLayers)
	}
	names := make([]string, len(s.Holidays))
	for n, h := range s.Holidays {
		names[n] = h.Name
		f.holidays(fmt.Sprintf("holidays[%d]", n), h)
	}
	for n, l := range s.Layers {
		f.layer(fmt.Sprintf("layers[%d]", n), l, names)
	}
	return f
}

func (f *faults) holidays(key string, h tocsin.Holidays) {
	if h.Name == "" {
		f.add(key+".name", "Give these holidays a name, so that layers can name them.")
	}
	if len(h.Days) > mostDays {
		f.add(key+".days", "These are %d days; %d is the most.", len(h.Days), mostDays)
	}
	for n, text := range h.Days {
		_, err := parseDate(text)
		f.take(fmt.Sprintf("%s.days[%d]", key, n), err)
	}
}

func (f *faults) layer(key string, l tocsin.Layer, holidays []string) {
	if l.Zone != "" {
		_, err := Zone(l.Zone)
		f.take(key+".zone", err)
	}
	if len(l.People) == 0 || len(l.People) > mostPeople {
		f.add(key+".people", "This layer has %d people. Give it 1 to %d, or leave the layer out.", len(l.People), mostPeople)
	}
	if slices.Contains(l.People, "") {
		f.add(key+".people", "One of the people has no name. Leave it out.")
	}
	_, err := parseDate(l.Start)
	f.take(key+".start", err)
	_, err = parseClock(or(l.Handoff, defaultHandoff))
	f.take(key+".handoff", err)
	_, err = parseEvery(or(l.Every, defaultEvery))
	f.take(key+".every", err)
	f.hours(key+".hours", l.Hours)
	for _, name := range slices.Concat(l.Except, l.Only) {
		if !slices.Contains(holidays, name) {
			f.add(key, "This layer names the holidays %q, which the schedule does not have. It has: %s.", name, or(strings.Join(holidays, ", "), "none"))
		}
	}
}

func (f *faults) hours(key string, all []tocsin.Hours) {
	if len(all) > mostHours {
		f.add(key, "These are %d spans of hours; %d is the most.", len(all), mostHours)
	}
	for n, h := range all {
		_, err := parseHours(h)
		f.take(fmt.Sprintf("%s[%d]", key, n), err)
	}
}

// or gives the first text that is not empty.
func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// People names everybody in a schedule's layers, once, in order of their names.
func People(s tocsin.Schedule) []string {
	var names []string
	for _, l := range s.Layers {
		names = append(names, l.People...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Refuse makes one error of faults: CodeInvalid, or nil when there are none.
func Refuse(what string, faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	said := make([]string, len(faults))
	for n, fault := range faults {
		said[n] = strings.TrimPrefix(fault.Key+": ", ": ") + fault.Text
	}
	return tocsin.Errorf(tocsin.CodeInvalid, "%s cannot be used. %s", what, strings.Join(said, " "))
}
