package channeltest

import (
	"context"

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

func eachWay(kept func(*kit, way)) func(*kit) {
	return func(k *kit) {
		ways := k.ways(k.open())
		if len(ways) == 0 {
			k.Skip("nothing is sent")
		}
		for _, w := range ways {
			kept(k, w)
		}
	}
}

func sentArrives(k *kit, w way) {
	key, send := w.next()
	first, err := send(k.Context())
	require.NoError(k, err, w.name)
	require.NotEmpty(k, first.ExternalID, "%s: the other side's id, by which it is found again", w.name)
	require.Equal(k, 1, k.Arrived(key), w.name)
	if !k.DropsDoubles {
		return
	}
	again, err := send(k.Context())
	require.NoError(k, err, w.name)
	require.Equal(k, 1, k.Arrived(key), "%s: the second with the same key is no second message", w.name)
	require.Equal(k, first.ExternalID, again.ExternalID, w.name)
}

func sendSaysRetry(k *kit, w way) {
	for _, f := range []Fault{Down, Refused, Invalid, Limited} {
		key, send := w.next()
		if k.Break == nil || !k.Break(f) {
			continue
		}
		_, err := send(k.Context())
		k.fails(err, f)
		require.Zero(k, k.Arrived(key), "a stand-in that is %s accepts nothing", f)
		if retry, _ := f.retryable(); !retry {
			require.False(k, tocsin.Uncertain(err), "%s, %s: a clear no is not a doubt: %v", w.name, f, err)
		}
		k.heal()
		_, err = send(k.Context())
		require.NoError(k, err, "%s: the same message goes through later", w.name)
	}
}

// sendOwnsUp is what keeps a person from being told twice: a message that
// arrived although the call failed must be called uncertain.
func sendOwnsUp(k *kit, w way) {
	key, send := w.next()
	k.breakdown(Cut)
	_, err := send(k.Context())
	k.fails(err, Cut)
	require.Equal(k, 1, k.Arrived(key), "a stand-in that cuts the line has accepted the message")
	require.True(k, tocsin.Uncertain(err), "%s: it arrived, and the error denies that it may have: %v", w.name, err)
	k.heal()
}

func sendIsCalledOff(k *kit, w way) {
	_, send := w.next()
	k.calledOff(func(ctx context.Context) error {
		_, err := send(ctx)
		return err
	})
	k.heal()
}
