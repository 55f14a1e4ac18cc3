package email

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// maxReferences is how many ancestors of a mail are kept for an answer's
// References: the root, and the latest ones.
const maxReferences = 20

// latest is how much older than its arrival a mail's Date may say that it is. Mail
// waits in queues and on phones without a network, though rarely for a day.
const latest = 24 * time.Hour

// route is what an answer needs, kept in Report.Route.
type route struct {
	To         string   `json:"to"`
	MessageID  string   `json:"message_id,omitempty"` // "" when the mail had none
	References []string `json:"references,omitempty"` // its ancestors, the root first
	Subject    string   `json:"subject,omitempty"`
}

// read puts one mail into a batch: as a report, or as a rejection that says why
// it is none, with a receipt if it tells what became of a mail of ours.
func (a *account) read(b *tocsin.Batch, uid uint32, internal time.Time, raw []byte) {
	if internal.IsZero() {
		internal = a.now()
	}
	m, err := readLetter(uid, internal, raw, a.MaxSize)
	if err != nil {
		reason := tocsin.ReasonMalformed
		if m.cut {
			reason = tocsin.ReasonTooLarge
		}
		b.Rejections = append(b.Rejections, a.rejection(m, reason, err.Error()))
		return
	}
	if reason, detail, receipts := a.noise(m); reason != "" {
		b.Rejections = append(b.Rejections, a.rejection(m, reason, detail))
		b.Receipts = append(b.Receipts, receipts...)
		return
	}
	report, reason, detail := a.report(m)
	if reason != "" {
		b.Rejections = append(b.Rejections, a.rejection(m, reason, detail))
		return
	}
	b.Reports = append(b.Reports, report)
}

func (a *account) rejection(m *letter, reason, detail string) tocsin.Rejection {
	return tocsin.Rejection{
		Channel: a.name, ExternalID: m.id, Reason: reason, At: a.now(),
		Detail: fmt.Sprintf("%s: %s", m, clip(detail, maxTitle)),
	}
}

// report makes a report of a mail that a person wrote, or says why it can't.
func (a *account) report(m *letter) (r tocsin.Report, reason, detail string) {
	from, ok := a.author(m)
	if !ok {
		return r, tocsin.ReasonMalformed, "it names no sender whom we could answer"
	}
	words := textOf(m.body, m.cut, 0)
	switch {
	case words.blank() && m.cut, words != nil && words.cut:
		return r, tocsin.ReasonTooLarge, fmt.Sprintf("its text does not end within the first %d bytes", a.MaxSize)
	case words.blank() && words != nil && words.err != nil:
		return r, tocsin.ReasonMalformed, "its text can't be decoded: " + words.err.Error()
	case words == nil:
		words = &text{} // an attachment without a word may still have a subject
	}
	references := m.references()
	way, err := json.Marshal(a.route(m, from, references))
	if err != nil {
		return r, tocsin.ReasonMalformed, err.Error()
	}
	r = tocsin.Report{
		Channel: a.name, ExternalID: m.id, Thread: m.id,
		Reporter: tocsin.Reporter{ID: "mailto:" + from.address, Handle: from.address, Name: from.name},
		At:       m.written(), ReceivedAt: a.now(),
		Title: m.subject(), Lang: m.lang(), Raw: words.words, Markup: words.markup, Route: way,
	}
	if len(references) > 0 {
		r.Thread, r.ReplyTo = references[0], references[len(references)-1]
	}
	return r, "", ""
}

// author is who wrote a mail. Groups and forms put their own address into From and
// the person's elsewhere.
func (a *account) author(m *letter) (person, bool) {
	from := m.people("From")
	if len(from) == 0 {
		from = m.people("Sender")
	}
	if len(from) == 0 {
		return person{}, false
	}
	if !slices.Contains(a.Lists, from[0].address) {
		return from[0], true
	}
	for _, key := range []string{"X-Original-From", "Reply-To", "X-Original-Sender"} {
		for _, p := range m.people(key) {
			if !a.own(p.address) && !slices.Contains(a.Lists, p.address) {
				p.name = strings.Trim(p.name, `'"`)
				return p, true
			}
		}
	}
	return person{}, false
}

// route finds where an answer goes: to Reply-To, unless that leads back to us.
func (a *account) route(m *letter, from person, references []string) route {
	way := route{To: from.address, References: references, Subject: m.subject()}
	if !m.made {
		way.MessageID = m.id
	}
	for _, p := range m.people("Reply-To") {
		if !a.own(p.address) && !slices.Contains(a.Lists, p.address) && !robot(p.address) {
			way.To = p.address
			break
		}
	}
	return way
}

// references gives a mail's ancestors, the root first: References, or In-Reply-To
// where there are none.
func (m *letter) references() []string {
	ids := m.ids("References")
	if answered := m.ids("In-Reply-To"); len(answered) > 0 && !slices.Contains(ids, answered[0]) {
		ids = append(ids, answered[0])
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return id == m.id })
	if len(ids) > maxReferences {
		ids = append(ids[:1:1], ids[len(ids)-maxReferences+1:]...)
	}
	return ids
}

// written is when a mail was written: its Date, as long as that fits its arrival.
// A Date is the sender's to choose, and must move no report into the future nor
// far into the past.
func (m *letter) written() time.Time {
	arrived := m.arrived()
	date, err := m.header.Date()
	if err != nil || date.After(arrived) || date.Before(arrived.Add(-latest)) {
		return arrived.UTC()
	}
	return date.UTC()
}

// arrived is when the mail reached its last server: INTERNALDATE, or the time of
// the topmost Received, which that server wrote, if the mail was moved here later
// and got a new INTERNALDATE.
func (m *letter) arrived() time.Time {
	_, stamp, _ := cutLast(m.header.Get("Received"), ";")
	if at, err := mail.ParseDate(strings.TrimSpace(stamp)); err == nil && at.Before(m.internal) {
		return at
	}
	return m.internal
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

var language = regexp.MustCompile(`^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$`)

// lang is the language that the mail says it is in.
func (m *letter) lang() string {
	first, _, _ := strings.Cut(m.header.Get("Content-Language"), ",")
	if first = strings.TrimSpace(first); language.MatchString(first) {
		return first
	}
	return ""
}
