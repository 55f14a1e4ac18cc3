package triage

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestAPanicBecomesAnErrorThatSaysWhere(t *testing.T) {
	t.Parallel()
	require.NoError(t, survive(func() {}))
	err := survive(func() {
		panic("a report like no other")
	})
	require.ErrorContains(t, err, "a report like no other")
	require.ErrorContains(t, err, "survive_test.go")
}

func TestReportsOfAnyTimeAreTaken(t *testing.T) {
	t.Parallel()
	e := New(Config{}, nil)
	for n, at := range []string{"1960-01-01T00:00:00Z", "0001-01-02T00:00:00Z", "2026-03-02T12:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z"} {
		when, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		for k := range 4 {
			id := at + string(rune('a'+k))
			e.Add(tocsin.Report{ID: int64(n*4 + k + 1), Channel: "c", ExternalID: id, Text: "login broken today", At: when, ReceivedAt: when, Reporter: tocsin.Reporter{ID: id}})
		}
	}
}
