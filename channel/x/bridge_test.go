package x

import (
	"net/http"
	"testing"

	"github.com/dghubble/go-twitter/twitter"
	"github.com/stretchr/testify/require"
)

func TestCallsWithoutCounterpartAreGone(t *testing.T) {
	t.Parallel()
	x := newX(t)
	client := x.channel(nil).Source.(*account).wire.twitter(t.Context())
	_, resp, err := client.Favorites.Create(&twitter.FavoriteCreateParams{ID: 1})
	require.Equal(t, http.StatusGone, resp.StatusCode)
	require.ErrorContains(t, err, "favorites/create.json is a call of X's API v1.1")
	require.Empty(t, x.calls, "nothing was sent")
}

func TestTheBridgeKeepsStatusAndLimits(t *testing.T) {
	t.Parallel()
	x := newX(t)
	client := x.channel(nil).Source.(*account).wire.twitter(t.Context())
	u, resp, err := client.Accounts.VerifyCredentials(nil)
	require.NoError(t, err)
	require.Equal(t, selfHandle, u.ScreenName)
	require.Equal(t, "299", resp.Header.Get("X-Rate-Limit-Remaining"))
	x.limits["GET GET /2/users/me"].left = 0
	_, resp, err = client.Accounts.VerifyCredentials(nil)
	require.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
	var said twitter.APIError
	require.ErrorAs(t, err, &said)
	require.Equal(t, oldLimited, said.Errors[0].Code)
}

func TestProblemsKeepTheirMeaning(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		body   string
		code   int
	}{
		{403, `{"detail":"You are not allowed to create a Tweet with duplicate content.","title":"Forbidden"}`, oldDuplicate},
		{403, `{"detail":"Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to."}`, oldNoReply},
		{403, `{"detail":"You attempted to reply to a Tweet that is deleted or not visible to you."}`, oldParentGone},
		{403, `{"title":"Forbidden"}`, oldForbidden},
		{401, ``, oldInvalid},
		{404, `null`, oldNotFound},
		{429, `<html>`, oldLimited},
		{503, `{"errors":[{"message":"Over capacity"}]}`, oldInternal},
		{400, `{"errors":[{"message":"bad since_id"}],"title":"Invalid Request"}`, 400},
	} {
		said := oldErrors(tc.status, []byte(tc.body))
		require.Len(t, said.Errors, 1)
		require.Equal(t, tc.code, said.Errors[0].Code, tc.body)
		require.NotEmpty(t, said.Errors[0].Message)
	}
}

func FuzzPage(f *testing.F) {
	for _, seed := range []string{
		`{"data":[{"id":"5","text":"x","author_id":"7","referenced_posts":[{"type":"retweeted","id":"1"}]}],"includes":{"users":[{"id":"7","username":"ana"}]},"meta":{"next_token":"n","oldest_id":"5"}}`,
		`{"data":[null,3,{"id":9},{"id":"-1"},{"id":"99999999999999999999"}],"errors":[{"type":"/resource-not-found","value":"6"}]}`,
		`{"data":[{"id":"5","text":"https://t.co/a","note_tweet":{"text":"\ud800"},"edit_history_tweet_ids":["",null,"4"],"entities":{"urls":[{"url":"https://t.co/a","expanded_url":"javascript:x"}]}}]}`,
		`[]`, ``, `{"data":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := readPage(body)
		if err != nil {
			return
		}
		b := &incoming{channel: "x", self: person{id: 783214, handle: "AcmeHelp"}}
		for i := range p.tweets {
			b.take(&p.tweets[i])
			encode(p.tweets[i])
		}
		require.Len(t, p.tweets, len(b.Reports)+len(b.Rejections), "nothing is left out in silence")
		for _, r := range b.Reports {
			require.NotEmpty(t, r.ExternalID)
			require.NotEmpty(t, r.Reporter.ID)
			require.False(t, r.At.IsZero())
			require.NotEmpty(t, r.Raw)
			routeOf(r)
		}
	})
}

func FuzzStreamLines(f *testing.F) {
	for _, seed := range []string{
		`{"data":{"id":"5","text":"x","author_id":"7"},"includes":{"users":[{"id":"7"}]},"matching_rules":[{"tag":"t"}]}`,
		`{"errors":[{"title":"x"}]}`, `{"data":{"event_type":"post.delete","payload":{"id":"1","author_id":"2"}}}`,
		`{"data":{"event_type":"post.mention.create","tag":"t","payload":{"id":"1"},"includes":{"users":[{"data":{}}]}}}`, `{`, `null`, `3`,
	} {
		f.Add([]byte(seed))
	}
	w := &wire{meter: newMeter(nowForFuzz, 1)}
	f.Fuzz(func(t *testing.T, line []byte) {
		for _, old := range [][]byte{w.filterLine("t")(line), w.activityLine("t")(line)} {
			if len(old) > 0 {
				require.Equal(t, "\r\n", string(old[len(old)-2:]))
				require.NotContains(t, string(old[:len(old)-2]), "\n", "one line stays one line")
			}
		}
	})
}
