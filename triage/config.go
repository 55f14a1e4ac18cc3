package triage

import (
	"time"

	"github.com/tocsin/tocsin"
)

// Config is what an operator may set. The zero value of a field is replaced by
// its default.
type Config struct {
	// FalseRings is how many false rings a month the operator puts up with: the
	// one knob. Less of it means later and surer rings.
	FalseRings float64 `config:"false_rings"`
	// FalseWhispers is how many false whispers a week support puts up with.
	FalseWhispers float64 `config:"false_whispers"`
	// Window is how long a report stays in memory: reports further apart never
	// share a cluster.
	Window time.Duration `config:"window"`
	// Stale is the age, at its arrival, beyond which a report cannot open an
	// incident any more: the backlog of a source that was away is history, no burst.
	Stale time.Duration `config:"stale"`
	// Quiet is how long an incident stays open after its last report.
	Quiet time.Duration `config:"quiet"`
	// Staff are the operator's own people and accounts, as Reporter.Among takes them.
	Staff []string `config:"staff"`
	// Lexicon is a file of the operator's own concepts, in the format of
	// text/concepts.txt; "" for none.
	Lexicon string `config:"lexicon"`
}

// DefaultConfig gives the settings that hold where nothing is set.
func DefaultConfig() Config {
	return Config{FalseRings: 1, FalseWhispers: 2, Window: 7 * 24 * time.Hour, Stale: 6 * time.Hour, Quiet: 4 * time.Hour}
}

func (c Config) withDefaults() Config {
	d := DefaultConfig()
	if c.FalseRings <= 0 {
		c.FalseRings = d.FalseRings
	}
	if c.FalseWhispers <= 0 {
		c.FalseWhispers = d.FalseWhispers
	}
	if c.Window <= 0 {
		c.Window = d.Window
	}
	if c.Stale <= 0 {
		c.Stale = d.Stale
	}
	if c.Quiet <= 0 {
		c.Quiet = d.Quiet
	}
	return c
}

// Validate tells what is wrong with the settings, with the key and the remedy.
func (c Config) Validate() error {
	switch {
	case c.FalseRings < 0 || c.FalseRings > 1000:
		return tocsin.Errorf(tocsin.CodeInvalid, "triage.false_rings is %g. Give the false rings you accept in a month: between 0.1 and 1000.", c.FalseRings)
	case c.FalseWhispers < 0 || c.FalseWhispers > 1000:
		return tocsin.Errorf(tocsin.CodeInvalid, "triage.false_whispers is %g. Give the false whispers you accept in a week: between 0.1 and 1000.", c.FalseWhispers)
	case c.Window != 0 && c.Window < time.Hour:
		return tocsin.Errorf(tocsin.CodeInvalid, "triage.window is %s. Give at least 1h.", c.Window)
	}
	return nil
}
