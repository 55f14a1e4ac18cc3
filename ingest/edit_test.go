package ingest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestEditsAreCleanedAndDeletionsPassedOn(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	edit := report(1)
	edit.Raw, edit.Markup, edit.Reporter.ID = "<p>It is <b>back</b></p>\u202e", tocsin.MarkupHTML, ""
	_, err := k.Accept(t.Context(), "hook", tocsin.Batch{Edits: []tocsin.Report{edit}})
	require.NoError(t, err)
	_, err = k.Accept(t.Context(), "hook", tocsin.Batch{Deleted: []string{"1", "2"}})
	require.NoError(t, err)
	require.Len(t, k.store.edits, 1)
	require.Equal(t, "It is back", k.store.edits[0].Text)
	require.Equal(t, "hook", k.store.edits[0].Channel)
	require.Equal(t, []string{"1", "2"}, k.store.deleted)
	require.InDelta(t, 1, k.count(t, "edits_total"), 0)
	require.InDelta(t, 2, k.count(t, "deletions_total"), 0)
	require.Zero(t, k.Health()[0].Reports, "none of it is a new report")
}
