package email

import (
	"context"
	"fmt"
	"net"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/tocsin/tocsin"
)

// Prove tells whether receivers can believe our mail: SPF says which addresses may
// send for our domain (RFC 7208), DKIM signs each mail (RFC 6376), and DMARC asks
// that one of the two speaks for the very domain in From (RFC 7489). It asks the
// name server as they would, and looks at the latest mail of ours in the mailbox. It
// also tells of a group that feeds the mailbox and is not named.
func (a *account) Prove(ctx context.Context) []tocsin.Proof {
	fed := a.proveLists(ctx)
	if a.SMTP == "" {
		return fed
	}
	covered := a.proveSPF(ctx)
	signed, signer := a.proveDKIM(ctx)
	return append(fed, covered, signed, a.proveDMARC(ctx, covered, signed, signer))
}

func good(about, format string, args ...any) tocsin.Proof {
	return tocsin.Proof{About: about, State: tocsin.ProofGood, Text: fmt.Sprintf(format, args...)}
}

func mind(about, format string, args ...any) tocsin.Proof {
	return tocsin.Proof{About: about, State: tocsin.ProofMind, Text: fmt.Sprintf(format, args...)}
}

func wrong(about, format string, args ...any) tocsin.Proof {
	return tocsin.Proof{About: about, State: tocsin.ProofWrong, Text: fmt.Sprintf(format, args...)}
}

// lookupTXT asks for texts in the form that the libraries want.
func (a *account) lookupTXT(ctx context.Context) func(string) ([]string, error) {
	return func(name string) ([]string, error) { return a.names.LookupTXT(ctx, name) }
}

// nameServer gives a resolver that asks one server, or the machine's own for "".
func nameServer(address string) *net.Resolver {
	if address == "" {
		return net.DefaultResolver
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, network, address)
	}}
}

// aligned tells whether a domain speaks for ours: the very same when strict, else
// one of the same organisation (RFC 7489 section 3.1).
func aligned(domain, ours string, strict bool) bool {
	domain, ours = strings.ToLower(domain), strings.ToLower(ours)
	return domain == ours || !strict && organisation(domain) == organisation(ours)
}

// organisation gives the domain that somebody registered: example.co.uk of
// mail.example.co.uk.
func organisation(domain string) string {
	if registered, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return registered
	}
	return domain
}
