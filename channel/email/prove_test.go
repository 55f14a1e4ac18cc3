package email

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/email/dovecottest"
)

// mailer is an account that only sends, by mail.example.org, and asks a name server.
func mailer(t *testing.T, n *names, more map[string]any) *account {
	t.Helper()
	raw := map[string]any{
		"address": "support@example.org", "smtp": "mail.example.org:465", "smtp_login": false, "name_server": n.addr,
	}
	for key, value := range more {
		raw[key] = value
	}
	return accountOf(t, raw)
}

// about gives the proof about one thing.
func about(t *testing.T, proofs []tocsin.Proof, what string) tocsin.Proof {
	t.Helper()
	for _, p := range proofs {
		if p.About == what {
			return p
		}
	}
	t.Fatalf("nothing about %s in %v", what, proofs)
	return tocsin.Proof{}
}

func TestSPFMustCoverTheAddressesFromWhichMailLeaves(t *testing.T) {
	t.Parallel()
	server := "mail.example.org. 60 IN A 192.0.2.10"
	for name, c := range map[string]struct {
		zone     []string
		settings map[string]any
		state    tocsin.ProofState
		text     string
	}{
		"by address":        {[]string{server, txt("example.org", "v=spf1 ip4:192.0.2.0/24 -all")}, nil, tocsin.ProofGood, "192.0.2.10 may send for example.org."},
		"by name":           {[]string{server, txt("example.org", "v=spf1 a:mail.example.org -all")}, nil, tocsin.ProofGood, "may send"},
		"by mx":             {[]string{server, "example.org. 60 IN MX 10 mail.example.org.", txt("example.org", "v=spf1 mx -all")}, nil, tocsin.ProofGood, "may send"},
		"by include":        {[]string{server, txt("example.org", "v=spf1 include:_spf.example.com ~all"), txt("_spf.example.com", "v=spf1 ip4:192.0.2.10 -all")}, nil, tocsin.ProofGood, "may send"},
		"by redirect":       {[]string{server, txt("example.org", "v=spf1 redirect=_spf.example.com"), txt("_spf.example.com", "v=spf1 ip4:192.0.2.10 -all")}, nil, tocsin.ProofGood, "may send"},
		"not at all":        {[]string{server, txt("example.org", "v=spf1 ip4:198.51.100.1 -all")}, nil, tocsin.ProofMind, "does not cover 192.0.2.10, where mail.example.org:465 is"},
		"no record":         {[]string{server, txt("example.org", "hello")}, nil, tocsin.ProofWrong, "Publish this text at example.org: v=spf1 ip4:192.0.2.10 -all"},
		"a broken record":   {[]string{server, txt("example.org", "v=spf1 ipv4:192.0.2.10 -all")}, nil, tocsin.ProofWrong, "cannot be used"},
		"two records":       {[]string{server, txt("example.org", "v=spf1 -all"), txt("example.org", "v=spf1 +all")}, nil, tocsin.ProofWrong, "cannot be used"},
		"ten look-ups":      {append(chain(12), server, txt("example.org", "v=spf1 include:s1.example.org -all")), nil, tocsin.ProofWrong, "cannot be used"},
		"named, covered":    {[]string{server, txt("example.org", "v=spf1 ip4:203.0.113.7 -all")}, map[string]any{"sends_from": []any{"203.0.113.7"}}, tocsin.ProofGood, "203.0.113.7"},
		"named, not":        {[]string{server, txt("example.org", "v=spf1 a:mail.example.org -all")}, map[string]any{"sends_from": []any{"203.0.113.7", "192.0.2.10"}}, tocsin.ProofWrong, "does not cover 203.0.113.7, from which our mail leaves"},
		"an inner relay":    {[]string{"mail.example.org. 60 IN A 10.0.0.1", txt("example.org", "v=spf1 -all")}, nil, tocsin.ProofMind, "Name that in sends_from"},
		"an unknown server": {nil, nil, tocsin.ProofMind, "could not be looked up"},
		"bounces elsewhere": {[]string{server, txt("example.com", "v=spf1 a:mail.example.org -all")}, map[string]any{"bounce": "b@example.com"}, tocsin.ProofGood, "may send for example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := about(t, mailer(t, serveNames(t, c.zone...), c.settings).Prove(t.Context()), "spf")
			require.Equal(t, c.state, got.State, got.Text)
			require.Contains(t, got.Text, c.text)
		})
	}
}

// chain is a record that includes another, and so on.
func chain(n int) []string {
	var zone []string
	for i := 1; i <= n; i++ {
		zone = append(zone, txt(fmt.Sprintf("s%d.example.org", i), fmt.Sprintf("v=spf1 include:s%d.example.org -all", i+1)))
	}
	return append(zone, txt(fmt.Sprintf("s%d.example.org", n+1), "v=spf1 ip4:192.0.2.10 -all"))
}

