package config

import (
	"regexp"

	"go.yaml.in/yaml/v3"
)

const nameKey = "name"

// maxName is the length of the longest name: it stands in paths, metrics and keys.
const maxName = 40

var goodName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// name reads the name of one entry of a list, which the others must not have.
func (r *reader) name(item *yaml.Node, list string, seen map[string]int) (string, bool) {
	if item.Kind != yaml.MappingNode {
		r.mistake(item, list, "Here %s is written, and an entry with keys is wanted: begin it with - name.", kind(item))
		return "", false
	}
	n := child(item, nameKey)
	if n == nil || n.Kind != yaml.ScalarNode || n.Value == "" {
		r.mistake(item, list+"."+nameKey, "This entry has no name. Write one, such as name: support-mail.")
		return "", false
	}
	name := n.Value
	if len(name) > maxName || !goodName.MatchString(name) {
		r.mistake(n, list+"."+nameKey, "%q can't be a name. Use up to %d lower-case letters and digits, with single dashes between them.", name, maxName)
		return "", false
	}
	if line, twice := seen[name]; twice {
		r.mistake(n, list+"."+name, "The name %s is taken by the entry in line %d. Choose another.", name, line)
		return "", false
	}
	seen[name] = n.Line
	return name, true
}
