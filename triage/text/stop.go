package text

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed stop.txt
var stopFile string

// stopWords tells for each stop word in which of Languages it is one.
var stopWords = sync.OnceValue(func() map[string][9]bool { //nolint:gochecknoglobals // a constant table, read once from stop.txt
	words := map[string][9]bool{}
	for i, line := range strings.Split(strings.TrimSpace(stopFile), "\n") {
		for _, w := range strings.Fields(line)[1:] {
			in := words[w]
			in[i] = true
			words[w] = in
		}
	}
	return words
})

func stopLangs(w string) [9]bool { return stopWords()[w] }

// isStop tells whether a word carries no meaning of its own in a language.
func isStop(w string, l Lang) bool {
	in, ok := stopWords()[w]
	if !ok {
		return false
	}
	for i, lang := range Languages() {
		if lang == l {
			return in[i]
		}
	}
	return false
}
