package config

import (
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// prefix begins the name of every environment variable of ours.
const prefix = "TOCSIN"

// places are where a configuration is looked for when nobody names one.
func places() []string { return []string{"tocsin.yml", "/etc/tocsin/tocsin.yml"} }

// Find names the configuration file: path if it is given, else $TOCSIN_CONFIG,
// else the first of ./tocsin.yml and /etc/tocsin/tocsin.yml that is there. It
// gives "" when there is none: the defaults and the environment apply.
func Find(path string) string {
	if path != "" {
		return path
	}
	if named := os.Getenv(prefix + "_CONFIG"); named != "" {
		return named
	}
	for _, place := range places() {
		if _, err := os.Stat(place); err == nil {
			return place
		}
	}
	return ""
}

// Load reads the configuration that Find finds. It returns Mistakes, all at once,
// and beside them what could be read, if anything: it is there to be checked
// further, and must not be run.
func Load(path string) (*Config, error) {
	path = Find(path)
	if path == "" {
		return Parse("", nil)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return Parse(path, text)
}

func unreadable(path string, err error) error {
	return Mistakes{{File: path, Text: "The file can't be read: " + reason(err) + ". Name another by --config or TOCSIN_CONFIG."}}
}

// Parse reads the text of a configuration whose file is called path. It returns
// what Load does.
func Parse(path string, text []byte) (*Config, error) {
	root, err := parse(path, text)
	if err != nil {
		return nil, Join(err)
	}
	r := &reader{file: path}
	if root != nil && !r.sound(root, 0) {
		return nil, Join(r.mistakes...)
	}
	c := Default()
	c.Path = path
	c.source = source{file: path, dir: filepath.Dir(path), node: root, env: prefix}
	unread := c.source.decode(&c)
	c.Database.settle(path)
	c.Triage.settle(path)
	err = Join(unread, c.check(c.source), c.readLists(), c.source.misspelt(reflect.TypeFor[Config]()))
	c.Server.BaseURL = strings.TrimRight(c.Server.BaseURL, "/")
	return &c, err
}

// readLists reads the lists of named things. An entry may use the names of those
// that were read before.
func (c *Config) readLists() error {
	var errs []error
	channels, err := c.source.list("channels")
	errs = append(errs, err, c.readChannels(channels))
	people, err := c.source.list("people")
	errs = append(errs, err, c.readPeople(people))
	schedules, err := c.source.list("schedules")
	errs = append(errs, err, c.readSchedules(schedules))
	policies, err := c.source.list("policies")
	errs = append(errs, err, c.readPolicies(policies))
	areas, err := c.source.list("areas")
	errs = append(errs, err, c.readAreas(areas))
	return Join(errs...)
}

// list gives the parts of a list of named things, from the file or, written as
// YAML, from the environment.
func (s source) list(key string) ([]source, error) {
	n := child(s.node, key)
	r := &reader{file: s.file}
	if text := s.fromEnv(key); text != "" {
		r.file = s.variable(key)
		var err error
		if n, err = parse(r.file, []byte(text)); err != nil || (n != nil && !r.sound(n, 0)) {
			return nil, Join(append(r.mistakes, err)...)
		}
	}
	if n == nil || isNull(n) {
		return nil, nil
	}
	if n.Kind != yaml.SequenceNode {
		r.mistake(n, key, "Here %s is written, and a list is wanted: begin each entry with - name.", kind(n))
		return nil, Join(r.mistakes...)
	}
	seen := map[string]int{}
	var parts []source
	for _, item := range n.Content {
		name, ok := r.name(item, key, seen)
		if !ok {
			continue
		}
		parts = append(parts, source{
			file: r.file, dir: s.dir, node: item,
			key: key + "." + name, env: s.env + "_" + envName(key+"."+name),
		})
	}
	siblings := make([]string, len(parts))
	for i := range parts {
		siblings[i], parts[i].siblings = parts[i].env, siblings
	}
	return parts, Join(r.mistakes...)
}
