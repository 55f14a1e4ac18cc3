package x

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/dghubble/go-twitter/twitter"

	"github.com/tocsin/tocsin"
)

const (
	filterName   = "filtered stream"
	activityName = "activity stream"
	eventMention = "post.mention.create"
	// overlap is how far a stream's posts may come out of their order: a search
	// that goes on where a stream broke off begins so much earlier.
	overlap = time.Minute
)

// Stream holds the streams open, and polls the mentions beside them: those are the
// truth of which the activity stream gives early news. What the filtered stream
// missed while it was broken is read by the searches of the same queries, with
// which ingest begins. A stream that X does not open for now is waited for while
// everything is polled.
func (s streamer) Stream(ctx context.Context, stored string, emit func(tocsin.Batch) error) error {
	ctx, end := context.WithCancel(ctx)
	l := &listener{account: s.account, stored: stored, emit: emit}
	defer l.drain()
	defer end()
	if err := l.sweep(ctx); err != nil {
		return err
	}
	failed := l.open(ctx)
	if _, after := tocsin.Retry(failed); failed != nil && after == 0 {
		return failed
	}
	return l.run(ctx, failed)
}

// listener is one run of the streams.
type listener struct {
	*account
	stored string
	emit   func(tocsin.Batch) error
	thrift bool // search was given up when the run began

	filter, activity *twitter.Stream
	refused          error // what emit gave
}

// open opens the streams that are configured and can be paid.
func (l *listener) open(ctx context.Context) error {
	self, err := l.who(ctx)
	if err != nil {
		return err
	}
	l.thrift = l.thrifty()
	if l.Stream && !l.thrift {
		if err := l.syncRules(ctx); err != nil {
			return err
		}
		t := &tap{wire: l.wire, name: filterName, path: "/2/tweets/search/stream", query: url.Values{
			"user.fields": {"created_at,name,protected,username"},
		}, old: l.wire.filterLine(l.tag())}
		oldFields(t.query) // streams know these names only
		if l.filter, err = listen(ctx, t).Filter(&twitter.StreamFilterParams{Track: l.Search}); err != nil {
			return fmt.Errorf("open the filtered stream: %w", err)
		}
	}
	if l.Activity {
		if err := l.subscribe(ctx, self); err != nil {
			return err
		}
		t := &tap{wire: l.wire, name: activityName, path: "/2/activity/stream", old: l.wire.activityLine(l.tag())}
		if l.activity, err = listen(ctx, t).User(&twitter.StreamUserParams{With: "user"}); err != nil {
			return fmt.Errorf("open the activity stream: %w", err)
		}
	}
	return nil
}

// listen gives go-twitter's streams over a tap. Its Stop races with its own
// reading, so they are ended by ctx, and then drained.
func listen(ctx context.Context, t *tap) *twitter.StreamService {
	return twitter.NewClient(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		return t.carry(req.WithContext(ctx))
	})}).Streams
}

// drain waits until the streams, whose context has ended, have let go.
func (l *listener) drain() {
	for _, s := range []*twitter.Stream{l.filter, l.activity} {
		if s != nil {
			for range s.Messages {
				continue // what comes now comes again at the next start
			}
		}
	}
}

// run takes what comes until ctx ends, a stream breaks or the budget's state
// changes. Where a stream is not to be had for now, everything is polled until it is.
func (l *listener) run(ctx context.Context, failed error) error {
	var filter, activity chan any
	if l.filter != nil {
		filter = l.filter.Messages
	}
	if l.activity != nil {
		activity = l.activity.Messages
	}
	tick := time.NewTicker(l.Poll)
	defer tick.Stop()
	again := make(<-chan time.Time)
	wait := func(err error) bool {
		_, after := tocsin.Retry(err)
		if after > 0 && l.refused == nil {
			l.log.Warn("stream not to be had for now", "error", err, "wait", after)
			again = time.After(after)
		}
		return after > 0 && l.refused == nil
	}
	if failed != nil {
		wait(failed)
	}
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again:
			return nil // ingest begins anew at once
		case <-tick.C:
			if err = l.sweep(ctx); err == nil && l.thrift != l.thrifty() {
				return nil
			}
		case m := <-filter:
			if err = l.heard(ctx, m, true); err != nil && wait(err) {
				l.filter, filter, err = nil, nil, nil
			}
		case m := <-activity:
			if err = l.heard(ctx, m, false); err != nil && wait(err) {
				l.activity, activity, err = nil, nil, nil
			}
		}
		if err != nil {
			return err
		}
	}
}

// sweep polls: the mentions, and the searches too while no stream carries them.
func (l *listener) sweep(ctx context.Context) error {
	lanes := []string{mentionsName}
	if l.filter == nil {
		lanes = l.lanes()
	}
	for {
		b, err := l.pull(ctx, l.stored, lanes)
		if err != nil {
			return err
		}
		if err := l.give(b); err != nil || !b.More {
			return err
		}
	}
}

func (l *listener) give(b tocsin.Batch) error {
	if l.refused = l.emit(b); l.refused == nil {
		l.stored = b.Cursor
	}
	return l.refused
}

// heard takes one message of a stream.
func (l *listener) heard(ctx context.Context, message any, filtered bool) error {
	self, err := l.who(ctx)
	if err != nil {
		return err
	}
	b := &incoming{channel: l.name, self: self, now: l.now()}
	c := l.load(l.stored)
	switch m := message.(type) {
	case *twitter.Tweet:
		b.take(m)
		for _, r := range b.Reports {
			c.remember(b.now, number(r.ExternalID))
		}
		if filtered {
			l.passed(&c, m.ID)
		}
	case *twitter.StatusDeletion:
		b.Deleted = []string{m.IDStr}
	case *twitter.StallWarning:
		b.Rejections = []tocsin.Rejection{{Channel: l.name, Reason: tocsin.ReasonMalformed, Detail: m.Message, At: b.now}}
	case *twitter.StreamDisconnect:
		return &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "X ended the stream: " + m.Reason, Retryable: true}
	case error:
		return l.wire.fault(nil, m)
	case nil: // closed
		return &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "X's stream broke off.", Retryable: true}
	default:
		return nil
	}
	b.Cursor = l.store(c)
	return l.give(b.Batch)
}

// passed moves the searches on behind what their stream has brought.
func (l *listener) passed(c *cursor, id int64) {
	for _, key := range l.Search {
		at := c.Lanes[key]
		if behind := idAt(timeOf(id).Add(-overlap)); at.Next == 0 && behind > at.Since && id > 0 {
			at.Since = behind
			c.Lanes[key] = at
		}
	}
}
