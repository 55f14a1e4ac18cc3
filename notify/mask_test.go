package notify_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/notify"
)

func TestPersonalDataIsMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"write to ana.o'neil+x@mail.example.org please":        "write to ana.o'[mail] please",
		"ask jürgen@müller.example":                            "ask [mail]",
		"call +43 660 1234567 now":                             "call [phone] now",
		"call (0660) 123-4567":                                 "call [phone]",
		"call 0043.660.1234567.":                               "call [phone].",
		"my card 4111 1111 1111 1111 was charged":              "my card [card] was charged",
		"card 5500-0000-0000-0004":                             "card [card]",
		"account AT61 1904 3002 3457 3201":                     "account [account]",
		"account DE89370400440532013000":                       "account [account]",
		"customer 123456789":                                   "customer [number]",
		"see https://a.example/reset?t=Zk3b9QmT7xW2pL8vN4sR6y": "see https://a.example/reset?t=[token]",
		"eyJhbGciOiJIUzI1NiJ9ab.eyJzdWIiOiIxMjM0NTY3ODkwIn0":   "[token].[token]",
		"key 123e4567-e89b-12d3-a456-426614174000":             "key [token]",
		"@ana_b and (@ben) wrote":                              "[handle] and ([handle]) wrote",
		"4111 1111 1111 1112":                                  "[number]",
	} {
		require.Equal(t, want, notify.Mask(text))
	}
}

func TestWhatHelpsToUnderstandStays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "error 500 since 12:30", "since 2026-11-23 03:12", "on 23.11.2026 it broke", "code 123456 never comes", "version 10.4.2",
		"Donaudampfschifffahrtsgesellschaft", "it costs 1,299.00", "/projects/settings", "3 of 4 tries", "@ noon",
	} {
		require.Equal(t, text, notify.Mask(text))
	}
}

func FuzzMaskLeavesNoMailAddressOrCard(f *testing.F) {
	for _, seed := range []string{"a@b.example", "4111 1111 1111 1111", "+43 1 2345678", "@@a@b.c", "AT61 1904 3002 3457 3201", "\xff@x.y", "٣٤٥٦٧٨٩"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		masked := notify.Mask(text + " ana@mail.example 4111111111111111 ")
		require.NotContains(t, masked, "ana@mail.example")
		require.NotContains(t, masked, "4111111111111111")
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(masked))
		}
		require.Less(t, len(masked), 20*len(text)+200)
		_ = strings.Count(masked, "[")
	})
}
