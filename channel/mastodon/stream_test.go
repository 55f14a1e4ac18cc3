package mastodon

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// tuned is a stream under way.
type tuned struct {
	batches chan tocsin.Batch
	ended   chan error
}

func (k kit) tune(t *testing.T) tuned {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := tuned{make(chan tocsin.Batch, 100), make(chan error, 1)}
	go func() {
		s.ended <- k.Streamer.Stream(ctx, "", func(b tocsin.Batch) error { s.batches <- b; return nil })
	}()
	t.Cleanup(cancel)
	require.Eventually(t, k.server.listening(2), 10*time.Second, time.Millisecond)
	return s
}

// until gives the first batch that is wanted.
func (s tuned) until(t *testing.T, wanted func(tocsin.Batch) bool) tocsin.Batch {
	t.Helper()
	patience := time.After(10 * time.Second)
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
	s := k.tune(t)
	s.until(t, func(b tocsin.Batch) bool { return b.Cursor != "" })
	k.server.write(post{author: "eve", text: "a friend's cat"})
	id := k.server.write(post{author: "ana", text: "@help it hangs"})
	b := s.until(t, func(b tocsin.Batch) bool { return len(b.Reports) > 0 })
	require.Equal(t, id, b.Reports[0].ExternalID)
	require.Empty(t, b.Cursor, "only the poll moves the cursor")

	tagged := k.server.write(post{author: "ben", text: "down #NearDown", tags: []string{"NearDown"}})
	b = s.until(t, func(b tocsin.Batch) bool { return len(b.Reports) > 0 })
	require.Equal(t, tagged, b.Reports[0].ExternalID)

	k.server.revise(id, "@help it is slow", true)
	b = s.until(t, func(b tocsin.Batch) bool { return len(b.Edits) > 0 })
	require.Equal(t, id, b.Edits[0].ExternalID)
	require.Contains(t, b.Edits[0].Raw, "it is slow")

	k.server.remove(id, true)
	b = s.until(t, func(b tocsin.Batch) bool { return len(b.Deleted) > 0 })
	require.Equal(t, []string{id}, b.Deleted)

	k.server.hangUp()
	err := <-s.ended
	again, _ := tocsin.Retry(err)
	require.True(t, again, "%v", err)
	require.NotContains(t, err.Error(), token)
}

// What is written between the last poll and the stream is brought all the same.
func TestStreamCatchesUpWhenTheLineIsOpen(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	want := k.server.say(200)
	s := k.tune(t)
	got := map[string]bool{}
	last := s.until(t, func(b tocsin.Batch) bool {
		for _, r := range b.Reports {
			got[r.ExternalID] = true
		}
		return len(got) == len(want)
	})
	require.NotEmpty(t, last.Cursor)
}

func TestStreamIsLeftOutWhereTheServerHasNone(t *testing.T) {
	t.Parallel()
	k := setup(t, func(_ *server, set map[string]any) { set["stream"] = false })
	require.Nil(t, k.Streamer)
	require.NotNil(t, k.Source)
}

func FuzzHeard(f *testing.F) {
	s := self{id: ours, domain: "near.example"}
	server := newServer(f)
	p := &post{id: "7", author: "ana", text: "@help", at: time.Unix(1_700_000_000, 0)}
	for _, e := range []map[string]any{
		{"stream": []string{"user"}, "event": "notification", "payload": encode(map[string]any{"id": "1", "type": "mention", "status": server.shape(p)})},
		{"stream": []string{"hashtag", "x"}, "event": "update", "payload": encode(server.shape(p))},
		{"stream": []string{"user"}, "event": "status.update", "payload": encode(server.shape(p))},
		{"stream": []string{"user"}, "event": "delete", "payload": "7"},
		{"event": "delete", "payload": 7},
		{"event": "update", "payload": map[string]any{"id": "7"}, "stream": []string{"hashtag"}},
		{"event": "filters_changed"},
		{"event": "notification", "payload": `{"type":"mention","status":null}`},
	} {
		f.Add([]byte(encode(e)))
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		b, ok := s.heard(message)
		if !ok {
			return
		}
		for _, r := range append(b.Reports, b.Edits...) {
			require.NotEmpty(t, r.ExternalID)
			require.True(t, json.Valid(r.Route))
		}
		for _, id := range b.Deleted {
			require.NotEmpty(t, id)
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(`{"feeds":{"@":{"last":"8","back":"3","more":true}},"watch":[{"id":"1","edited":5}],"looked":7}`)
	f.Add(`{"feeds":{"@":{"last":9}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		c := parseCursor(text)
		require.Equal(t, c.String(), parseCursor(c.String()).String(), "what is written can be read")
	})
}

func encode(v any) string {
	text, _ := json.Marshal(v) // maps always marshal
	return string(text)
}
