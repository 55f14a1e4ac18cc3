package channel_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

func TestErrorsTellNoSecret(t *testing.T) {
	t.Parallel()
	client, base := setup(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "wrong token %s in %s", token, r.URL)
	})
	for _, target := range []string{base, "http://" + closedPort(t), "http://no-such-host.invalid"} {
		u := target + "/bot" + url.PathEscape(token) + "/send?a=1&unknown=s3cr3t#frag"
		_, err := client.Do(t.Context(), request(t, http.MethodPost, u))
		require.Error(t, err)
		for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err), tocsin.MessageOf(err)} {
			require.NotContains(t, text, token)
			require.NotContains(t, text, url.PathEscape(token))
			require.NotContains(t, text, "s3cr3t")
			require.NotContains(t, text, "frag")
		}
		require.ErrorContains(t, err, "/send", "the path helps whoever reads the log")
	}
}

func TestRedactorKnowsTheFormsOfASecret(t *testing.T) {
	t.Parallel()
	r := channel.NewRedactor(
		config.NewSecret(token), config.NewSecret("token-of-ana"), config.NewSecret("x"), config.NewSecret("é&"), config.Secret{},
		config.NewSecret("https://hooks.example.org/services/T1/B2?x=y"),
	)
	for in, want := range map[string]string{
		"a " + token + " b":                       "a [secret] b",
		"q=" + url.QueryEscape(token):             "q=[secret]",
		"a token-of-anaïs":                        "a [secret]ïs",
		"an example text":                         "an example text",
		"POST /services/T1/B2 failed":             "POST [secret] failed",
		"https://ana:pw@example.org/x":            "https://example.org/x",
		"postgres://u:p@db/x":                     "postgres://db/x",
		"see https://example.org/a?b=c, then":     "see https://example.org/a?…, then"[:len("see https://example.org/a?…")] + " then",
		"https://mastodon.example/@ana":           "https://mastodon.example/@ana",
		"nothing to hide":                         "nothing to hide",
		`Get "https://example.org/?k=v": refused`: `Get "https://example.org/?…": refused`,
	} {
		require.Equal(t, want, r.Text(in))
	}
	require.Equal(t, "x", channel.Redactor{}.Text("x"))
}

func TestCleanedErrorIsStillTheSameError(t *testing.T) {
	t.Parallel()
	r := channel.NewRedactor(config.NewSecret(token))
	require.NoError(t, r.Error(nil))

	err := r.Error(fmt.Errorf("call %s: %w", token, context.DeadlineExceeded))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, "call [secret]: context deadline exceeded", err.Error())

	inner := tocsin.Wrap(tocsin.CodeLimited, errors.New(token), "Wait for %s.", token)
	inner.Retryable = true
	for _, dirty := range []error{inner, fmt.Errorf("page %s: %w", token, inner)} {
		err = r.Error(dirty)
		require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
		retry, _ := tocsin.Retry(err)
		require.True(t, retry)
		require.NotContains(t, fmt.Sprintf("%v %+v %s", err, err, tocsin.MessageOf(err)), token)
	}
	require.Contains(t, inner.Error(), token, "the original is left alone")
}

func FuzzRedactor(f *testing.F) {
	f.Add("https://example.org/hook?token=" + token)
	f.Add("a " + token + token + " b")
	f.Add("https://" + token + "@example.org")
	f.Add("\xff[secret]")
	r := channel.NewRedactor(config.NewSecret(token))
	f.Fuzz(func(t *testing.T, text string) {
		clean := r.Text(text)
		require.NotContains(t, clean, token)
		require.NotContains(t, clean, url.QueryEscape(token))
	})
}
