package text

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

//go:embed tone.txt
var toneFile string

// tones are the weights of two logistic models: log-odds for each feature.
type tones struct {
	praise, spam         map[string]float64
	praiseBias, spamBias float64
}

// toneWeights reads tone.txt once. Its first column names the model.
var toneWeights = sync.OnceValue(func() tones { //nolint:gochecknoglobals // a constant table, read once
	t := tones{praise: map[string]float64{}, spam: map[string]float64{}}
	for line := range strings.Lines(toneFile) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 3 {
			continue
		}
		w, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			panic(fmt.Sprintf("text: the embedded weights: %v", err)) // a fault of the build; a test loads them
		}
		switch {
		case f[0] == "praise" && f[1] == "(bias)":
			t.praiseBias = w
		case f[0] == "praise":
			t.praise[f[1]] = w
		case f[1] == "(bias)":
			t.spamBias = w
		default:
			t.spam[f[1]] = w
		}
	}
	return t
})

// Praise is the log-odds that a text only thanks or praises: above 0 it rather
// does. Who names a problem in the same breath, or asks, does not only praise.
func Praise(t Text) float64 {
	m := toneWeights()
	return score(t.ToneFeatures(), m.praise, m.praiseBias)
}

// Spam is the log-odds that a text is unasked advertising. s is the text as written.
func Spam(s string, t Text) float64 {
	m := toneWeights()
	return score(append(t.ToneFeatures(), Shape(s, t)...), m.spam, m.spamBias)
}

func score(features []string, weights map[string]float64, bias float64) float64 {
	sum := bias
	for _, f := range features {
		sum += weights[f]
	}
	return sum
}

// ToneFeatures are what the models of tone look at, each once: words, pairs of
// neighbours, negated words, emojis, and whether the text asks.
func (t Text) ToneFeatures() []string {
	seen := map[string]bool{}
	var out []string
	add := func(f string) {
		if !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	for i, w := range t.Words {
		name := w.Text
		if w.Kind == KindNumber || w.Kind == KindCode {
			name = "0"
		}
		if w.Kind == KindTag {
			name = "#"
		}
		add(name)
		if w.Stem != w.Text {
			add("~" + w.Stem)
		}
		if w.Negated {
			add("!" + name)
		}
		if w.Head {
			add("c:" + w.Concept)
		}
		if i > 0 && !w.Break {
			add(t.Words[i-1].Text + " " + name)
		}
		if i > 1 && !w.Break && !t.Words[i-1].Break {
			add(t.Words[i-2].Text + " _ " + name)
		}
	}
	for _, e := range t.Emojis {
		add(emojiTone(e))
	}
	if t.Asks {
		add("(asks)")
	}
	if t.Cries {
		add("(cries)")
	}
	add(fmt.Sprintf("(long)%d", int(math.Log2(float64(len(t.Words)+1)))))
	if t.Links > 0 {
		add("(link)")
	}
	return out
}

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

// Shape is how a text looks, whatever it says: the share of digits and capitals,
// prices, long numbers.
func Shape(s string, t Text) []string {
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
	out := []string{
		"(digits)" + level(digits, letters+digits), "(capitals)" + level(capitals, letters),
		fmt.Sprintf("(run)%d", min(longest, 6)/2),
	}
	if money {
		out = append(out, "(money)")
	}
	return out
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
