package tocsin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestAnErrorKeepsItsCodeThroughWrapping(t *testing.T) {
	t.Parallel()
	cause := errors.New("dial tcp: refused")
	err := fmt.Errorf("poll support: %w", tocsin.Wrap(tocsin.CodeUnavailable, cause, "The mail server does not answer."))
	require.Equal(t, tocsin.CodeUnavailable, tocsin.CodeOf(err))
	require.Equal(t, "The mail server does not answer.", tocsin.MessageOf(err))
	require.ErrorIs(t, err, cause)
	require.Contains(t, err.Error(), "refused", "the log sees the cause")
	require.Empty(t, tocsin.CodeOf(nil))
}

func TestASentenceAndItsCauseReadAsOne(t *testing.T) {
	t.Parallel()
	refused := errors.New("dial tcp: refused")
	for message, want := range map[string]string{
		"The database does not answer.": "The database does not answer (dial tcp: refused).",
		"May we write there?":           "May we write there? (dial tcp: refused)",
		"sign webhook":                  "sign webhook: dial tcp: refused",
		"":                              "dial tcp: refused",
	} {
		require.EqualError(t, tocsin.Wrap(tocsin.CodeUnavailable, refused, "%s", message), want)
	}
	inner := tocsin.Wrap(tocsin.CodeUnavailable, refused, "The host is down.")
	require.EqualError(t, tocsin.Wrap(tocsin.CodeUnavailable, inner, "It failed."), "It failed (The host is down (dial tcp: refused)).")
	require.EqualError(t, tocsin.Errorf(tocsin.CodeInvalid, "Too long."), "Too long.")
}

func TestAUserNeverSeesTheTextOfAnInternalError(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		errors.New("pq: password authentication failed for user tocsin"),
		tocsin.Errorf(tocsin.CodeInternal, "row 7 of /var/lib/tocsin is odd"),
		tocsin.Wrap(tocsin.CodeUnavailable, errors.New("secret"), ""),
	} {
		require.Equal(t, "Something went wrong on our side. The log has the details.", tocsin.MessageOf(err))
	}
	require.Equal(t, tocsin.CodeInternal, tocsin.CodeOf(errors.New("any")))
}

func TestAnErrorThatDoesNotSayIsRetriedAndCountsAsUncertain(t *testing.T) {
	t.Parallel()
	again, after := tocsin.Retry(errors.New("odd"))
	require.True(t, again)
	require.Zero(t, after)
	require.True(t, tocsin.Uncertain(errors.New("odd")), "looking is cheap, a second message is not")

	limited := &tocsin.Error{Code: tocsin.CodeLimited, Message: "Slow down.", Retryable: true, RetryAfter: time.Minute}
	again, after = tocsin.Retry(fmt.Errorf("reply: %w", limited))
	require.True(t, again)
	require.Equal(t, time.Minute, after)
	require.False(t, tocsin.Uncertain(limited))

	again, _ = tocsin.Retry(tocsin.Errorf(tocsin.CodeInvalid, "Too long."))
	require.False(t, again)
	again, _ = tocsin.Retry(fmt.Errorf("stop: %w", context.Canceled))
	require.False(t, again)
	again, _ = tocsin.Retry(nil)
	require.False(t, again)
	require.False(t, tocsin.Uncertain(nil))
}

func TestADurationReadsAndWritesItselfAsPeopleDo(t *testing.T) {
	t.Parallel()
	var step tocsin.Step
	require.NoError(t, json.Unmarshal([]byte(`{"name":"primary","wait":"90s"}`), &step))
	require.Equal(t, 90*time.Second, time.Duration(step.Wait))
	out, err := json.Marshal(step)
	require.NoError(t, err)
	require.Contains(t, string(out), `"1m30s"`)
	err = json.Unmarshal([]byte(`{"wait":"soon"}`), &step)
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
}

func TestJobsHaveDistinctKinds(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, j := range []tocsin.Job{tocsin.AlertJob{}, tocsin.NoticeJob{}, tocsin.EscalateJob{}, tocsin.BroadcastJob{}, tocsin.DeliverJob{}} {
		require.False(t, seen[j.Kind()], j.Kind())
		require.GreaterOrEqual(t, len(j.Kind()), 2, "River refuses shorter kinds")
		seen[j.Kind()] = true
	}
}
