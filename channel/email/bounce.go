package email

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"

	"github.com/tocsin/tocsin"
)

// headerDelivery carries a delivery's number and seal in our own mails, for bounces
// that come back without the envelope's address.
const headerDelivery = "X-Tocsin-Delivery"

// recipientHeaders are where a mail server says for whom in the envelope a mail was.
var recipientHeaders = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant slices
	"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To",
}

// failure is what a delivery status notification says about one recipient
// (RFC 3464 section 2.3).
type failure struct {
	action     string // failed, delayed, delivered, relayed, expanded
	recipient  string
	diagnostic string
}

// bounced reads what mail servers and mail programs report about mails of ours. A
// mail that came back for good becomes a receipt for its delivery.
func (a *account) bounced(m *letter) (reason, detail string, receipts []tocsin.Receipt) {
	kind, params, _ := m.header.ContentType() // a malformed one is none of these
	report := strings.ToLower(params["report-type"])
	switch {
	case m.has("X-Failed-Recipients"): // Exim and Google, with or without a report
		failed := []failure{{action: "failed", recipient: m.get("X-Failed-Recipients"), diagnostic: m.subject()}}
		return tocsin.ReasonBounce, "a mail of ours came back", a.receipts(a.deliveryIn(m, nil), failed)
	case kind != "multipart/report":
		return "", "", nil
	case report == "disposition-notification":
		return tocsin.ReasonAutoReply, "it is a receipt for having been read", nil
	case report != "delivery-status":
		return tocsin.ReasonAutoReply, "it is a report of the type " + report, nil
	}
	status, original := parts(m.body)
	failures := statuses(status)
	told := []string{"a mail server reports about a mail of ours"}
	for _, f := range failures {
		told = append(told, f.action+" for "+f.recipient+": "+f.diagnostic)
	}
	return tocsin.ReasonBounce, strings.Join(told, "; "), a.receipts(a.deliveryIn(m, original), failures)
}

// receipts marks a delivery as failed if the person's server refused it. What is
// only late may still arrive, and the copy to ourselves does not count.
func (a *account) receipts(delivery int64, failures []failure) []tocsin.Receipt {
	for _, f := range failures {
		if delivery == 0 || f.action != "failed" || a.own(f.recipient) {
			continue
		}
		return []tocsin.Receipt{{Delivery: delivery, Failed: true, Reason: clip("came back: "+f.diagnostic, maxTitle)}}
	}
	return nil
}

// deliveryIn finds which delivery a bounce is about: by the address that it came
// to, else by what it quotes of our mail.
func (a *account) deliveryIn(m *letter, original []byte) int64 {
	for _, key := range recipientHeaders {
		for _, value := range m.header.Values(key) {
			if id := a.deliveryOf(value); id != 0 {
				return id
			}
		}
	}
	h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(original)))
	if err != nil && h.Len() == 0 {
		return 0
	}
	for _, key := range []string{"Return-Path", headerDelivery} {
		if id := a.deliveryOf(h.Get(key)); id != 0 {
			return id
		}
	}
	return 0
}

// parts gives the machine-readable part of a report, and our mail as it quotes it.
func parts(e *message.Entity) (status, original []byte) {
	reader := e.MultipartReader()
	if reader == nil {
		return nil, nil
	}
	for range maxParts {
		part, err := reader.NextPart()
		if part == nil || err != nil && errors.Is(err, io.EOF) {
			break
		}
		kind, _, _ := part.Header.ContentType() // a malformed one is none of these
		body, _ := io.ReadAll(part.Body)        // half a report tells something too
		body = append(bytes.TrimSpace(body), "\r\n\r\n"...)
		switch kind {
		case "message/delivery-status", "message/global-delivery-status":
			status = body
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			original = body
		}
	}
	return status, original
}

// statuses reads the groups of fields of a delivery status. The first group is
// about the whole mail.
func statuses(status []byte) []failure {
	var all []failure
	r := bufio.NewReader(bytes.NewReader(status))
	for range maxParts {
		h, err := textproto.ReadHeader(r)
		if action := strings.ToLower(strings.TrimSpace(h.Get("Action"))); action != "" {
			all = append(all, failure{
				action:     action,
				recipient:  strings.ToLower(afterType(h.Get("Final-Recipient"))),
				diagnostic: clip(strings.TrimSpace(h.Get("Status")+" "+afterType(h.Get("Diagnostic-Code"))), maxTitle),
			})
		}
		if err != nil {
			break
		}
		if _, err := r.Peek(1); err != nil {
			break
		}
	}
	return all
}

// afterType gives a field's value without the type in front: "rfc822; a@b" is a@b.
func afterType(value string) string {
	if _, after, ok := strings.Cut(value, ";"); ok {
		value = after
	}
	return strings.Trim(strings.TrimSpace(value), "<>")
}
