package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// serviceLink matches what hosts of containers set for a service of our name.
// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
var serviceLink = regexp.MustCompile(`_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT_\d+_(TCP|UDP|SCTP)(_\w+)?$`)

// environment names the variables that are set and may be meant for us, in order.
func environment() []string {
	var names []string
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		link := serviceLink.MatchString(name) || strings.HasSuffix(name, "_PORT") && strings.Contains(value, "://")
		if strings.HasPrefix(name, prefix+"_") && !link {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// beneath tells whether a variable belongs to the part whose variables begin with part.
func beneath(name, part string) bool { return strings.HasPrefix(name+"_", part+"_") }

// strays tells which variables are this part's by the beginning of their names,
// and set no key of t nor any of the others given.
func (s source) strays(t reflect.Type, others ...string) error {
	if s.env == "" {
		return nil
	}
	known := s.variables(t, "")
	for _, key := range others {
		known = append(known, s.variable(key))
	}
	var errs []error
	for _, name := range environment() {
		elsewhere := func(sibling string) bool { return len(sibling) > len(s.env) && beneath(name, sibling) }
		if !beneath(name, s.env) || slices.Contains(known, name) || slices.ContainsFunc(s.siblings, elsewhere) {
			continue
		}
		remedy := "Choose from: " + strings.Join(known, ", ") + "."
		if meant := nearest(name, known, (len(name)-len(s.env))/3+2); meant != "" {
			remedy = "Did you mean " + meant + "?"
		}
		errs = append(errs, stray(name, remedy))
	}
	return Join(errs...)
}

// misspelt tells which variables are those of no part, and near to one that sets
// something: a slip of the hand. All others are left to whoever set them.
func (s source) misspelt(t reflect.Type) error {
	known := append(s.variables(t, ""), s.env+"_CONFIG", s.env+"_URL", s.env+"_TOKEN") // the last two are the client's
	var errs []error
	for _, f := range fields(t) {
		if f.shape == section {
			part := source{env: s.variable(f.key)}
			errs = append(errs, part.strays(f.typ))
		}
	}
	for _, name := range environment() {
		ofPart := func(f field) bool { return beneath(name, s.variable(f.key)) }
		if slices.Contains(known, name) || slices.ContainsFunc(fields(t), ofPart) {
			continue
		}
		near := 2 // edits: one slip, and two in a long name
		if len(name)-len(s.env) > 8 {
			near++
		}
		if meant := nearest(name, known, near); meant != "" {
			errs = append(errs, stray(name, "Did you mean "+meant+"?"))
		}
	}
	return Join(errs...)
}

func stray(name, remedy string) error {
	return &Mistake{File: name, Text: "No key is set by this variable. " + remedy}
}

// variables names those that set the keys below t.
func (s source) variables(t reflect.Type, path string) []string {
	var names []string
	for _, f := range fields(t) {
		key := join(path, f.key)
		if f.shape == section && !f.file {
			names = append(names, s.variables(f.typ, key)...)
			continue
		}
		names = append(names, s.variable(key))
	}
	return names
}
