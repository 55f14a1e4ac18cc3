package triage_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
)

// TestWhatAProviderSaysOfItselfIsNoEvidence: it stands in a cluster beside what
// people write, and says why it does not count.
func TestWhatAProviderSaysOfItselfIsNoEvidence(t *testing.T) {
	t.Parallel()
	e := triage.New(triage.DefaultConfig(), nil)
	at := time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)
	for i, who := range []string{"mailto:ana@example.org", "upstream:status.example.org"} {
		e.Add(tocsin.Report{
			ID: int64(i + 1), At: at, ReceivedAt: at, Channel: "c", ExternalID: fmt.Sprint(i),
			Text: "Uploads fail with an error since noon.", Reporter: tocsin.Reporter{ID: who},
		})
	}
	judged, _ := e.Drain()
	reasons := map[int64]string{}
	for _, j := range judged {
		reasons[j.Report] = j.Reason
		require.NotEmpty(t, j.Cluster)
	}
	require.Equal(t, map[int64]string{1: "", 2: "upstream status"}, reasons)
}
