package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestCommitBatchKeepsNothingWhenTheCursorMoved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		r := func(id string) tocsin.Report {
			return tocsin.Report{ExternalID: id, Reporter: tocsin.Reporter{ID: "x:1"}, Text: "t\x00\xff"}
		}
		added, err := s.CommitBatch(ctx, "mail", "", tocsin.Batch{Reports: []tocsin.Report{r("a"), r("b")}, Cursor: "1"})
		require.NoError(t, err)
		require.Len(t, added, 2)
		_, err = s.CommitBatch(ctx, "mail", "", tocsin.Batch{Reports: []tocsin.Report{r("c")}, Cursor: "2"})
		require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(err))
		all, next, err := s.Reports(ctx, tocsin.ReportQuery{Channel: "mail"})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Len(t, all, 2)
	})
}