func TestDMARCAsksThatOneSpeaksForTheAddressInFrom(t *testing.T) {
	t.Parallel()
	server := "mail.example.org. 60 IN A 192.0.2.10"
	spf := txt("example.org", "v=spf1 a:mail.example.org -all")
	policy := txt("_dmarc.example.org", "v=DMARC1; p=reject; rua=mailto:d@example.org")
	key := txt("s1._domainkey.example.org", "v=DKIM1; k=ed25519; p="+base64.StdEncoding.EncodeToString(make([]byte, 32)))
	selector := map[string]any{"dkim_selector": "s1"}
	for name, c := range map[string]struct {
		zone     []string
		settings map[string]any
		state    tocsin.ProofState
		text     string
	}{
		"by SPF":            {[]string{server, spf, policy}, nil, tocsin.ProofGood, "The policy of example.org is reject, and SPF speaks"},
		"by both":           {[]string{server, spf, policy, key}, selector, tocsin.ProofGood, "SPF and DKIM speaks"},
		"by DKIM alone":     {[]string{server, txt("example.org", "v=spf1 -all"), policy, key}, selector, tocsin.ProofGood, "and DKIM speaks"},
		"no record":         {[]string{server, spf}, nil, tocsin.ProofWrong, "Publish this text at _dmarc.example.org: v=DMARC1; p=none; rua=mailto:support@example.org"},
		"a broken record":   {[]string{server, spf, txt("_dmarc.example.org", "v=DMARC1; p=sometimes")}, nil, tocsin.ProofWrong, "cannot be used"},
		"a stranger's SPF":  {[]string{server, txt("example.com", "v=spf1 a:mail.example.org -all"), policy}, map[string]any{"bounce": "b@example.com"}, tocsin.ProofWrong, "SPF speaks for example.com and not for example.org"},
		"a subdomain's SPF": {[]string{server, txt("b.example.org", "v=spf1 a:mail.example.org -all"), policy}, map[string]any{"bounce": "b@b.example.org"}, tocsin.ProofGood, "SPF speaks"},
		"strictly": {
			[]string{server, txt("b.example.org", "v=spf1 a:mail.example.org -all"), txt("_dmarc.example.org", "v=DMARC1; p=none; aspf=s")},
			map[string]any{"bounce": "b@b.example.org"},
			tocsin.ProofWrong, "Let bounce be an address of example.org",
		},
		"neither":     {[]string{server, policy}, selector, tocsin.ProofWrong, "neither SPF nor DKIM"},
		"not to tell": {[]string{server, txt("example.org", "v=spf1 -all"), policy}, nil, tocsin.ProofMind, "could not be shown"},
		"the organisation's": {
			[]string{server, txt("support.example.co.uk", "v=spf1 a:mail.example.org -all"), txt("_dmarc.example.co.uk", "v=DMARC1; p=quarantine")},
			map[string]any{"address": "help@support.example.co.uk"},
			tocsin.ProofGood, "The policy of support.example.co.uk is quarantine",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := about(t, mailer(t, serveNames(t, c.zone...), c.settings).Prove(t.Context()), "dmarc")
			require.Equal(t, c.state, got.State, got.Text)
			require.Contains(t, got.Text, c.text)
		})
	}
}

