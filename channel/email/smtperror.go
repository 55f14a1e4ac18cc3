package email

import (
	"errors"
	"fmt"
	"net/textproto"

	"github.com/emersion/go-sasl"

	"github.com/tocsin/tocsin"
)

// stage is how far a mail got before something went wrong.
type stage int

const (
	stageBefore    stage = iota // the server cannot have the mail
	stageRecipient              // it was asked whether it takes the recipient
	stageAfter                  // all was said: it may have the mail
)

// SMTP's answers to a sign-in (RFC 4954 sections 4 and 6).
const (
	replyNeedsLogin = 530
	replyBadLogin   = 535
	replyWeakLogin  = 534
	replyDenied     = 538
)

// greetError says why a connection did not come to be.
func (a *account) greetError(err error) error {
	var said *textproto.Error
	if !errors.As(err, &said) {
		if errors.As(err, new(*sasl.OAuthBearerError)) {
			return a.loginRefused(err)
		}
		return a.unreachable(a.SMTP, err)
	}
	switch {
	case said.Code == replyBadLogin || said.Code == replyWeakLogin || said.Code == replyDenied || said.Code == replyNeedsLogin:
		return a.loginRefused(err)
	case said.Code >= 500:
		return &tocsin.Error{
			Code: tocsin.CodeForbidden, Cause: a.hush.Error(err),
			Message: fmt.Sprintf("%s does not talk to us. It says: %s", a.SMTP, a.quote(said)),
		}
	default:
		return &tocsin.Error{
			Code: tocsin.CodeUnavailable, Retryable: true, Cause: a.hush.Error(err),
			Message: fmt.Sprintf("%s has trouble of its own. It says: %s", a.SMTP, a.quote(said)),
		}
	}
}

func (a *account) loginRefused(err error) error {
	return &tocsin.Error{
		Code: tocsin.CodeUnauthorized, Cause: refused{a.hush.Error(err)},
		Message: a.SMTP + " refuses our credentials. Check them in the channel's settings.",
	}
}

// postError says why a mail did not go out, or that nobody knows whether it did:
// when the line broke behind the final dot, the server may have the mail. Its own
// "no" at that place is clear, a 4xx too (RFC 5321 section 4.2.5).
func (a *account) postError(err error, at stage, recipient string) error {
	var said *textproto.Error
	if !errors.As(err, &said) || at == stageAfter && said.Code < 400 {
		failed := a.unreachable(a.SMTP, err)
		if at == stageAfter {
			failed.Uncertain = true
			failed.Message = a.SMTP + " did not confirm a mail that it may have. Look for it before it is sent again."
		}
		return failed
	}
	copied := at == stageRecipient && recipient == a.Address // a fault of ours, which may be mended
	failed := &tocsin.Error{Code: tocsin.CodeInvalid, Cause: a.hush.Error(err), Retryable: said.Code < 500 || copied}
	if failed.Retryable {
		failed.Code = tocsin.CodeUnavailable
	}
	switch {
	case copied:
		failed.Message = fmt.Sprintf("%s takes no copy for %s. It says: %s", a.SMTP, recipient, a.quote(said))
	case at == stageRecipient:
		failed.Message = fmt.Sprintf("%s takes no mail for %s. It says: %s", a.SMTP, recipient, a.quote(said))
	case said.Code == replyNeedsLogin:
		failed.Code, failed.Message = tocsin.CodeUnauthorized, a.SMTP+" wants us to sign in. Set smtp_login: true and the credentials."
	default:
		failed.Message = fmt.Sprintf("%s does not take this mail. It says: %s", a.SMTP, a.quote(said))
	}
	return failed
}

// quote gives what the server said, on one line and without secrets.
func (a *account) quote(said *textproto.Error) string {
	return clip(a.hush.Text(fmt.Sprintf("%d %s", said.Code, said.Msg)), maxTitle)
}
