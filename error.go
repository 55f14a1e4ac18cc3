package tocsin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code says for machines what kind of failure an error is.
type Code string

// The codes. Package web maps each to one HTTP status.
const (
	CodeInvalid      Code = "invalid"      // the caller's input is wrong; the message says how to mend it
	CodeUnauthorized Code = "unauthorized" // nobody has signed in, or the credentials were refused
	CodeForbidden    Code = "forbidden"    // signed in, but this role may not
	CodeNotFound     Code = "not_found"    // no such thing
	CodeConflict     Code = "conflict"     // the thing is in a state that does not allow this
	CodeTooLarge     Code = "too_large"    // over a size limit
	CodeLimited      Code = "limited"      // over a rate limit; RetryAfter says for how long
	CodeUnavailable  Code = "unavailable"  // the other side is down or did not answer
	CodeInternal     Code = "internal"     // our own fault; the message of the cause is for the log only
)

// Error is a failure with a code for machines, a sentence for people and a
// cause for the log. Only Message ever reaches a user.
type Error struct {
	Code    Code
	Message string // a sentence that says what is wrong and what to do
	Cause   error  // for the log; may be nil

	// Retryable: the same call may go through later.
	Retryable bool
	// RetryAfter is how long the other side asked us to wait; 0 when it did not say.
	RetryAfter time.Duration
	// Uncertain: the call may have taken effect although it failed (the line broke
	// after the request had left). A delivery that ends so is unknown and is
	// settled by looking, never by sending again.
	Uncertain bool
}

// Error gives the sentence and, in brackets before its full stop, the cause. What
// is no sentence is parted from the cause by a colon, as Go's errors are.
func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	if e.Message == "" {
		return e.Cause.Error()
	}
	if sentence, ok := strings.CutSuffix(e.Message, "."); ok {
		return sentence + " (" + strings.TrimSuffix(e.Cause.Error(), ".") + ")."
	}
	if strings.HasSuffix(e.Message, "?") {
		return e.Message + " (" + strings.TrimSuffix(e.Cause.Error(), ".") + ")"
	}
	return e.Message + ": " + e.Cause.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error whose message is for the user. It takes no %w: a cause
// is for the log and goes in by Wrap.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error with a cause that is for the log only.
func Wrap(code Code, cause error, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Cause: cause}
}

// CodeOf gives the code of the outermost Error in err's chain, and CodeInternal
// for any other error. It gives "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// MessageOf gives the sentence that a user may see. An error without one, and
// every internal error, becomes a fixed sentence: its text is for the log.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Message != "" && e.Code != CodeInternal {
		return e.Message
	}
	return "Something went wrong on our side. The log has the details."
}

// Retry tells whether the same call may go through later and how long the other
// side asked to wait (0: it did not say). An error of unknown kind is worth
// another try; a cancelled context is not.
func Retry(err error) (bool, time.Duration) {
	if err == nil || errors.Is(err, context.Canceled) {
		return false, 0
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Retryable, e.RetryAfter
	}
	return true, 0
}

// Uncertain tells whether the failed call may have taken effect all the same.
// An error that does not say is taken as uncertain: looking is cheap, a second
// message is not.
func Uncertain(err error) bool {
	if err == nil {
		return false
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Uncertain
	}
	return true
}
