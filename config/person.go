package config

import (
	"fmt"
	"reflect"
	"time"

	"github.com/tocsin/tocsin"
)

// personKeys are the keys of a person. Whether their values make sense together is
// for who knows zones and rules.
type personKeys struct {
	Name     string        `config:"name"`
	Title    string        `config:"title"`
	Zone     string        `config:"zone,required"`
	Groups   []string      `config:"groups"`
	Contacts []contactKeys `config:"contacts"`
	Rules    []ruleKeys    `config:"rules"`
}

type contactKeys struct {
	Name    string `config:"name"`
	Channel string `config:"channel"`
	To      string `config:"to"`
}

type ruleKeys struct {
	Contact  string        `config:"contact"`
	Tier     string        `config:"tier"`
	Severity int           `config:"severity"`
	After    time.Duration `config:"after"`
}

// readPeople comes after the channels, by which people are reached.
func (c *Config) readPeople(parts []source) error {
	var errs []error
	for _, part := range parts {
		var p personKeys
		errs = append(errs, part.decode(&p), part.strays(reflect.TypeOf(p)))
		for i, contact := range p.Contacts {
			if contact.Channel != "" {
				errs = append(errs, known(part, fmt.Sprintf("contacts[%d].channel", i), "channel", contact.Channel, c.channelNames()))
			}
		}
		c.People = append(c.People, p.person())
	}
	return Join(errs...)
}

func (p personKeys) person() tocsin.Person {
	made := tocsin.Person{Name: p.Name, Title: p.Title, Zone: p.Zone, Groups: p.Groups}
	for _, contact := range p.Contacts {
		made.Contacts = append(made.Contacts, tocsin.Contact(contact))
	}
	for _, r := range p.Rules {
		made.Rules = append(made.Rules, tocsin.Rule{Contact: r.Contact, Tier: tocsin.Tier(r.Tier), Severity: r.Severity, After: tocsin.Duration(r.After)})
	}
	return made
}

func (c *Config) personNames() []string {
	names := make([]string, len(c.People))
	for i, p := range c.People {
		names[i] = p.Name
	}
	return names
}
