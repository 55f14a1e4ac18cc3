package config

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Mistake is one thing that is wrong in the configuration, and where.
type Mistake struct { //nolint:errname // it is named as people say it
	File string // the file, or the environment variable, in which it was made
	Line int    // in the file; 0 for an environment variable, or where nothing was written
	Key  string // the key's whole path: server.listen; "" for the file as a whole
	Text string // what is wrong and what to write instead, as sentences
}

// Error gives place, key and remedy on one line.
func (m *Mistake) Error() string {
	var b strings.Builder
	if m.File != "" {
		b.WriteString(m.File)
		if m.Line > 0 {
			fmt.Fprintf(&b, ":%d", m.Line)
		}
		b.WriteString(": ")
	}
	if m.Key != "" {
		b.WriteString(m.Key + ": ")
	}
	return b.String() + m.Text
}

// Mistakes are all mistakes of one configuration, in the order of their places.
type Mistakes []*Mistake //nolint:errname // as above

// Error gives one mistake a line.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, mistake := range m {
		lines[i] = mistake.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives each mistake.
func (m Mistakes) Unwrap() []error {
	errs := make([]error, len(m))
	for i, mistake := range m {
		errs[i] = mistake
	}
	return errs
}

// Join makes one error of many: mistakes are put in the order of their places,
// only the first at each key, and any other error follows them. It returns nil
// when there is none.
func Join(errs ...error) error {
	var mistakes Mistakes
	var others []error
	for _, err := range errs {
		var one *Mistake
		var many Mistakes
		switch {
		case err == nil:
		case errors.As(err, &many): // before one: many unwraps to its first
			mistakes = append(mistakes, many...)
		case errors.As(err, &one):
			mistakes = append(mistakes, one)
		default:
			others = append(others, err)
		}
	}
	if len(mistakes) > 0 {
		sort.SliceStable(mistakes, func(i, j int) bool { return mistakes[i].before(mistakes[j]) })
		mistakes = slices.CompactFunc(mistakes, func(m, n *Mistake) bool {
			return m.File == n.File && m.Line == n.Line && m.Key == n.Key
		})
		others = append([]error{mistakes}, others...)
	}
	if len(others) == 1 {
		return others[0]
	}
	return errors.Join(others...)
}

// before orders by file and line; what has no line comes last.
func (m *Mistake) before(n *Mistake) bool {
	if (m.Line == 0) != (n.Line == 0) {
		return n.Line == 0
	}
	if m.File != n.File {
		return m.File < n.File
	}
	if m.Line != n.Line {
		return m.Line < n.Line
	}
	return m.Key < n.Key
}
