package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxFile is the size of the largest configuration that is read. A real one has
// some kilobytes; the cap keeps a wrong file name from filling the memory.
const maxFile = 1 << 20

var syntaxLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

// parse reads YAML into a tree that knows its lines. It gives nil for an empty text.
func parse(file string, text []byte) (*yaml.Node, error) {
	if len(text) > maxFile {
		return nil, &Mistake{File: file, Text: "The file is larger than 1 MB. Is it the configuration?"}
	}
	if i := bytes.IndexFunc(text, notText); i >= 0 {
		line := 1 + bytes.Count(text[:i], []byte("\n"))
		return nil, &Mistake{File: file, Line: line, Text: "Here stands something that is not text. Save the file as UTF-8."}
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := d.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil // nothing written is no mistake: all defaults apply
	} else if err != nil {
		return nil, syntax(file, err)
	}
	var more yaml.Node
	if err := d.Decode(&more); err == nil {
		return nil, &Mistake{File: file, Line: more.Line, Text: "There is a second document. Leave out the line with ---."}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntax(file, err)
	}
	if len(doc.Content) == 0 || isNull(doc.Content[0]) {
		return nil, nil
	}
	return doc.Content[0], nil
}

// notText knows control characters and, as what they decode to, bytes that are not UTF-8.
func notText(r rune) bool {
	return r == utf8.RuneError || (unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\u0085", r))
}

// syntax makes a mistake of the YAML reader's error, which has the line in its
// text unless that is the first.
func syntax(file string, err error) *Mistake {
	text := err.Error()
	if strings.Contains(text, "anchor") { // its name may be a password that begins with a star
		return &Mistake{File: file, Text: "This is not YAML: a value that begins with * or & needs quotes."}
	}
	m := &Mistake{File: file, Line: 1}
	found := syntaxLine.FindStringSubmatch(text)
	if line, err := strconv.Atoi(found[1]); err == nil {
		m.Line = line
	}
	text = text[len(found[0]):]
	m.Text = "This is not YAML: " + strings.TrimSuffix(text, ".") + ". Mind the indentation and the quotes."
	return m
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// child gives the value at a key of a mapping, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// follow goes down a path; a step into a list is an index or an entry's name. It
// gives what stands there, nil for nothing, and the line of the deepest part of
// the path that was written, 0 for none.
func follow(n *yaml.Node, path []string) (at *yaml.Node, line int) {
	if n != nil {
		line = n.Line
	}
	for _, step := range path {
		if n == nil {
			return nil, line
		}
		if l := keyLine(n, step); l > 0 {
			line = l
		}
		if n.Kind == yaml.SequenceNode {
			if n = entry(n, step); n != nil {
				line = n.Line
			}
			continue
		}
		n = child(n, step)
	}
	return n, line
}

// entry gives the item of a list that has this index or name, nil for none.
func entry(n *yaml.Node, step string) *yaml.Node {
	for i, item := range n.Content {
		if name := child(item, nameKey); strconv.Itoa(i) == step || (name != nil && name.Value == step) {
			return item
		}
	}
	return nil
}

// keyLine is where a key itself stands: a mapping's own line is that of its first key.
func keyLine(n *yaml.Node, key string) int {
	if n.Kind != yaml.MappingNode {
		return 0
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i].Line
		}
	}
	return 0
}

// steps splits a path such as steps[0].wait.
func steps(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}
