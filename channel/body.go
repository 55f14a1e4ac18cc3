package channel

import (
	"errors"
	"io"
	"net/http"

	"github.com/tocsin/tocsin"
)

// ReadBody reads the body of an inbound request, of so many bytes at most. The
// error is CodeTooLarge, or CodeInvalid for a body that broke off.
func ReadBody(r *http.Request, most int64) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, most+1))
	var over *http.MaxBytesError // of the caller's own limit
	if errors.As(err, &over) || int64(len(body)) > most {
		return nil, tocsin.Wrap(tocsin.CodeTooLarge, err, "The request is longer than %d MB. Send less at once.", most>>20)
	}
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "The request broke off.")
	}
	return body, nil
}
