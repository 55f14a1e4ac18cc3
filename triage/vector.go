package triage

import (
	"cmp"
	"math"
	"slices"

	"github.com/tocsin/tocsin/triage/text"
)

// slots bounds the number of features that are told apart: they are hashed into
// so many places. A million unique words take no more memory than ten.
const slots = 1 << 20

// term is one feature of a text with its weight.
type term struct {
	slot   uint32
	weight float32
}

// vector is a text's features, by slot, of length 1.
type vector []term

// How much each class of feature counts beside a plain word, for cosines. The
// figures were found by trying, on streams of several kinds.
const (
	weightWord    = 1.0
	weightConcept = 0.8
	weightCovered = 0.6 // a word whose concept counts too
	weightBroken  = 0.4 // the concept of being broken: every report has it
	weightCode    = 1.5
	weightGlyphs  = 0.4 // two characters: a text has as many as characters
)

// features calls add for each feature of a text by which cosines are measured.
func features(t text.Text, add func(name string, weight float32)) {
	for _, w := range t.Words {
		switch {
		case w.Head && w.Concept == "broken":
			add("c:broken", weightBroken)
		case w.Head:
			add("c:"+w.Concept, weightConcept)
		}
		switch {
		case w.Stop || w.Kind == text.KindNumber:
		case w.Kind == text.KindCode:
			add(w.Stem, weightCode)
		case w.Kind == text.KindGlyphs:
			add(w.Stem, weightGlyphs)
		case w.Concept != "":
			add(w.Stem, weightCovered)
		default:
			add(w.Stem, weightWord)
		}
	}
	for _, tag := range t.Tags {
		add("#"+tag, weightWord)
	}
}

// unit is a word's concept, or else its stem.
func unit(w text.Word) string {
	if w.Concept != "" {
		return "c:" + w.Concept
	}
	return w.Stem
}

func slotOf(name string) uint32 {
	h := hash(name)
	return uint32((h ^ h>>32) % slots)
}

// vectorOf reads a text's features, each once, not yet weighed by rarity.
func vectorOf(t text.Text) vector {
	v := make(vector, 0, 2*len(t.Words)+4)
	features(t, func(name string, weight float32) { v = append(v, term{slotOf(name), weight}) })
	slices.SortFunc(v, func(a, b term) int { return cmp.Or(cmp.Compare(a.slot, b.slot), cmp.Compare(b.weight, a.weight)) })
	return slices.Clip(slices.CompactFunc(v, func(a, b term) bool { return a.slot == b.slot }))
}

// wordsOf reads a text's plain words and concepts, each once.
func wordsOf(t text.Text) vector {
	v := make(vector, 0, len(t.Words))
	for _, w := range t.Words {
		if w.Head {
			v = append(v, term{slotOf("c:" + w.Concept), 1})
		}
		if !w.Stop && w.Kind != text.KindNumber {
			v = append(v, term{slotOf(w.Stem), 1})
		}
	}
	slices.SortFunc(v, func(a, b term) int { return cmp.Compare(a.slot, b.slot) })
	return slices.Clip(slices.Compact(v))
}

// unit makes the length 1. A vector without weight stays as it is.
func (v vector) normalise() {
	sum := 0.0
	for _, t := range v {
		sum += float64(t.weight) * float64(t.weight)
	}
	if sum == 0 {
		return
	}
	f := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i].weight *= f
	}
}

// rarity counts in how many posts each feature was, older ones less: half after
// halfLife posts' worth of time. It is the idf of information retrieval, running.
type rarity struct {
	df    []float32
	total float64
}

func newRarity() *rarity { return &rarity{df: make([]float32, slots)} }

// weigh multiplies each weight by the feature's rarity as seen so far, counts the
// text in, and makes the length 1.
func (r *rarity) weigh(v vector) {
	for i, t := range v {
		v[i].weight *= r.idf(t.slot)
	}
	v.normalise()
}

func (r *rarity) idf(slot uint32) float32 {
	return float32(math.Log((r.total + 20) / (float64(r.df[slot]) + 3)))
}

// count counts a text in by its features of either kind.
func (r *rarity) count(terms, words vector) {
	r.total++
	i := 0
	for _, w := range words {
		for i < len(terms) && terms[i].slot < w.slot {
			r.df[terms[i].slot]++
			i++
		}
		if i < len(terms) && terms[i].slot == w.slot {
			i++
		}
		r.df[w.slot]++
	}
	for _, t := range terms[i:] {
		r.df[t.slot]++
	}
	if r.total > 1<<20 { // forget: what is old counts half
		r.total /= 2
		for i := range r.df {
			r.df[i] /= 2
		}
	}
}
