package x

import (
	"fmt"
	"testing"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		return outside(newX(tb), nil)
	}})
}

func TestConformanceWithStreams(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		return outside(newX(tb), map[string]any{
			"stream": true, "activity": true, "search": []any{"acme (down OR broken)"}, "openings": []any{},
		})
	}})
}

func outside(x *xServer, more map[string]any) channeltest.Outside {
	texts := map[string]string{}
	return channeltest.Outside{
		Settings: x.settings(more),
		Secrets:  []string{testSecret, testTokenKey, testToken, testBearer, testConsumer},
		Say:      x.mention,
		Message: func() tocsin.Message {
			key := fmt.Sprintf("1-%d", len(texts)+1)
			texts[key] = "It works again since " + key + "."
			report := tocsin.Report{ExternalID: x.mention(1)[0], Reporter: tocsin.Reporter{ID: "x:5000", Handle: "@user_5000"}}
			return tocsin.Message{Key: key, Delivery: int64(len(texts)), Text: texts[key], Report: report}
		},
		Arrived: func(key string) int { return x.sent(texts[key]) },
		Break:   x.Break,
	}
}
