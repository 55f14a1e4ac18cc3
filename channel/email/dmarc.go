package email

import (
	"context"
	"errors"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"

	"github.com/tocsin/tocsin"
)

const aboutDMARC = "dmarc"

// proveDMARC looks at what our domain asks of receivers, and whether SPF or DKIM
// would satisfy it.
func (a *account) proveDMARC(ctx context.Context, covered, signed tocsin.Proof, signer string) tocsin.Proof {
	record, err := a.dmarcRecord(ctx)
	switch {
	case errors.Is(err, dmarc.ErrNoPolicy):
		return wrong(aboutDMARC, "%s has no DMARC record, which large receivers ask for. Publish this text at _dmarc.%s: v=DMARC1; p=none; rua=mailto:%s",
			a.domain, a.domain, a.Address)
	case dmarc.IsTempFail(err):
		return mind(aboutDMARC, "The name server did not answer about the DMARC record of %s. Try again.", a.domain)
	case err != nil:
		return wrong(aboutDMARC, "The DMARC record of %s cannot be used: %s. Receivers ignore it until it is mended.", a.domain, a.hush.Text(err.Error()))
	}
	bounce := domainOf(a.Bounce)
	speaks := []string{}
	if covered.State == tocsin.ProofGood && aligned(bounce, a.domain, record.SPFAlignment == dmarc.AlignmentStrict) {
		speaks = append(speaks, "SPF")
	}
	if signed.State == tocsin.ProofGood && aligned(signer, a.domain, record.DKIMAlignment == dmarc.AlignmentStrict) {
		speaks = append(speaks, "DKIM")
	}
	switch {
	case len(speaks) > 0:
		return good(aboutDMARC, "The policy of %s is %s, and %s speaks for the address in From.", a.domain, record.Policy, strings.Join(speaks, " and "))
	case !aligned(bounce, a.domain, record.SPFAlignment == dmarc.AlignmentStrict) && covered.State == tocsin.ProofGood && signed.State != tocsin.ProofGood:
		return wrong(aboutDMARC, "SPF speaks for %s and not for %s, and no signature does. Let bounce be an address of %s, or let the mail server sign.", bounce, a.domain, a.domain)
	case covered.State == tocsin.ProofWrong && signed.State == tocsin.ProofWrong:
		return wrong(aboutDMARC, "The policy of %s is %s, and neither SPF nor DKIM speaks for the address in From: mend one of them, better both.", a.domain, record.Policy)
	default:
		return mind(aboutDMARC, "The policy of %s is %s, and it could not be shown that SPF or DKIM speaks for the address in From: see there.", a.domain, record.Policy)
	}
}

// dmarcRecord gives the record of our domain, else that of its organisation
// (RFC 7489 section 6.6.3).
func (a *account) dmarcRecord(ctx context.Context) (*dmarc.Record, error) {
	options := &dmarc.LookupOptions{LookupTXT: a.lookupTXT(ctx)}
	record, err := dmarc.LookupWithOptions(a.domain, options)
	if parent := organisation(a.domain); errors.Is(err, dmarc.ErrNoPolicy) && parent != a.domain {
		return dmarc.LookupWithOptions(parent, options)
	}
	return record, err
}
