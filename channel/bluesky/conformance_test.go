package bluesky

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
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
	channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		n := newNetwork(tb)
		next := 0
		return channeltest.Outside{
			Settings: settingsFor(n.url),
			Secrets:  []string{password, "access-jwt", "refresh-jwt"},
			Say:      n.say,
			Message: func() tocsin.Message {
				next++
				e := n.write("did:plc:ana", mention("it hangs"), time.Now())
				return answerTo(e, fmt.Sprintf("k-%d", next))
			},
			Arrived:      n.sentWith,
			DropsDoubles: true,
			Break:        n.suffer,
		}
	}})
}

func settingsFor(address string) map[string]any {
	return map[string]any{
		"service": address, "identifier": handleOf, "password": password, "allow_private": true,
		"terms": []any{"near is down"}, "jetstream": "ws" + strings.TrimPrefix(address, "http") + "/subscribe",
	}
}

func answerTo(e *entry, key string) tocsin.Message {
	to := strongRef{e.uri(), e.cid}
	refs, _ := json.Marshal(replyRefs{to, to}) // always marshals
	return tocsin.Message{
		Key: key, Text: "It works again. Sorry for the trouble!", Lang: "en",
		Report: tocsin.Report{ExternalID: e.uri(), Route: refs, Reporter: tocsin.Reporter{ID: "bsky:" + e.did}},
	}
}

// kit is a channel and what is behind it.
type kit struct {
	tocsin.Channel
	network *network
}

// setup makes a channel to a fresh network; change may spoil its settings.
func setup(t *testing.T, change func(*network, map[string]any)) kit {
	t.Helper()
	n := newNetwork(t)
	settings := settingsFor(n.url)
	if change != nil {
		change(n, settings)
	}
	ch, err := Type().New(channel.Env{
		Name: "sky", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return n.clock() },
	})
	require.NoError(t, err)
	return kit{ch, n}
}

// drain pulls to the end, trying again after each fault.
func (k kit) drain(t *testing.T, cursor string) (all tocsin.Batch, end string) {
	t.Helper()
	for range 10_000 {
		batch, err := k.Source.Pull(t.Context(), cursor)
		if err != nil {
			again, _ := tocsin.Retry(err)
			require.True(t, again, "%v", err)
			continue
		}
		all.Reports = append(all.Reports, batch.Reports...)
		all.Rejections = append(all.Rejections, batch.Rejections...)
		if cursor = batch.Cursor; !batch.More {
			return all, cursor
		}
	}
	require.FailNow(t, "it never ends")
	return all, ""
}
