package channeltest

import (
	"io"
	"strings"

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

func needReceiver(kept func(*kit)) func(*kit) {
	return func(k *kit) {
		if k.Body == nil || k.Sign == nil || k.open().Receiver == nil {
			k.Skip("nothing is received")
		}
		kept(k)
	}
}

func receiveTwice(k *kit) {
	receiver := k.open().Receiver
	want := 3
	if k.OneByOne {
		want = 1
	}
	body := k.Body(want)
	once, err := receiver.Receive(k.Sign(body))
	require.NoError(k, err)
	require.Len(k, once.Reports, want)
	sound(k, once.Reports)
	again, err := receiver.Receive(k.Sign(body))
	require.NoError(k, err, "senders repeat themselves; what they repeat has the same ids")
	require.Equal(k, ids(once.Reports), ids(again.Reports))
}

func receiveForgery(k *kit) {
	receiver := k.open().Receiver
	body := k.Body(1)

	forged := k.Sign(body)
	forged.Body = io.NopCloser(strings.NewReader(string(body) + " "))
	_, err := receiver.Receive(forged)
	k.refuses(err, tocsin.CodeUnauthorized)

	bare := k.Sign(body)
	for key := range bare.Header {
		if key != "Content-Type" {
			bare.Header.Del(key)
		}
	}
	_, err = receiver.Receive(bare)
	k.refuses(err, tocsin.CodeUnauthorized)
}

func receiveCut(k *kit) {
	receiver := k.open().Receiver
	body := k.Body(2)
	for _, cut := range [][]byte{body[:len(body)/2], body[:1], {}} {
		_, err := receiver.Receive(k.Sign(cut))
		k.refuses(err, tocsin.CodeInvalid)
	}
}

// refuses asks for an error of the code that has a sentence and no secret.
func (k *kit) refuses(err error, code tocsin.Code) {
	k.Helper()
	require.Error(k, err)
	require.Equal(k, code, tocsin.CodeOf(err), "%v", err)
	require.NotEmpty(k, tocsin.MessageOf(err))
	k.clean(err.Error(), "an error")
}
