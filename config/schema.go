package config

import (
	"encoding"
	"reflect"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

const tagName = "config"

// shape is what may be written at a key.
type shape int

const (
	scalar  shape = iota // one value
	scalars              // a list of values
	section              // a mapping with keys of its own
	entries              // a list of sections
	named                // a list of sections, each of which is decoded by itself under its name
)

// field is one key of a struct.
type field struct {
	key      string
	shape    shape
	typ      reflect.Type // of the value; of the element for a list
	index    []int
	required bool
	file     bool  // the key of a secret's file, beside the secret
	of       shape // of that secret
}

// fields lists the keys of a struct type, those of secrets' files included.
func fields(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, options, _ := strings.Cut(f.Tag.Get(tagName), ",")
		if options == "squash" {
			for _, inner := range fields(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				all = append(all, inner)
			}
			continue
		}
		if key == "" || key == "-" {
			continue
		}
		s, typ := shapeOf(f.Type)
		if options == "named" {
			s = named
		}
		all = append(all, field{key: key, shape: s, typ: typ, index: []int{i}, required: options == "required"})
		if typ == reflect.TypeFor[Secret]() {
			all = append(all, field{key: key + fileSuffix, typ: reflect.TypeFor[string](), index: []int{i}, file: true, of: s})
		}
	}
	return all
}

func shapeOf(t reflect.Type) (shape, reflect.Type) {
	switch {
	case readsText(t):
		return scalar, t
	case t.Kind() == reflect.Struct:
		return section, t
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && !readsText(t.Elem()):
		return entries, t.Elem()
	case t.Kind() == reflect.Slice:
		return scalars, t.Elem()
	default:
		return scalar, t
	}
}

func readsText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// keys are the names of fields, for a remedy; the keys of files are left out.
func keys(fs []field) []string {
	var names []string
	for _, f := range fs {
		if !f.file {
			names = append(names, f.key)
		}
	}
	return names
}

// at finds the field of a path such as steps[0].wait; ok is false for none.
func at(t reflect.Type, path []string) (found field, ok bool) {
	for _, step := range path {
		if strings.Trim(step, "0123456789") == "" {
			continue // an index: the field's type is that of the element already
		}
		ok = false
		if t.Kind() != reflect.Struct {
			return field{}, false
		}
		for _, f := range fields(t) {
			if f.key == step {
				found, t, ok = f, f.typ, true
				break
			}
		}
		if !ok {
			return field{}, false
		}
	}
	return found, ok
}

// wants says what to write for a value of type t.
func wants(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "Write true or false."
	case reflect.Float32, reflect.Float64:
		return "Write a number, such as 0.5."
	default:
	}
	switch {
	case t == reflect.TypeFor[time.Duration](), t == reflect.TypeFor[tocsin.Duration]():
		return "Write a span of time with its unit, such as 90s, 5m or 2h30m."
	case t == reflect.TypeFor[time.Time]():
		return "Write a moment with its zone, such as 2026-11-03T14:00:00Z."
	case t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64:
		return "Write a whole number, 0 or more."
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		return "Write a whole number, such as 5."
	default:
		return "Write it as text."
	}
}
