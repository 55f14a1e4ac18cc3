package config

import "strings"

// Suggest makes a remedy for a word that is not among those allowed: the nearest
// one if the word looks like a slip of the hand, else the whole list.
func Suggest(word string, allowed []string) string {
	best := nearest(strings.ToLower(word), allowed, min(len(word), longest)/3+2)
	switch {
	case best != "":
		return "Did you mean " + best + "?"
	case len(allowed) == 0:
		return "There is none to choose from."
	default:
		return "Choose from: " + strings.Join(allowed, ", ") + "."
	}
}

// nearest gives the allowed word that is the fewest edits away, and fewer than
// limit; "" when none is.
func nearest(word string, allowed []string, limit int) (best string) {
	for _, a := range allowed {
		if d := edits(word, a); d < limit {
			best, limit = a, d
		}
	}
	return best
}

// longest word that is compared: a file full of noise must not cost time.
const longest = 64

// edits is the least number of letters put in, left out or changed between a and b.
func edits(a, b string) int {
	if len(a) > longest {
		return longest
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
