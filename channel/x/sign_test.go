package x

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var oauthPart = regexp.MustCompile(`(\w+)="([^"]*)"`)

// signedRight checks a request's signature as RFC 5849 says, with code of its own.
func signedRight(r *http.Request) bool {
	parts := map[string]string{}
	for _, p := range oauthPart.FindAllStringSubmatch(r.Header.Get("Authorization"), -1) {
		parts[p[1]], _ = url.PathUnescape(p[2])
	}
	if parts["oauth_consumer_key"] != testConsumer || parts["oauth_token"] != testToken || parts["oauth_signature_method"] != "HMAC-SHA1" {
		return false
	}
	var pairs []string
	for key, value := range parts {
		if key != "oauth_signature" {
			pairs = append(pairs, percent(key)+"="+percent(value))
		}
	}
	for key, values := range r.URL.Query() {
		for _, value := range values {
			pairs = append(pairs, percent(key)+"="+percent(value))
		}
	}
	slices.Sort(pairs)
	base := r.Method + "&" + percent("http://"+r.Host+r.URL.Path) + "&" + percent(strings.Join(pairs, "&"))
	mac := hmac.New(sha1.New, []byte(percent(testSecret)+"&"+percent(testTokenKey)))
	mac.Write([]byte(base))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil)) == parts["oauth_signature"]
}

// percent escapes as RFC 5849, section 3.6 asks.
func percent(s string) string {
	return strings.NewReplacer("+", "%20", "%7E", "~", "*", "%2A").Replace(url.QueryEscape(s))
}

// The signature of RFC 5849's kind that X's own documentation works out.
// https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a/percent-encoding-parameters
func TestPercentEscapesAsXSays(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Ladies + Gentlemen": "Ladies%20%2B%20Gentlemen",
		"An encoded string!": "An%20encoded%20string%21",
		"Dogs, Cats & Mice":  "Dogs%2C%20Cats%20%26%20Mice",
		"☃":                  "%E2%98%83",
	} {
		require.Equal(t, want, percent(in))
	}
}

func testLog(testing.TB) *slog.Logger { return slog.New(slog.DiscardHandler) }
