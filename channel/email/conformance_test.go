package email

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/channel/email/dovecottest"
	"github.com/tocsin/tocsin/channel/email/smtptest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	dovecot := dovecottest.Start(t, dovecottest.Options{})
	channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		o := newOutside(tb, dovecot)
		return channeltest.Outside{
			Settings: o.settings(),
			Secrets:  []string{o.password},
			Say:      func(n int) []string { return o.say(tb, n) },
			Message:  o.message,
			Alarm: func() tocsin.Alarm {
				return tocsin.Alarm{Key: fmt.Sprintf("i1.ring.0.%d", people.Add(1)), To: "oncall@example.net", Summary: "It burns", Body: "Everywhere."}
			},
			Arrived: func(key string) int {
				n := 0
				for _, m := range o.smtp.Mails() {
					if strings.Contains(m.Data, "Message-ID: <"+key+".") || strings.Contains(m.Data, "Message-ID: <"+pageMark+key+".") {
						n++
					}
				}
				return n
			},
			Break: func(f channeltest.Fault) bool { return o.fail(tb, f) },
		}
	}})
}

// fail makes both servers misbehave in the way that the kit asks for.
func (o *outside) fail(tb testing.TB, f channeltest.Fault) bool {
	tb.Helper()
	imap, smtp, password := pass, smtptest.Healthy, o.password
	switch f {
	case channeltest.Healthy:
	case channeltest.Down:
		imap, smtp = refuse, smtptest.Down
	case channeltest.Flaky:
		imap = flaky
	case channeltest.Refused:
		smtp, password = smtptest.Refused, "changed by somebody"
	case channeltest.Invalid:
		smtp = smtptest.NoSuchUser
	case channeltest.Hang:
		imap, smtp = mute, smtptest.Hang
	case channeltest.Cut:
		smtp = smtptest.CutLate
	default:
		return false // a mail server does not say how long to wait
	}
	o.dovecot.SetPassword(tb, o.address, password)
	o.proxy.set(imap)
	o.smtp.Break(smtp)
	return true
}
