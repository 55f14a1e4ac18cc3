package discourse

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	// chunk is how many posts of a topic are asked for at once: as many as its own
	// pages show.
	chunk = 20
	// chunks is how many of these one look reads.
	chunks = 10
	// underWay is how long a call that was cut may still be worked on.
	underWay = 2 * time.Minute
	// slack is how much earlier than we believe a try may have begun.
	slack = 10 * time.Minute
)

// Find looks for a message of ours. A reply is looked for among the posts behind the
// one that it answers. That it is not there is proved only when no number is missing
// among them (a deleted post leaves a gap), nothing of ours waits for approval, and
// the call can no longer be under way; a topic is found by its external id.
func (f *forum) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	settled := !m.TriedAt.IsZero() && f.now().Sub(m.TriedAt) >= underWay
	if m.Report.ExternalID == "" {
		there, sent, err := f.announced(ctx, m.Key)
		return verdict(there, settled, err), sent, err
	}
	to, err := f.route(ctx, m.Report)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	t, err := f.topic(ctx, to.Topic)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	behind, whole := t.behind(m.Report.ExternalID, to.Number)
	doubt := false
	for ids := range slices.Chunk(behind, chunk) {
		posts, err := f.posts(ctx, to.Topic, ids)
		if err != nil {
			return tocsin.FoundUnclear, tocsin.Sent{}, err
		}
		for i := range posts {
			switch is, sure := matches(&posts[i], m, to.Number); {
			case is && sure:
				return tocsin.FoundPresent, f.sent(&posts[i]), nil
			case is:
				doubt = true
			}
		}
		whole = whole && len(posts) == len(ids)
	}
	if !settled || !whole || doubt {
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	}
	waiting, err := f.waiting(ctx)
	return verdict(false, err == nil && !waiting, err), tocsin.Sent{}, err
}

func verdict(there, provable bool, err error) tocsin.Found {
	switch {
	case err != nil:
		return tocsin.FoundUnclear
	case there:
		return tocsin.FoundPresent
	case provable:
		return tocsin.FoundAbsent
	default:
		return tocsin.FoundUnclear
	}
}

// matches tells whether a post is the message, and whether that is sure: the forum
// may not say what a post answers.
func matches(p *post, m tocsin.Message, number int64) (is, sure bool) {
	if !p.Yours || !slices.Equal(strings.Fields(p.Raw), strings.Fields(m.Text)) {
		return false, false
	}
	if !m.TriedAt.IsZero() && p.CreatedAt.Before(m.TriedAt.Add(-slack)) {
		return false, false // the same text, at another time
	}
	answered, err := p.ReplyTo.Int64()
	return err != nil || answered == number, err == nil || number == 1
}

// topic is what we need to know of one.
type topic struct {
	ID      int64 `json:"id"`
	Highest int64 `json:"highest_post_number"`
	Stream  struct {
		IDs   []int64 `json:"stream"`
		Posts []post  `json:"posts"`
	} `json:"post_stream"`
}

func (f *forum) topic(ctx context.Context, id int64) (t topic, err error) {
	_, err = f.call(ctx, http.MethodGet, fmt.Sprintf("/t/%d.json", id), nil, &t)
	return t, err
}

// behind gives the ids of the newest posts after a post, and whether these are all
// that were ever written after it.
func (t *topic) behind(id string, number int64) (ids []int64, whole bool) {
	at := slices.IndexFunc(t.Stream.IDs, func(other int64) bool { return externalID(other) == id })
	ids = t.Stream.IDs[at+1:] // all, when the post itself is gone
	whole = at >= 0 && int64(len(ids)) == t.Highest-number && len(ids) <= chunk*chunks
	return ids[max(0, len(ids)-chunk*chunks):], whole
}

// posts reads posts of a topic with their source text.
func (f *forum) posts(ctx context.Context, topic int64, ids []int64) ([]post, error) {
	var answer struct {
		Stream struct {
			Posts []post `json:"posts"`
		} `json:"post_stream"`
	}
	query := make([]string, len(ids))
	for i, id := range ids {
		query[i] = "post_ids[]=" + externalID(id)
	}
	path := fmt.Sprintf("/t/%d/posts.json?include_raw=true&%s", topic, strings.Join(query, "&"))
	_, err := f.call(ctx, http.MethodGet, path, nil, &answer)
	return answer.Stream.Posts, err
}

// waiting tells whether a post of ours waits for a moderator.
func (f *forum) waiting(ctx context.Context) (bool, error) {
	us, _, err := f.account(ctx)
	if err != nil {
		return false, err
	}
	var answer struct {
		Pending []struct{} `json:"pending_posts"`
	}
	_, err = f.call(ctx, http.MethodGet, "/posts/"+us.pathName()+"/pending.json", nil, &answer)
	return len(answer.Pending) > 0, err
}

// announced looks for the topic that a message opened.
func (f *forum) announced(ctx context.Context, key string) (bool, tocsin.Sent, error) {
	var t topic
	_, err := f.call(ctx, http.MethodGet, "/t/external_id/"+topicKey(key)+".json", nil, &t)
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeNotFound:
		return false, tocsin.Sent{}, nil
	case err != nil:
		return false, tocsin.Sent{}, err
	case len(t.Stream.Posts) == 0:
		return false, tocsin.Sent{}, tocsin.Errorf(tocsin.CodeUnavailable, "The forum shows our topic without its first post.")
	default:
		first := t.Stream.Posts[0]
		first.Topic = t.ID
		return true, f.sent(&first), nil
	}
}
