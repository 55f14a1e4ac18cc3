package tocsin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestAPersonIsAmongPeopleByIDHandleOrDomain(t *testing.T) {
	t.Parallel()
	ana := tocsin.Reporter{ID: "mailto:ana@Example.org", Handle: "ana@example.org"}
	ben := tocsin.Reporter{ID: "x:783214", Handle: "@Ben"}
	for list, want := range map[string][2]bool{
		"*@example.org":          {true, false},
		"*@EXAMPLE.ORG":          {true, false},
		"*@ample.org":            {false, false},
		"*@sub.example.org":      {false, false},
		"mailto:ana@example.org": {true, false},
		"ana@example.org":        {true, false},
		"@ben":                   {false, true},
		"ben":                    {false, true},
		"x:783214":               {false, true},
		"783214":                 {false, false},
		"@":                      {false, false},
		"":                       {false, false},
	} {
		require.Equal(t, want, [2]bool{ana.Among([]string{list}), ben.Among([]string{"nobody", list})}, list)
	}
	require.False(t, tocsin.Reporter{ID: "x:1"}.Among([]string{"@"}), "no handle is nobody's")
}

func TestADeletedReportHasNoWordsToQuote(t *testing.T) {
	t.Parallel()
	r := tocsin.Report{Title: "Help", Text: "It broke.", NoReply: "X forbids it"}
	require.Equal(t, "Help It broke.", r.Words())
	require.Equal(t, "X forbids it", r.Unanswerable())
	r.DeletedAt = time.Now()
	require.Equal(t, tocsin.TextDeleted, r.Words())
	require.Contains(t, r.Unanswerable(), tocsin.TextDeleted)
}
