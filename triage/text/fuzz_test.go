package text_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/triage/text"
)

// FuzzRead reads anything as a text: it never fails, its work is bounded, and what
// it gives is valid.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "😡", "E-4012 login broken!!", "لا أستطيع تسجيل الدخول", "ログインできません", "l'appli ne marche pas", "\xff\x00", "\u202eabc"} {
		f.Add(seed, "")
	}
	lexicon := text.NewLexicon()
	f.Fuzz(func(t *testing.T, s, lang string) {
		read := lexicon.Read(s, lang)
		require.LessOrEqual(t, len(read.Words), 400)
		for _, w := range read.Words {
			if utf8.ValidString(s) {
				require.True(t, utf8.ValidString(w.Text), "%q", w.Text)
			}
		}
	})
}
