package x

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"

	"github.com/tocsin/tocsin"
)

// How X counts: version 3 of twitter-text's configuration.
// https://docs.x.com/fundamentals/counting-characters
// https://github.com/twitter/twitter-text/blob/master/config/v3.json
const (
	maxWeight   = 280
	heavy       = 2 // all characters, and each emoji as a whole
	light       = 1 // those of most alphabets
	linkWeight  = 23
	handleWidth = 15 // characters of the longest handle
)

// Measure tells how long a text is as a reply: room for the longest opening is
// taken off the limit.
func (a *account) Measure(text string) tocsin.Length {
	room := 0
	for _, o := range a.Openings {
		if o != "" {
			room = max(room, weigh(strings.ReplaceAll(o, handleMark, strings.Repeat("x", handleWidth)))+light)
		}
	}
	return tocsin.Length{Used: weigh(strings.TrimSpace(text)), Limit: max(0, maxWeight-room), Unit: "weighted characters"}
}

// weigh counts a text as X does: composed letters, links at a fixed length, an
// emoji with all that belongs to it as one heavy character.
func weigh(text string) int {
	text = norm.NFC.String(text)
	weight := 0
	for _, span := range bareLinks(text) {
		weight += linkWeight
		text = strings.Replace(text, span, "", 1)
	}
	for text != "" {
		n, w := glyph(text)
		text, weight = text[n:], weight+w
	}
	return weight
}

// glyph gives how many bytes the first character takes, and its weight.
func glyph(text string) (n, weight int) {
	r, n := utf8.DecodeRuneInString(text)
	second, m := utf8.DecodeRuneInString(text[n:])
	switch {
	case regional(r) && regional(second): // a flag
		return n + m, heavy
	case strings.ContainsRune("0123456789#*", r) && keycap(text[n:]) > 0:
		return n + keycap(text[n:]), heavy
	case pictorial(r) || second == asEmoji && strings.ContainsRune("©®™‼⁉ℹ", r):
		return n + tail(text[n:]), heavy
	case lightRune(r):
		return n, light
	default:
		return n, heavy
	}
}

// lightRune tells whether a character is of those that count once.
func lightRune(r rune) bool {
	return r <= 0x10FF || r >= 0x2000 && r <= 0x200D || r >= 0x2010 && r <= 0x201F || r >= 0x2032 && r <= 0x2037
}

const (
	asEmoji = '\uFE0F' // shows the character before it as an emoji
	joiner  = '\u200D' // makes one emoji of two
	frame   = '\u20E3' // makes a key of a digit
)

func regional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// pictorial tells whether a character can begin an emoji. All of these are heavy.
func pictorial(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF && !regional(r) || r >= 0x2600 && r <= 0x27BF || r >= 0x2300 && r <= 0x23FF ||
		r >= 0x2B00 && r <= 0x2BFF || r >= 0x2194 && r <= 0x21AA || r >= 0x25AA && r <= 0x25FE ||
		r == 0x2934 || r == 0x2935 || r == 0x3030 || r == 0x303D || r == 0x3297 || r == 0x3299
}

// keycap is the length of what makes a key of the digit before it; 0 where it is none.
func keycap(text string) int {
	rest := strings.TrimPrefix(text, string(asEmoji))
	if !strings.HasPrefix(rest, string(frame)) {
		return 0
	}
	return len(text) - len(rest) + len(string(frame))
}

// tail is the length of what belongs to the emoji before it: its look, its colour
// of skin, its tags, and emoji that are joined to it.
func tail(text string) int {
	n := 0
	for {
		r, size := utf8.DecodeRuneInString(text[n:])
		switch {
		case r == asEmoji, r >= 0x1F3FB && r <= 0x1F3FF, r >= 0xE0020 && r <= 0xE007F:
			n += size
		case r == joiner:
			next, more := utf8.DecodeRuneInString(text[n+size:])
			if !pictorial(next) {
				return n
			}
			n += size + more
		default:
			return n
		}
	}
}

// webby finds what may be a link: a host with dots, with or without its scheme.
// An address of mail and a handle are none.
var webby = regexp.MustCompile(`(?i)(?:^|[^\pL\pN@_.\-/])((?:(https?://))?((?:[\pL\pN](?:[\pL\pN_\-]*[\pL\pN])?\.)+\pL{2,})(?::\d{1,5})?(?:/[^\s]*|\?[^\s]*)?)`)

// bareLinks gives the links in a text, as they stand there.
func bareLinks(text string) []string {
	var all []string
	for _, found := range webby.FindAllStringSubmatchIndex(text, -1) {
		span, host := text[found[2]:found[3]], strings.ToLower(text[found[6]:found[7]])
		if rest := text[found[3]:]; strings.HasPrefix(rest, "@") {
			continue // the first half of a mail address
		}
		if suffix, official := publicsuffix.PublicSuffix(host); official || strings.Contains(suffix, ".") {
			all = append(all, strings.TrimRightFunc(span, func(r rune) bool { return r != '/' && unicode.IsPunct(r) }))
		}
	}
	return all
}

// linked tells whether X would make a link of something in the text.
func linked(text string) bool { return len(bareLinks(text)) > 0 }
