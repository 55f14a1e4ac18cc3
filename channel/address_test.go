package channel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel"
)

func TestAddressOfAnAPIIsWholeAndHidden(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"https://api.example.org", "https://discord.example/api/v10"} {
		require.Empty(t, channel.BadAddress(good, false), good)
	}
	require.Empty(t, channel.BadAddress("http://127.0.0.1:8081", true))
	require.Contains(t, channel.BadAddress("http://127.0.0.1:8081", false), "need https")
	for _, bad := range []string{"", "acme", "ftp://a.example", "https://", "https://u:p@a.example", "https://a.example?x=y", "https://a.example#x", "https://a b"} {
		require.Contains(t, channel.BadAddress(bad, true), "no address", bad)
	}
}
