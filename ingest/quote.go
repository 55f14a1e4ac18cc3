package ingest

import (
	"strings"
	"unicode/utf8"
)

// withoutQuotes takes out of a mail what others wrote before. It gives the
// writer's own lines, and beside them a mail that was passed on: that one is what
// the writer wants us to read. Forwarded says that the whole mail is passed on,
// as its subject tells.
func withoutQuotes(lines []string, forwarded bool) (own, rest []string) {
	own = make([]string, 0, len(lines))
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		switch {
		case line == "":
			own = append(own, "")
		case isQuoted(line):
		case isPassedOn(line):
			return own, unquoted(lines[i:])
		case isOriginal(line), isHeaderBlock(lines[i:]):
			if forwarded {
				return own, unquoted(lines[i:])
			}
			return withoutRule(own), nil
		default:
			n, sure := attribution(lines[i:])
			switch {
			case n > 0 && quoteFollows(lines[i+n:]):
				i += n - 1
			case sure:
				return own, nil
			default:
				own = append(own, lines[i])
			}
		}
	}
	return own, nil
}

func isQuoted(line string) bool { return strings.HasPrefix(line, ">") }

// unquoted leaves the marks out and the words in.
func unquoted(lines []string) []string {
	bare := make([]string, len(lines))
	for i, line := range lines {
		bare[i] = strings.TrimLeft(line, "> \t")
	}
	return bare
}

// maxMark is the length in bytes of the longest line that can be one of a mail
// program's: a person's own words are longer, or don't look like one.
const maxMark = 200

// isOriginal knows a line such as -----Original Message-----.
func isOriginal(line string) bool {
	return strings.HasPrefix(line, "--") && len(line) <= maxMark && within(original, strings.ToLower(line))
}

// isPassedOn knows a line such as ---------- Forwarded message --------- or
// Begin forwarded message:.
func isPassedOn(line string) bool {
	marked := strings.HasPrefix(line, "--") || endsInColon(line)
	return marked && len(line) <= maxMark && within(passedOn, strings.ToLower(line))
}

// isHeaderBlock knows the lines From:, Sent:, To:, Subject: with which Outlook
// begins a quote. The subject must be among them: people write From: Paris, To:
// London too.
func isHeaderBlock(lines []string) bool {
	if !isHeader(lines[0], fromKeys) {
		return false
	}
	others := 0
	for _, line := range lines[1:min(len(lines), 8)] {
		switch {
		case isHeader(line, subjectKeys):
			return others > 0
		case isHeader(line, otherKeys):
			others++
		case strings.TrimSpace(line) != "" && !strings.HasPrefix(line, " "): // a long header goes on after a blank
			return false
		}
	}
	return false
}

func isHeader(line string, keys map[string]bool) bool {
	key, _, ok := cutColon(strings.Trim(cutBytes(line, maxMark), " *\t"))
	return ok && keys[strings.ToLower(strings.Trim(key, " *"))]
}

// withoutRule leaves out the line that Outlook draws above its header block.
func withoutRule(lines []string) []string {
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line == "" {
			continue
		}
		if len(line) >= 8 && strings.Trim(line, "_-") == "" {
			return lines[:i]
		}
		break
	}
	return lines
}

// attribution knows the line above a quote, "On Monday Ana wrote:", which may be
// broken into up to three. It gives how many lines it takes, 0 for none, and
// whether it can be nothing else, even when no quote mark follows.
func attribution(lines []string) (n int, sure bool) {
	for i, line := range lines[:min(len(lines), 3)] {
		line = strings.TrimSpace(line)
		if line == "" {
			return 0, false
		}
		if endsInColon(line) {
			n = i + 1
			break
		}
	}
	if n == 0 {
		return 0, false
	}
	joined := strings.ToLower(strings.TrimSpace(lines[0]))
	for _, line := range lines[1:n] {
		line = strings.ToLower(strings.TrimSpace(line))
		// Only the line with the date is so long that it is broken.
		if !strings.ContainsAny(joined, "0123456789") || begins(wroteStarts, line) || len(joined)+len(line) > 2*maxMark {
			return 0, false
		}
		joined += " " + line
	}
	dated := strings.ContainsAny(joined, "0123456789") && hasAddress(joined)
	switch {
	case dated && strings.HasSuffix(strings.TrimRight(joined, ":： "), ">"):
		return n, true // 2026-11-22 10:15 Ana <ana@example.org>:
	case within(wrote, joined) && (n == 1 || begins(wroteStarts, joined)):
		return n, dated
	default:
		return 0, false
	}
}

func endsInColon(line string) bool {
	r, _ := utf8.DecodeLastRuneInString(line)
	return r == ':' || r == '：'
}

func hasAddress(line string) bool {
	at := strings.IndexByte(line, '@')
	return at > 0 && at+1 < len(line) && strings.IndexByte(line[at:], '.') > 0
}

// quoteFollows tells whether the next line that is not empty is a quote.
func quoteFollows(lines []string) bool {
	for _, line := range lines[:min(len(lines), 4)] {
		if line = strings.TrimSpace(line); line != "" {
			return isQuoted(line)
		}
	}
	return false
}
