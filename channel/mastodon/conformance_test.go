package mastodon

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, keyless := range []bool{false, true} {
		t.Run(fmt.Sprintf("keyless=%t", keyless), func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
				tb.Helper()
				s := newServer(tb)
				s.keyless = keyless
				front := s.serve()
				next := 0
				return channeltest.Outside{
					Settings: settingsFor(front.URL),
					Secrets:  []string{token},
					Say:      s.say,
					Message: func() tocsin.Message {
						next++
						return answerTo(s.say(1)[0], fmt.Sprintf("k-%d", next))
					},
					Arrived:      s.sentWith,
					DropsDoubles: !keyless,
					Break:        front.Break,
				}
			}})
		})
	}
}

func settingsFor(address string) map[string]any {
	return map[string]any{"server": address, "token": token, "allow_private": true, "hashtags": []any{"NearDown"}}
}

// answerTo makes an answer to a public post of ana's.
func answerTo(id, key string) tocsin.Message {
	to, _ := json.Marshal(route{Acct: "ana@far.example", Visibility: "public"})
	return tocsin.Message{
		Key: key, Text: "It works again. Sorry for the trouble!", Lang: "en",
		Report: tocsin.Report{ExternalID: id, Route: to, Reporter: tocsin.Reporter{ID: "mastodon:ana@far.example", Handle: "@ana@far.example"}},
	}
}

// kit is a channel and what is behind it.
type kit struct {
	tocsin.Channel
	server *server
	front  *channeltest.Server
}

// setup makes a channel to a fresh server; change may spoil its settings.
func setup(t *testing.T, change func(*server, map[string]any)) kit {
	t.Helper()
	s := newServer(t)
	front := s.serve()
	settings := settingsFor(front.URL)
	if change != nil {
		change(s, settings)
	}
	ch, err := Type().New(channel.Env{
		Name: "fedi", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return s.clock() },
	})
	require.NoError(t, err)
	return kit{ch, s, front}
}

// drain pulls to the end, trying again after each fault, and gives the reports and
// the last cursor.
func (k kit) drain(t *testing.T, cursor string) ([]tocsin.Report, string) {
	t.Helper()
	var reports []tocsin.Report
	for range 10_000 {
		batch, err := k.Source.Pull(t.Context(), cursor)
		if err != nil {
			again, _ := tocsin.Retry(err)
			require.True(t, again, "%v", err)
			continue
		}
		reports = append(reports, batch.Reports...)
		if cursor = batch.Cursor; !batch.More {
			return reports, cursor
		}
	}
	require.FailNow(t, "it never ends")
	return nil, ""
}
