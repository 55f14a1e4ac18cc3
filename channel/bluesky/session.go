package bluesky

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bluesky-social/indigo/atproto/syntax"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

// session is a sign-in that is kept and refreshed; few may be begun in a day. It
// lives in memory only.
// https://atproto.com/specs/xrpc#authentication
type session struct {
	account *account

	mu     sync.Mutex
	keys   keys
	logins []time.Time // of the last day
}

// keys are what a sign-in gives. They are kept out of errors by hush.
type keys struct {
	DID     string `json:"did"`
	Handle  string `json:"handle"`
	Access  string `json:"accessJwt"`
	Refresh string `json:"refreshJwt"`
}

// get gives the session's keys, and signs in where there is no session.
func (s *session) get(ctx context.Context) (keys, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys.Access == "" {
		if err := s.create(ctx); err != nil {
			return keys{}, err
		}
	}
	return s.keys, nil
}

// DoWithAuth makes a call as the account. An expired session is refreshed once.
// It is indigo's atclient.AuthMethod.
func (s *session) DoWithAuth(c *http.Client, req *http.Request, _ syntax.NSID) (*http.Response, error) {
	k, err := s.get(req.Context())
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+k.Access)
	resp, err := c.Do(req) //nolint:gosec // G704: the address is the operator's, and the client's guard looks at it
	if !stale(err) {
		return resp, s.hushed(err, k)
	}
	if err := s.renew(req.Context(), k); err != nil {
		return nil, err
	}
	again := req.Clone(req.Context())
	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			return nil, err
		}
	}
	k, err = s.get(req.Context())
	if err != nil {
		return nil, err
	}
	again.Header.Set("Authorization", "Bearer "+k.Access)
	resp, err = c.Do(again) //nolint:gosec // G704: as above
	return resp, s.hushed(err, k)
}

// stale tells whether a refusal means the session and not the call.
func stale(err error) bool {
	name := nameOf(err)
	return name == "ExpiredToken" || name == "InvalidToken"
}

// hushed takes the session's keys out of an error, should the server echo them.
func (s *session) hushed(err error, k keys) error {
	if err == nil {
		return nil
	}
	name, clean := nameOf(err), channel.NewRedactor(config.NewSecret(k.Access), config.NewSecret(k.Refresh))
	err = clean.Error(s.account.said(err, true))
	if own, ok := err.(*tocsin.Error); ok && name != "" { //nolint:errorlint // the one that was made just now
		own.Cause = &named{name, own.Cause}
	}
	return err
}

// renew refreshes the session whose keys are stale, unless somebody did, and signs
// in anew where the refreshing key is stale too.
func (s *session) renew(ctx context.Context, was keys) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys.Access != was.Access {
		return nil
	}
	var next keys
	err := s.call(ctx, "com.atproto.server.refreshSession", http.Header{"Authorization": {"Bearer " + s.keys.Refresh}}, nil, &next)
	switch code := tocsin.CodeOf(err); {
	case err == nil && next.Access != "":
		s.keys = next
		return nil
	case err == nil, code == tocsin.CodeUnauthorized, code == tocsin.CodeInvalid, code == tocsin.CodeForbidden:
		return s.create(ctx)
	default:
		return s.hushed(err, s.keys)
	}
}

// create signs in.
func (s *session) create(ctx context.Context) error {
	a := s.account
	if err := s.mayLogin(a.now()); err != nil {
		return err
	}
	in := map[string]string{"identifier": a.Identifier, "password": a.Password.Reveal()}
	var next keys
	if err := s.call(ctx, "com.atproto.server.createSession", nil, in, &next); err != nil {
		return err
	}
	if next.Access == "" || !strings.HasPrefix(next.DID, "did:") {
		return &tocsin.Error{Code: tocsin.CodeUnavailable, Retryable: true, Message: a.Service + " signed us in without saying who we are."}
	}
	s.keys = next
	return nil
}

// mayLogin keeps sign-ins within what the servers allow: they lock out who begins
// too many.
func (s *session) mayLogin(now time.Time) error {
	s.logins = slices.DeleteFunc(s.logins, func(t time.Time) bool { return now.Sub(t) >= 24*time.Hour })
	for most, span := range map[int]time.Duration{loginsShort: 5 * time.Minute, loginsDay: 24 * time.Hour} {
		if n := len(s.logins); n >= most && now.Sub(s.logins[n-most]) < span {
			return &tocsin.Error{
				Code: tocsin.CodeLimited, Retryable: true, RetryAfter: span - now.Sub(s.logins[n-most]),
				Message: "We signed in as often as Bluesky allows. Check whether the password is right.",
			}
		}
	}
	s.logins = append(s.logins, now)
	return nil
}

// call makes a call about sessions, which need none. No doubt comes of it: nothing
// was said to anybody.
func (s *session) call(ctx context.Context, method string, header http.Header, in, out any) error {
	a := s.account
	answer, err := a.client.JSON(ctx, channel.Call{
		Method: http.MethodPost, URL: a.Service + "/xrpc/" + method, Header: header, In: in, Out: out,
	})
	if answer != nil {
		a.limits.note(method, answer.Header)
	}
	if own, ok := err.(*tocsin.Error); ok { //nolint:errorlint // the client's own
		own.Uncertain = false
		if own.Code == tocsin.CodeLimited && own.RetryAfter == 0 {
			own.RetryAfter = untilReset(answer.Header, a.now())
		}
	}
	return err
}
