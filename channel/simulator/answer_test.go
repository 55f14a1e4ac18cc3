package simulator

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// tell answers each of ten reporters of the problem.
func tell(t *testing.T, s *sim, update, text string) {
	t.Helper()
	for i := range 10 {
		m := answer(fmt.Sprintf("%s-%d", update, i))
		m.Text = text
		m.Report.Reporter.ID = s.play.people[i].id()
		_, err := s.Reply(t.Context(), m)
		require.NoError(t, err)
	}
}

func TestSomePeopleAnswerWhenTheyHearThatItIsFixed(t *testing.T) {
	t.Parallel()
	s, c := setup(t, map[string]any{"answers": true, "background": "0s", "script": "quiet", "rate": 0, "journal": filepath.Join(t.TempDir(), "journal")})
	_, cursor := drain(t, s, "")
	c.pass(2 * time.Minute) // the live part is over
	_, cursor = drain(t, s, cursor)

	tell(t, s, "1", "We are aware of it.")
	c.pass(time.Minute)
	none, cursor := drain(t, s, cursor)
	require.Empty(t, none, "nobody thanks for that")

	tell(t, s, "2", "Sign-in works again. Thank you for telling us.")
	none, cursor = drain(t, s, cursor)
	require.Empty(t, none, "people have to try first")
	c.pass(thinking)
	answers, after := drain(t, s, cursor)
	require.Len(t, answers, 3, "two thanks, and one no")
	require.Contains(t, answers[1].Raw, "still broken")
	for _, r := range answers {
		require.Equal(t, c.now(), r.At)
		require.Equal(t, "sim-1-900", r.Thread)
		require.Contains(t, r.ReplyTo, "reply:2-")
		require.NotEmpty(t, r.Reporter.Handle)
	}
	again, _ := drain(t, s, cursor)
	require.Equal(t, answers, again, "the same cursor gives the same")
	none, _ = drain(t, s, after)
	require.Empty(t, none)
}

func TestNobodyAnswersUnlessAsked(t *testing.T) {
	t.Parallel()
	s, c := setup(t, map[string]any{"background": "0s", "script": "quiet", "rate": 0})
	c.pass(time.Hour)
	_, cursor := drain(t, s, cursor{start: noon}.String())
	tell(t, s, "2", "It is fixed.")
	c.pass(time.Hour)
	none, _ := drain(t, s, cursor)
	require.Empty(t, none)
}

func TestDoubledNewsIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	s, c := setup(t, map[string]any{"answers": true, "background": "0s", "script": "quiet", "rate": 0})
	_, cursor := drain(t, s, cursor{start: noon.Add(-time.Hour)}.String())
	tell(t, s, "2", "It is fixed.")
	tell(t, s, "2", "It is fixed.")
	c.pass(time.Minute)
	answers, _ := drain(t, s, cursor)
	ids := map[string]bool{}
	for _, r := range answers {
		ids[r.ExternalID] = true
	}
	require.Len(t, ids, 3)
	require.Len(t, answers, 3)
}

func TestReporterIsKnownByID(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	require.Equal(t, s.play.people[3].reporter(), s.play.reporter(s.play.people[3].id()))
	require.Equal(t, tocsin.Reporter{ID: "x:1"}, s.play.reporter("x:1"))
}
