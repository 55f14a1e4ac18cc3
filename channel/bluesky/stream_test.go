package bluesky

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

func try(settings map[string]any) error {
	_, err := Type().New(channel.Env{Name: "sky", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	return err
}

// tuned is a stream under way.
type tuned struct {
	batches chan tocsin.Batch
	ended   chan error
}

func (k kit) tune(t *testing.T, cursor string) tuned {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := tuned{make(chan tocsin.Batch, 1000), make(chan error, 1)}
	go func() {
		s.ended <- k.Streamer.Stream(ctx, cursor, func(b tocsin.Batch) error { s.batches <- b; return nil })
	}()
	t.Cleanup(cancel)
	require.Eventually(t, k.network.listening, 10*time.Second, time.Millisecond)
	return s
}

// until gives the first batch that is wanted.
func (s tuned) until(t *testing.T, wanted func(tocsin.Batch) bool) tocsin.Batch {
	t.Helper()
	patience := time.After(15 * time.Second)
	for {
		select {
		case b := <-s.batches:
			if wanted(b) {
				return b
			}
		case err := <-s.ended:
			require.FailNow(t, "the stream ended", "%v", err)
		case <-patience:
			require.FailNow(t, "it never came")
		}
	}
}

func TestStreamBringsPostsEditsAndDeletions(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	s := k.tune(t, "")
	s.until(t, func(b tocsin.Batch) bool { return b.Cursor != "" && !b.More })
	k.network.write("did:plc:eve", record{Text: "a cat"}, time.Now())
	e := k.network.write("did:plc:ana", mention("it hangs"), time.Now())
	b := s.until(t, func(b tocsin.Batch) bool { return len(b.Reports) > 0 })
	require.Len(t, b.Reports, 1)
	require.Equal(t, e.uri(), b.Reports[0].ExternalID)
	require.Equal(t, "@ana.far.example", b.Reports[0].Reporter.Handle, "the stream has no names: they are asked for")
	require.Equal(t, 2023, b.Reports[0].Reporter.Since.Year())
	require.Positive(t, parseCursor(b.Cursor).Time)

	term := k.network.write("did:plc:ben", record{Text: "Near Is Down again"}, time.Now())
	b = s.until(t, func(b tocsin.Batch) bool { return len(b.Reports) > 0 })
	require.Equal(t, term.uri(), b.Reports[0].ExternalID)

	k.network.revise(e, "@"+handleOf+" it is slow")
	b = s.until(t, func(b tocsin.Batch) bool { return len(b.Edits) > 0 })
	require.Equal(t, e.uri(), b.Edits[0].ExternalID)
	require.Contains(t, b.Edits[0].Raw, "slow")

	k.network.remove(e)
	b = s.until(t, func(b tocsin.Batch) bool { return len(b.Deleted) > 0 })
	require.Equal(t, []string{e.uri()}, b.Deleted)

	k.network.hangUp()
	again, _ := tocsin.Retry(<-s.ended)
	require.True(t, again)
}

// After a break the stream is read again from a little before, deletions among it.
func TestStreamGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	s := k.tune(t, "")
	e := k.network.write("did:plc:ana", mention("it hangs"), time.Now())
	b := s.until(t, func(b tocsin.Batch) bool { return len(b.Reports) > 0 && parseCursor(b.Cursor).Time > 0 })
	k.network.hangUp()
	<-s.ended
	k.network.remove(e)
	missed := k.network.write("did:plc:ben", record{Text: "near is down"}, time.Now())
	s = k.tune(t, b.Cursor)
	deleted, brought := false, false
	s.until(t, func(b tocsin.Batch) bool {
		for _, uri := range b.Deleted {
			deleted = deleted || uri == e.uri()
		}
		for _, r := range b.Reports {
			brought = brought || r.ExternalID == missed.uri()
		}
		return deleted && brought
	})
}

func TestDeletionsOfTheWholeNetworkAreStoredInLots(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	s := k.tune(t, "")
	for i := range 1500 {
		e := &entry{did: fmt.Sprint("did:plc:x", i), rkey: "3kaaaaaaaaaaa"}
		k.network.mu.Lock()
		k.network.tell("delete", e)
		k.network.mu.Unlock()
	}
	b := s.until(t, func(b tocsin.Batch) bool { return len(b.Deleted) > 0 })
	require.Len(t, b.Deleted, flushMost)
}

func FuzzHear(f *testing.F) {
	n := newNetwork(f)
	e := n.write("did:plc:ana", mention("x"), time.Unix(1_700_000_000, 0))
	n.revise(e, "near is down")
	n.remove(e)
	for _, message := range n.tape {
		f.Add(message)
	}
	f.Add([]byte(`{"did":"did:plc:ourshelpdesk","kind":"identity"}`))
	f.Fuzz(func(t *testing.T, message []byte) {
		a := &account{settings: settings{Terms: []string{"near is down"}}, now: time.Now, people: map[string]profile{}}
		l := &listener{account: a, me: ours, sieve: a.sieve(ours), cursor: parseCursor("")}
		var ev event
		if unmarshal(message, &ev) {
			a.people[ev.DID] = profile{DID: ev.DID} // nobody is asked
		}
		l.hear(t.Context(), message)
		for _, r := range append(l.batch.Reports, l.batch.Edits...) {
			require.NotEmpty(t, r.ExternalID)
			require.False(t, r.At.IsZero())
		}
		require.NotEmpty(t, l.cursor.String())
	})
}

// BenchmarkHear is what the posts of others cost: the network writes some 100 a second.
func BenchmarkHear(b *testing.B) {
	n := newNetwork(b)
	n.write("did:plc:eve", record{Text: "a cat sat on the mat, and then it went away to see the world", Langs: []string{"en"}}, time.Now())
	a := &account{settings: settings{Terms: []string{"near is down", "example down", "login broken"}}, now: time.Now}
	l := &listener{account: a, me: ours, sieve: a.sieve(ours), cursor: parseCursor("")}
	for b.Loop() {
		l.hear(b.Context(), n.tape[0])
	}
}

func unmarshal(message []byte, into *event) bool { return json.Unmarshal(message, into) == nil }
