package config

import (
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// maxDepth bounds how deep a list may stand in a list: no key needs more.
const maxDepth = 32

// reader holds a YAML tree against a struct type. It gathers what does not fit
// and gives the rest as plain maps, lists and texts.
type reader struct {
	file     string
	dir      string // from where files of secrets are named
	inList   bool   // secrets in a list are out of the environment's reach: their files are read at once
	mistakes []error
}

func (r *reader) mistake(n *yaml.Node, key, format string, args ...any) {
	r.mistakes = append(r.mistakes, &Mistake{File: r.file, Line: n.Line, Key: key, Text: fmt.Sprintf(format, args...)})
}

// section reads a mapping whose keys are those of t.
func (r *reader) section(n *yaml.Node, t reflect.Type, path string) map[string]any {
	plain := map[string]any{}
	if n == nil || isNull(n) {
		return plain
	}
	if n.Kind != yaml.MappingNode {
		r.mistake(n, path, "Here %s is written, and keys are wanted. %s", kind(n), Suggest("", keys(fields(t))))
		return plain
	}
	known := fields(t)
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		full := join(path, key.Value)
		if first, twice := lines[key.Value]; twice {
			r.mistake(key, full, "This key stands in line %d already. Keep one of the two.", first)
			continue
		}
		lines[key.Value] = key.Line
		f, ok := find(known, key.Value)
		if !ok {
			r.mistake(key, full, "There is no such key. %s", Suggest(key.Value, keys(known)))
			continue
		}
		if v := r.value(value, f, full); v != nil {
			plain[f.key] = v
		}
	}
	if r.inList {
		r.openSecrets(n, known, plain, path)
	}
	return plain
}

// value reads what stands at a key; nil is nothing.
func (r *reader) value(n *yaml.Node, f field, path string) any {
	if isNull(n) {
		return nil
	}
	switch f.shape {
	case section:
		return r.section(n, f.typ, path)
	case scalars, entries:
		return r.list(n, f, path)
	case named: // each entry is read by itself, later
		return nil
	default:
		return r.scalar(n, f, path)
	}
}

func (r *reader) list(n *yaml.Node, f field, path string) any {
	if n.Kind != yaml.SequenceNode {
		r.mistake(n, path, "Here %s is written, and a list is wanted: put each item on a line of its own after a dash.", kind(n))
		return nil
	}
	defer func(before bool) { r.inList = before }(r.inList)
	r.inList = true
	plain := []any{}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case isNull(item):
			r.mistake(item, at, "This item is empty. Leave it out.")
		case f.shape == entries:
			plain = append(plain, r.section(item, f.typ, at))
		default:
			plain = append(plain, r.scalar(item, f, at))
		}
	}
	return plain
}

func (r *reader) scalar(n *yaml.Node, f field, path string) any {
	if n.Kind != yaml.ScalarNode {
		r.mistake(n, path, "Here %s is written, and one value is wanted. %s", kind(n), wants(f.typ))
		return nil
	}
	return n.Value
}

// sound looks for what no key allows, whatever its section: an alias would let a
// small file grow without end, and a key that is no word can't be named.
func (r *reader) sound(n *yaml.Node, depth int) bool {
	switch {
	case depth > maxDepth:
		r.mistake(n, "", "The lists and mappings are nested too deep.")
		return false
	case n.Kind == yaml.AliasNode:
		r.mistake(n, "", "Aliases are not read. Write the value out, or put it into quotes if it begins with a star.")
		return false
	}
	ok := true
	for i, inner := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && inner.Kind != yaml.ScalarNode {
			r.mistake(inner, "", "A key must be a word; here it is %s.", kind(inner))
			ok = false
			continue
		}
		ok = r.sound(inner, depth+1) && ok
	}
	return ok
}

func kind(n *yaml.Node) string {
	switch {
	case isNull(n):
		return "nothing"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	default:
		return "a single value"
	}
}

func find(fs []field, key string) (field, bool) {
	for _, f := range fs {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
