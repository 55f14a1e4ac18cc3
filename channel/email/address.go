package email

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what is taken from headers. RFC 5321 section 4.5.3.1 allows addresses
// of 254 characters; the others are ours.
const (
	maxAddress = 254
	maxTitle   = 500 // characters
	maxName    = 100 // characters
	maxID      = 500 // bytes
)

// bareAddress is an address that needs no quoting in a header or an SMTP command,
// so that nothing in it can pass for something else.
var bareAddress = regexp.MustCompile(`^[^\s<>()\[\]\\,;:@"\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:@"\x00-\x1f\x7f]+$`)

// anyAddress finds an address in a header that is malformed otherwise.
var anyAddress = regexp.MustCompile(`[^\s<>()\[\]\\,;:@"\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:@"\x00-\x1f\x7f]+`)

// messageID finds ids in Message-ID, In-Reply-To and References.
var messageID = regexp.MustCompile(`<\s*([^<>\s]+)\s*>`)

// sendable tells whether we would put an address into an envelope.
func sendable(address string) bool {
	if len(address) > maxAddress || !bareAddress.MatchString(address) || !utf8.ValidString(address) {
		return false
	}
	_, err := mail.ParseAddress(address)
	return err == nil
}

// person is somebody in From or Reply-To; the address is in lower case.
type person struct{ address, name string }

// people reads a header of addresses as well as it can be read.
func (m *letter) people(key string) []person {
	var all []person
	if list, err := m.header.AddressList(key); err == nil {
		for _, a := range list {
			if address := strings.ToLower(a.Address); sendable(address) {
				all = append(all, person{address, clip(a.Name, maxName)})
			}
		}
	}
	if len(all) > 0 {
		return all
	}
	for _, found := range anyAddress.FindAllString(m.header.Get(key), -1) {
		if address := strings.ToLower(found); sendable(address) {
			all = append(all, person{address: address})
		}
	}
	return all
}

// ids gives the message ids in a header, without their angle brackets.
func (m *letter) ids(key string) []string {
	var ids []string
	for _, match := range messageID.FindAllStringSubmatch(m.header.Get(key), -1) {
		if len(match[1]) <= maxID && plain(match[1]) {
			ids = append(ids, match[1])
		}
	}
	return ids
}

// plain tells whether a text is printable ASCII.
func plain(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r < '!' || r > '~' }) < 0
}

// clip makes a stranger's words fit for one line of limited length: nothing that
// cannot be seen, and nothing that begins a new line.
func clip(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, !unicode.IsPrint(r):
			return -1
		default:
			return r
		}
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > limit {
		runes = append(runes[:limit-1], '…')
	}
	return string(runes)
}
