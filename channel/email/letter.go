package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // teaches go-message the charsets of the world
	"github.com/emersion/go-message/mail"
)

// maxHeader is how many bytes of header a mail may have.
const maxHeader = 256 << 10

// letter is a mail as it came, with its header read.
type letter struct {
	uid      uint32
	internal time.Time // when the server got it
	cut      bool      // there is more of it than was read
	header   mail.Header
	body     *message.Entity
	id       string // the Message-ID, or one that we made
	made     bool   // we made it
}

var (
	errHeaderSize = errors.New("its header does not end within the first 256 kB")
	errNoHeader   = errors.New("it has no header")
)

// readLetter reads the header and leaves the body for later. The letter is good
// for naming the mail also when there is an error.
func readLetter(uid uint32, internal time.Time, raw []byte, limit int) (*letter, error) {
	m := &letter{uid: uid, internal: internal, cut: len(raw) >= limit, id: synthetic(raw), made: true}
	head, rest, ok := splitHeader(raw)
	if len(head) > maxHeader || !ok && m.cut {
		return m, errHeaderSize
	}
	entity, err := message.Read(bytes.NewReader(join(head, rest)))
	if entity == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		entity, err = message.Read(bytes.NewReader(join(mend(head), rest)))
	}
	if entity == nil {
		return m, fmt.Errorf("its header is malformed: %w", err)
	}
	if entity.Header.Len() == 0 {
		return m, errNoHeader
	}
	m.body, m.header = entity, mail.Header{Header: entity.Header}
	if ids := m.ids("Message-Id"); len(ids) > 0 {
		m.id, m.made = ids[0], false
	}
	return m, nil
}

// splitHeader cuts a mail at the first empty line.
func splitHeader(raw []byte) (head, rest []byte, ok bool) {
	raw = bytes.TrimLeft(raw, "\r\n")
	for _, blank := range []string{"\r\n\r\n", "\n\n"} {
		if i := bytes.Index(raw, []byte(blank)); i >= 0 && (len(head) == 0 || i < len(head)) {
			head, rest, ok = raw[:i], raw[i+len(blank):], true
		}
	}
	if !ok {
		return raw, nil, false
	}
	return head, rest, true
}

func join(head, rest []byte) []byte {
	return bytes.Join([][]byte{head, rest}, []byte("\r\n\r\n"))
}

// headerLine is a line that may stand in a header: a field or its continuation.
var headerLine = regexp.MustCompile(`^(?:[!-9;-~]+[ \t]*:|[ \t]+\S)`)

// mend leaves out the lines of a header that are none: one broken line must not
// cost a person's words.
func mend(head []byte) []byte {
	var kept [][]byte
	for _, line := range bytes.Split(head, []byte("\n")) {
		if line = bytes.TrimRight(line, "\r"); headerLine.Match(line) && (len(kept) > 0 || line[0] > ' ') {
			kept = append(kept, line)
		}
	}
	return bytes.Join(kept, []byte("\r\n"))
}

// synthetic is the id of a mail that has none. It is made of the mail itself, so
// that the mail has it again when the mailbox is made anew.
func synthetic(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]) + "@no-message-id.invalid"
}

// subject gives the subject as people see it.
func (m *letter) subject() string {
	text, err := m.header.Subject()
	if err != nil {
		text = m.header.Get("Subject")
	}
	return clip(utf8Of([]byte(text)), maxTitle)
}

// has tells whether the header has a field, if an empty one.
func (m *letter) has(key string) bool { return m.header.Has(key) }

// get gives a field in lower case, without a comment or parameters behind it.
func (m *letter) get(key string) string {
	value, _, _ := strings.Cut(m.header.Get(key), ";")
	value, _, _ = strings.Cut(value, "(")
	return strings.ToLower(strings.TrimSpace(value))
}

// String names the mail for people.
func (m *letter) String() string {
	name := fmt.Sprintf("mail %d in the mailbox", m.uid)
	if m.header.Len() == 0 {
		return name
	}
	if s := m.subject(); s != "" {
		name += fmt.Sprintf(", %q", clip(s, 80))
	}
	if from := m.people("From"); len(from) > 0 {
		name += ", from " + from[0].address
	}
	return name
}
