package bluesky

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	// catchUp is how often a stream polls for what it may have missed.
	catchUp = 5 * time.Minute
	// flushEvery is how often the stream's place is stored while it brings nothing
	// for us, and flushMost how many deletions are stored at once.
	flushEvery = 5 * time.Second
	flushMost  = 1000
	// rewind is how much of the stream is read again after a break.
	// https://github.com/bluesky-social/jetstream#consuming-jetstream
	rewind = 5 * time.Second
	// profileWait is how long a report waits for its writer's name.
	profileWait = 5 * time.Second
	maxPeople   = 10_000
)

// event is a message of Jetstream.
type event struct {
	DID    string `json:"did"`
	TimeUS int64  `json:"time_us"`
	Kind   string `json:"kind"`
	Commit struct {
		Operation  string          `json:"operation"`
		Collection string          `json:"collection"`
		Rkey       string          `json:"rkey"`
		CID        string          `json:"cid"`
		Record     json.RawMessage `json:"record"`
	} `json:"commit"`
}

func (e *event) uri() string { return "at://" + e.DID + "/" + collection + "/" + e.Commit.Rkey }

// stream is the address of Jetstream from a time on, in microseconds; 0 is now.
func (a *account) stream(from int64) string {
	params := url.Values{"wantedCollections": {collection}}
	if from > 0 {
		params.Set("cursor", strconv.FormatInt(from-rewind.Microseconds(), 10))
	}
	return a.Jetstream + "?" + params.Encode()
}

// Stream brings posts as they are written, and their edits and deletions. It hears
// all posts of the network and takes those that concern us; it can't know which
// deleted posts were reports, so it names them all.
func (a *account) Stream(ctx context.Context, from string, emit func(tocsin.Batch) error) error {
	me, err := a.session.get(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &listener{account: a, me: me.DID, cursor: parseCursor(from), emit: emit, sieve: a.sieve(me.DID)}
	socket, err := a.client.Dial(ctx, a.stream(l.cursor.Time), nil)
	if err != nil {
		return err
	}
	defer socket.Close()
	if l.cursor.Time == 0 {
		l.cursor.Time = a.now().UnixMicro()
	}
	messages, broke := make(chan []byte, 100), make(chan error, 1)
	go func() {
		for {
			message, err := socket.Read()
			if err != nil {
				broke <- err
				return
			}
			select {
			case <-ctx.Done():
				return
			case messages <- message:
			}
		}
	}()
	return l.run(ctx, messages, broke)
}

// listener is a stream under way.
type listener struct {
	*account
	me     string
	sieve  sieve
	cursor cursor
	batch  tocsin.Batch
	emit   func(tocsin.Batch) error
}

// sieve finds what may concern us in a raw message. To parse all of them would be
// work for nothing.
type sieve struct {
	always [][]byte // as they are written
	terms  [][]byte // in lower case
}

func (a *account) sieve(did string) sieve {
	s := sieve{always: [][]byte{[]byte(did), []byte(`"delete"`), []byte(`"update"`)}}
	for _, term := range a.Terms {
		written, _ := json.Marshal(plainTerm(term)) // a string always marshals
		s.terms = append(s.terms, bytes.Trim(written, `"`))
	}
	return s
}

func (s sieve) passes(message []byte) bool {
	for _, word := range s.always {
		if bytes.Contains(message, word) {
			return true
		}
	}
	if len(s.terms) == 0 {
		return false
	}
	message = bytes.ToLower(message)
	for _, term := range s.terms {
		if bytes.Contains(message, term) {
			return true
		}
	}
	return false
}

// run takes messages, polls at the start and now and then, and stores its place.
func (l *listener) run(ctx context.Context, messages <-chan []byte, broke <-chan error) error {
	poll := time.NewTimer(0)
	defer poll.Stop()
	flush := time.NewTicker(flushEvery)
	defer flush.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err = <-broke:
			return err
		case message := <-messages:
			if l.hear(ctx, message) {
				err = l.flush()
			}
		case <-flush.C:
			err = l.flush()
		case <-poll.C:
			poll.Reset(catchUp)
			var more bool
			if more, err = l.poll(ctx); more {
				poll.Reset(0)
			}
		}
		if err != nil {
			return err
		}
	}
}

// poll brings what the account is told of, and leaves the stream's place as it is.
func (l *listener) poll(ctx context.Context) (more bool, err error) {
	batch, err := l.Pull(ctx, l.cursor.String())
	if err != nil {
		return false, err
	}
	l.cursor = parseCursor(batch.Cursor)
	return batch.More, l.emit(batch)
}

// flush hands over what was heard.
func (l *listener) flush() error {
	batch := l.batch
	batch.Cursor = l.cursor.String()
	l.batch = tocsin.Batch{}
	return l.emit(batch)
}

// hear takes a message, and tells whether it brought something that can't wait.
// What can't be read is passed over.
func (l *listener) hear(ctx context.Context, message []byte) bool {
	if !l.sieve.passes(message) {
		return false
	}
	var e event
	if json.Unmarshal(message, &e) != nil || e.Kind != "commit" || e.Commit.Collection != collection || e.DID == "" || e.Commit.Rkey == "" {
		return false
	}
	l.cursor.Time = max(l.cursor.Time, e.TimeUS)
	it := item{strongRef: strongRef{e.uri(), e.Commit.CID}, Author: profile{DID: e.DID}, Record: e.Commit.Record}
	it.IndexedAt = time.UnixMicro(e.TimeUS).UTC().Format(time.RFC3339Nano)
	var r record
	switch e.Commit.Operation {
	case "delete":
		l.batch.Deleted = append(l.batch.Deleted, it.URI)
		return len(l.batch.Deleted) >= flushMost
	case "update":
		if json.Unmarshal(it.Record, &r) == nil {
			l.batch.Edits = append(l.batch.Edits, report(it, r, l.now()))
		}
		return true
	case "create":
		if e.DID == l.me || json.Unmarshal(it.Record, &r) != nil || !r.concerns(l.me) && !l.mentionsTerm(r.Text) {
			return false
		}
		it.Author = l.profile(ctx, e.DID)
		l.take(&l.batch, l.me, it)
		return true
	default:
		return false
	}
}

// profile gives who an account is. Jetstream does not say it; where nobody does in
// time, the identity alone is enough.
func (a *account) profile(ctx context.Context, did string) profile {
	a.mu.Lock()
	known, ok := a.people[did]
	a.mu.Unlock()
	if ok {
		return known
	}
	ctx, cancel := context.WithTimeout(ctx, profileWait)
	defer cancel()
	var who profile
	if err := a.get(ctx, "app.bsky.actor.getProfile", map[string]any{"actor": did}, &who); err != nil || who.DID != did {
		return profile{DID: did}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.people) >= maxPeople {
		clear(a.people)
	}
	a.people[did] = who
	return who
}
