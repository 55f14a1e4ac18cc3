package store_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestCommitBatchKeepsAReportAsItCame(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := report(1)
		added, err := s.CommitBatch(t.Context(), "mail", "", tocsin.Batch{Reports: []tocsin.Report{want}})
		require.NoError(t, err)
		want.ID = added[0]

		got, err := s.Report(t.Context(), want.ID)
		require.NoError(t, err)
		raw, markup, err := s.RawReport(t.Context(), want.ID)
		require.NoError(t, err)
		got.Raw, got.Markup = raw, markup
		require.Equal(t, want, got)

		select {
		case <-s.Arrived():
		default:
			t.Fatal("nobody was woken")
		}
	})
}

func TestCommitBatchAddsNothingTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := tocsin.Batch{
			Reports:    []tocsin.Report{report(1), report(2), report(2)},
			Rejections: []tocsin.Rejection{{ExternalID: "x", Reason: tocsin.ReasonAutoReply, At: noon}},
		}
		for _, want := range []int{2, 0} {
			added, err := s.CommitBatch(t.Context(), "mail", "", b)
			require.NoError(t, err)
			require.Len(t, added, want)
		}
		inbox, err := s.Inbox(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, inbox, 2)
		rejections, _, err := s.Rejections(t.Context(), "", 10)
		require.NoError(t, err)
		require.Equal(t, []tocsin.Rejection{{Channel: "mail", ExternalID: "x", Reason: tocsin.ReasonAutoReply, At: noon}}, rejections)

		added, err := s.CommitBatch(t.Context(), "forum", "", b)
		require.NoError(t, err)
		require.Len(t, added, 2, "an id is one channel's own")
	})
}

func TestCommitBatchKeepsNothingWhenTheCursorMoved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		_, err := s.CommitBatch(ctx, "mail", "", tocsin.Batch{Reports: []tocsin.Report{report(1)}, Cursor: "1"})
		require.NoError(t, err)
		late := tocsin.Batch{Reports: []tocsin.Report{report(2)}, Rejections: []tocsin.Rejection{{Reason: "own"}}, Cursor: "2"}
		_, err = s.CommitBatch(ctx, "mail", "", late)
		requireCode(t, tocsin.CodeConflict, err)

		cursor, err := s.Cursor(ctx, "mail")
		require.NoError(t, err)
		require.Equal(t, "1", cursor)
		all, _, err := s.Reports(ctx, tocsin.ReportQuery{})
		require.NoError(t, err)
		require.Len(t, all, 1)
		rejections, _, err := s.Rejections(ctx, "", 0)
		require.NoError(t, err)
		require.Empty(t, rejections)

		_, err = s.CommitBatch(ctx, "mail", "1", late)
		require.NoError(t, err)
	})
}

func TestCommitBatchLeavesTheCursorWhereNoneIsGiven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, b := range []tocsin.Batch{{Cursor: "7"}, {Reports: []tocsin.Report{report(1)}}} {
			_, err := s.CommitBatch(t.Context(), "mail", "", b)
			require.NoError(t, err)
		}
		cursor, err := s.Cursor(t.Context(), "mail")
		require.NoError(t, err)
		require.Equal(t, "7", cursor)
	})
}

func TestCommitBatchTakesHostileTexts(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		bad := report(1)
		bad.Text, bad.Raw, bad.ExternalID, bad.Reporter.Name = "a\x00b\xffc", "\x00", "id\x00\xfe", "N\x00"
		nobody, endless := report(2), report(3)
		nobody.Reporter.ID, endless.ExternalID = "", strings.Repeat("x", 5000)
		b := tocsin.Batch{
			Reports:    []tocsin.Report{bad, nobody, endless},
			Rejections: []tocsin.Rejection{{ExternalID: strings.Repeat("é", 5000), Reason: "odd\x00", Detail: "\xff"}},
		}
		added, err := s.CommitBatch(t.Context(), "mail", "", b)
		require.NoError(t, err)
		require.Len(t, added, 1)
		got, err := s.Report(t.Context(), added[0])
		require.NoError(t, err)
		require.Equal(t, "a\uFFFDb\uFFFDc", got.Text)
		rejections, _, err := s.Rejections(t.Context(), "", 0)
		require.NoError(t, err)
		require.Len(t, rejections, 3, "what cannot be stored is named, and keeps nothing else out")
		require.Equal(t, tocsin.ReasonMalformed, rejections[0].Reason)

		added, err = s.CommitBatch(t.Context(), "mail", "", b)
		require.NoError(t, err)
		require.Empty(t, added)
	})
}

