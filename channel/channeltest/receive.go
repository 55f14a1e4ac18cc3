package channeltest

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func receivePromises() []promise {
	return []promise{
		{"ReceiveTakesTheSameTwice", needReceiver(receiveTwice)},
		{"ReceiveRefusesAForgery", needReceiver(receiveForgery)},
		{"ReceiveNamesWhatIsCutInHalf", needReceiver(receiveCut)},
	}
}

func needReceiver(kept func(testing.TB, *kit)) func(testing.TB, *kit) {
	return func(tb testing.TB, k *kit) {
		if k.Body == nil || k.Sign == nil || k.open(tb).Receiver == nil {
			tb.Skip("nothing is received")
		}
		kept(tb, k)
	}
}

func receiveTwice(tb testing.TB, k *kit) {
	receiver := k.open(tb).Receiver
	body := k.Body(3)
	once, err := receiver.Receive(k.Sign(body))
	require.NoError(tb, err)
	require.Len(tb, once.Reports, 3)
	sound(tb, once.Reports)
	again, err := receiver.Receive(k.Sign(body))
	require.NoError(tb, err, "senders repeat themselves; what they repeat has the same ids")
	require.Equal(tb, ids(once.Reports), ids(again.Reports))
}

func receiveForgery(tb testing.TB, k *kit) {
	receiver := k.open(tb).Receiver
	body := k.Body(1)

	forged := k.Sign(body)
	forged.Body = io.NopCloser(strings.NewReader(string(body) + " "))
	_, err := receiver.Receive(forged)
	k.refuses(tb, err, tocsin.CodeUnauthorized)

	bare := k.Sign(body)
	for key := range bare.Header {
		if key != "Content-Type" {
			bare.Header.Del(key)
		}
	}
	_, err = receiver.Receive(bare)
	k.refuses(tb, err, tocsin.CodeUnauthorized)
}

func receiveCut(tb testing.TB, k *kit) {
	receiver := k.open(tb).Receiver
	body := k.Body(2)
	for _, cut := range [][]byte{body[:len(body)/2], body[:1], {}} {
		_, err := receiver.Receive(k.Sign(cut))
		k.refuses(tb, err, tocsin.CodeInvalid)
	}
}

// refuses asks for an error of the code that has a sentence and no secret.
func (k *kit) refuses(tb testing.TB, err error, code tocsin.Code) {
	tb.Helper()
	require.Error(tb, err)
	require.Equal(tb, code, tocsin.CodeOf(err), "%v", err)
	require.NotEmpty(tb, tocsin.MessageOf(err))
	k.clean(tb, err.Error(), "an error")
}
