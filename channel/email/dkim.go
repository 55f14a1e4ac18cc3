package email

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-msgauth/dkim"

	"github.com/tocsin/tocsin"
)

const (
	aboutDKIM = "dkim"
	// ownMails is how many of our latest mails are looked at for a signature.
	ownMails = 5
	// mostSignatures bounds the work that one mail can cause.
	mostSignatures = 5
)

// proveDKIM looks at the signatures of our latest mail that came back to us, which
// is what receivers see; where there is none, at the key that the selector names.
// The signer is the domain that was shown to sign.
func (a *account) proveDKIM(ctx context.Context) (proof tocsin.Proof, signer string) {
	mails, err := a.ownLatest(ctx)
	if err != nil {
		return mind(aboutDKIM, "Our own mails could not be looked at: %s", tocsin.MessageOf(err)), ""
	}
	for _, raw := range mails {
		if found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
			LookupTXT: a.lookupTXT(ctx), MaxVerifications: mostSignatures,
		}); (err == nil || errors.Is(err, dkim.ErrTooManySignatures)) && len(found) > 0 {
			return a.signatures(found)
		}
	}
	if a.DKIMSelector != "" {
		return a.proveKey(ctx)
	}
	if len(mails) > 0 {
		return mind(aboutDKIM, "Our latest mail in %s bears no DKIM signature. If your mail server signs only what leaves it, name its key in dkim_selector; else let it sign.", a.Mailbox), ""
	}
	return mind(aboutDKIM, "There is no mail of ours in %s to look at. Name your mail server's key in dkim_selector, or look again after the first answer.", a.Mailbox), ""
}

// signatures judges those of one mail. The best of them counts.
func (a *account) signatures(found []*dkim.Verification) (tocsin.Proof, string) {
	var broken, strange *dkim.Verification
	for _, v := range found {
		switch {
		case v.Err != nil:
			broken = v
		case aligned(v.Domain, a.domain, false):
			return good(aboutDKIM, "Our latest mail is signed by %s, and the signature holds.", v.Domain), v.Domain
		default:
			strange = v
		}
	}
	if strange != nil {
		return wrong(aboutDKIM, "Our latest mail is signed by %s only, which does not speak for %s. Let the mail server sign with a key of %s.",
			strange.Domain, a.domain, a.domain), ""
	}
	return wrong(aboutDKIM, "The signature of %s on our latest mail does not hold: %s. Check that the key is published and that nothing changes mails after they are signed.",
		broken.Domain, a.hush.Text(broken.Err.Error())), ""
}

// proveKey looks at the key that dkim_selector names.
func (a *account) proveKey(ctx context.Context) (tocsin.Proof, string) {
	name := a.DKIMSelector + "._domainkey." + a.domain
	texts, err := a.names.LookupTXT(ctx, name)
	var unnamed *net.DNSError
	switch {
	case errors.As(err, &unnamed) && unnamed.IsNotFound:
		return wrong(aboutDKIM, "There is no key at %s. Publish there the text that your mail server gives for it.", name), ""
	case err != nil:
		return mind(aboutDKIM, "The name server did not answer about %s. Try again.", name), ""
	}
	key := keyOf(strings.Join(texts, ""))
	if key == "" {
		return wrong(aboutDKIM, "The key at %s was taken back or cannot be read. Publish it anew.", name), ""
	}
	return good(aboutDKIM, "A key is published at %s.", name), a.domain
}

// keyOf gives the public key in the text of a record; "" where none can be read.
// https://www.rfc-editor.org/rfc/rfc6376#section-3.6.1
func keyOf(record string) string {
	for tag := range strings.SplitSeq(record, ";") {
		name, value, _ := strings.Cut(tag, "=")
		if strings.TrimSpace(name) != "p" {
			continue
		}
		value = strings.Join(strings.Fields(value), "")
		if _, err := base64.StdEncoding.DecodeString(value); err == nil {
			return value
		}
	}
	return ""
}

// ownLatest reads the latest mails of ours that came back, newest first.
func (a *account) ownLatest(ctx context.Context) ([][]byte, error) {
	if a.IMAP == "" {
		return nil, nil
	}
	s, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	var all [][]byte
	for _, mailbox := range append([]string{a.Mailbox}, a.AlsoSearch...) {
		if err := s.enter(ctx, mailbox); err != nil {
			return nil, err
		}
		some, err := s.own(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// own reads the latest mails of ours in the mailbox that was entered.
func (s *session) own(ctx context.Context) ([][]byte, error) {
	var all [][]byte
	whole := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: int64(s.MaxSize)}}
	err := s.do(ctx, func() error {
		found, err := s.client.UIDSearch(&imap.SearchCriteria{
			Header: []imap.SearchCriteriaHeaderField{{Key: headerLoop, Value: s.Address}},
		}, nil).Wait()
		if err != nil {
			return err
		}
		uids := found.AllUIDs()
		slices.Sort(uids)
		if uids = uids[max(0, len(uids)-ownMails):]; len(uids) == 0 {
			return nil
		}
		mails, err := s.client.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
		slices.SortFunc(mails, func(a, b *imapclient.FetchMessageBuffer) int { return int(b.UID) - int(a.UID) })
		for _, m := range mails {
			all = append(all, m.FindBodySection(whole))
		}
		return err
	})
	return all, err
}
