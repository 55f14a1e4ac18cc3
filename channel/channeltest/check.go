package channeltest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func checkPromises() []promise {
	return []promise{
		{"CheckPassesGoodSettings", needChecker(func(tb testing.TB, _ *kit, c tocsin.Checker) {
			require.NoError(tb, c.Check(tb.Context()))
		})},
		{"CheckSaysWhatToMend", needChecker(checkSays)},
		{"CheckIsCalledOff", needChecker(func(tb testing.TB, k *kit, c tocsin.Checker) {
			k.breakdown(tb, Hang)
			ctx, cancel := context.WithTimeout(tb.Context(), soon)
			defer cancel()
			var err error
			within(tb, promptly, "a check whose context ended", func() { err = c.Check(ctx) })
			k.fails(tb, err, Hang)
		})},
	}
}

func needChecker(kept func(testing.TB, *kit, tocsin.Checker)) func(testing.TB, *kit) {
	return func(tb testing.TB, k *kit) {
		checker := k.open(tb).Checker
		if checker == nil {
			tb.Skip("nothing to check")
		}
		kept(tb, k, checker)
	}
}

func checkSays(tb testing.TB, k *kit, c tocsin.Checker) {
	k.breakdown(tb, Refused)
	err := c.Check(tb.Context())
	k.fails(tb, err, Refused)
	var said *tocsin.Error
	require.ErrorAs(tb, err, &said)
	require.NotEmpty(tb, said.Message, "a sentence that says what to mend")
}