func TestANameServerThatFailsProvesNothing(t *testing.T) {
	t.Parallel()
	n := serveNames(t, txt("example.org", "v=spf1 -all"))
	n.breakDown(true)
	for _, p := range mailer(t, n, map[string]any{"dkim_selector": "s1", "sends_from": []any{"192.0.2.1"}}).Prove(t.Context()) {
		require.Equal(t, tocsin.ProofMind, p.State, p.Text)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	require.Positive(t, n.asked)
}

func TestAKeyThatWasTakenBackIsNone(t *testing.T) {
	t.Parallel()
	for record, state := range map[string]tocsin.ProofState{
		"v=DKIM1; p=":              tocsin.ProofWrong,
		"v=DKIM1; k=rsa":           tocsin.ProofWrong,
		"v=DKIM1; p=not base64!":   tocsin.ProofWrong,
		"k=rsa; p = MIIB IjAN;t=s": tocsin.ProofGood,
	} {
		n := serveNames(t, txt("s1._domainkey.example.org", record))
		got := about(t, mailer(t, n, map[string]any{"dkim_selector": "s1"}).Prove(t.Context()), "dkim")
		require.Equal(t, state, got.State, record)
	}
	got := about(t, mailer(t, serveNames(t), map[string]any{"dkim_selector": "s1"}).Prove(t.Context()), "dkim")
	require.Equal(t, "There is no key at s1._domainkey.example.org. Publish there the text that your mail server gives for it.", got.Text)
}

func TestTheSignatureOnOurLatestMailCounts(t *testing.T) {
	t.Parallel()
	dovecot := dovecottest.Start(t, dovecottest.Options{})
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKIXPublicKey(&long.PublicKey)
	require.NoError(t, err)
	n := serveNames(t, "mail.example.org. 60 IN A 192.0.2.10",
		txt("ed._domainkey.example.org", "v=DKIM1; k=ed25519; p="+base64.StdEncoding.EncodeToString(public)),
		txt("rsa._domainkey.mail.example.org", "v=DKIM1; k=rsa; p="+base64.StdEncoding.EncodeToString(encoded)),
		txt("ed._domainkey.example.com", "v=DKIM1; k=ed25519; p="+base64.StdEncoding.EncodeToString(public)),
	)
	for name, c := range map[string]struct {
		mails func(o *outside) []string
		more  map[string]any
		state tocsin.ProofState
		text  string
	}{
		"none":                     {func(*outside) []string { return nil }, nil, tocsin.ProofMind, "There is no mail of ours in INBOX"},
		"signed":                   {func(o *outside) []string { return []string{own(t, o, "example.org", "ed", private)} }, nil, tocsin.ProofGood, "signed by example.org, and the signature holds"},
		"with RSA, by a subdomain": {func(o *outside) []string { return []string{own(t, o, "mail.example.org", "rsa", long)} }, nil, tocsin.ProofGood, "signed by mail.example.org"},
		"by a stranger":            {func(o *outside) []string { return []string{own(t, o, "example.com", "ed", private)} }, nil, tocsin.ProofWrong, "signed by example.com only"},
		"changed since": {func(o *outside) []string {
			return []string{strings.Replace(own(t, o, "example.org", "ed", private), "We know.", "We know!", 1)}
		}, nil, tocsin.ProofWrong, "does not hold"},
		"with an unknown key":    {func(o *outside) []string { return []string{own(t, o, "example.org", "lost", private)} }, nil, tocsin.ProofWrong, "does not hold"},
		"not signed":             {func(o *outside) []string { return []string{plainMail(o)} }, nil, tocsin.ProofMind, "bears no DKIM signature"},
		"not signed, with a key": {func(o *outside) []string { return []string{plainMail(o)} }, map[string]any{"dkim_selector": "ed"}, tocsin.ProofGood, "A key is published"},
		"the newest counts": {func(o *outside) []string {
			return []string{own(t, o, "example.com", "ed", private), own(t, o, "example.org", "ed", private)}
		}, nil, tocsin.ProofGood, "signed by example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOutside(t, dovecot)
			if mails := c.mails(o); len(mails) > 0 {
				o.dovecot.AppendAll(t, o.address, "INBOX", time.Now(), mails)
			}
			settings := map[string]any{"name_server": n.addr}
			for key, value := range c.more {
				settings[key] = value
			}
			got := about(t, o.account(t, settings).Prove(t.Context()), "dkim")
			require.Equal(t, c.state, got.State, got.Text)
			require.Contains(t, got.Text, c.text)
		})
	}
}

// plainMail is a mail of ours as it comes back.
func plainMail(o *outside) string {
	return letterOf("From: "+o.address, "To: ana@example.net", "Message-ID: <u1@example.org>",
		"Subject: Re: It fails", "X-Loop: "+o.address) + "We know.\r\n"
}

// own is a mail of ours, signed.
func own(t *testing.T, o *outside, domain, selector string, key crypto.Signer) string {
	t.Helper()
	var signed strings.Builder
	require.NoError(t, dkim.Sign(&signed, strings.NewReader(plainMail(o)), &dkim.SignOptions{Domain: domain, Selector: selector, Signer: key}))
	return signed.String()
}

func TestAGroupThatFeedsTheMailboxIsNamed(t *testing.T) {
	t.Parallel()
	o := newOutside(t, dovecottest.Start(t, dovecottest.Options{}))
	alone := map[string]any{"smtp": ""}
	require.Empty(t, o.account(t, alone).Prove(t.Context()), "an empty mailbox shows nothing")
	group := func(id string) string {
		return letterOf("From: ana@example.net", "Message-ID: <"+id+">", "Subject: It fails", "List-Id: Help <Help-Group.example.org>", "Precedence: list") + "I cannot sign in.\n"
	}
	mails := []string{mailOf("0@example.net"), mailOf("00@example.net")}
	for n := range 6 {
		mails = append(mails, group(fmt.Sprintf("%d@groups.example.org", n+1)))
	}
	o.dovecot.AppendAll(t, o.address, "INBOX", time.Now(), mails)
	got := about(t, o.account(t, alone).Prove(t.Context()), "lists")
	require.Equal(t, tocsin.ProofWrong, got.State)
	require.Contains(t, got.Text, "6 of the latest 8 mails came through the list help-group.example.org")
	b, err := o.account(t, alone).Pull(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, b.Reports, 2)

	named := o.account(t, alone, map[string]any{"lists": []string{"help-group@example.org"}})
	require.Empty(t, named.Prove(t.Context()))
	ids, _ := drain(t, named, "")
	require.Len(t, ids, 8, "once it is named, what comes through it counts")
}
