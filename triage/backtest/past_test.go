package backtest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// pastOf holds a report at each of some times, named by their places.
func pastOf(t *testing.T, times ...time.Time) *Past {
	t.Helper()
	p := emptyPast(t)
	for n, at := range times {
		added, err := p.Add(tocsin.Report{ExternalID: fmt.Sprint(n), At: at, ReceivedAt: at, Text: "dough"})
		require.NoError(t, err)
		require.True(t, added)
	}
	require.NoError(t, p.Settle())
	return p
}

func emptyPast(t *testing.T) *Past {
	t.Helper()
	p, err := NewPast()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

func TestThePastComesInOrderHoweverItWasToldAndAsOftenAsAsked(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	p := emptyPast(t)
	for n := range 2000 {
		_, err := p.Add(tocsin.Report{ExternalID: fmt.Sprint(n), At: at(r.IntN(300)), Text: strings.Repeat("x", n%50), Reporter: tocsin.Reporter{ID: "p", Handle: "Päul"}})
		require.NoError(t, err)
	}
	require.NoError(t, p.Settle())
	require.NoError(t, p.Settle(), "once is enough, twice does no harm")
	for range 2 {
		seen, last := 0, tocsin.Report{At: at(-1)}
		for report, err := range p.All() {
			require.NoError(t, err)
			require.False(t, report.At.Before(last.At))
			require.Equal(t, "Päul", report.Reporter.Handle)
			last = report
			seen++
		}
		require.Equal(t, p.Len(), seen)
	}
}

func TestReportsOfOneTimeKeepTheirOrder(t *testing.T) {
	t.Parallel()
	p := pastOf(t, noon, noon, noon.Add(-time.Hour), noon)
	var order string
	for r, err := range p.All() {
		require.NoError(t, err)
		order += r.ExternalID
	}
	require.Equal(t, "2013", order)
}

func TestATicketThatComesAgainIsKeptOnce(t *testing.T) {
	t.Parallel()
	p := emptyPast(t)
	for n, want := range []bool{true, false} {
		added, err := p.Add(tocsin.Report{ExternalID: "7", At: at(n)})
		require.NoError(t, err)
		require.Equal(t, want, added)
	}
	require.Equal(t, 1, p.Len())
}

func TestThePastKeepsNoSecretsOfChannelsAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	p, err := NewPast()
	require.NoError(t, err)
	_, err = p.Add(tocsin.Report{ExternalID: "7", At: noon, Text: "dough", Raw: "raw", Route: []byte(`"way"`), URL: "https://example.org"})
	require.NoError(t, err)
	require.NoError(t, p.Settle())
	r, err := p.find("7")
	require.NoError(t, err)
	require.Equal(t, tocsin.Report{ExternalID: "7", At: noon, Text: "dough"}, r)
	_, err = p.find("8")
	require.ErrorContains(t, err, `no report has the id "8"`)
	info, err := os.Stat(p.file.Name())
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.NoError(t, p.Close())
	require.NoFileExists(t, p.file.Name())
}

func TestAPastWhoseFileIsGoneSaysSo(t *testing.T) {
	t.Parallel()
	p, err := NewPast()
	require.NoError(t, err)
	_, err = p.Add(tocsin.Report{ExternalID: "7", At: noon})
	require.NoError(t, err)
	require.NoError(t, p.file.Close())
	require.ErrorContains(t, p.Settle(), "keep the reports")
	for _, err := range p.All() {
		require.ErrorContains(t, err, "read a report again")
	}
	require.NoError(t, os.Remove(p.file.Name()))
}

func TestReportsAreCountedFromOneTimeToAnother(t *testing.T) {
	t.Parallel()
	p := pastOf(t, at(0), at(10), at(10), at(20))
	require.Equal(t, 4, p.within(at(0), at(20)))
	require.Equal(t, 2, p.within(at(1), at(19)))
	require.Equal(t, 0, p.within(at(21), at(90)))
	from, until := p.span()
	require.Equal(t, []time.Time{at(0), at(20)}, []time.Time{from, until})
}
