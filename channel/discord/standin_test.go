package discord

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

const (
	token = "t0ken-of-the-bot"
	guild = "500"
	botID = "900"
)

// server is a Discord server: it keeps channels and messages, and speaks the parts
// of the API that we use, as strictly as the original.
type server struct {
	*channeltest.Server

	mu       sync.Mutex
	now      time.Time
	seq      int64
	channels map[string][]*kept
	closed   map[string]bool
	flags    int
	left     int // calls left in the current span
}

// kept is a message as the server keeps it.
type kept struct {
	message
	nonce string
	sent  map[string]any // as the bot asked for it
}

func newServer(tb testing.TB) *server {
	tb.Helper()
	s := &server{now: time.Now().UTC().Truncate(time.Second), channels: map[string][]*kept{"601": nil, "602": nil, "603": nil}, closed: map[string]bool{}, flags: 1 << 19, left: 5}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v10/users/@me", func(w http.ResponseWriter, _ *http.Request) {
		channeltest.JSON(w, http.StatusOK, user{ID: botID, Username: "tocsin", Bot: true})
	})
	mux.HandleFunc("GET /api/v10/applications/@me", func(w http.ResponseWriter, _ *http.Request) {
		channeltest.JSON(w, http.StatusOK, map[string]any{"id": "901", "flags": s.flags})
	})
	mux.HandleFunc("GET /api/v10/channels/{id}/messages", s.list)
	mux.HandleFunc("POST /api/v10/channels/{id}/messages", s.create)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		tb.Errorf("Discord has no %s %s", r.Method, r.URL)
		http.NotFound(w, r)
	})
	s.Server = channeltest.Serve(tb, s.gate(mux))
	s.Limit = func(w http.ResponseWriter, _ *http.Request) {
		channeltest.JSON(w, http.StatusTooManyRequests, map[string]any{"message": "You are being rate limited.", "retry_after": channeltest.RetryAfter.Seconds(), "global": false})
	}
	return s
}

func refuse(w http.ResponseWriter, status, code int) {
	channeltest.JSON(w, status, map[string]any{"message": http.StatusText(status), "code": code})
}

func (s *server) gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Date", s.now.Format(http.TimeFormat))
		w.Header().Set("X-RateLimit-Limit", "5")
		w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(s.left))
		w.Header().Set("X-RateLimit-Reset-After", "1.5")
		switch {
		case r.Header.Get("Authorization") != "Bot "+token:
			refuse(w, http.StatusUnauthorized, 0)
		case !strings.HasPrefix(r.Header.Get("User-Agent"), "DiscordBot ("):
			refuse(w, http.StatusForbidden, 40333)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (s *server) tick() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *server) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// write puts a message into a channel.
func (s *server) write(in string, who user, text string) *kept {
	s.seq++
	id := (s.now.UnixMilli()-epoch)<<22 | s.seq
	k := &kept{message: message{ID: strconv.FormatInt(id, 10), ChannelID: in, Content: text, Author: who, At: s.now}}
	s.channels[in] = append(s.channels[in], k)
	return k
}

