package email

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// dsn is a delivery status notification as a mail server writes one (RFC 3464).
func dsn(to, action, recipient, original string) string {
	status := "Reporting-MTA: dns; mx.example.net\r\nArrival-Date: Mon, 4 May 2026 11:00:00 +0000\r\n\r\n" +
		"Final-Recipient: rfc822; " + recipient + "\r\nAction: " + action + "\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no mailbox here by that name\r\n"
	return "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.net>\r\nTo: <" + to + ">\r\nSubject: Undelivered mail\r\n" +
		"Message-ID: <dsn@mx.example.net>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=\"=r\"\r\n\r\n" +
		"--=r\r\nContent-Type: text/plain\r\n\r\nYour mail could not be brought to its reader.\r\n" +
		"--=r\r\nContent-Type: message/delivery-status\r\n\r\n" + status +
		"\r\n--=r\r\nContent-Type: text/rfc822-headers\r\n\r\n" + original + "\r\n--=r--\r\n"
}

func TestBounceMarksTheDelivery(t *testing.T) {
	t.Parallel()
	a := offline(t)
	verp := a.returnAddress(12)
	require.Regexp(t, `^support\+d12-[0-9a-f]{8}@example\.org$`, verp)
	ours := "From: support@example.org\r\nMessage-ID: <u1.r1.00@example.org>\r\n" + headerLoop + ": support@example.org\r\n"
	failed := []tocsin.Receipt{{Delivery: 12, Failed: true, Reason: "came back: 5.1.1 550 5.1.1 no mailbox here by that name"}}
	for name, tc := range map[string]struct {
		raw  string
		want []tocsin.Receipt
	}{
		"to the return address":             {dsn(verp, "failed", "ana@example.net", ours), failed},
		"whatever its case":                 {dsn("SUPPORT+D12-"+verp[len("support+d12-"):], "Failed", "ana@example.net", ours), failed},
		"by what it quotes":                 {dsn("support@example.org", "failed", "ana@example.net", ours+headerDelivery+": "+verp+"\r\n"), failed},
		"by the Return-Path that it quotes": {dsn("support@example.org", "failed", "ana@example.net", "Return-Path: <"+verp+">\r\n"+ours), failed},
		"only late":                         {dsn(verp, "delayed", "ana@example.net", ours), nil},
		"arrived":                           {dsn(verp, "delivered", "ana@example.net", ours), nil},
		"of the copy to ourselves":          {dsn(verp, "failed", "support@example.org", ours), nil},
		"of a mail that is not ours":        {dsn("support@example.org", "failed", "ana@example.net", ""), nil},
		"with a seal that is made up":       {dsn("support+d13-"+verp[len("support+d12-"):], "failed", "ana@example.net", ours), nil},
		"without its parts":                 {"From: MAILER-DAEMON@example.net\r\nTo: " + verp + "\r\nContent-Type: multipart/report; report-type=delivery-status\r\n\r\n", nil},
		"cut before it quotes our mail":     {dsn(verp, "failed", "ana@example.net", ours)[:760], failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := take(a, tc.raw)
			require.Empty(t, b.Reports)
			require.Len(t, b.Rejections, 1)
			require.Equal(t, tocsin.ReasonBounce, b.Rejections[0].Reason)
			require.Equal(t, tc.want, b.Receipts)
		})
	}
}

func TestBounceOfAnotherFormMarksTheDelivery(t *testing.T) {
	t.Parallel()
	a := offline(t)
	b := take(a, letterOf(
		"Return-Path: <>", "From: Mail Delivery Subsystem <mailer-daemon@example.net>", "To: "+a.returnAddress(7),
		"X-Failed-Recipients: ana@example.net", "Subject: Mail delivery failed",
	)+"It could not be delivered.")
	require.Equal(t, []tocsin.Receipt{{Delivery: 7, Failed: true, Reason: "came back: Mail delivery failed"}}, b.Receipts)
}

func TestSealBelongsToOneAccount(t *testing.T) {
	t.Parallel()
	a, other := offline(t), offline(t, map[string]any{"password": "another"})
	require.Equal(t, int64(12), a.deliveryOf(a.returnAddress(12)))
	require.Zero(t, a.deliveryOf(other.returnAddress(12)))
	require.Zero(t, a.deliveryOf("support+d12-00000000@example.org"))
	require.Zero(t, a.deliveryOf("support+d99999999999999999999-00000000@example.org"))
	require.Equal(t, "support@example.org", offline(t, map[string]any{"verp": false}).sender(12))
	require.Regexp(t, `^back\+d12-`, offline(t, map[string]any{"bounce": "Back@example.org"}).sender(12))
}

func TestOtherReportsAreNoBounce(t *testing.T) {
	t.Parallel()
	a := offline(t)
	for _, kind := range []string{"disposition-notification", "feedback-report"} {
		r := takeRejection(t, a, letterOf(fromAna, "To: "+a.returnAddress(12),
			fmt.Sprintf("Content-Type: multipart/report; report-type=%s; boundary=x", kind))+"--x\r\n\r\nread\r\n--x--\r\n")
		require.Equal(t, tocsin.ReasonAutoReply, r.Reason)
	}
}
