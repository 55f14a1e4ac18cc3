package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"github.com/tocsin/tocsin"
)

// source is one part of the configuration: what the file says there, and under
// which names the environment may say otherwise.
type source struct {
	file string
	dir  string     // from where files of secrets are named; "" is the working directory
	node *yaml.Node // what is read; nil: nothing is written
	all  *yaml.Node // where places are looked up, if node is only a part of what is written
	key  string     // the part's own path: channels.mail; "" for the whole file
	env  string     // prefix of its environment variables; "" when there are none

	siblings []string // the prefixes of all entries of the list in which this part stands
}

// decode lays the environment over the file over what the struct at into holds,
// and tells all mistakes at once.
func (s source) decode(into any) error {
	t, err := structOf(into)
	if err != nil {
		return err
	}
	r := &reader{file: s.file, dir: s.dir}
	v := viper.New()
	errs := []error{v.MergeConfigMap(r.section(s.node, t, s.key))}
	errs = append(errs, s.bind(v, t, "")...)
	errs = append(errs, r.mistakes...)
	err = v.Unmarshal(into, func(c *mapstructure.DecoderConfig) {
		c.TagName = tagName
		c.ZeroFields = true // a list replaces the default; it is not laid over its items
		c.DecodeHook = mapstructure.ComposeDecodeHookFunc(splitHook,
			mapstructure.TextUnmarshallerHookFunc(), mapstructure.StringToTimeDurationHookFunc())
	})
	errs = append(errs, s.explain(err, t)...)
	errs = append(errs, s.missing(errs, reflect.ValueOf(into).Elem(), "")...)
	return Join(errs...)
}

// structOf gives the type of the struct that into points at.
func structOf(into any) (reflect.Type, error) {
	t := reflect.TypeOf(into)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return nil, fmt.Errorf("decode settings into %T: want a pointer to a struct", into)
	}
	return t.Elem(), nil
}

// bind gives every key below t its environment variable, and puts the text of a
// secret's file in the secret's place.
func (s source) bind(v *viper.Viper, t reflect.Type, path string) []error {
	var errs []error
	for _, f := range fields(t) {
		key := join(path, f.key)
		switch {
		case f.shape == section:
			errs = append(errs, s.bind(v, f.typ, key)...)
			continue
		case f.shape == named, s.key != "" && key == nameKey: // a name makes the variables' names
			continue
		case s.env != "":
			errs = append(errs, v.BindEnv(key, s.variable(key)))
		}
		if f.file {
			errs = append(errs, s.openSecret(v, key, f.of))
		}
		if text := s.fromEnv(key); f.shape == entries && text != "" {
			errs = append(errs, s.bindEntries(v, f, key, text))
		}
	}
	return errs
}

// bindEntries reads a list of sections from one environment variable, as YAML.
func (s source) bindEntries(v *viper.Viper, f field, key, text string) error {
	r := &reader{file: s.variable(key), dir: s.dir}
	n, err := parse(r.file, []byte(text))
	if err != nil || n == nil || !r.sound(n, 0) {
		return Join(append(r.mistakes, err)...)
	}
	v.Set(key, r.list(n, f, join(s.key, key)))
	return Join(r.mistakes...)
}

// splitHook lets a list of values be written in one environment variable, with commas.
func splitHook(from, to reflect.Type, value any) (any, error) {
	if from.Kind() != reflect.String || to.Kind() != reflect.Slice || readsText(to) {
		return value, nil
	}
	items := []any{}
	for item := range strings.SplitSeq(fmt.Sprint(value), ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items, nil
}

// explain makes mistakes with a place of the decoder's errors.
func (s source) explain(err error, t reflect.Type) []error {
	var one *mapstructure.DecodeError
	var many interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &many):
		var errs []error
		for _, inner := range many.Unwrap() {
			errs = append(errs, s.explain(inner, t)...)
		}
		return errs
	case errors.As(err, &one):
		text := "This is not understood. See the example."
		var told *tocsin.Error
		if f, ok := at(t, steps(one.Name())); errors.As(err, &told) {
			text = told.Message
		} else if ok {
			text = s.written(one.Name()) + wants(f.typ)
		}
		return []error{s.mistake(one.Name(), text)}
	default:
		return []error{err}
	}
}

// written quotes what stands at a key that is no secret.
func (s source) written(key string) string {
	text := s.fromEnv(key)
	if text != "" && strings.Contains(key, "[") { // the whole list, which may hold secrets
		return ""
	}
	if n, _ := follow(s.node, steps(key)); text == "" && n != nil {
		text = n.Value
	}
	if len(text) > longest {
		text = text[:longest] + "…"
	}
	return fmt.Sprintf("%q is not what is wanted here. ", text)
}

// missing names the required keys that nobody set, except those whose value was
// a mistake already.
func (s source) missing(told []error, v reflect.Value, path string) []error {
	var errs []error
	for _, f := range fields(v.Type()) {
		key := join(path, f.key)
		value := v.FieldByIndex(f.index)
		switch {
		case f.shape == section && !f.file:
			errs = append(errs, s.missing(told, value, key)...)
		case !f.required || !value.IsZero() || wasTold(told, join(s.key, key)) || wasTold(told, join(s.key, key+fileSuffix)):
		default:
			remedy := "This key is missing. " + wants(f.typ)
			if name := s.variable(key); name != "" {
				remedy = "This key is missing. Write it here or set " + name + "."
			}
			errs = append(errs, s.mistake(key, remedy))
		}
	}
	return errs
}

func wasTold(told []error, key string) bool {
	return slices.ContainsFunc(told, func(err error) bool {
		var m *Mistake
		return errors.As(err, &m) && m.Key == key
	})
}

// mistake places a mistake at a key of this part: in the environment variable
// that set it, else at its line in the file.
func (s source) mistake(key, text string) *Mistake {
	m := &Mistake{File: s.file, Key: join(s.key, key), Text: text}
	if key == "" {
		m.Key = s.key
	}
	if s.fromEnv(key) != "" {
		m.File = s.variable(key)
		return m
	}
	n := s.all
	if n == nil {
		n = s.node
	}
	_, m.Line = follow(n, steps(key))
	return m
}

// variable names the environment variable of a key; "" when there is none. What
// stands in a list has that of the list.
func (s source) variable(key string) string {
	key, _, _ = strings.Cut(key, "[")
	if s.env == "" || key == "" {
		return ""
	}
	return s.env + "_" + envName(key)
}

// fromEnv is what the environment says of a key.
func (s source) fromEnv(key string) string {
	if name := s.variable(key); name != "" {
		return os.Getenv(name)
	}
	return ""
}

func envName(key string) string {
	return strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}
