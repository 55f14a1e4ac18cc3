package smtptest_test

import (
	"net/smtp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel/email/smtptest"
)

const mail = "From: a@example.org\r\nSubject: Hello\r\n\r\nIt rings.\r\n"

func send(s *smtptest.Server, password string) error {
	return smtp.SendMail(s.Addr, smtp.PlainAuth("", "u", password, "127.0.0.1"), "a@example.org", []string{"b@example.org", "c@example.org"}, []byte(mail))
}

func TestServerKeepsWhatItAccepts(t *testing.T) {
	t.Parallel()
	var handed []smtptest.Mail
	s := smtptest.Start(t, smtptest.Options{User: "u", Password: "p", OnMail: func(m smtptest.Mail) { handed = append(handed, m) }})
	require.NoError(t, send(s, "p"))
	want := []smtptest.Mail{{From: "a@example.org", To: []string{"b@example.org", "c@example.org"}, Data: mail}}
	require.Equal(t, want, s.Mails())
	require.Equal(t, want, handed)
	require.Equal(t, 1, s.Logins())
}

func TestServerAcceptsNothingWithAFault(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t, smtptest.Options{User: "u", Password: "p"})
	require.ErrorContains(t, send(s, "wrong"), "535")
	for fault, says := range map[smtptest.Fault]string{
		smtptest.Down: "451", smtptest.Refused: "535", smtptest.NoSuchUser: "550", smtptest.NoContent: "554",
		smtptest.LaterOn: "452", smtptest.CutEarly: "", smtptest.CutData: "",
	} {
		s.Break(fault)
		require.ErrorContains(t, send(s, "p"), says)
	}
	require.Empty(t, s.Mails())
	s.Break(smtptest.CutLate)
	require.Error(t, send(s, "p"))
	require.Len(t, s.Mails(), 1, "accepted, though the sender does not know")
	s.Break(smtptest.Healthy)
	require.NoError(t, send(s, "p"))
}
