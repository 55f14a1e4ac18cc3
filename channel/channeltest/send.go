package channeltest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func sendPromises() []promise {
	return []promise{
		{"SentMessageArrives", eachWay(sentArrives)},
		{"SendSaysWhetherToTryAgain", eachWay(sendSaysRetry)},
		{"SendOwnsUpToDoubt", eachWay(sendOwnsUp)},
		{"SendIsCalledOff", eachWay(sendIsCalledOff)},
	}
}

// way is one way in which a channel sends: it makes a message of its own and
// gives its key and the call that sends it, which may be made again.
type way struct {
	name string
	next func() (key string, send func(context.Context) (tocsin.Sent, error))
}

func (k *kit) ways(ch tocsin.Channel) []way {
	var all []way
	if ch.Replier != nil && k.Message != nil {
		all = append(all, way{"reply", func() (string, func(context.Context) (tocsin.Sent, error)) {
			m := k.Message()
			return m.Key, func(ctx context.Context) (tocsin.Sent, error) { return ch.Replier.Reply(ctx, m) }
		}})
	}
	if ch.Poster != nil && k.Message != nil {
		all = append(all, way{"post", func() (string, func(context.Context) (tocsin.Sent, error)) {
			m := k.Message()
			m.Report = tocsin.Report{}
			return m.Key, func(ctx context.Context) (tocsin.Sent, error) { return ch.Poster.Post(ctx, m) }
		}})
	}
	if ch.Pager != nil && k.Alarm != nil {
		all = append(all, way{"page", func() (string, func(context.Context) (tocsin.Sent, error)) {
			a := k.Alarm()
			return a.Key, func(ctx context.Context) (tocsin.Sent, error) { return ch.Pager.Page(ctx, a) }
		}})
	}
	return all
}

func eachWay(kept func(testing.TB, *kit, way)) func(testing.TB, *kit) {
	return func(tb testing.TB, k *kit) {
		ways := k.ways(k.open(tb))
		if len(ways) == 0 {
			tb.Skip("nothing is sent")
		}
		for _, w := range ways {
			kept(tb, k, w)
		}
	}
}

func sentArrives(tb testing.TB, k *kit, w way) {
	key, send := w.next()
	first, err := send(tb.Context())
	require.NoError(tb, err, w.name)
	require.NotEmpty(tb, first.ExternalID, "%s: the other side's id, by which it is found again", w.name)
	require.Equal(tb, 1, k.Arrived(key), w.name)
	if !k.DropsDoubles {
		return
	}
	again, err := send(tb.Context())
	require.NoError(tb, err, w.name)
	require.Equal(tb, 1, k.Arrived(key), "%s: the second with the same key is no second message", w.name)
	require.Equal(tb, first.ExternalID, again.ExternalID, w.name)
}

func sendSaysRetry(tb testing.TB, k *kit, w way) {
	for _, f := range []Fault{Down, Refused, Invalid, Limited} {
		key, send := w.next()
		if k.Break == nil || !k.Break(f) {
			continue
		}
		_, err := send(tb.Context())
		k.fails(tb, err, f)
		require.Zero(tb, k.Arrived(key), "a stand-in that is %s accepts nothing", f)
		if retry, _ := f.retryable(); !retry {
			require.False(tb, tocsin.Uncertain(err), "%s, %s: a clear no is not a doubt: %v", w.name, f, err)
		}
		k.heal(tb)
		_, err = send(tb.Context())
		require.NoError(tb, err, "%s: the same message goes through later", w.name)
	}
}

// sendOwnsUp is what keeps a person from being told twice: a message that
// arrived although the call failed must be called uncertain.
func sendOwnsUp(tb testing.TB, k *kit, w way) {
	key, send := w.next()
	k.breakdown(tb, Cut)
	_, err := send(tb.Context())
	k.fails(tb, err, Cut)
	require.Equal(tb, 1, k.Arrived(key), "a stand-in that cuts the line has accepted the message")
	require.True(tb, tocsin.Uncertain(err), "%s: it arrived, and the error denies that it may have: %v", w.name, err)
	k.heal(tb)
}

func sendIsCalledOff(tb testing.TB, k *kit, w way) {
	_, send := w.next()
	k.calledOff(tb, func(ctx context.Context) error {
		_, err := send(ctx)
		return err
	})
	k.heal(tb)
}
