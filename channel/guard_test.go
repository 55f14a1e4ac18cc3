package channel_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

func TestPublicKnowsWhatIsNoPublicPlace(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{
		"127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "100.64.0.1", "224.0.0.1", "ff02::1",
		"255.255.255.255", "240.0.0.1", "192.0.0.8", "198.18.0.1", "203.0.113.5", "0.1.2.3",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1",
	} {
		require.False(t, channel.Public(netip.MustParseAddr(addr)), addr)
	}
	for _, addr := range []string{"1.1.1.1", "172.32.0.1", "100.128.0.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "2a00:1450::1"} {
		require.True(t, channel.Public(netip.MustParseAddr(addr)), addr)
	}
	require.False(t, channel.Public(netip.Addr{}))
}

func TestCallsStayOutOfPrivateNetworks(t *testing.T) {
	t.Parallel()
	reached := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(server.Close)
	client := channel.NewClient(channel.Options{})
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		_, err := client.Do(t.Context(), request(t, http.MethodPost, "http://"+host+port))
		require.Error(t, err, host)
		require.False(t, tocsin.Uncertain(err), "%s: %v", host, err)
	}
	_, err := client.Do(t.Context(), request(t, http.MethodPost, server.URL))
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "allow_private")
	retry, _ := tocsin.Retry(err)
	require.False(t, retry)
	require.False(t, reached)
}
