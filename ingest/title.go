package ingest

import "strings"

// answerMarks and forwardMarks are what mail programs put before a subject, in
// the languages whose quotes we know.
var (
	answerMarks = set( //nolint:gochecknoglobals // a constant table; Go has no constant maps
		"re", "aw", "antw", "sv", "vs", "odp", "rif", "r", "res", "ref", "回复", "答复", "回覆", "返信")
	forwardMarks = set( //nolint:gochecknoglobals // as above
		"fw", "fwd", "wg", "tr", "rv", "enc", "i", "pd", "vb", "doorst", "转发", "轉寄", "転送")
)

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
		case forwardMarks[mark]:
			forwarded = true
		case !answerMarks[mark]:
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
