package channeltest

import (
	"context"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func checkPromises() []promise {
	return []promise{
		{"CheckPassesGoodSettings", needChecker(func(k *kit, c tocsin.Checker) {
			require.NoError(k, c.Check(k.Context()))
		})},
		{"CheckSaysWhatToMend", needChecker(checkSays)},
		{"CheckIsCalledOff", needChecker(func(k *kit, c tocsin.Checker) {
			k.breakdown(Hang)
			ctx, cancel := context.WithTimeout(k.Context(), soon)
			defer cancel()
			var err error
			within(k, promptly, "a check whose context ended", func() { err = c.Check(ctx) })
			k.fails(err, Hang)
		})},
	}
}

func needChecker(kept func(*kit, tocsin.Checker)) func(*kit) {
	return func(k *kit) {
		checker := k.open().Checker
		if checker == nil {
			k.Skip("nothing to check")
		}
		kept(k, checker)
	}
}

func checkSays(k *kit, c tocsin.Checker) {
	k.breakdown(Refused)
	err := c.Check(k.Context())
	k.fails(err, Refused)
	var said *tocsin.Error
	require.ErrorAs(k, err, &said)
	require.NotEmpty(k, said.Message, "a sentence that says what to mend")
}
