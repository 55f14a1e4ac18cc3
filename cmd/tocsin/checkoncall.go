package main

import (
	"fmt"
	"slices"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/notify/oncall"
)

// checkOnCall tells what is wrong with people, schedules and quiet hours that only
// who knows time and channels can see.
func checkOnCall(cfg *config.Config, channels []tocsin.Channel) error {
	var wrong []error
	take := func(key string, faults []oncall.Fault) {
		for _, f := range faults {
			at := key
			if f.Key != "" {
				at += "." + f.Key
			}
			wrong = append(wrong, cfg.Mistake(at, "%s", f.Text))
		}
	}
	for _, p := range cfg.People {
		key := "people." + p.Name
		take(key, oncall.CheckPerson(p))
		for i, c := range p.Contacts {
			n := slices.IndexFunc(channels, func(ch tocsin.Channel) bool { return ch.Name == c.Channel })
			if n >= 0 && channels[n].Pager == nil {
				wrong = append(wrong, cfg.Mistake(fmt.Sprintf("%s.contacts[%d].channel", key, i), "The channel %s can't carry a bell to anybody.", c.Channel))
			}
		}
	}
	for _, s := range cfg.Schedules {
		take("schedules."+s.Name, oncall.Check(s))
	}
	for _, p := range cfg.Policies {
		if p.Quiet != nil {
			take("policies."+p.Name+".quiet", oncall.CheckQuiet(*p.Quiet))
		}
	}
	return config.Join(wrong...)
}
