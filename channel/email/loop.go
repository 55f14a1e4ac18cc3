package email

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
)

// Headers by which we know our own mail again. Other programs keep the first two
// from answering it (RFC 3834 section 5, MS-OXCMAIL section 2.2.3.2.14).
const (
	headerAuto     = "Auto-Submitted"
	headerSuppress = "X-Auto-Response-Suppress"
	headerLoop     = "X-Loop"
)

// autoHeaders are set by programs that answer by themselves. Each means it
// whatever its value is.
var autoHeaders = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant slices
	"X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Auto-Respond", "X-Auto-Response", "X-Mail-Autoreply", "X-Vacation", "Auto-Reply",
}

// listHeaders are set by mailing lists and bulk senders (RFC 2369, RFC 2919).
var listHeaders = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant slices
	"List-Id", "List-Unsubscribe", "List-Post", "List-Help", "Mailing-List",
}

// robots are local parts that no person writes from.
var robots = regexp.MustCompile(`^(?:mailer-?daemon|postmaster|(?:no|do[-_.]?not|never)[-_.]?reply|auto-?reply|bounces?|listserv|majordomo)(?:[-_+.=].*)?$`)

func robot(address string) bool {
	local, _, _ := strings.Cut(address, "@")
	return robots.MatchString(local)
}

// noise tells why a mail is nothing that a person wrote to us; reason is "" when
// none of the rules of RFC 3834 says so.
func (a *account) noise(m *letter) (reason, detail string, receipts []tocsin.Receipt) {
	if detail := a.ours(m); detail != "" {
		return tocsin.ReasonOwn, detail, nil
	}
	if reason, detail, receipts := a.bounced(m); reason != "" {
		return reason, detail, receipts
	}
	if slices.ContainsFunc(m.references(), a.isPage) {
		return tocsin.ReasonOwn, "it answers a page of ours", nil
	}
	if detail := a.automatic(m); detail != "" {
		return tocsin.ReasonAutoReply, detail, nil
	}
	if detail := a.bulk(m); detail != "" {
		return tocsin.ReasonNewsletter, detail, nil
	}
	return "", "", nil
}

// ours: our own mail came back, as the copy that we send ourselves, by a list or
// by somebody's forwarding.
func (a *account) ours(m *letter) string {
	for _, value := range m.header.Values(headerLoop) {
		if strings.EqualFold(strings.TrimSpace(value), a.Address) {
			return "it bears our own X-Loop"
		}
	}
	if from, ok := a.author(m); ok && a.own(from.address) {
		return "it is from our own address"
	}
	return ""
}

// automatic: a program wrote it.
func (a *account) automatic(m *letter) string {
	if m.has(headerAuto) && m.get(headerAuto) != "no" {
		return fmt.Sprintf("its Auto-Submitted is %q", m.get(headerAuto))
	}
	if value := m.get(headerSuppress); value != "" && value != "none" {
		return fmt.Sprintf("its X-Auto-Response-Suppress is %q", value)
	}
	for _, key := range autoHeaders {
		if m.has(key) {
			return "it bears " + key
		}
	}
	if precedence := m.get("Precedence"); precedence == "auto_reply" {
		return fmt.Sprintf("its Precedence is %q", precedence)
	}
	if m.has("Return-Path") && strings.Trim(m.get("Return-Path"), "<> ") == "" {
		return "its Return-Path is empty"
	}
	if from, ok := a.author(m); ok && robot(from.address) {
		return "nobody reads what is sent to " + from.address
	}
	return ""
}

// bulk: it was sent to many. Groups of our own set the same headers on what people
// write through them, so they are exempt.
func (a *account) bulk(m *letter) string {
	if a.throughOwnList(m) {
		return ""
	}
	for _, key := range listHeaders {
		if m.has(key) {
			return "it bears " + key
		}
	}
	if precedence := m.get("Precedence"); slices.Contains([]string{"bulk", "list", "junk"}, precedence) {
		return fmt.Sprintf("its Precedence is %q", precedence)
	}
	return ""
}

// throughOwnList tells whether a mail came through a group named in the settings:
// it says so itself in List-Id (with a dot for the @), List-Post or Mailing-List.
func (a *account) throughOwnList(m *letter) bool {
	id := strings.ToLower(m.header.Get("List-Id"))
	post := strings.ToLower(m.header.Get("List-Post"))
	list := strings.ToLower(m.header.Get("Mailing-List"))
	return slices.ContainsFunc(a.Lists, func(address string) bool {
		return strings.Contains(id, "<"+strings.Replace(address, "@", ".", 1)+">") ||
			strings.Contains(id, "<"+address+">") ||
			strings.Contains(post, "<mailto:"+address+">") ||
			slices.Contains(strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ';' || r == ',' }), address)
	})
}
