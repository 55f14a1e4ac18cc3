package ingest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func unsigned(text string) string {
	return strings.TrimSpace(strings.Join(withoutSignature(strings.Split(text, "\n")), "\n"))
}

func TestSignaturesAreCut(t *testing.T) {
	t.Parallel()
	for _, signature := range []string{
		"-- \nAna\nAcme\nwww.example.org\n" + strings.Repeat("legal words\n", 50),
		"--\nAna",
		"Best regards,\nAna Example",
		"Kind regards\n\nAna Example\nHead of Purchasing\n+1 555 0100\nana@example.org\nwww.example.org",
		"Thanks!", "Thank you,\nAna", "Cheers", "MfG\nGero", "Cordialement,\nInès", "Saludos\nKari", "Atenciosamente,\nLia",
		"Cordiali saluti\nNino", "Met vriendelijke groet,\nOtto", "よろしくお願いいたします。\n山田", "此致\n敬礼\n小李",
		"Pozdrawiam\nRafał", "Med vänliga hälsningar\nTove",
		"Sent from my iPhone", "Sent from Outlook for Android", "Get Outlook for iOS", "Von meinem iPhone gesendet",
		"Gesendet mit der GMX Mail App", "Envoyé depuis mon téléphone", "Enviado desde mi iPhone", "Enviado do meu telemóvel",
		"Inviato da Outlook", "Verstuurd vanaf mijn Samsung", "iPhoneから送信", "发自我的iPhone", "Wysłane z telefonu", "Skickat från min iPhone",
		"Best regards\nAna\n\nSent from my iPhone",
	} {
		require.Equal(t, "The login fails.\nSince nine.", unsigned("The login fails.\nSince nine.\n\n"+signature+"\n"), signature)
	}
}

// TestComplaintIsNeverCut keeps what only looks like a signature's beginning.
func TestComplaintIsNeverCut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"Hello\nThanks\nError 502 on the sign-in page since nine o'clock, in every browser\nand the list is empty",
		"Hello\nThanks,\nlogin is broken",
		"Hello\nBest regards\nAna\nPS: the export is broken too",
		"Hello\nRegards\nAna\nP.S. the export is broken too",
		"Hello\nRegards\nwhy does nobody answer me?",
		"Hello\nRegards\nIt has been broken for a week.",
		"Hello\nRegards\n" + strings.Repeat("Line\n", 7) + "End",
		"Hello\nRegards\n" + "long" + strings.Repeat(" long", 20),
		"Hallo,\nvon meinem Konto wurde abgebucht",
		"Hallo,\nvon meinem iPhone kann ich mich nicht anmelden",
		"Hi\nsent from my account were 40 mails that I never wrote, please look",
		"Hi\nSent via the form, nothing came",
		"I press --\nand nothing happens\n" + strings.Repeat("line\n", 30) + "end",
		"Best regards are what I send, but the login fails",
		"-- \nonly this", "Thanks", "Sent from my iPhone", "",
	} {
		require.Equal(t, text, unsigned(text))
	}
}

func TestOnlyTheEndOfALetterIsItsSignature(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Thanks\nfor the answer, but it still fails for all of us here.", unsigned("Thanks\nfor the answer, but it still fails for all of us here."))
	require.Equal(t, "Sent from my iPhone\nthe pictures arrive empty.", unsigned("Sent from my iPhone\nthe pictures arrive empty."))
}
