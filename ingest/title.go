package ingest

import "strings"

// answerMarks and forwardMarks are what mail programs put before a subject, in
// the ten languages whose quotes we know.
func answerMarks() []string {
	return []string{"re", "aw", "antw", "sv", "vs", "odp", "rif", "r", "res", "ref", "回复", "答复", "回覆", "返信"}
}

func forwardMarks() []string {
	return []string{"fw", "fwd", "wg", "tr", "rv", "enc", "i", "pd", "vb", "doorst", "转发", "轉寄", "転送"}
}

// bareTitle leaves out the marks before a subject and tells whether one of them
// says that the mail was passed on.
func bareTitle(title string) (bare string, forwarded bool) {
	bare = strings.TrimSpace(title)
	for {
		mark, rest, ok := cutColon(bare)
		mark = strings.ToLower(strings.TrimSpace(mark))
		switch {
		case !ok || strings.TrimSpace(rest) == "":
			return bare, forwarded
		case contains(forwardMarks(), mark):
			forwarded = true
		case !contains(answerMarks(), mark):
			return bare, forwarded
		}
		bare = strings.TrimSpace(rest)
	}
}

// cutColon cuts a line at its first colon, Western or Eastern.
func cutColon(line string) (before, after string, ok bool) {
	i := strings.IndexAny(line, ":：")
	if i < 0 {
		return line, "", false
	}
	return line[:i], strings.TrimPrefix(strings.TrimPrefix(line[i:], ":"), "："), true
}
