package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a signature. What is longer is text, and a complaint is never cut for
// the sake of a name.
const (
	maxSignature = 20 // lines below a bare --
	maxName      = 6  // lines below a closing formula
	maxNameLine  = 60 // runes of one of them
	maxNameWords = 8
	maxPhoneLine = 50 // runes of "Sent from my phone"
)

// withoutSignature takes the signature off the end: what stands below "-- ", the
// phone's advertisement, the closing formula with the name. Where nothing else
// would be left, it stays.
func withoutSignature(lines []string) []string {
	for _, cut := range []func([]string) []string{belowDashes, phoneLines, closing} {
		if shorter := cut(lines); !blank(shorter) {
			lines = shorter
		}
	}
	return lines
}

// belowDashes cuts at the mark of RFC 3676 §4.3, "-- "; its blank is often lost
// on the way, and without it the mark is believed only of a short rest.
func belowDashes(lines []string) []string {
	for i, line := range lines {
		if line == "-- " || (strings.TrimSpace(line) == "--" && len(lines)-i-1 <= maxSignature) {
			return lines[:i]
		}
	}
	return lines
}

// phoneLines cuts the advertisements among the last lines.
func phoneLines(lines []string) []string {
	for {
		end := lastWritten(lines)
		if end < 0 || !isPhoneLine(strings.ToLower(strings.TrimSpace(lines[end]))) {
			return lines
		}
		lines = lines[:end]
	}
}

// isPhoneLine knows "Sent from my iPhone", and leaves "Von meinem Konto wurde
// abgebucht" alone.
func isPhoneLine(line string) bool {
	switch {
	case utf8.RuneCountInString(line) > maxPhoneLine, len(strings.Fields(line)) > maxNameWords:
		return false
	case strings.HasPrefix(line, "von meinem ") && !strings.Contains(line, "gesendet"):
		return false
	default:
		return begins(sentFrom, line) && within(devices, line)
	}
}

// closing cuts "Best regards" and the name below it, and once more where two
// such lines stand one above the other.
func closing(lines []string) []string {
	for {
		at := closer(lines)
		if at < 0 {
			return lines
		}
		lines = lines[:at]
	}
}

// closer finds the closing formula, if what stands below it looks like a name and
// address and not like sentences; -1 is none.
func closer(lines []string) int {
	below := 0
	for i := lastWritten(lines); i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		bare := strings.TrimRight(strings.ToLower(cutBytes(line, maxMark)), " ,.!;:、。，！")
		switch {
		case line == "":
		case closers[bare], below <= 1 && thanks[bare]:
			return i
		case below == maxName || isSentence(line):
			return -1
		default:
			below++
		}
	}
	return -1
}

// isSentence tells whether a line below a closing formula may be more than a
// name, a role, a number or an address. In doubt it is.
func isSentence(line string) bool {
	if utf8.RuneCountInString(line) > maxNameLine {
		return true
	}
	words := len(strings.Fields(line))
	first, _ := utf8.DecodeRuneInString(line)
	last, _ := utf8.DecodeLastRuneInString(line)
	switch {
	case words > maxNameWords, strings.ContainsAny(line, "?!？！。"), last == '.' && words > 3:
		return true
	case strings.HasPrefix(strings.ToLower(line), "ps"), strings.HasPrefix(strings.ToLower(line), "p.s"):
		return true
	default:
		return unicode.IsLower(first) && !strings.ContainsAny(line, "@./")
	}
}

// lastWritten gives the index of the last line that is not empty, -1 for none.
func lastWritten(lines []string) int {
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.TrimSpace(lines[i]) != "" {
			return i
		}
	}
	return -1
}
