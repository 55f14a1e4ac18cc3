package discourse

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestWebhookTellsWhatHappenedToAPost(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b)
	help, other := b.open(5, "Nothing can be saved"), b.open(6, "Not watched")
	e := b.write(help, "ana", "It is broken", func(e *entry) { e.answers = 3 })
	take := func(event string, body []byte) tocsin.Batch {
		batch, err := ch.Receiver.Receive(hook(event, body))
		require.NoError(t, err)
		require.Empty(t, batch.Cursor, "polling alone moves it")
		return batch
	}
	polled, _ := drain(t, ch, "")
	created := take("post_created", b.payload(e)).Reports
	require.Len(t, created, 1)
	require.Equal(t, polled.Reports[0].ExternalID, created[0].ExternalID)
	require.Equal(t, polled.Reports[0].Reporter, created[0].Reporter)
	require.Equal(t, polled.Reports[0].Raw, created[0].Raw)

	require.Equal(t, []string{"1"}, ids(take("post_edited", b.payload(e)).Edits))
	require.Equal(t, []string{"1"}, ids(take("post_recovered", b.payload(e)).Edits))
	require.Equal(t, []string{"1"}, take("post_destroyed", b.payload(e)).Deleted)
	require.Equal(t, []string{"1"}, take("post_edited", b.payload(e, map[string]any{"user_deleted": true})).Deleted)

	nothing := tocsin.Batch{}
	require.Equal(t, nothing, take("post_created", b.payload(e, map[string]any{"topic_archetype": "private_message"})), "anybody's")
	require.Equal(t, nothing, take("post_created", b.payload(e, map[string]any{"post_type": 4})), "a whisper among staff")
	require.Equal(t, nothing, take("post_created", b.payload(b.write(other, "ana", "Lovely"))))
	require.Equal(t, nothing, take("ping", []byte(`{"ping":"OK"}`)))
	require.Equal(t, nothing, take("topic_created", []byte(`{"topic":{"id":1}}`)))
}

func TestWebhookThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	ch, _ := wired(t, newBoard())
	for body, want := range map[string]tocsin.Code{
		`{"post":{}}`:                    tocsin.CodeInvalid,
		`{"post":{"id":1,"topic_id":2}}`: tocsin.CodeInvalid,
		`{"post":[]}`:                    tocsin.CodeInvalid,
		`[]`:                             tocsin.CodeInvalid,
		`{"ping":"` + strings.Repeat("x", maxBody) + `"}`: tocsin.CodeTooLarge,
	} {
		_, err := ch.Receiver.Receive(hook("post_created", []byte(body)))
		require.Equal(t, want, tocsin.CodeOf(err), body[:min(len(body), 40)])
	}
	for _, signature := range []string{"", "sha256=", "sha256=zz", "sha1=00", strings.Repeat("0", 64)} {
		r := hook("ping", []byte(`{"ping":"OK"}`))
		r.Header.Set("X-Discourse-Event-Signature", signature)
		_, err := ch.Receiver.Receive(r)
		require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err), signature)
	}
}

func TestOwnWordsAreKeptAndThoseOfOthersAreNot(t *testing.T) {
	t.Parallel()
	for cooked, want := range map[string]string{
		`<p>Plain</p>`: `<p>Plain</p>`,
		`<aside class="quote"><div>ana:</div><blockquote><p>It works</p></blockquote></aside><p>No</p>`: `<p>No</p>`,
		`<p>See</p><aside class="onebox"><article><aside>x</aside>y</article></aside><p>there</p>`:      `<p>See</p><p>there</p>`,
		`<aside class="quote">only this</aside>`:                                                        `<aside class="quote">only this</aside>`,
		`<p>a</p></aside><p>b &amp; c</p><aside>`:                                                       `<p>a</p><p>b &amp; c</p>`,
		`<ASIDE>kept as it is</ASIDE>`:                                                                  `<ASIDE>kept as it is</ASIDE>`,
	} {
		require.Equal(t, want, ownHTML(cooked))
	}
}

func FuzzOwnHTML(f *testing.F) {
	f.Add(`<p>a</p><aside class="quote"><blockquote>b</blockquote></aside>c`)
	f.Add(strings.Repeat("<aside>", 50) + "x")
	f.Fuzz(func(t *testing.T, cooked string) {
		own := ownHTML(cooked)
		require.LessOrEqual(t, len(own), len(cooked))
		if strings.TrimSpace(cooked) != "" {
			require.NotEmpty(t, strings.TrimSpace(own))
		}
	})
}

func FuzzReceive(f *testing.F) {
	b := newBoard()
	e := b.write(b.open(5, "Nothing can be saved"), "ana", "It is broken")
	f.Add("post_created", string(b.payload(e)))
	f.Add("post_destroyed", `{"post":{"id":1,"topic_id":2,"created_at":"2026-11-03T14:00:00Z","reply_to_post_number":"7"}}`)
	f.Add("ping", `{"ping":"OK"}`)
	ch := made(f, given("https://forum.example.org"), func() time.Time { return time.Unix(1_800_000_000, 0) })
	f.Fuzz(func(t *testing.T, event, body string) {
		batch, err := ch.Receiver.Receive(hook(event, []byte(body)))
		if err != nil {
			require.NotEmpty(t, tocsin.MessageOf(err))
			return
		}
		for _, r := range append(batch.Reports, batch.Edits...) {
			require.NotEmpty(t, r.ExternalID)
			require.False(t, r.At.IsZero())
		}
	})
}
