package channel

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// Redactor takes secrets out of texts that people will read.
type Redactor struct {
	replace *strings.Replacer
}

// redacted stands where a secret stood.
const redacted = "[secret]"

// shortest is the length, in bytes, of the shortest secret that is searched for. A
// shorter one stands in half of all words: to cut it out of them would mangle the
// texts, and give away what it is.
const shortest = 6

// What of a URL may hold a secret that nobody told us about.
var (
	urlQuery = regexp.MustCompile(`(?i)(\b(?:https?|wss?)://[^\s"'?#<>]+)[?#][^\s"'<>]*`)
	urlUser  = regexp.MustCompile(`(?i)(\b[a-z][a-z0-9+.-]*://)[^\s"'/?#<>@]*@`)
)

// NewRedactor makes a redactor of the secrets, in each form in which they turn up
// in a URL. A secret that is a URL itself (a chat's webhook) is known by its path
// and query too. A form under six bytes is not searched for.
func NewRedactor(secrets ...config.Secret) Redactor {
	var forms []string
	for _, secret := range secrets {
		value := secret.Reveal()
		forms = append(forms, value, url.QueryEscape(value), url.PathEscape(value))
		if u, err := url.Parse(value); err == nil && u.Host != "" {
			forms = append(forms, u.RequestURI(), u.EscapedPath(), u.Path)
		}
	}
	forms = slices.DeleteFunc(forms, func(form string) bool { return len(form) < shortest })
	// A long form first: it may hold a short one.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, redacted)
	}
	return Redactor{replace: strings.NewReplacer(pairs...)}
}

// Text gives the text without secrets, and without the user and query of any URL.
func (r Redactor) Text(text string) string {
	if r.replace != nil {
		text = r.replace.Replace(text)
	}
	text = urlUser.ReplaceAllString(text, "$1")
	return urlQuery.ReplaceAllString(text, "$1?…")
}

// Error gives an error whose text is without secrets. A *tocsin.Error stays one.
func (r Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	if said, ok := err.(*tocsin.Error); ok { //nolint:errorlint // the outermost only: the rest is its cause
		copied := *said
		copied.Message = r.Text(said.Message)
		copied.Cause = r.Error(said.Cause)
		return &copied
	}
	clean := &hushed{text: r.Text(err.Error()), is: func(target error) bool { return errors.Is(err, target) }}
	var said *tocsin.Error
	if errors.As(err, &said) {
		copied := *said
		copied.Message, copied.Cause = r.Text(said.Message), nil
		clean.said = &copied
	}
	return clean
}

// hushed is an error whose text was cleaned. It holds the original behind
// functions only, so that no printing gets at it.
type hushed struct {
	text string
	is   func(error) bool
	said *tocsin.Error // cleaned; nil if there was none
}

// Error gives the cleaned text.
func (h *hushed) Error() string { return h.text }

// Is answers as the original would.
func (h *hushed) Is(target error) bool { return h.is(target) }

// As gives the *tocsin.Error that the original wraps, cleaned.
func (h *hushed) As(target any) bool {
	said, ok := target.(**tocsin.Error)
	if !ok || h.said == nil {
		return false
	}
	*said = h.said
	return true
}
