package mastodon

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-mastodon"

	"github.com/tocsin/tocsin"
)

// catchUp is how often a stream polls: for what it may have missed, and to move
// the cursor.
const catchUp = time.Minute

// event is a message of the stream. Its payload is JSON within a string, or an id.
// https://docs.joinmastodon.org/methods/streaming/#events
type event struct {
	Stream  []string        `json:"stream"`
	Event   string          `json:"event"`
	Payload json.RawMessage `json:"payload"`
}

// order subscribes to one stream of many on the same connection.
// https://docs.joinmastodon.org/methods/streaming/#websocket
type order struct {
	Type   string `json:"type"`
	Stream string `json:"stream"`
	Tag    string `json:"tag,omitempty"`
}

// Stream brings posts as they are written, and their edits and deletions as far as
// the server tells of them. It uses WebSockets, which every such server has. The
// library's own reader of them is not used: it panics when a payload is no string,
// knows no limit and connects again without a pause.
//
// What an event brings leaves the cursor where it is. The poll that follows within
// a minute brings it again, which changes nothing, and moves the cursor.
func (a *account) Stream(ctx context.Context, from string, emit func(tocsin.Batch) error) error {
	me, err := a.know(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	socket, err := a.client.Dial(ctx, me.stream+"/api/v1/streaming", a.bearer())
	if err != nil {
		return err
	}
	defer socket.Close()
	orders := []order{{Type: "subscribe", Stream: "user"}}
	for _, tag := range a.Hashtags {
		orders = append(orders, order{Type: "subscribe", Stream: "hashtag", Tag: tag})
	}
	for _, o := range orders {
		if err := socket.Write(o); err != nil {
			return err
		}
	}
	batches, broke := make(chan tocsin.Batch), make(chan error, 1)
	go func() {
		broke <- me.listen(ctx, socket.Read, batches)
	}()
	return a.relay(ctx, from, emit, batches, broke)
}

// relay emits what events bring, and polls at the start and every minute. It polls
// when the line is open already, so that nothing falls between.
func (a *account) relay(ctx context.Context, from string, emit func(tocsin.Batch) error, batches <-chan tocsin.Batch, broke <-chan error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-broke:
			return err
		case batch := <-batches:
			if err := emit(batch); err != nil {
				return err
			}
		case <-timer.C:
			batch, err := a.Pull(ctx, from)
			if err != nil {
				return err
			}
			if err := emit(batch); err != nil {
				return err
			}
			from = batch.Cursor
			timer.Reset(catchUp)
			if batch.More {
				timer.Reset(0)
			}
		}
	}
}

// listen reads messages until the line breaks.
func (s self) listen(ctx context.Context, read func() ([]byte, error), batches chan<- tocsin.Batch) error {
	for {
		message, err := read()
		if err != nil {
			return err
		}
		batch, ok := s.heard(message)
		if !ok {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case batches <- batch:
		}
	}
}

// heard makes a batch of a message; false for what is nothing for us. What can't
// be read is passed over: the poll brings it.
func (s self) heard(message []byte) (b tocsin.Batch, ok bool) {
	var e event
	var payload string
	if json.Unmarshal(message, &e) != nil || json.Unmarshal(e.Payload, &payload) != nil {
		return b, false
	}
	switch e.Event {
	case "notification":
		var n mastodon.Notification
		if json.Unmarshal([]byte(payload), &n) == nil && written(n.Type) {
			s.take(&b, n.Status)
		}
	case "update":
		var post mastodon.Status
		// The stream of the user has posts of those whom the account follows.
		if slices.Contains(e.Stream, "hashtag") && json.Unmarshal([]byte(payload), &post) == nil {
			s.take(&b, &post)
		}
	case "status.update":
		var post mastodon.Status
		if json.Unmarshal([]byte(payload), &post) == nil && post.ID != "" {
			b.Edits = append(b.Edits, s.report(&post))
		}
	case "delete":
		if id := strings.TrimSpace(payload); id != "" {
			b.Deleted = append(b.Deleted, id)
		}
	}
	return b, len(b.Reports)+len(b.Rejections)+len(b.Edits)+len(b.Deleted) > 0
}
