package config

import (
	"fmt"
	"reflect"

	"github.com/tocsin/tocsin"
)

// scheduleKeys are the keys of a schedule, whose times and zones are read by who
// knows about time.
type scheduleKeys struct {
	Name     string         `config:"name"`
	Title    string         `config:"title"`
	Zone     string         `config:"zone,required"`
	Layers   []layerKeys    `config:"layers"`
	Holidays []holidaysKeys `config:"holidays"`
}

type layerKeys struct {
	Name    string      `config:"name"`
	Zone    string      `config:"zone"`
	People  []string    `config:"people"`
	Start   string      `config:"start"`
	Handoff string      `config:"handoff"`
	Every   string      `config:"every"`
	Hours   []hoursKeys `config:"hours"`
	Except  []string    `config:"except"`
	Only    []string    `config:"only"`
}

type hoursKeys struct {
	Days []string `config:"days"`
	From string   `config:"from"`
	To   string   `config:"to"`
}

type holidaysKeys struct {
	Name string   `config:"name"`
	Days []string `config:"days"`
}

// readSchedules comes after the people, whose names schedules use.
func (c *Config) readSchedules(parts []source) error {
	var errs []error
	for _, part := range parts {
		var s scheduleKeys
		errs = append(errs, part.decode(&s), part.strays(reflect.TypeOf(s)))
		for i, layer := range s.Layers {
			for k, name := range layer.People {
				errs = append(errs, known(part, fmt.Sprintf("layers[%d].people[%d]", i, k), "person", name, c.personNames()))
			}
		}
		c.Schedules = append(c.Schedules, s.schedule())
	}
	return Join(errs...)
}

func (s scheduleKeys) schedule() tocsin.Schedule {
	made := tocsin.Schedule{Name: s.Name, Title: s.Title, Zone: s.Zone}
	for _, l := range s.Layers {
		made.Layers = append(made.Layers, tocsin.Layer{
			Name: l.Name, Zone: l.Zone, People: l.People, Start: l.Start, Handoff: l.Handoff, Every: l.Every,
			Hours: spansOf(l.Hours), Except: l.Except, Only: l.Only,
		})
	}
	for _, h := range s.Holidays {
		made.Holidays = append(made.Holidays, tocsin.Holidays(h))
	}
	return made
}

func spansOf(keys []hoursKeys) []tocsin.Hours {
	var made []tocsin.Hours
	for _, h := range keys {
		made = append(made, tocsin.Hours(h))
	}
	return made
}

func (c *Config) scheduleNames() []string {
	names := make([]string, len(c.Schedules))
	for i, s := range c.Schedules {
		names[i] = s.Name
	}
	return names
}
