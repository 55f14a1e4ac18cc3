package text_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/triage/text"
)

func TestAnErrorCodeIsOneTokenHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for written, want := range map[string][]string{
		"E-4012":        {"e4012"},
		"e-4012??":      {"e4012", "."},
		"(ERR_507)":     {"err507"},
		"HTTP-502":      {"http502"},
		"e4012":         {"e4012"},
		"two-factor":    {"two", "factor"},
		"top-10":        {"top", "10"},
		"sign-in":       {"sign", "in"},
		"long-term-123": {"long", "term123"},
	} {
		var got []string
		for _, tok := range text.Tokens(written) {
			got = append(got, tok.Text)
		}
		require.Equal(t, want, got, written)
	}
}
