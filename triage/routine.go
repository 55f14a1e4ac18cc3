package triage

import "github.com/tocsin/tocsin/triage/text"

// routine knows the sentences that people write whatever they write about:
// greetings, closings, footers of forms and apps. It learns them: a sentence is
// routine when it was written, word for word, in many different hours by a fair
// share of all.
type routine struct {
	seen  map[uint64]sentence
	posts int
}

type sentence struct {
	hours int32 // in how many different hours
	count int32
	last  int64 // the latest of them
}

// Figures of routine.
const (
	routineWords = 6     // a longer sentence is never routine
	routineHours = 10    // different hours in which it was written
	routineShare = 0.003 // share of all posts that hold it
	routineMost  = 1 << 16
)

// mute marks the words of routine sentences as carrying no meaning, and learns
// from the text.
func (r *routine) mute(t *text.Text, at int64) {
	r.posts++
	for from := 0; from < len(t.Words); {
		to := from + 1
		for to < len(t.Words) && !t.Words[to].Break {
			to++
		}
		if to-from <= routineWords && r.heard(t.Words[from:to], at/3600) {
			for i := from; i < to; i++ {
				t.Words[i].Stop, t.Words[i].Head, t.Words[i].Concept, t.Words[i].Negated = true, false, "", false
			}
		}
		from = to
	}
}

// heard counts a sentence and tells whether it is routine by now.
func (r *routine) heard(words []text.Word, hour int64) bool {
	h := uint64(0)
	for _, w := range words {
		h = h*1099511628211 + hash(w.Stem)
	}
	if len(r.seen) >= routineMost {
		r.forget()
	}
	s := r.seen[h]
	s.count++
	if s.last != hour {
		s.hours++
		s.last = hour
	}
	r.seen[h] = s
	return s.hours >= routineHours && float64(s.count) >= routineShare*float64(r.posts)
}

// forget halves every count and drops what was written once: memory stays bounded.
func (r *routine) forget() {
	r.posts /= 2
	for h, s := range r.seen {
		if s.count /= 2; s.count == 0 {
			delete(r.seen, h)
			continue
		}
		s.hours /= 2
		r.seen[h] = s
	}
}
