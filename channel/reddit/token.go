package reddit

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
)

// early is how long before its end a token is renewed.
const early = time.Minute

// token is the access token, kept until it ends.
type token struct {
	mu    sync.Mutex
	value string
	until time.Time
}

// bearer gives an access token, a new one where there is none or the one in hand is
// the one that was just refused.
// https://github.com/reddit-archive/reddit/wiki/OAuth2
func (a *account) bearer(ctx context.Context, refused string) (string, error) {
	a.token.mu.Lock()
	defer a.token.mu.Unlock()
	if a.token.value != "" && a.token.value != refused && a.now().Before(a.token.until) {
		return a.token.value, nil
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {a.RefreshToken.Reveal()}}
	if a.RefreshToken.IsZero() {
		form = url.Values{"grant_type": {"password"}, "username": {a.Username}, "password": {a.Password.Reveal()}}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.AuthURL+"/api/v1/access_token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", tocsin.Wrap(tocsin.CodeInvalid, a.client.Hush(err), "The address in auth_url makes no sense.")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(a.ClientID, a.ClientSecret.Reveal())
	resp, err := a.client.Do(ctx, req)
	if err != nil {
		return "", signIn(a.later(resp, err))
	}
	var answer struct {
		Token string  `json:"access_token"`
		Lasts float64 `json:"expires_in"` // seconds
		Error string  `json:"error"`
	}
	if err := json.Unmarshal(resp.Body, &answer); err != nil {
		return "", &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "Reddit's answer to the sign-in can't be read.", Retryable: true}
	}
	if answer.Token == "" || answer.Error != "" { // Reddit says so with status 200
		return "", tocsin.Errorf(tocsin.CodeUnauthorized, "Reddit does not let us sign in. Check client_id, client_secret and the refresh token or password.")
	}
	a.token.value = answer.Token
	a.token.until = a.now().Add(time.Duration(answer.Lasts*float64(time.Second)) - early)
	return answer.Token, nil
}

// signIn makes the error of a sign-in one of the call that needed it: nothing was
// sent yet, and a grant that is refused is a matter of credentials.
func signIn(err error) error {
	var said *tocsin.Error
	if !errors.As(err, &said) {
		return err
	}
	told := *said
	told.Uncertain = false
	if told.Code == tocsin.CodeInvalid {
		told.Code, told.Message = tocsin.CodeUnauthorized, "Reddit refuses the refresh token or password. Make a new one and put it into the channel's settings."
	}
	return &told
}
