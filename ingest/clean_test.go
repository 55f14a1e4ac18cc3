package ingest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCleaningLeavesThePersonsOwnWords cleans each text under testdata/mail and
// compares what is left with the file .golden beside it.
func TestCleaningLeavesThePersonsOwnWords(t *testing.T) {
	t.Parallel()
	for _, file := range corpus(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			got := ownWords(read(t, file), markupOf(file), false)
			requireClean(t, got)
			if *update {
				require.NoError(t, os.WriteFile(file+".golden", []byte(got+"\n"), 0o600))
			}
			require.Equal(t, read(t, file+".golden"), got+"\n")
			require.Equal(t, got, ownWords(got, tocsin.MarkupPlain, false), "cleaning what is clean changes nothing")
		})
	}
}

func TestCorpusCoversTenLanguages(t *testing.T) {
	t.Parallel()
	langs := map[string]bool{}
	for _, file := range corpus(t) {
		langs[filepath.Base(file)[:2]] = true
	}
	require.GreaterOrEqual(t, len(langs), 10)
}

func TestPassedOnMailIsKeptWhenItsSubjectSaysSo(t *testing.T) {
	t.Parallel()
	text := "Please see below.\n\nFrom: Fay <fay@example.net>\nSent: Monday\nTo: Eli\nSubject: Nothing saves\n\nAll changes are lost."
	require.Equal(t, "Please see below.", ownWords(text, tocsin.MarkupPlain, false))
	require.Contains(t, ownWords(text, tocsin.MarkupPlain, true), "All changes are lost.")
}

func TestCleaningNeverCutsAll(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"> all of it is quoted", "Best regards", "-- \nonly below the dashes", "Sent from my iPhone",
		"-----Original Message-----\nall of it is below", "Thanks\nAna", "Von meinem iPhone gesendet\n",
		"On 22 Nov 2026 Ana <ana@example.org> wrote:\nit is broken",
	} {
		require.NotEmpty(t, ownWords(text, tocsin.MarkupPlain, false), text)
	}
	require.Empty(t, ownWords(" \n\t\u200b\u00a0\n", tocsin.MarkupPlain, false))
	require.Empty(t, ownWords("<p>&nbsp;<br><!-- a --></p>", tocsin.MarkupHTML, false))
}

func TestTextIsCutAtItsBound(t *testing.T) {
	t.Parallel()
	got := ownWords(strings.Repeat("ü", maxText+1), tocsin.MarkupPlain, false)
	require.Equal(t, maxText, utf8.RuneCountInString(got))
	raw := cutRaw(strings.Repeat("ü", maxRaw))
	require.True(t, utf8.ValidString(raw))
	require.LessOrEqual(t, len(raw), maxRaw+100)
	require.Contains(t, raw, "[cut here; 524288 bytes in all]")
}

// TestCleaningTakesTimeInProportion cleans a million lines, and texts made to be
// slow. Something quadratic would take minutes.
func TestCleaningTakesTimeInProportion(t *testing.T) {
	t.Parallel()
	const many, more = 100_000, 1_000_000
	for name, c := range map[string]struct {
		piece  string
		markup tocsin.Markup
	}{
		"lines":        {"a\n", ""},
		"empty lines":  {"\n", ""},
		"quotes":       {"> a\n", ""},
		"attributions": {"on 1 a@b.c\n", ""},
		"headers":      {"From: a@example.org\n", ""},
		"closers":      {"Thanks\n", ""},
		"phones":       {"Sent from my phone\n", ""},
		"handles":      {"@a ", ""},
		"links":        {"http://", ""},
		"joiners":      {"\u200d", ""},
		"marks":        {"\u0301", ""},
		"bad bytes":    {"\xff", ""},
		"divs":         {"<div>", "html"},
		"quotes in it": {"<blockquote>", "html"},
		"open tags":    {"<a ", "html"},
		"entities":     {"&amp", "html"},
		"svg":          {"<svg>", "html"},
		"attributes":   {"<p a=b c", "html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			n := many
			if c.piece == "a\n" || c.piece == "> a\n" {
				n = more
			}
			requireClean(t, ownWords(strings.Repeat(c.piece, n), c.markup, false))
			require.Less(t, time.Since(began), 20*time.Second)
		})
	}
}

func FuzzClean(f *testing.F) {
	for _, file := range corpus(f) {
		f.Add(read(f, file), markupOf(file) == tocsin.MarkupHTML)
	}
	f.Fuzz(func(t *testing.T, raw string, html bool) {
		markup := tocsin.MarkupPlain
		if html {
			markup = tocsin.MarkupHTML
		}
		once := ownWords(raw, markup, false)
		requireClean(t, once)
		again := ownWords(once, tocsin.MarkupPlain, false)
		requireClean(t, again)
		require.LessOrEqual(t, utf8.RuneCountInString(again), utf8.RuneCountInString(once))
		if withoutHandles(once) != "" { // a link after an @ can become a handle
			require.NotEmpty(t, again, "cleaning again must not empty a text")
		}
	})
}

// requireClean asks for what every cleaned text promises.
func requireClean(tb testing.TB, text string) {
	tb.Helper()
	require.True(tb, utf8.ValidString(text))
	require.LessOrEqual(tb, utf8.RuneCountInString(text), maxText)
	require.Equal(tb, strings.TrimSpace(text), text)
	require.False(tb, strings.ContainsAny(text, "\x00\r\u202e\u2066\u200b\ufeff\u2028"))
	require.NotContains(tb, text, "\n\n\n")
}

func corpus(tb testing.TB) []string {
	tb.Helper()
	var files []string
	for _, ending := range []string{"txt", "html"} {
		found, err := filepath.Glob("testdata/mail/*." + ending)
		require.NoError(tb, err)
		require.NotEmpty(tb, found)
		files = append(files, found...)
	}
	return files
}

func markupOf(file string) tocsin.Markup {
	if filepath.Ext(file) == ".html" {
		return tocsin.MarkupHTML
	}
	return tocsin.MarkupPlain
}

func read(tb testing.TB, file string) string {
	tb.Helper()
	text, err := os.ReadFile(file)
	require.NoError(tb, err)
	return string(text)
}

func BenchmarkClean(b *testing.B) {
	for _, file := range []string{"testdata/mail/en-gmail.txt", "testdata/mail/en-gmail.html", "testdata/mail/en-social.txt"} {
		raw := read(b, file)
		b.Run(filepath.Base(file), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				ownWords(raw, markupOf(file), false)
			}
		})
	}
}
