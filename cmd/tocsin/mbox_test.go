package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func split(t *testing.T, text string) []string {
	t.Helper()
	var all []string
	require.NoError(t, mails(strings.NewReader(text), func(number int, mail []byte) error {
		all = append(all, string(mail))
		require.Equal(t, len(all), number)
		return nil
	}))
	return all
}

func TestAMailboxIsReadMailByMail(t *testing.T) {
	t.Parallel()
	require.Empty(t, split(t, ""))
	require.Empty(t, split(t, "\n\n"))
	require.Equal(t, []string{"A: 1\n\nx\n\n", "B: 2\n\ny"}, split(t, "From a\nA: 1\n\nx\n\nFrom b\nB: 2\n\ny"))
	require.Equal(t, []string{"A: 1\r\n\r\nx\r\n\r\n", "B: 2\r\n"}, split(t, "From a\r\nA: 1\r\n\r\nx\r\n\r\nFrom b\r\nB: 2\r\n"))
	require.Equal(t, []string{"A: 1\nFrom here it is one mail\n"}, split(t, "From a\nA: 1\nFrom here it is one mail\n"), "only behind an empty line one begins")
	require.Equal(t, []string{"A: 1\n\nFrom x\n>From y\n> From z\n"}, split(t, "From a\nA: 1\n\n>From x\n>>From y\n> From z\n"))
	long := "From " + strings.Repeat("a", 200<<10)
	require.Equal(t, []string{"A: 1\n"}, split(t, long+"\nA: 1\n"))
}

func TestAHugeMailIsCutAndTheNextIsRead(t *testing.T) {
	t.Parallel()
	all := split(t, "From a\nA: 1\n\n"+strings.Repeat(strings.Repeat("x", 9999)+"\n", 600)+"\nFrom b\nB: 2\n")
	require.Len(t, all, 2)
	require.Less(t, len(all[0]), maxMail+100_000)
	require.Equal(t, "B: 2\n", all[1])
}

func TestWhatIsNoMailboxIsSaidSo(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, mails(strings.NewReader("id,text\n"), nil), "does not begin")
	stop := errors.New("stop")
	require.ErrorIs(t, mails(strings.NewReader("From a\nx\n\nFrom b\ny\n"), func(int, []byte) error { return stop }), stop)
}

func FuzzMailbox(f *testing.F) {
	f.Add([]byte("From a\nA: 1\n\n>From x\n\nFrom b\n"))
	f.Add([]byte("\nFrom"))
	f.Fuzz(func(t *testing.T, text []byte) {
		size := 0
		_ = mails(bytes.NewReader(text), func(_ int, mail []byte) error { size += len(mail); return nil })
		require.LessOrEqual(t, size, len(text))
	})
}
