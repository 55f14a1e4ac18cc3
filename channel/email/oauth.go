package email

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

// spareTime is how long before its end a token is renewed.
const spareTime = time.Minute

// tokens gives OAuth2 access tokens, renewed in time (RFC 6749).
type tokens struct {
	url   string // "": the one token is all we have
	grant url.Values
	http  *channel.Client
	now   func() time.Time

	mu      sync.Mutex
	token   string
	expires time.Time // zero: unknown
}

func newTokens(s settings, env channel.Env, secrets []config.Secret) *tokens {
	grant := url.Values{"client_id": {s.ClientID}}
	for key, value := range map[string]string{"client_secret": s.ClientSecret.Reveal(), "scope": s.Scope} {
		if value != "" {
			grant.Set(key, value)
		}
	}
	if s.RefreshToken.IsZero() {
		grant.Set("grant_type", "client_credentials")
	} else {
		grant.Set("grant_type", "refresh_token")
		grant.Set("refresh_token", s.RefreshToken.Reveal())
	}
	return &tokens{
		url: s.TokenURL, grant: grant, token: s.Token.Reveal(), now: env.Now,
		http: channel.NewClient(channel.Options{AllowPrivate: s.AllowPrivate, Secrets: secrets, Now: env.Now}),
	}
}

// get gives a token that should be good. Errors are those of channel.Client.Do.
func (t *tokens) get(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fresh := t.expires.IsZero() || t.now().Before(t.expires.Add(-spareTime))
	if t.url == "" || t.token != "" && fresh {
		return t.token, nil
	}
	if err := t.renew(ctx); err != nil {
		return "", err
	}
	return t.token, nil
}

// spoil says that a token was refused. It gives false when there is no way to
// another one.
func (t *tokens) spoil(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.url == "" {
		return false
	}
	if t.token == token {
		t.token = ""
	}
	return true
}

func (t *tokens) renew(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, strings.NewReader(t.grant.Encode()))
	if err != nil {
		return tocsin.Wrap(tocsin.CodeInvalid, t.http.Hush(err), "token_url is no address that can be called.")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	resp, err := t.http.Do(ctx, req)
	if err != nil {
		if resp != nil && resp.Status < http.StatusInternalServerError && tocsin.CodeOf(err) == tocsin.CodeInvalid {
			return tocsin.Wrap(tocsin.CodeUnauthorized, err, "%s gives us no token. Check client_id, client_secret and refresh_token, and sign in again if they expired.", req.URL.Host)
		}
		return err
	}
	var got struct {
		Token   string  `json:"access_token"`
		Refresh string  `json:"refresh_token"`
		Seconds float64 `json:"expires_in"`
	}
	if err := json.Unmarshal(resp.Body, &got); err != nil || got.Token == "" {
		return tocsin.Errorf(tocsin.CodeUnauthorized, "%s answered without an access token. Check token_url.", req.URL.Host)
	}
	t.token, t.expires = got.Token, time.Time{}
	if got.Seconds > 0 {
		t.expires = t.now().Add(time.Duration(got.Seconds * float64(time.Second)))
	}
	if got.Refresh != "" { // some hand out a new one each time
		t.grant.Set("refresh_token", got.Refresh)
	}
	return nil
}
