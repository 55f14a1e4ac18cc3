package webhook

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

const body = `{"id":"1","author":"a","text":"x"}`

// The example of the specification's own libraries: both sides agree on it.
func TestSignatureIsTheOneOfTheSpecification(t *testing.T) {
	t.Parallel()
	signing, err := newKeys([]config.Secret{config.NewSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")})
	require.NoError(t, err)
	header, err := signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	require.NoError(t, err)
	require.Equal(t, http.Header{
		"Webhook-Id":        {"msg_p5jXN8AQM9LWM0D4loKWxJek"},
		"Webhook-Timestamp": {"1614265330"},
		"Webhook-Signature": {"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
	}, header)
}

func TestSecretsCanBeChangedWithoutAGap(t *testing.T) {
	t.Parallel()
	before, after, never := newSecret(), newSecret(), newSecret()
	receiver := setup(t, map[string]any{"secrets": []any{after, before}}).Receiver
	for secret, good := range map[string]bool{before: true, after: true, never: false} {
		_, err := receiver.Receive(sign(t, secret, "1", now, []byte(body)))
		require.Equal(t, good, err == nil)
	}
	both, err := newKeys([]config.Secret{config.NewSecret(after), config.NewSecret(before)})
	require.NoError(t, err)
	header, err := both.headers("1", now, []byte(body))
	require.NoError(t, err)
	for _, secret := range []string{before, after} {
		one, err := newKeys([]config.Secret{config.NewSecret(secret)})
		require.NoError(t, err)
		_, err = one.verify([]byte(body), header, now)
		require.NoError(t, err, "either secret opens what we send")
	}
}

func TestRequestOfAnotherTimeIsRefused(t *testing.T) {
	t.Parallel()
	secret := newSecret()
	receiver := setup(t, map[string]any{"secrets": []any{secret}}).Receiver
	for off, good := range map[time.Duration]bool{
		0: true, -tolerance: true, tolerance: true, -tolerance - time.Second: false, tolerance + time.Second: false, -24 * time.Hour: false,
	} {
		_, err := receiver.Receive(sign(t, secret, "1", now.Add(off), []byte(body)))
		require.Equal(t, good, err == nil, off)
		if !good {
			require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
			require.Contains(t, tocsin.MessageOf(err), "another time")
		}
	}
}

func TestForgedHeadersAreRefused(t *testing.T) {
	t.Parallel()
	secret := newSecret()
	receiver := setup(t, map[string]any{"secrets": []any{secret}}).Receiver
	for name, forge := range map[string]func(http.Header){
		"no id":             func(h http.Header) { h.Del("webhook-id") },
		"another id":        func(h http.Header) { h.Set("webhook-id", "2") },
		"no time":           func(h http.Header) { h.Del("webhook-timestamp") },
		"another time":      func(h http.Header) { h.Set("webhook-timestamp", strconv.FormatInt(now.Unix()+1, 10)) },
		"no number":         func(h http.Header) { h.Set("webhook-timestamp", "now") },
		"a huge number":     func(h http.Header) { h.Set("webhook-timestamp", "99999999999999999999") },
		"no signature":      func(h http.Header) { h.Del("webhook-signature") },
		"empty signature":   func(h http.Header) { h.Set("webhook-signature", "v1,") },
		"another scheme":    func(h http.Header) { h.Set("webhook-signature", "v2,"+h.Get("webhook-signature")[3:]) },
		"without a version": func(h http.Header) { h.Set("webhook-signature", h.Get("webhook-signature")[3:]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := sign(t, secret, "1", now, []byte(body))
			forge(r.Header)
			_, err := receiver.Receive(r)
			require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
		})
	}
}

func TestSettingsSayWhatToMend(t *testing.T) {
	t.Parallel()
	good := newSecret()
	for want, settings := range map[string]map[string]any{
		"secrets":          {},
		"openssl rand":     {"secrets": []any{"whsec_c2hvcnQ="}},
		"Secret 2":         {"secrets": []any{good, "no base64!"}},
		"reply_url":        {"secrets": []any{good}, "reply_url": "ftp://example.org"},
		"no http or https": {"secrets": []any{good}, "page_url": "example.org/hooks"},
		"timeout":          {"secrets": []any{good}, "timeout": "soon"},
	} {
		_, err := Type().New(channel.Env{Name: "form", Settings: config.NewSettings(settings), Now: time.Now})
		require.ErrorContains(t, err, want)
		require.NotContains(t, fmt.Sprint(err), good)
	}
}

func TestSettingsTellEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Type().New(channel.Env{Name: "form", Settings: config.NewSettings(map[string]any{
		"secrets": []any{"short"}, "reply_url": "ftp://example.org", "page_url": "http://10.0.0.7/hooks",
	}), Now: time.Now})
	for _, want := range []string{"secrets: Secret 1", "reply_url: This is no http", "page_url: This is not a public address"} {
		require.ErrorContains(t, err, want)
	}
}

func TestAPrivateAddressIsAMistakeUnlessItIsAllowed(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://127.0.0.1:18099/x", "https://192.168.1.4", "http://[::1]:80/", "http://[fe80::1%25eth0]/", "http://169.254.169.254/"} {
		for _, key := range []string{"reply_url", "page_url"} {
			settings := map[string]any{"secrets": []any{newSecret()}, key: address}
			_, err := Type().New(channel.Env{Name: "form", Settings: config.NewSettings(settings), Now: time.Now})
			require.ErrorContains(t, err, key+": This is not a public address. If it is yours, set allow_private: true", address)
			settings["allow_private"] = true
			setup(t, settings)
		}
	}
	setup(t, map[string]any{"secrets": []any{newSecret()}, "page_url": "https://1.1.1.1/"})
}
