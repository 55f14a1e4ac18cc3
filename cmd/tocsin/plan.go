package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/web/api"
)

// plan is what a configuration would run.
type plan struct {
	Config    string            `json:"config"` // the file, "" for none
	Listen    string            `json:"listen"`
	BaseURL   string            `json:"base_url"`
	Database  string            `json:"database"` // without its password
	Channels  []planChannel     `json:"channels"`
	Areas     []tocsin.Area     `json:"areas"` // seeds, as the policies
	Policies  []tocsin.Policy   `json:"policies"`
	People    []tocsin.Person   `json:"people"`
	Schedules []tocsin.Schedule `json:"schedules"`
}

// planChannel is one channel of a plan. Online is set when it was tried.
type planChannel struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Can    []string `json:"can"`
	Online string   `json:"online,omitempty"` // ok, "cannot be tried", or what is wrong
	Failed bool     `json:"failed,omitempty"`
	// Proofs are what was looked at beyond signing in.
	Proofs []tocsin.Proof `json:"proofs,omitempty"`
}

// newPlan describes what was read.
func newPlan(o orders) plan {
	p := plan{
		Config: o.cfg.Path, Listen: o.cfg.Server.Listen, BaseURL: o.cfg.Server.BaseURL, Database: o.cfg.Database.Describe(),
		Channels: []planChannel{}, Areas: o.cfg.Areas, Policies: o.cfg.Policies,
		People: o.cfg.People, Schedules: o.cfg.Schedules,
	}
	for _, ch := range o.channels {
		p.Channels = append(p.Channels, planChannel{Name: ch.Name, Type: ch.Type, Can: api.Abilities(ch)})
	}
	return p
}

// onlineTime is how long one channel's system may take to answer.
const onlineTime = 10 * time.Second

// try asks the system of each channel whether its settings work, one after the
// other, and counts those that do not.
func (p plan) try(ctx context.Context, channels []tocsin.Channel) (failed int) {
	for i, ch := range channels {
		tried := &p.Channels[i]
		tried.Online = "cannot be tried"
		if ch.Checker == nil {
			continue
		}
		tried.Online = "ok"
		var watch clockWatch
		if err := within(channel.WithClock(ctx, watch.tell), onlineTime, ch.Checker.Check); err != nil {
			tried.Online, tried.Failed = err.Error(), true
		}
		tried.prove(ctx, ch, watch.proofs())
		if tried.Failed {
			failed++
		}
	}
	return failed
}

// prove looks at what signing in does not show.
func (c *planChannel) prove(ctx context.Context, ch tocsin.Channel, seen []tocsin.Proof) {
	c.Proofs = seen
	if ch.Prover != nil {
		ctx, cancel := context.WithTimeout(ctx, onlineTime)
		defer cancel()
		c.Proofs = append(c.Proofs, ch.Prover.Prove(ctx)...)
	}
	for _, proof := range c.Proofs {
		c.Failed = c.Failed || proof.State == tocsin.ProofWrong
	}
}

// within calls something for so long at most.
func within(ctx context.Context, most time.Duration, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	return call(ctx)
}

// describe says what would run.
func (p plan) describe(out io.Writer, cfg *config.Config) error {
	path := p.Config
	if path == "" {
		path = "no file; defaults and environment"
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(key, format string, args ...any) {
		_, _ = fmt.Fprintf(w, "  %s\t%s\n", key, fmt.Sprintf(format, args...)) // Flush tells of an error
	}
	_, _ = fmt.Fprintf(w, "No mistakes (%s). This would run:\n\n", path) // as above
	line("server", "%s, reached as %s", p.Listen, p.BaseURL)
	line("database", "%s", p.Database)
	for _, ch := range p.Channels {
		line("channel", "%s (%s): %s", ch.Name, ch.Type, can(ch.Can))
	}
	if len(p.Channels) == 0 {
		line("channel", "none: nothing would be heard")
	}
	for _, a := range p.Areas {
		line("seed", "area %s, paged by %s; put into the store when it is unknown there", a.Name, pagedBy(cfg, a))
	}
	for _, y := range p.Policies {
		line("seed", "policy %s: whispers to %s, rings in %s; put into the store when it is unknown there", y.Name,
			plural(len(y.Whisper), "target", "targets"), plural(len(y.Steps), "step", "steps"))
	}
	for _, person := range p.People {
		line("seed", "person %s in %s, reached by %s; put into the store when unknown there", person.Name, person.Zone, plural(len(person.Contacts), "contact", "contacts"))
	}
	for _, s := range p.Schedules {
		line("seed", "schedule %s: %s; put into the store when it is unknown there", s.Name, plural(len(s.Layers), "layer", "layers"))
	}
	return w.Flush()
}

// describeOnline says how each channel did when it was tried.
func (p plan) describeOnline(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprint(w, "\nTried:\n\n") // Flush tells of an error
	for _, ch := range p.Channels {
		_, _ = fmt.Fprintf(w, "  %s\t%s\n", ch.Name, clean(ch.Online)) // as above
		for _, proof := range ch.Proofs {
			_, _ = fmt.Fprintf(w, "  \t%s, %s: %s\n", proof.About, proof.State, clean(proof.Text)) // as above
		}
	}
	return w.Flush()
}

// can says what a channel can do, in the words of the API.
func can(abilities []string) string {
	if len(abilities) == 0 {
		return "can do nothing"
	}
	return strings.Join(abilities, ", ")
}

// pagedBy names an area's policy. The default may stand in the store alone.
func pagedBy(cfg *config.Config, a tocsin.Area) string {
	name := a.Policy
	if name == "" {
		name = tocsin.PolicyDefault
	}
	if slices.ContainsFunc(cfg.Policies, func(p tocsin.Policy) bool { return p.Name == name }) {
		return "the policy " + name
	}
	return "nobody, unless the store has a policy " + name
}
