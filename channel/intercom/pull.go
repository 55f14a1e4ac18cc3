package intercom

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// searchPage is how many conversations a search brings at once, the most that may.
	// https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination
	searchPage = 150
	// settle is how old a change is before the search is believed to know it. With
	// that no change is missed that shows up in the search a little late.
	settle = time.Minute
	// readAtOnce is how many conversations are read in one pull.
	readAtOnce = 8
)

// cursor is where to go on: in the middle of a span of time, or behind one. All
// times are seconds; a span leaves out its begin and holds its end.
type cursor struct {
	From  int64    `json:"from"`            // what was written before is passed over
	Begin int64    `json:"begin"`           // of the span
	End   int64    `json:"end,omitempty"`   // of the span; 0 between two spans
	After string   `json:"after,omitempty"` // the search's own cursor within the span
	Queue []string `json:"queue,omitempty"` // conversations that are still to be read
}

// Pull goes through the conversations that were changed, span by span: it searches
// a page of them, and then reads them, a few at a time.
func (d *desk) Pull(ctx context.Context, from string) (tocsin.Batch, error) {
	c := d.parse(from)
	var (
		b   tocsin.Batch
		err error
	)
	if len(c.Queue) > 0 {
		b, err = d.work(ctx, &c)
	} else {
		err = d.search(ctx, &c)
	}
	if err != nil {
		return tocsin.Batch{}, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return tocsin.Batch{}, tocsin.Wrap(tocsin.CodeInternal, err, "write cursor")
	}
	b.Cursor, b.More = string(text), len(c.Queue) > 0 || c.End != 0
	return b, nil
}

func (d *desk) parse(from string) cursor {
	var c cursor
	if from != "" {
		if err := json.Unmarshal([]byte(from), &c); err != nil {
			d.log.Warn("the cursor makes no sense; reading starts anew", "cursor", from)
			c = cursor{}
		}
	}
	if c.From == 0 {
		c.From = d.now().Add(-d.Since).Unix()
		c.Begin = c.From
	}
	return c
}

// work reads the first conversations of the queue.
func (d *desk) work(ctx context.Context, c *cursor) (b tocsin.Batch, err error) {
	done, err := channel.Through(c.Queue[:min(len(c.Queue), readAtOnce)], func(id string) error {
		err := d.read(ctx, &b, id, time.Unix(c.From, 0))
		switch tocsin.CodeOf(err) {
		case tocsin.CodeNotFound: // deleted meanwhile
			b.Deleted = append(b.Deleted, id)
			return nil
		case tocsin.CodeTooLarge:
			b.Rejections = append(b.Rejections, tocsin.Rejection{
				ExternalID: id, Reason: tocsin.ReasonTooLarge, Detail: "the conversation is longer than we read",
			})
			return nil
		default:
			return err
		}
	})
	c.Queue = c.Queue[done:]
	return b, err
}

// search queues the next page of conversations that were changed in the span, and
// begins a new span where the last one is done.
// https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/conversations/searchconversations
func (d *desk) search(ctx context.Context, c *cursor) error {
	if c.End == 0 {
		end := d.now().Add(-settle).Unix()
		if end <= c.Begin {
			return nil
		}
		c.End = end
	}
	// The words ">" and "<" take in the bound or not, depending on the field: what
	// comes from outside the span is passed over below.
	query := map[string]any{"operator": "AND", "value": []any{
		map[string]any{"field": "updated_at", "operator": ">", "value": strconv.FormatInt(c.Begin, 10)},
		map[string]any{"field": "updated_at", "operator": "<", "value": strconv.FormatInt(c.End+1, 10)},
	}}
	paging := map[string]any{"per_page": searchPage}
	if c.After != "" {
		paging["starting_after"] = c.After
	}
	var found struct {
		Conversations []conversation `json:"conversations"`
		Pages         struct {
			Next *struct {
				After string `json:"starting_after"`
			} `json:"next"`
		} `json:"pages"`
	}
	if _, err := d.call(ctx, channel.Call{
		Method: http.MethodPost, URL: "conversations/search", In: map[string]any{"query": query, "pagination": paging}, Out: &found,
	}); err != nil {
		return err
	}
	for _, f := range found.Conversations {
		if f.UpdatedAt > c.Begin && f.UpdatedAt <= c.End && digits.MatchString(f.ID) {
			c.Queue = append(c.Queue, f.ID)
		}
	}
	if next := found.Pages.Next; next != nil && next.After != "" && next.After != c.After {
		c.After = next.After
		return nil
	}
	c.Begin, c.End, c.After = c.End, 0, ""
	return nil
}
