package text

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

//go:embed tone.txt
var toneFile string

// tones are the weights of two logistic models: log-odds for each feature, by the
// hash of its name.
type tones struct {
	weight map[uint64]toneWeight
	bias   toneWeight
}

type toneWeight struct{ praise, spam float32 }

// toneWeights reads tone.txt once: model, feature and weight on each line.
var toneWeights = sync.OnceValue(func() tones { //nolint:gochecknoglobals // a constant table, read once
	t := tones{weight: map[uint64]toneWeight{}}
	for line := range strings.Lines(toneFile) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		w, err := strconv.ParseFloat(f[len(f)-1], 32)
		if err != nil || len(f) != 3 {
			panic("text: the embedded weights: " + line) // a fault of the build; a test loads them
		}
		h := featureHash(f[1], "", "")
		both := t.weight[h]
		if f[0] == "praise" {
			both.praise = float32(w)
		} else {
			both.spam = float32(w)
		}
		t.weight[h] = both
	}
	t.bias = t.weight[featureHash("(bias)", "", "")]
	return t
})

// Tone gives the log-odds that a text only thanks or praises, and that it is
// unasked advertising: above 0 it rather is. Who names a problem in the same
// breath, or asks, does not only praise. s is the text as written, t what was read of it.
func Tone(s string, t Text) (praise, spam float64) {
	m := toneWeights()
	hashes := make([]uint64, 0, 8*len(t.Words)+16)
	t.ToneFeatures(func(a, b, c string) { hashes = append(hashes, featureHash(a, b, c)) })
	slices.Sort(hashes)
	sum := m.bias
	for _, h := range slices.Compact(hashes) {
		w := m.weight[h]
		sum.praise += w.praise
		sum.spam += w.spam
	}
	Shape(s, func(a, b, c string) { sum.spam += m.weight[featureHash(a, b, c)].spam })
	return float64(sum.praise), float64(sum.spam)
}

// featureHash is FNV-1a of three strings as if they were one.
func featureHash(a, b, c string) uint64 {
	h := uint64(14695981039346656037)
	for _, s := range [...]string{a, b, c} {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
	}
	return h
}

// ToneFeatures visits what the models of tone look at, each as up to three
// strings that make its name: words, stems, pairs of neighbours, negated words,
// concepts, emojis, and whether the text asks. Some may come twice.
func (t Text) ToneFeatures(visit func(a, b, c string)) {
	for i, w := range t.Words {
		name := toneName(w)
		visit(name, "", "")
		if w.Stem != w.Text {
			visit("~", w.Stem, "")
		}
		if w.Negated {
			visit("!", name, "")
		}
		if w.Head {
			visit("c:", w.Concept, "")
		}
		if i > 0 && !w.Break {
			visit(t.Words[i-1].Text, " ", name)
		}
		if i > 1 && !w.Break && !t.Words[i-1].Break {
			visit(t.Words[i-2].Text, " _ ", name)
		}
	}
	for _, e := range t.Emojis {
		visit(emojiTone(e), "", "")
	}
	if t.Asks {
		visit("(asks)", "", "")
	}
	if t.Cries {
		visit("(cries)", "", "")
	}
	if t.Links > 0 {
		visit("(link)", "", "")
	}
	visit("(long)", digit(int(math.Log2(float64(len(t.Words)+1)))), "")
}

// toneName is a word without what is different in every text.
func toneName(w Word) string {
	switch w.Kind {
	case KindNumber, KindCode:
		return "0"
	case KindTag:
		return "#"
	default:
		return w.Text
	}
}

func digit(n int) string { return "0123456789"[min(max(n, 0), 9):][:1] }

func emojiTone(e string) string {
	switch {
	case strings.ContainsAny(e, "😀😃😄😁😊😍🥰😘🤩🥳🎉🎊👏👍🙌❤♥💕💖💙💚💛🧡💜😎✨🌟⭐🏆💯☺🤗"):
		return "(glad)"
	case strings.ContainsAny(e, "😡😠🤬👎💔😤😒🙄😞😢😭😩😫🤦💩😾🖕😑"):
		return "(cross)"
	default:
		return "(emoji)"
	}
}

// Shape visits how a text looks, whatever it says: the share of digits and
// capitals, prices, long numbers.
func Shape(s string, visit func(a, b, c string)) {
	digits, capitals, letters, money := 0, 0, 0, false
	run, longest := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
			run++
			longest = max(longest, run)
			continue
		case unicode.IsUpper(r):
			capitals++
			letters++
		case unicode.IsLetter(r):
			letters++
		case unicode.Is(unicode.Sc, r):
			money = true
		}
		run = 0
	}
	visit("(digits)", level(digits, letters+digits), "")
	visit("(capitals)", level(capitals, letters), "")
	visit("(run)", digit(min(longest, 6)/2), "")
	if money {
		visit("(money)", "", "")
	}
}

// level is a share in five steps.
func level(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	switch x := float64(part) / float64(whole); {
	case x < .02:
		return "0"
	case x < .06:
		return "1"
	case x < .12:
		return "2"
	case x < .3:
		return "3"
	default:
		return "4"
	}
}
