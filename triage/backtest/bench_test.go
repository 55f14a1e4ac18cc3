package backtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// BenchmarkTickets reads exports of 1,000 tickets in each format.
func BenchmarkTickets(b *testing.B) {
	var rows, lines strings.Builder
	rows.WriteString("id,created_at,requester,subject,description\n")
	for n := range 1000 {
		fmt.Fprintf(&rows, "%d,2026-02-03 08:15:00,p%d@example.org,Gate,\"It stays shut, and shows %d\"\n", n, n, n)
		fmt.Fprintf(&lines, `{"id":%d,"created_at":"2026-02-03T08:15:00Z","requester_id":%d,"subject":"Gate","description":"It stays shut, and shows %d"}`+"\n", n, n, n)
	}
	for name, text := range map[string]string{
		"csv": rows.String(), "lines": lines.String(), "array": "[" + strings.ReplaceAll(strings.TrimSpace(lines.String()), "\n", ",") + "]",
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				_, err := Reader{}.Tickets(strings.NewReader(text), FormatAny, func(tocsin.Report) error { n++; return nil })
				require.NoError(b, err)
				require.Equal(b, 1000, n)
			}
		})
	}
}

// BenchmarkPast keeps 10,000 reports and gives them once, in order.
func BenchmarkPast(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		p, err := NewPast()
		require.NoError(b, err)
		for n := range 10_000 {
			_, err := p.Add(tocsin.Report{ExternalID: fmt.Sprint(n), At: noon.Add(-time.Duration(n) * time.Second), Text: "It stays shut", Reporter: tocsin.Reporter{ID: "p"}})
			require.NoError(b, err)
		}
		require.NoError(b, p.Settle())
		n := 0
		for _, err := range p.All() {
			require.NoError(b, err)
			n++
		}
		require.Equal(b, 10_000, n)
		require.NoError(b, p.Close())
	}
}
