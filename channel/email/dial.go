package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/tocsin/tocsin"
)

// The libraries have no time limits that fit us, so each step has one of ours.
const (
	dialTimeout = 20 * time.Second
	// stepTimeout bounds a command and its whole answer. RFC 5321 section 4.5.3.2
	// gives servers up to ten minutes; a mail server that needs two is broken.
	stepTimeout = 2 * time.Minute
)

// dial connects to a server, and speaks TLS if it begins at once. The kernel
// notices a peer that is gone after some minutes of silence; keepAlive is sooner.
func (a *account) dial(ctx context.Context, address, mode string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	d := &net.Dialer{}
	if mode != tlsImplicit {
		return d.DialContext(ctx, "tcp", address)
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return (&tls.Dialer{NetDialer: d, Config: a.tlsConfig(host)}).DialContext(ctx, "tcp", address)
}

// within runs one step of a conversation over conn. When its time is up or ctx
// ends, it closes conn, which ends the step; the error then tells so.
func within(ctx context.Context, limit time.Duration, conn net.Conn, step func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // the step tells what came of it
	defer stop()
	if err := step(); err != nil {
		return errors.Join(err, ctx.Err())
	}
	return nil
}

// unreachable says why a server could not be talked to. All of it may pass.
func (a *account) unreachable(address string, err error) *tocsin.Error {
	var (
		unknown   x509.UnknownAuthorityError
		otherName x509.HostnameError
		invalid   x509.CertificateInvalidError
		unnamed   *net.DNSError
		plainText tls.RecordHeaderError
		slow      net.Error
	)
	sentence := "%s could not be reached."
	switch {
	case errors.Is(err, context.Canceled):
		sentence = "The call to %s was called off."
	case errors.As(err, &unknown):
		sentence = "%s shows a certificate of an authority that is not known. Name its file in ca_file if it is yours."
	case errors.As(err, &otherName):
		sentence = "%s shows a certificate for another name. Check the server's name in the settings."
	case errors.As(err, &invalid):
		sentence = "%s shows a certificate that is not valid, or no longer."
	case errors.As(err, &unnamed) && unnamed.IsNotFound:
		sentence = "The name %s is not known. Check it in the settings."
	case errors.As(err, &plainText):
		sentence = "%s does not speak TLS from the first byte. Check the port, and implicit or starttls."
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		sentence = "%s did not answer in time."
	}
	return &tocsin.Error{
		Code: tocsin.CodeUnavailable, Retryable: true,
		Message: fmt.Sprintf(sentence, address), Cause: a.hush.Error(err),
	}
}
