package oncall

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
)

// foldAt is how many bytes a line of a calendar may have
// (https://www.rfc-editor.org/rfc/rfc5545#section-3.1).
const foldAt = 75

// Calendar writes shifts as an iCalendar (RFC 5545) that calendar programs can
// subscribe to. An event keeps its name (UID) as long as a shift of its schedule
// begins at that time, so that a swap changes it and does not double it. Gaps are
// left out. Name is what the calendar is called, and now when it was made.
func Calendar(name string, shifts []tocsin.Shift, now time.Time) []byte {
	const stamp = "20060102T150405Z"
	var b bytes.Buffer
	line := func(key, value string) { fold(&b, key+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Tocsin//on call//EN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escape(name))
	for _, s := range shifts {
		if s.Person == "" {
			continue
		}
		line("BEGIN", "VEVENT")
		line("UID", escape(fmt.Sprintf("%s-%d@tocsin", s.Schedule, s.From.Unix())))
		line("DTSTAMP", now.UTC().Format(stamp))
		line("DTSTART", s.From.UTC().Format(stamp))
		line("DTEND", s.To.UTC().Format(stamp))
		line("SUMMARY", escape(fmt.Sprintf("%s on call (%s)", s.Person, s.Schedule)))
		if s.Override != 0 {
			line("DESCRIPTION", escape(fmt.Sprintf("By override %d.", s.Override)))
		}
		line("TRANSP", "TRANSPARENT") // one can have meetings while on call
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.Bytes()
}

// fold breaks a line where a calendar's line ends, never within a character.
func fold(b *bytes.Buffer, text string) {
	room := foldAt
	for len(text) > room {
		cut := room
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		b.WriteString(text[:cut] + "\r\n ")
		text, room = text[cut:], foldAt-1
	}
	b.WriteString(text + "\r\n")
}

// escape writes a text value (section 3.3.11).
func escape(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(text)
}
