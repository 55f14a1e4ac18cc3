package simulator

import (
	"embed"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"
)

//go:embed script/*.yml
var scripts embed.FS

// telling is what is said of one thing, by language.
type telling map[string][]string

// topic is what people write about on any day.
type topic struct {
	Name string  `yaml:"name"`
	Says telling `yaml:",inline"`
}

// material is all that the built-in scripts are written from.
type material struct {
	Topics []topic `yaml:"topics"`

	Problem  string  `yaml:"problem"`  // the name of what breaks
	Tellings telling `yaml:"tellings"` // each one person's words about it
	Again    telling `yaml:"again"`    // who writes twice
	Praise   telling `yaml:"praise"`   // a decoy: many at once, and no problem
	Better   telling `yaml:"better"`   // answers to the news that it is fixed
	Worse    telling `yaml:"worse"`

	Greetings telling  `yaml:"greetings"`
	Endings   telling  `yaml:"endings"`
	Projects  []string `yaml:"projects"`
	Languages []string `yaml:"languages"`
	Months    []string `yaml:"months"`
	Names     []string `yaml:"names"`
	Handles   []string `yaml:"handles"`
	Homes     []string `yaml:"homes"`
}

// read reads the embedded files.
func read() (material, error) {
	var m material
	for _, name := range []string{"background", "outage", "manners"} {
		text, err := scripts.ReadFile("script/" + name + ".yml")
		if err != nil {
			return m, fmt.Errorf("read script: %w", err)
		}
		if err := yaml.Unmarshal(text, &m); err != nil {
			return m, fmt.Errorf("parse script %s: %w", name, err)
		}
	}
	return m, nil
}

// said is one sentence in one language.
type said struct{ lang, text string }

// all lists the sentences of a telling, always in the same order.
func (t telling) all() []said {
	var list []said
	for _, lang := range slices.Sorted(maps.Keys(t)) {
		for _, text := range t[lang] {
			list = append(list, said{lang, text})
		}
	}
	return list
}
