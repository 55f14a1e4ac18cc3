package text

// Speller mends slips of the finger: a word that was never seen before and is
// one edit away from a well-known one is taken for that. It learns which words
// are well known from the texts themselves, so it knows the operator's own terms.
type Speller struct {
	count map[string]int32
	near  map[string]string // a well-known word by each form that lacks one of its letters
	stems map[stemKey]string
}

type stemKey struct {
	word string
	lang Lang
}

// stem is Stem, remembered: the same words come again and again.
func (s *Speller) stem(w string, l Lang) string {
	if s == nil || len(w) < 4 {
		return Stem(w, l)
	}
	key := stemKey{w, l}
	if stem, ok := s.stems[key]; ok {
		return stem
	}
	if len(s.stems) >= spellMost {
		clear(s.stems)
	}
	stem := Stem(w, l)
	s.stems[key] = stem
	return stem
}

// Figures of the speller.
const (
	spellLetters = 5       // shorter words have too many neighbours
	spellKnown   = 5       // occurrences from which a word is well known
	spellMost    = 1 << 16 // words that are counted at once
)

// NewSpeller makes a speller that knows no word.
func NewSpeller() *Speller {
	return &Speller{count: map[string]int32{}, near: map[string]string{}, stems: map[stemKey]string{}}
}

// Mend gives the well-known word that w was meant to be, or w, and learns w.
func (s *Speller) Mend(w string) string {
	if len(w) < spellLetters {
		return w
	}
	n := s.count[w]
	if n == 0 {
		if known := s.meant(w); known != "" {
			return known
		}
		if len(s.count) >= spellMost {
			s.forget()
		}
	}
	s.count[w] = n + 1
	if n+1 == spellKnown {
		s.near[w] = w
		for i := range len(w) {
			s.near[w[:i]+w[i+1:]] = w
		}
	}
	return w
}

// meant finds a well-known word one edit away: a letter too many, too few, wrong,
// or two swapped. The first letter is seldom wrong, and must agree.
func (s *Speller) meant(w string) string {
	if known := s.near[w]; known != "" && known[0] == w[0] {
		return known
	}
	for i := 1; i < len(w); i++ {
		if known := s.near[w[:i]+w[i+1:]]; known != "" && known[0] == w[0] && len(known)-len(w) <= 1 && len(w)-len(known) <= 1 {
			return known
		}
	}
	return ""
}

// forget halves the counts and drops what was seen once.
func (s *Speller) forget() {
	for w, n := range s.count {
		if n /= 2; n == 0 {
			delete(s.count, w)
		} else {
			s.count[w] = n
		}
	}
	for form, w := range s.near {
		if s.count[w] == 0 {
			delete(s.near, form)
		}
	}
}
