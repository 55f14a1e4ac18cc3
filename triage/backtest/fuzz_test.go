package backtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// seeds are the fixtures, whole and broken.
func seeds(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(text))
		f.Add(string(text[:len(text)/2]))
	}
	for _, text := range []string{"", "\ufeff", "[[[", `{"tickets":{"tickets":[]}}`, "{}\n{}", "null", "\"", "date,text\n\"", "\xff\xfe\x00", `[{"id":[],"created_at":{}}]`} {
		f.Add(text)
	}
}

func FuzzTickets(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range append(Formats(), FormatAny) {
			last := 0
			r := Reader{Skip: func(line int, why string) {
				require.NotEmpty(t, why)
				require.GreaterOrEqual(t, line, last, "lines are named in their order")
				last = line
			}}
			_, err := r.Tickets(strings.NewReader(text), format, func(r tocsin.Report) error {
				require.NotEmpty(t, r.ExternalID)
				require.NotEmpty(t, r.Reporter.ID)
				require.NotEmpty(t, r.Title+r.Raw)
				require.Equal(t, r.At, r.ReceivedAt)
				require.Equal(t, time.UTC, r.At.Location())
				return nil
			})
			if err != nil {
				require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), "a bad file, and nothing else: %v", err)
			}
			require.LessOrEqual(t, last, 1+strings.Count(text, "\n")+strings.Count(text, "\r")+len(text))
		}
	})
}

func FuzzPages(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		pages, err := Reader{}.Pages(strings.NewReader(text))
		if err != nil {
			require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
		}
		for n := range pages {
			require.False(t, pages[n].At.IsZero())
			require.True(t, n == 0 || !pages[n].At.Before(pages[n-1].At))
		}
	})
}