func TestCommitBatchTakesAHugeBatch(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := tocsin.Batch{}
		for n := range 2345 {
			b.Reports = append(b.Reports, report(n%2000))
			b.Reports[n].ExternalID += "-" + string(rune('a'+n/2000))
		}
		added, err := s.CommitBatch(t.Context(), "mail", "", b)
		require.NoError(t, err)
		require.Len(t, added, 2345)
		require.IsIncreasing(t, added)
	})
}

func TestReporterIsOnePersonAndAsLastSeen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first, second := report(1), report(2)
		second.Reporter = first.Reporter
		second.Reporter.Name = "Ana Renamed"
		for channel, r := range map[string]tocsin.Report{"mail": first, "forum": second} {
			_, err := s.CommitBatch(t.Context(), channel, "", tocsin.Batch{Reports: []tocsin.Report{r}})
			require.NoError(t, err)
		}
		_, err := s.CommitBatch(t.Context(), "forum", "", tocsin.Batch{Reports: []tocsin.Report{second}})
		require.NoError(t, err)
		people, err := s.Count(t.Context(), `SELECT COUNT(*) FROM reporters`)
		require.NoError(t, err)
		require.EqualValues(t, 1, people)
		all, _, err := s.Reports(t.Context(), tocsin.ReportQuery{})
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, all[0].Reporter, all[1].Reporter)
	})
}

func TestWritersAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const writers, batches = 4, 10
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for n := range batches {
					// Each report comes from two writers, whose batches go up and down.
					b := tocsin.Batch{Reports: []tocsin.Report{report(w/2*100 + n), report(w/2*100 + batches - 1 - n)}}
					if _, err := s.CommitBatch(t.Context(), "mail", "", b); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		n, err := s.Count(t.Context(), `SELECT COUNT(*) FROM inbox`)
		require.NoError(t, err)
		require.EqualValues(t, writers/2*batches, n)
	})
}

func TestOneOfTwoReadersMovesTheCursor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var (
			all  sync.WaitGroup
			errs = make([]error, 2)
		)
		for w := range errs {
			all.Go(func() {
				_, errs[w] = s.CommitBatch(t.Context(), "mail", "", tocsin.Batch{Reports: []tocsin.Report{report(w)}, Cursor: "1"})
			})
		}
		all.Wait()
		if errs[0] == nil {
			errs[0], errs[1] = errs[1], errs[0]
		}
		requireCode(t, tocsin.CodeConflict, errs[0])
		require.NoError(t, errs[1])
		n, err := s.Count(t.Context(), `SELECT COUNT(*) FROM reports`)
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
	})
}

func TestABacklogIsRememberedAndWaitsForNoJudgement(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		old := tocsin.Batch{Backlog: true, Reports: []tocsin.Report{report(1), report(2)}}
		for _, want := range []int{2, 0} {
			added, err := s.CommitBatch(t.Context(), "mail", "", old)
			require.NoError(t, err)
			require.Len(t, added, want)
		}
		inbox, err := s.Inbox(t.Context(), 9)
		require.NoError(t, err)
		require.Empty(t, inbox)
		known := history(t, s, noon)
		require.Len(t, known, 2)
		require.Equal(t, tocsin.Judgement{Report: known[0].Report.ID, Cluster: "mail/r1"}, known[0].Judgement)
		require.False(t, known[0].Human)
	})
}
