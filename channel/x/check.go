package x

import (
	"context"
	"net/http"
	"time"

	"github.com/tocsin/tocsin"
)

// maxSkew is how far our clock may be off: X refuses signatures that are older
// than minutes. https://docs.x.com/resources/fundamentals/authentication/oauth-1-0a/authorizing-a-request
const maxSkew = time.Minute

// Check asks X who we are, looks whether the token may write and whether our clock
// is right, and tries the application's token where streams need it.
func (a *account) Check(ctx context.Context) error {
	_, header, err := a.ask(ctx)
	if wrong := a.clock(header); wrong != nil {
		return wrong // it is also why credentials are refused
	}
	if err != nil {
		return err
	}
	if level := header.Get("X-Access-Level"); level == "read" && !a.ReadOnly {
		return tocsin.Errorf(tocsin.CodeForbidden, "The access token may only read. Set the app to \"Read and write\" in the developer console and make the token anew, or set read_only.")
	}
	if !a.Stream && !a.Activity {
		return nil
	}
	if _, err := a.rules(ctx); err != nil {
		if tocsin.CodeOf(err) == tocsin.CodeUnauthorized {
			return tocsin.Wrap(tocsin.CodeUnauthorized, err, "X refuses the bearer token. Make it anew in the developer console and put it into bearer_token.")
		}
		return err
	}
	return nil
}

// clock compares our clock with X's.
func (a *account) clock(h http.Header) error {
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return nil //nolint:nilerr // X did not say; then there is nothing to compare
	}
	off := a.now().Sub(theirs).Round(time.Second)
	if off.Abs() <= maxSkew {
		return nil
	}
	return tocsin.Errorf(tocsin.CodeInvalid, "This machine's clock is off by %s against X's, which refuses signatures of another time. Set it by NTP.", off)
}
