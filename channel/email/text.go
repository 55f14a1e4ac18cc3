package email

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"

	"github.com/tocsin/tocsin"
)

// How deep and how wide a mail may be nested before we stop looking.
const (
	maxDepth = 12
	maxParts = 100
)

var (
	errNoBoundary = errors.New("it has parts but no boundary between them")
	errTooDeep    = errors.New("its parts are nested too deeply")
)

// text is what a person wrote.
type text struct {
	words  string
	markup tocsin.Markup
	cut    bool  // it goes on behind what was read
	err    error // of decoding; what could be decoded stands in words
}

func (t *text) blank() bool { return t == nil || strings.TrimSpace(t.words) == "" }

// textOf finds what a person wrote in a mail or a part of one: of alternatives the
// plain one, of several parts the first that has words. It gives nil for an
// attachment and for what is no text.
func textOf(e *message.Entity, cut bool, depth int) *text {
	kind, _, err := e.Header.ContentType()
	if err != nil {
		kind, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(e.Header.Get("Content-Type"))), ";")
	}
	if disposition, _, _ := e.Header.ContentDisposition(); strings.EqualFold(disposition, "attachment") && depth > 0 {
		return nil
	}
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		return textOfParts(e, kind == "multipart/alternative", cut, depth)
	case kind == "text/html":
		return decode(e, tocsin.MarkupHTML, cut, depth)
	case kind == "" || kind == "text" || strings.HasPrefix(kind, "text/plain"):
		return decode(e, tocsin.MarkupPlain, cut, depth)
	default:
		return nil
	}
}

func textOfParts(e *message.Entity, alternatives, cut bool, depth int) *text {
	parts := e.MultipartReader()
	_, params, err := e.Header.ContentType()
	if parts == nil || params["boundary"] == "" {
		return &text{err: errors.Join(errNoBoundary, err)}
	}
	if depth >= maxDepth {
		return &text{err: errTooDeep}
	}
	var best *text
	for range maxParts {
		part, err := parts.NextPart()
		if part == nil {
			if best == nil && err != nil && !errors.Is(err, io.EOF) {
				best = &text{cut: cut, err: fmt.Errorf("find its parts: %w", err)}
			}
			return best
		}
		found := textOf(part, cut, depth+1)
		if found == nil || !best.blank() && (found.blank() || found.markup != tocsin.MarkupPlain) {
			continue
		}
		best = found
		if !best.blank() && (!alternatives || best.markup == tocsin.MarkupPlain) {
			return best
		}
	}
	return best
}

// decode reads a part to its end. A part whose end was not seen was cut, if the
// mail was; else the mail was truncated on its way, and what is there counts.
func decode(e *message.Entity, markup tocsin.Markup, cut bool, depth int) *text {
	raw, err := io.ReadAll(e.Body)
	return &text{
		words: utf8Of(raw), markup: markup, err: err,
		cut: cut && (depth == 0 || err != nil),
	}
}

// utf8Of makes valid UTF-8 of bytes whose charset was named wrongly or not at all.
// Most such mail is from Windows. NUL is left out: a database may not take it.
func utf8Of(raw []byte) string {
	if !utf8.Valid(raw) {
		if r, err := charset.Reader("windows-1252", bytes.NewReader(raw)); err == nil {
			if decoded, err := io.ReadAll(r); err == nil {
				raw = decoded
			}
		}
	}
	return strings.ReplaceAll(strings.ToValidUTF8(string(raw), "\uFFFD"), "\x00", "")
}
