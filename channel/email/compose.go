package email

import (
	"crypto/sha256"
	"encoding/hex"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/tocsin/tocsin"
)

// pageMark begins the ids of pages, so that an answer to one is known by what it
// refers to.
const pageMark = "page."

// idLocal is what may stand in an id as it is.
var idLocal = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?$`)

// idOf makes the id of a mail of ours out of its idempotency key: each try of the
// same mail has the same, and by it a Finder knows the mail again. What else the
// mail is about goes in as a hash, so that a database which begins its numbers
// anew makes other ids.
func (a *account) idOf(mark, key string, about ...string) string {
	sum := sha256.Sum256([]byte(key + "\x00" + strings.Join(about, "\x00")))
	if !idLocal.MatchString(key) || strings.Contains(key, "..") {
		key = "k"
	}
	return mark + key + "." + hex.EncodeToString(sum[:8]) + "@" + a.domain
}

// isPage tells whether an id is that of a page of ours.
func (a *account) isPage(id string) bool {
	return strings.HasPrefix(id, pageMark) && strings.HasSuffix(id, "@"+a.domain)
}

// draft is a mail of ours before it is written down.
type draft struct {
	id         string
	to         string
	subject    string
	text       string
	lang       string
	auto       string   // Auto-Submitted
	references []string // the root first; the last one is what it answers
	delivery   int64
	urgent     bool
}

// compose writes a mail. Whatever of it comes from strangers was cleaned or
// checked, and the library encodes what is left: nothing can begin a header.
func (a *account) compose(d draft) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	m.FromMailAddress(&netmail.Address{Name: clip(a.FromName, maxName), Address: a.Address})
	if err := m.To(d.to); err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "%q is no address that mail can go to.", d.to)
	}
	m.SetDateWithValue(a.now())
	m.SetMessageIDWithValue(d.id)
	m.Subject(clip(d.subject, maxTitle))
	m.SetGenHeader(headerAuto, d.auto)
	m.SetGenHeader(headerSuppress, "All")
	m.SetGenHeader(headerLoop, a.Address)
	m.SetGenHeader("User-Agent", "Tocsin/"+tocsin.Version)
	if language.MatchString(d.lang) {
		m.SetGenHeader("Content-Language", d.lang)
	}
	if d.delivery > 0 {
		m.SetGenHeader(headerDelivery, a.returnAddress(d.delivery))
	}
	if d.urgent {
		m.SetImportance(mail.ImportanceHigh)
	}
	if references := slices.DeleteFunc(slices.Clone(d.references), func(id string) bool { return !plain(id) || len(id) > maxID }); len(references) > 0 {
		m.SetGenHeader("In-Reply-To", "<"+references[len(references)-1]+">")
		m.SetGenHeader("References", "<"+strings.Join(references, "> <")+">")
	}
	m.SetBodyString(mail.TypeTextPlain, strings.ReplaceAll(d.text, "\r\n", "\n"))
	return m, nil
}
