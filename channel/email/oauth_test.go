package email

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/email/dovecottest"
	"github.com/tocsin/tocsin/channel/email/smtptest"
)

// issuer is an OAuth2 token endpoint: each grant that it likes gets a new token.
type issuer struct {
	*httptest.Server
	mu      sync.Mutex
	refresh string // the refresh token that is good; "" wants client credentials
	rotate  bool
	grants  int
	expires int
	issued  func(token string)
}

func newIssuer(t *testing.T, refresh string) *issuer {
	t.Helper()
	i := &issuer{refresh: refresh, expires: 3600, issued: func(string) {}}
	i.Server = httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	good := r.FormValue("client_id") == "client" && r.FormValue("client_secret") == "hush hush"
	if i.refresh == "" {
		good = good && r.FormValue("grant_type") == "client_credentials" && r.FormValue("scope") == "mail"
	} else {
		good = good && r.FormValue("grant_type") == "refresh_token" && r.FormValue("refresh_token") == i.refresh
	}
	if !good {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	i.grants++
	token := fmt.Sprintf("%s-token-%d", i.URL, i.grants)
	i.issued(token)
	next := ""
	if i.rotate {
		i.refresh += "+"
		next = i.refresh
	}
	_, _ = fmt.Fprintf(w, `{"access_token":%q,"expires_in":%d,"token_type":"Bearer","refresh_token":%q}`, token, i.expires, next)
}

func (i *issuer) settings() map[string]any {
	return map[string]any{
		"auth": "xoauth2", "token_url": i.URL, "client_id": "client", "client_secret": "hush hush",
		"refresh_token": i.refresh, "allow_private": true, "password": "", "scope": "mail",
	}
}

func TestTokenIsRenewedInTime(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, "forever")
	i.rotate = true
	a := offline(t, i.settings())
	now := time.Now()
	a.tokens.now = func() time.Time { return now }
	first, err := a.tokens.get(t.Context())
	require.NoError(t, err)
	again, err := a.tokens.get(t.Context())
	require.NoError(t, err)
	require.Equal(t, first, again)

	now = now.Add(time.Hour - spareTime + time.Second)
	second, err := a.tokens.get(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, first, second, "by the refresh token that came with the first")

	require.True(t, a.tokens.spoil(first), "an old token spoils nothing")
	again, err = a.tokens.get(t.Context())
	require.NoError(t, err)
	require.Equal(t, second, again)
	require.True(t, a.tokens.spoil(second))
	third, err := a.tokens.get(t.Context())
	require.NoError(t, err)
	require.NotEqual(t, second, third)
}

func TestApplicationSignsInByItself(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, "")
	token, err := offline(t, i.settings()).tokens.get(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, token)
}

func TestGrantThatEndedIsNamed(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, "forever")
	raw := i.settings()
	i.refresh = "another"
	a := offline(t, raw)
	err := a.Check(t.Context())
	require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "sign in again")
	require.NotContains(t, err.Error(), "hush hush")
	retry, _ := tocsin.Retry(err)
	require.False(t, retry)
}

func TestTokenThatWasRevokedIsRenewedOnce(t *testing.T) {
	t.Parallel()
	dovecot := dovecottest.Start(t, dovecottest.Options{})
	for _, mechanism := range []string{"xoauth2", "oauthbearer"} {
		t.Run(mechanism, func(t *testing.T) {
			t.Parallel()
			i := newIssuer(t, "forever")
			var (
				mu   sync.Mutex
				live = map[string]bool{}
			)
			o := newOutside(t, dovecot)
			o.smtp = smtptest.Start(t, smtptest.Options{User: o.address, Password: "none", Tokens: func(token string) bool {
				mu.Lock()
				defer mu.Unlock()
				return live[token]
			}})
			grant := func(token string) {
				mu.Lock()
				defer mu.Unlock()
				live[token] = true
				dovecot.Grant(token, o.address)
			}
			revoke := func() {
				mu.Lock()
				defer mu.Unlock()
				for token := range live {
					dovecot.Revoke(token)
				}
				clear(live)
			}
			i.issued = grant
			a := o.account(t, i.settings(), map[string]any{"auth": mechanism, "token": "stale from the start"})

			require.NoError(t, a.Check(t.Context()))
			require.Equal(t, 1, i.grants)
			want := o.say(t, 1)
			ids, _ := drain(t, a, "")
			require.Equal(t, want, ids)
			_, err := a.Reply(t.Context(), o.message())
			require.NoError(t, err)
			require.Equal(t, 1, i.grants, "a good token is kept")

			revoke()
			_, err = a.lineUp(t.Context())
			require.NoError(t, err, "by a new one")
			revoke()
			drain(t, a, "")
			require.Equal(t, 3, i.grants)

			i.issued = func(string) {} // what is issued from now on is worth nothing
			revoke()
			for _, err := range []error{pullError(t, a), a.Check(t.Context())} {
				require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err), "%v", err)
				retry, _ := tocsin.Retry(err)
				require.False(t, retry)
			}
			require.Equal(t, 5, i.grants, "one more try for each, no more")
		})
	}
}

func pullError(t *testing.T, a *account) error {
	t.Helper()
	_, err := a.Pull(t.Context(), "")
	return err
}
