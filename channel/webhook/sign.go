package webhook

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

const (
	// tolerance is how far a request's time may be from ours. A request that is
	// repeated within it has the same ids in it, and adds nothing.
	tolerance = 5 * time.Minute
	// minSecret is the least length of a secret, in bytes.
	// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
	minSecret = 24

	secretPrefix = "whsec_"
)

// keys are the live secrets: each of them opens, and we sign with all, so that
// either side can change to a new one while the old one still works.
type keys []*standardwebhooks.Webhook

func newKeys(secrets []config.Secret) (keys, error) {
	var all keys
	for i, secret := range secrets {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret.Reveal(), secretPrefix))
		if err != nil || len(raw) < minSecret {
			return nil, tocsin.Errorf(tocsin.CodeInvalid,
				"Secret %d is not %s followed by at least %d bytes in base64. Make one by: echo %s$(openssl rand -base64 32)", i+1, secretPrefix, minSecret, secretPrefix)
		}
		key, err := standardwebhooks.NewWebhookRaw(raw)
		if err != nil {
			return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "Secret %d cannot be used.", i+1)
		}
		all = append(all, key)
	}
	if len(all) == 0 {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "There must be a secret. Make one by: echo %s$(openssl rand -base64 32)", secretPrefix)
	}
	return all, nil
}

// verify checks a request's signature on the raw body, and its time. It gives the
// time at which the request was signed, or CodeUnauthorized.
func (k keys) verify(body []byte, h http.Header, now time.Time) (time.Time, error) {
	var why error
	for _, key := range k {
		// The library's own check of the time knows only the machine's clock.
		why = key.VerifyIgnoringTimestamp(body, h)
		if why == nil {
			break
		}
	}
	if why != nil {
		return time.Time{}, tocsin.Wrap(tocsin.CodeUnauthorized, why, "The signature is missing or wrong. Sign the raw body as Standard Webhooks say.")
	}
	seconds, err := strconv.ParseInt(h.Get(standardwebhooks.HeaderWebhookTimestamp), 10, 64)
	if err != nil {
		return time.Time{}, tocsin.Wrap(tocsin.CodeUnauthorized, err, "The header %s is no time.", standardwebhooks.HeaderWebhookTimestamp)
	}
	at := time.Unix(seconds, 0).UTC()
	if off := now.Sub(at).Abs(); off > tolerance {
		return time.Time{}, tocsin.Errorf(tocsin.CodeUnauthorized, "The request was signed at another time: over %s from now. Sign it anew, and check both clocks.", tolerance)
	}
	return at, nil
}

// headers signs a body that goes out.
func (k keys) headers(id string, at time.Time, body []byte) (http.Header, error) {
	signatures := make([]string, len(k))
	for i, key := range k {
		signature, err := key.Sign(id, at, body)
		if err != nil {
			return nil, tocsin.Wrap(tocsin.CodeInternal, err, "sign webhook")
		}
		signatures[i] = signature
	}
	return http.Header{
		http.CanonicalHeaderKey(standardwebhooks.HeaderWebhookID):        {id},
		http.CanonicalHeaderKey(standardwebhooks.HeaderWebhookTimestamp): {strconv.FormatInt(at.Unix(), 10)},
		http.CanonicalHeaderKey(standardwebhooks.HeaderWebhookSignature): {strings.Join(signatures, " ")},
	}, nil
}
