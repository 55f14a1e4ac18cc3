package dovecottest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/stretchr/testify/require"
)

// SetPassword makes a user, or changes the password of one. Name is an address;
// every user has an empty INBOX at first.
func (s *Server) SetPassword(tb testing.TB, name, password string) {
	tb.Helper()
	name = strings.ToLower(name)
	s.mu.Lock()
	_, known := s.users[name]
	s.users[name] = password
	s.write(tb, "users/"+name, name+":"+password+"\n")
	s.mu.Unlock()
	if !known {
		return
	}
	// Dovecot looks into a file that it knows once a second only.
	require.Eventually(tb, func() bool {
		c, err := imapclient.DialInsecure(s.IMAP, nil)
		if err != nil {
			return false
		}
		defer func() { _ = c.Close() }() // it was only a try
		return c.Login(name, password).Wait() == nil
	}, startWait, knock)
}

// Grant makes an OAuth2 token good for a user, and Revoke makes it worthless.
func (s *Server) Grant(token, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[token] = strings.ToLower(name)
}

// Revoke makes an OAuth2 token worthless.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, token)
}

// introspection is where Dovecot asks what a token is worth (RFC 7662).
func (s *Server) introspection() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		name, ok := s.live[r.FormValue("token")]
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"active": ok, "username": name}) // a lost answer is a failed sign-in
	}))
}
