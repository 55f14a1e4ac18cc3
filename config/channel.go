package config

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

const typeKey = "type"

// readChannels takes name and type out of each entry; the rest stays raw.
func (c *Config) readChannels(parts []source) error {
	var errs []error
	for _, part := range parts {
		var head struct {
			Name string `config:"name"`
			Type string `config:"type,required"`
		}
		part.all = part.node
		part.node = only(part.all, true, nameKey, typeKey)
		errs = append(errs, part.decode(&head))
		part.node = only(part.all, false, nameKey, typeKey)
		c.Channels = append(c.Channels, Channel{Name: head.Name, Type: head.Type, Settings: Settings{part}})
	}
	return Join(errs...)
}

// only copies a mapping with the given keys alone, or without them.
func only(n *yaml.Node, keep bool, keys ...string) *yaml.Node {
	part := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Line: n.Line}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if slices.Contains(keys, n.Content[i].Value) == keep {
			part.Content = append(part.Content, n.Content[i], n.Content[i+1])
		}
	}
	return part
}

// CheckTypes tells which channels are of a type that is not among those known.
// It returns Mistakes.
func (c *Config) CheckTypes(known []string) error {
	var errs []error
	for _, ch := range c.Channels {
		if !slices.Contains(known, ch.Type) {
			errs = append(errs, ch.Settings.Mistake(typeKey, "There is no channel type %q. %s", ch.Type, Suggest(ch.Type, known)))
		}
	}
	return Join(errs...)
}

func (c *Config) channelNames() []string {
	names := make([]string, len(c.Channels))
	for i, ch := range c.Channels {
		names[i] = ch.Name
	}
	return names
}
