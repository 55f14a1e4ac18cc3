// Package simulator is the channel of tocsin demo and of drills: an invented
// product, Harbour, whose invented users write as real ones do, and a journal of
// all that they are answered. It must not know what becomes of the reports: to
// the rest of the program it is a channel like any other.
package simulator

import (
	_ "embed"
	"log/slog"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

//go:embed README.md
var doc string

//go:embed example.yml
var example string

//go:embed icon.svg
var icon string

// Type is the channel type simulator.
func Type() channel.Type {
	return channel.Type{
		Name: "simulator", Title: "Simulator", Doc: doc, Example: example, Icon: icon,
		New: func(env channel.Env) (tocsin.Channel, error) {
			s, err := open(env)
			if err != nil {
				return tocsin.Channel{}, err
			}
			return s.channel(), nil
		},
	}
}

// settings are what the configuration says.
type settings struct {
	Script     string        `config:"script"`     // outage or quiet
	Seed       uint64        `config:"seed"`       // another seed, another week
	Start      time.Time     `config:"start"`      // when the live part begins; zero is at the first start
	Background time.Duration `config:"background"` // how far back the quiet part goes
	Rate       float64       `config:"rate"`       // ordinary requests a day
	People     int           `config:"people"`     // who tell of the problem
	Live       time.Duration `config:"live"`       // how long the live part takes
	Speed      float64       `config:"speed"`      // how many times as fast the live part runs
	Answers    bool          `config:"answers"`    // some answer to the news that it is fixed
	Journal    string        `config:"journal"`    // a file of all that was sent; "" keeps it in memory
	Fail       float64       `config:"fail"`       // share of calls that fail
	Cut        float64       `config:"cut"`        // share of sent messages whose answer is lost
	Slow       time.Duration `config:"slow"`       // how long each call takes
}

// The scripts.
const (
	scriptOutage = "outage"
	scriptQuiet  = "quiet"
)

// The bounds of the settings, which keep a slip of the finger from filling the memory.
const (
	maxRate       = 100_000
	maxBackground = 90 * 24 * time.Hour
	maxPeople     = 50_000
)

// sim is one simulated channel.
type sim struct {
	name    string
	play    *play
	start   time.Time
	speed   float64
	answers bool
	journal *journal
	faults  *faults
	log     *slog.Logger
	now     func() time.Time
}

// open makes a simulator. Its errors are the settings' mistakes.
func open(env channel.Env) (*sim, error) {
	s := settings{
		Script: scriptOutage, Seed: 1, Background: 7 * 24 * time.Hour, Rate: 120,
		People: 25, Live: time.Minute, Speed: 1,
	}
	if err := config.Join(env.Settings.Decode(&s), s.check(env.Settings)); err != nil {
		return nil, err
	}
	written, err := write(s)
	if err != nil {
		return nil, err
	}
	return &sim{
		name: env.Name, play: written, start: s.Start, speed: s.Speed, answers: s.Answers,
		journal: &journal{path: s.Journal}, faults: &faults{fail: s.Fail, cut: s.Cut, slow: s.Slow},
		log: env.Log, now: env.Now,
	}, nil
}

// check tells which settings make no sense, and why.
func (s settings) check(raw config.Settings) error {
	share := func(x float64) bool { return x >= 0 && x <= 1 } // NaN is neither
	var errs []error
	for _, wanted := range []struct {
		good      bool
		key, text string
	}{
		{s.Script == scriptOutage || s.Script == scriptQuiet, "script", "There are two scripts: outage and quiet."},
		{s.Background >= 0 && s.Background <= maxBackground, "background", "The quiet part is between 0 and 2160h long."},
		{s.Rate >= 0 && s.Rate <= maxRate, "rate", "The rate is between 0 and 100000 requests a day."},
		{s.People >= 0 && s.People <= maxPeople, "people", "Between 0 and 50000 people can tell of the problem."},
		{s.Live > 0, "live", "The live part takes some time, as in 60s."},
		{s.Speed > 0, "speed", "The speed is a number above 0; 1 is as in life."},
		{share(s.Fail), "fail", "This is a share, between 0 and 1."},
		{share(s.Cut), "cut", "This is a share, between 0 and 1."},
	} {
		if !wanted.good {
			errs = append(errs, raw.Mistake(wanted.key, "%s", wanted.text))
		}
	}
	return config.Join(errs...)
}

func (s *sim) channel() tocsin.Channel {
	return tocsin.Channel{
		Name: s.name, Type: "simulator",
		Source: s, Streamer: s,
		Replier: s, Poster: s, Editor: s, Finder: s, Pager: s, Renewer: s,
		Checker: s, Measurer: s,
	}
}
