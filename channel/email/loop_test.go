package email

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestNobodyIsAnsweredWhoIsNoPerson(t *testing.T) {
	t.Parallel()
	for header, reason := range map[string]string{
		"Auto-Submitted: auto-replied":                                  tocsin.ReasonAutoReply,
		"Auto-Submitted: auto-generated (by a cron job)":                tocsin.ReasonAutoReply,
		"Auto-Submitted: auto-notified; owner-email=\"a@b\"":            tocsin.ReasonAutoReply,
		"X-Auto-Response-Suppress: All":                                 tocsin.ReasonAutoReply,
		"X-Auto-Response-Suppress: DR, OOF, AutoReply":                  tocsin.ReasonAutoReply,
		"X-Autoreply: yes":                                              tocsin.ReasonAutoReply,
		"X-Autorespond: Away":                                           tocsin.ReasonAutoReply,
		"X-Autoresponder: ":                                             tocsin.ReasonAutoReply,
		"X-Auto-Reply: 1":                                               tocsin.ReasonAutoReply,
		"Precedence: auto_reply":                                        tocsin.ReasonAutoReply,
		"Return-Path: <>":                                               tocsin.ReasonAutoReply,
		"From: MAILER-DAEMON@example.net":                               tocsin.ReasonAutoReply,
		"From: Postmaster <postmaster@example.net>":                     tocsin.ReasonAutoReply,
		"From: no-reply@example.net":                                    tocsin.ReasonAutoReply,
		"From: noreply+77@example.net":                                  tocsin.ReasonAutoReply,
		"From: Do_Not_Reply@example.net":                                tocsin.ReasonAutoReply,
		"From: DoNotReply@example.net":                                  tocsin.ReasonAutoReply,
		"From: do-not-reply@example.net":                                tocsin.ReasonAutoReply,
		"Precedence: bulk":                                              tocsin.ReasonNewsletter,
		"Precedence: List":                                              tocsin.ReasonNewsletter,
		"Precedence: junk":                                              tocsin.ReasonNewsletter,
		"List-Id: News of the week <news.example.net>":                  tocsin.ReasonNewsletter,
		"List-Unsubscribe: <https://example.net/u>":                     tocsin.ReasonNewsletter,
		"List-Post: NO":                                                 tocsin.ReasonNewsletter,
		"X-Loop: Support@Example.org":                                   tocsin.ReasonOwn,
		"From: support@example.org":                                     tocsin.ReasonOwn,
		"From: The Team <hello@example.org>":                            tocsin.ReasonOwn,
		"References: <x@example.net> <page.i1.ring.0.0.ab@example.org>": tocsin.ReasonOwn,
		// What people's own mail may bear.
		"Auto-Submitted: no":                      "",
		"X-Auto-Response-Suppress: None":          "",
		"Precedence: first-class":                 "",
		"Return-Path: <ana@example.net>":          "",
		"X-Loop: somebody@example.net":            "",
		"From: Noreen Reply <noreen@example.net>": "",
		"From: bouncer@example.net":               "",
		"References: <page.html@example.net>":     "",
	} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			a := offline(t, map[string]any{"aliases": []string{"hello@example.org"}})
			lines := []string{header, "Message-ID: <m@example.net>", "Subject: It fails"}
			if header[:4] != "From" {
				lines = append(lines, fromAna)
			}
			b := take(a, letterOf(lines...)+"I am away until Monday.")
			require.Empty(t, b.Receipts)
			if reason == "" {
				require.Len(t, b.Reports, 1, "%v", b.Rejections)
				return
			}
			require.Empty(t, b.Reports)
			require.Len(t, b.Rejections, 1)
			require.Equal(t, reason, b.Rejections[0].Reason)
			require.Equal(t, "m@example.net", b.Rejections[0].ExternalID)
			require.Contains(t, b.Rejections[0].Detail, `"It fails"`)
		})
	}
}

func TestMailThroughOurOwnGroupIsTaken(t *testing.T) {
	t.Parallel()
	a := offline(t, map[string]any{"lists": []string{"Help@example.org"}})
	bulk := []string{"Precedence: list", "List-Unsubscribe: <mailto:help+leave@example.org>"}
	for name, tc := range map[string]struct {
		header []string
		want   string
	}{
		"by List-Id":      {[]string{fromAna, "List-Id: Help <help.example.org>"}, "ana@example.net"},
		"by List-Post":    {[]string{fromAna, "List-Post: <mailto:help@example.org>"}, "ana@example.net"},
		"by Mailing-List": {[]string{fromAna, "Mailing-List: list help@example.org; contact help+owners@example.org"}, "ana@example.net"},
		"with the group as From": {[]string{
			"From: 'Ana' via Help <help@example.org>", "List-Id: <help.example.org>", "X-Original-From: Ana <ana@example.net>", "Reply-To: help@example.org",
		}, "ana@example.net"},
		"with the person as Reply-To": {[]string{"From: Ana via Help <help@example.org>", "List-Id: <help.example.org>", "Reply-To: Ana <ana@example.net>"}, "ana@example.net"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := takeReport(t, a, letterOf(append(tc.header, bulk...)...)+"It fails.")
			require.Equal(t, "mailto:"+tc.want, r.Reporter.ID)
			way, err := readRoute(r)
			require.NoError(t, err)
			require.Equal(t, tc.want, way.To)
		})
	}
	for name, header := range map[string][]string{
		"another list":               {fromAna, "List-Id: <news.example.net>"},
		"a list that names ours":     {fromAna, "List-Id: help.example.org <news.example.net>"},
		"an auto-reply through ours": {fromAna, "List-Id: <help.example.org>", "Auto-Submitted: auto-replied"},
		"a robot through ours":       {"From: help@example.org", "Reply-To: no-reply@example.net", "List-Id: <help.example.org>"},
		"our own words through ours": {fromAna, "List-Id: <help.example.org>", "X-Loop: support@example.org"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, takeRejection(t, a, letterOf(append(header, bulk...)...)+"It fails.").Reason)
		})
	}
}
