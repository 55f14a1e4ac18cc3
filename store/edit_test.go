package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

// reworded is the report of person n after its writer changed it.
func reworded(n int, text string) tocsin.Report {
	r := report(n)
	r.Text, r.Raw, r.Markup = text, text, tocsin.MarkupPlain
	return r
}

func follow(t *testing.T, s *store.Store, b tocsin.Batch) {
	t.Helper()
	added, err := s.CommitBatch(t.Context(), "mail", "", b)
	require.NoError(t, err)
	require.Empty(t, added, "nothing of it is a new report")
}

func TestAnEditIsFollowedAndTheFirstWordsAreKept(t *testing.T) {
	t.Parallel()
	clock := newClock()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := arrive(t, s, 1)[0]
		first := report(1)
		title, text, err := s.FirstText(t.Context(), id)
		require.NoError(t, err)
		require.Empty(t, title+text, "it was not edited")

		for _, words := range []string{"It is the editor", "It is the editor, and the runner", "It is the editor, and the runner"} {
			follow(t, s, tocsin.Batch{Edits: []tocsin.Report{reworded(1, words), reworded(99, "nobody has it")}})
		}
		got, err := s.Report(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, "It is the editor, and the runner", got.Text)
		require.Equal(t, noon, got.EditedAt)
		require.Equal(t, first.At, got.At)
		require.JSONEq(t, `{"to":"support"}`, string(got.Route))
		raw, markup, err := s.RawReport(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, got.Text, raw)
		require.Equal(t, tocsin.MarkupPlain, markup)
		title, text, err = s.FirstText(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, first.Title+first.Text, title+text)
		n, err := s.Count(t.Context(), `SELECT COUNT(*) FROM reports`)
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
	}, func(o *store.Options) { o.Now = clock.now })
}

func TestAnEditThatChangesNoWordIsNone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := arrive(t, s, 1)[0]
		follow(t, s, tocsin.Batch{Edits: []tocsin.Report{report(1)}})
		got, err := s.Report(t.Context(), id)
		require.NoError(t, err)
		require.Zero(t, got.EditedAt)
	})
}

func TestOnlyWhatIsInNoIncidentIsJudgedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 4)
		incident := gather(t, s, "k", tocsin.TierNone, ids[0])
		require.NoError(t, s.CommitTriage(t.Context(), tocsin.Triaged{
			Done: ids[1:3], Judgements: []tocsin.Judgement{{Report: ids[1], Cluster: "c2"}, {Report: ids[2], Cluster: "c3"}},
		}))
		require.NoError(t, s.Assign(t.Context(), ids[2], 0, false, "ana"))
		b := tocsin.Batch{}
		for n := 1; n <= 4; n++ {
			b.Edits = append(b.Edits, reworded(n, "other words"))
		}
		follow(t, s, b)
		inbox, err := s.Inbox(t.Context(), 9)
		require.NoError(t, err)
		require.Len(t, inbox, 2)
		require.Equal(t, []int64{ids[1], ids[3]}, []int64{inbox[0].ID, inbox[1].ID}, "one that was in none, and one that was not judged yet")
		require.Equal(t, "other words", inbox[0].Text)
		require.Contains(t, kinds(t, s, incident), "edited")
		members, err := s.Members(t.Context(), incident)
		require.NoError(t, err)
		require.True(t, members[0].Sure, "what is decided stands")
	})
}

func TestADeletedReportKeepsItsPlaceAndLosesItsWords(t *testing.T) {
	t.Parallel()
	clock := newClock()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := arrive(t, s, 1)[0]
		incident := gather(t, s, "k", tocsin.TierNone, id)
		follow(t, s, tocsin.Batch{Edits: []tocsin.Report{reworded(1, "secret words")}})
		follow(t, s, tocsin.Batch{Deleted: []string{"r1", "r77"}})
		follow(t, s, tocsin.Batch{Deleted: []string{"r1"}, Edits: []tocsin.Report{reworded(1, "secret words again")}, Reports: []tocsin.Report{report(1)}})

		got, err := s.Report(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, noon, got.DeletedAt)
		require.Empty(t, got.Title+got.Text)
		require.Equal(t, tocsin.TextDeleted, got.Words())
		require.NotEmpty(t, got.Unanswerable())
		_, _, err = s.RawReport(t.Context(), id)
		requireCode(t, tocsin.CodeNotFound, err)
		title, text, err := s.FirstText(t.Context(), id)
		require.NoError(t, err)
		require.Empty(t, title+text)
		n, err := s.Count(t.Context(), `SELECT COUNT(*) FROM raws WHERE raw <> ''`)
		require.NoError(t, err)
		require.Zero(t, n, "its words are nowhere")

		members, err := s.Members(t.Context(), incident)
		require.NoError(t, err)
		require.Len(t, members, 1)
		require.Equal(t, got.DeletedAt, members[0].Report.DeletedAt)
		deleted := 0
		for _, kind := range kinds(t, s, incident) {
			if kind == "deleted" {
				deleted++
			}
		}
		require.Equal(t, 1, deleted, "it is told once")
	}, func(o *store.Options) { o.Now = clock.now })
}

func TestAnEditOfABatchWhoseCursorMovedIsNotKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := arrive(t, s, 1)[0]
		_, err := s.CommitBatch(t.Context(), "mail", "elsewhere", tocsin.Batch{Edits: []tocsin.Report{reworded(1, "x")}, Deleted: []string{"r1"}, Cursor: "2"})
		requireCode(t, tocsin.CodeConflict, err)
		got, err := s.Report(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, report(1).Text, got.Text)
	})
}

func TestWhyNobodyMayAnswerIsKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := report(1)
		r.NoReply = "X forbids an answer to who did not mention us"
		added, err := s.CommitBatch(t.Context(), "mail", "", tocsin.Batch{Reports: []tocsin.Report{r}})
		require.NoError(t, err)
		got, err := s.Report(t.Context(), added[0])
		require.NoError(t, err)
		require.Equal(t, r.NoReply, got.Unanswerable())
	})
}

// The folder testdata/0.1.0 holds the schema of the first release; what was stored
// under it must read well under today's.
func TestReportsOfTheOldestSchemaAreNeitherEditedNorDeleted(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		require.NoError(t, store.MigrateFrom(t.Context(), url, oldest(t)))
		require.NoError(t, store.ExecAt(t.Context(), url,
			`INSERT INTO reporters (id, ident, handle, name, url, since, staff, created_at) VALUES (1, 'mailto:a@example.org', 'a', 'A', '', 0, 0, 0)`,
			`INSERT INTO reports (id, channel, external_id, thread, reply_to, reporter_id, at, received_at, title, text, lang, url, route)
				VALUES (1, 'mail', 'old', '', '', 1, 1, 1, 'T', 'old words', '', '', '')`,
			`INSERT INTO raws (report_id, markup, raw) VALUES (1, '', 'old words')`))
		s := storetest.Open(t, url)
		got, err := s.Report(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, "T old words", got.Words())
		require.Empty(t, got.Unanswerable())
		require.Equal(t, []time.Time{{}, {}}, []time.Time{got.EditedAt, got.DeletedAt})
		raw, _, err := s.RawReport(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, "old words", raw)
	})
}