// list gives the latest messages, or those right behind one, newest first.
func (s *server) list(w http.ResponseWriter, r *http.Request) {
	id, q := r.PathValue("id"), r.URL.Query()
	all, there := s.channels[id]
	limit, err := strconv.Atoi(q.Get("limit"))
	switch {
	case !there:
		refuse(w, http.StatusNotFound, 10003)
		return
	case s.closed[id]:
		refuse(w, http.StatusForbidden, 50001)
		return
	case err != nil || limit < 1 || limit > 100:
		refuse(w, http.StatusBadRequest, 50035)
		return
	}
	found := slices.Clone(all)
	if after := q.Get("after"); after != "" {
		found = slices.DeleteFunc(found, func(k *kept) bool { return !older(after, k.ID) })
		found = found[:min(limit, len(found))]
	} else {
		found = found[max(0, len(found)-limit):]
	}
	slices.Reverse(found)
	shown := make([]message, len(found))
	for i, k := range found {
		shown[i] = k.message
	}
	channeltest.JSON(w, http.StatusOK, shown)
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Content   string
		Nonce     string
		Enforce   bool `json:"enforce_nonce"`
		Reference struct {
			MessageID string `json:"message_id"`
			Fail      *bool  `json:"fail_if_not_exists"`
		} `json:"message_reference"`
	}
	id := r.PathValue("id")
	all, there := s.channels[id]
	var sent map[string]any
	body := json.NewDecoder(r.Body)
	if !there || body.Decode(&sent) != nil {
		refuse(w, http.StatusNotFound, 10003)
		return
	}
	raw, _ := json.Marshal(sent) // it was JSON just now
	if json.Unmarshal(raw, &in) != nil || in.Content == "" || len([]rune(in.Content)) > 2000 || len(in.Nonce) > 25 {
		refuse(w, http.StatusBadRequest, 50035)
		return
	}
	for _, k := range all {
		if in.Enforce && k.nonce == in.Nonce && s.now.Sub(k.At) < 3*time.Minute {
			channeltest.JSON(w, http.StatusOK, k.message)
			return
		}
	}
	k := s.write(id, user{ID: botID, Bot: true}, in.Content)
	k.nonce, k.sent = in.Nonce, sent
	if slices.ContainsFunc(all, func(k *kept) bool { return k.ID == in.Reference.MessageID }) {
		k.Type, k.Reference.MessageID, k.Reference.ChannelID = typeReply, in.Reference.MessageID, id
	}
	channeltest.JSON(w, http.StatusOK, k.message)
}

func (s *server) say(n int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, n)
	for i := range ids {
		k := s.write([]string{"601", "602", "603"}[i%3], person(i), "The editor loses what I typed.")
		ids[i] = k.ChannelID + "/" + k.ID
	}
	return ids
}

func person(i int) user {
	return user{ID: strconv.Itoa(7000 + i), Username: fmt.Sprint("ana", i), GlobalName: "Ana"}
}

func (s *server) settings() map[string]any {
	return map[string]any{
		"token": token, "guild": guild, "channels": []any{"601", "602", "603"}, "staff": []any{"@acme", "77"},
		"url": s.URL + "/api/v10", "allow_private": true,
	}
}

// message makes an answer to a new message.
func (s *server) message(key, text string) tocsin.Message {
	k := s.write("601", person(1), "Broken")
	return tocsin.Message{Key: key, Text: text, Report: tocsin.Report{ExternalID: "601/" + k.ID, Thread: "601"}}
}

func (s *server) outside(tb testing.TB) channeltest.Outside {
	tb.Helper()
	made := 0
	return channeltest.Outside{
		Settings: s.settings(), Secrets: []string{token},
		Now: func() time.Time { s.pass(7 * time.Second); return s.tick() },
		Say: s.say,
		Message: func() tocsin.Message {
			s.mu.Lock()
			defer s.mu.Unlock()
			made++
			return s.message(fmt.Sprint("key-", made), "It works again.")
		},
		Alarm: func() tocsin.Alarm {
			made++
			return tocsin.Alarm{Key: fmt.Sprint("page-", made), To: "602", Summary: "Many people cannot sign in."}
		},
		Arrived: func(key string) (n int) {
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, all := range s.channels {
				for _, k := range all {
					if k.nonce == nonce(key) {
						n++
					}
				}
			}
			return n
		},
		DropsDoubles: true,
		Break:        s.Break,
	}
}

func setup(tb testing.TB, s *server, changes map[string]any) (tocsin.Channel, error) {
	tb.Helper()
	settings := s.settings()
	for key, value := range changes {
		settings[key] = value
	}
	return Type().New(channel.Env{Name: "discord", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: s.tick})
}

func opened(tb testing.TB, s *server) tocsin.Channel {
	tb.Helper()
	ch, err := setup(tb, s, nil)
	require.NoError(tb, err)
	return ch
}

// pull pulls to the end, and gives all that came as one batch.
func pull(tb testing.TB, ch tocsin.Channel, cursor string) tocsin.Batch {
	tb.Helper()
	var all tocsin.Batch
	for more := true; more; {
		b, err := ch.Source.Pull(tb.Context(), cursor)
		require.NoError(tb, err)
		all.Reports = append(all.Reports, b.Reports...)
		all.Rejections = append(all.Rejections, b.Rejections...)
		all.Edits = append(all.Edits, b.Edits...)
		all.Deleted = append(all.Deleted, b.Deleted...)
		all.Cursor, cursor, more = b.Cursor, b.Cursor, b.More
	}
	return all
}
