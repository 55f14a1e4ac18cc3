package simulator

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func answer(key string) tocsin.Message {
	return tocsin.Message{
		Key: key, Delivery: 7, Text: "We are aware.",
		Report: tocsin.Report{ExternalID: "sim-1-900", Reporter: tocsin.Reporter{ID: "sim:anacodes"}, Route: []byte(`{"topic":"two-factor"}`)},
	}
}

func TestJournalTellsTheTruthAboutEachMessage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	s, _ := setup(t, map[string]any{"journal": path})
	sent, err := s.Reply(t.Context(), answer("1-1"))
	require.NoError(t, err)
	post, err := s.Post(t.Context(), tocsin.Message{Key: "1-2", Text: "We are aware."})
	require.NoError(t, err)
	require.NoError(t, s.Edit(t.Context(), post.ExternalID, tocsin.Message{Key: "1-3", Text: "It is fixed."}))
	_, err = s.Page(t.Context(), tocsin.Alarm{Key: "p", To: "night", Summary: "12 people can't sign in."})
	require.NoError(t, err)

	entries, err := ReadJournal(path)
	require.NoError(t, err)
	require.Equal(t, []Entry{
		{At: noon, Kind: KindReply, Key: "1-1", ID: sent.ExternalID, Delivery: 7, Report: "sim-1-900", Reporter: "sim:anacodes", Topic: "two-factor", Text: "We are aware."},
		{At: noon, Kind: KindPost, Key: "1-2", ID: post.ExternalID, Text: "We are aware."},
		{At: noon, Kind: KindEdit, Key: "1-3", ID: post.ExternalID, Text: "It is fixed."},
		{At: noon, Kind: KindPage, Key: "p", ID: "page:p", To: "night", Text: "12 people can't sign in."},
	}, entries)
}

func TestDoubleIsSeenInTheJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	for range 2 {
		s, _ := setup(t, map[string]any{"journal": path})
		_, err := s.Reply(t.Context(), answer("1-1"))
		require.NoError(t, err)
	}
	entries, err := ReadJournal(path)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestEntryCutByACrashWasNeverAccepted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	require.NoError(t, os.WriteFile(path, []byte(`{"at":"2026-11-03T12:00:00Z","kind":"reply","key":"1-1","id":"reply:1-1","te`), 0o600))
	s, _ := setup(t, map[string]any{"journal": path})
	found, _, err := s.Find(t.Context(), answer("1-1"))
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found)

	_, err = s.Reply(t.Context(), answer("1-1"))
	require.NoError(t, err)
	_, err = s.Reply(t.Context(), answer("1-2"))
	require.NoError(t, err)
	entries, err := ReadJournal(path)
	require.NoError(t, err)
	require.Len(t, entries, 2)
}

func TestSeveralProcessesShareAJournal(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	var all sync.WaitGroup
	for node := range 4 {
		s, _ := setup(t, map[string]any{"journal": path, "background": "0s"})
		all.Go(func() {
			for i := range 50 {
				_, err := s.Reply(t.Context(), answer(fmt.Sprint(node, "-", i)))
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	entries, err := ReadJournal(path)
	require.NoError(t, err)
	require.Len(t, entries, 200)
}

func TestMissingJournalIsAnEmptyOne(t *testing.T) {
	t.Parallel()
	entries, err := ReadJournal(filepath.Join(t.TempDir(), "none"))
	require.NoError(t, err)
	require.Empty(t, entries)
	_, err = ReadJournal(t.TempDir())
	require.Error(t, err, "a folder is no journal")
}

func TestJournalThatCannotBeWrittenIsNamed(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, map[string]any{"journal": filepath.Join(t.TempDir(), "no", "such", "folder")})
	require.Contains(t, tocsin.MessageOf(s.Check(t.Context())), "can't be written")
	_, err := s.Reply(t.Context(), answer("1-1"))
	retry, _ := tocsin.Retry(err)
	require.True(t, retry)
	require.True(t, tocsin.Uncertain(err), "half a line may stand there")
}

func TestMemoryDoesNotClaimToKnowWhatItLacks(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	require.NoError(t, s.Check(t.Context()))
	_, err := s.Reply(t.Context(), answer("1-1"))
	require.NoError(t, err)
	found, sent, err := s.Find(t.Context(), answer("1-1"))
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found)
	require.Equal(t, "reply:1-1", sent.ExternalID)
	found, _, err = s.Find(t.Context(), answer("1-2"))
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundUnclear, found, "it may have been sent before a restart")
}

func TestFindTellsAPostFromAReply(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, map[string]any{"journal": filepath.Join(t.TempDir(), "journal")})
	_, err := s.Post(t.Context(), tocsin.Message{Key: "1-1", Text: "We are aware."})
	require.NoError(t, err)
	found, _, err := s.Find(t.Context(), tocsin.Message{Key: "1-1"})
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found)
	found, _, err = s.Find(t.Context(), answer("1-1"))
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found)
}

func TestOnlyOwnPostsCanBeEdited(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(s.Edit(t.Context(), "post:1", tocsin.Message{Key: "2"})))
}

func TestMeasureCountsCharacters(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	require.Equal(t, tocsin.Length{Used: 4, Limit: 500, Unit: "characters"}, s.Measure("Grüß"))
}
