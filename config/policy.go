package config

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	defaultWait = 5 * time.Minute
	maxWait     = 24 * time.Hour
	maxRepeat   = 20 // a person who slept through twenty rounds will not hear the next
)

// policyKeys are the keys of a policy.
type policyKeys struct {
	Name    string       `config:"name"`
	Whisper []targetKeys `config:"whisper"`
	Steps   []stepKeys   `config:"steps"`
	Repeat  int          `config:"repeat"`
	Quiet   quietKeys    `config:"quiet"`
}

type quietKeys struct {
	Hours    []hoursKeys `config:"hours"`
	Severity int         `config:"severity"`
}

type stepKeys struct {
	Name    string        `config:"name"`
	Targets []targetKeys  `config:"targets"`
	Wait    time.Duration `config:"wait"`
}

// targetKeys are the keys of a target, of which one kind is used.
type targetKeys struct {
	Channel  string `config:"channel"`
	To       string `config:"to"`
	Person   string `config:"person"`
	Schedule string `config:"schedule"`
	Group    string `config:"group"`
	Everyone bool   `config:"everyone"`
}

// readPolicies comes after the channels, whose names policies use.
func (c *Config) readPolicies(parts []source) error {
	var errs []error
	for _, part := range parts {
		var p policyKeys
		errs = append(errs, part.decode(&p), part.strays(reflect.TypeOf(p)), c.checkPolicy(part, p))
		c.Policies = append(c.Policies, p.policy())
	}
	return Join(errs...)
}

func (c *Config) checkPolicy(part source, p policyKeys) error {
	var errs []error
	wrong := func(key, format string, args ...any) {
		errs = append(errs, part.mistake(key, fmt.Sprintf(format, args...)))
	}
	if len(p.Whisper) == 0 && len(p.Steps) == 0 {
		wrong("", "This policy wakes nobody. Give it a whisper or steps.")
	}
	if p.Repeat < 0 || p.Repeat > maxRepeat {
		wrong("repeat", "%d is out of range. Write 0 to %d.", p.Repeat, maxRepeat)
	}
	errs = append(errs, c.checkTargets(part, "whisper", p.Whisper))
	for i, step := range p.Steps {
		key := fmt.Sprintf("steps[%d]", i)
		if len(step.Targets) == 0 {
			wrong(key+".targets", "This step has no targets. Write at least one: {channel, to}, {person}, {schedule}, {group} or {everyone: true}.")
		}
		if step.Wait < 0 || step.Wait > maxWait {
			wrong(key+".wait", "%s is out of range. Write 0s to 24h; 0s is the usual %s.", span(step.Wait), span(defaultWait))
		}
		errs = append(errs, c.checkTargets(part, key+".targets", step.Targets))
	}
	return Join(errs...)
}

func (c *Config) checkTargets(part source, key string, targets []targetKeys) error {
	var errs []error
	for i, target := range targets {
		at := fmt.Sprintf("%s[%d]", key, i)
		refused := tocsin.Target(target).Refuse()
		switch {
		case target == targetKeys{To: target.To}:
			errs = append(errs, part.mistake(at+".channel", "This target names no channel, and nobody. "+Suggest("", c.channelNames())))
		case refused != nil:
			errs = append(errs, part.mistake(at, tocsin.MessageOf(refused)))
		case target.Channel != "":
			errs = append(errs, known(part, at+".channel", "channel", target.Channel, c.channelNames()))
		case target.Person != "":
			errs = append(errs, known(part, at+".person", "person", target.Person, c.personNames()))
		case target.Schedule != "":
			errs = append(errs, known(part, at+".schedule", "schedule", target.Schedule, c.scheduleNames()))
		}
	}
	return Join(errs...)
}

// known tells of a name that is none of those there are.
func known(part source, key, what, name string, names []string) error {
	if slices.Contains(names, name) {
		return nil
	}
	return part.mistake(key, "There is no "+what+" "+name+". "+Suggest(name, names))
}

func (p policyKeys) policy() tocsin.Policy {
	made := tocsin.Policy{Name: p.Name, Whisper: targets(p.Whisper), Repeat: p.Repeat}
	if len(p.Quiet.Hours) > 0 || p.Quiet.Severity != 0 {
		made.Quiet = &tocsin.Quiet{Hours: spansOf(p.Quiet.Hours), Severity: p.Quiet.Severity}
	}
	for i, s := range p.Steps {
		step := tocsin.Step{Name: s.Name, Targets: targets(s.Targets), Wait: tocsin.Duration(s.Wait)}
		if step.Name == "" {
			step.Name = fmt.Sprintf("step %d", i+1)
		}
		if s.Wait == 0 {
			step.Wait = tocsin.Duration(defaultWait)
		}
		made.Steps = append(made.Steps, step)
	}
	return made
}

func targets(keys []targetKeys) []tocsin.Target {
	made := make([]tocsin.Target, len(keys))
	for i, k := range keys {
		made[i] = tocsin.Target(k)
	}
	return made
}

func (c *Config) policyNames() []string {
	names := make([]string, len(c.Policies))
	for i, p := range c.Policies {
		names[i] = p.Name
	}
	return names
}
