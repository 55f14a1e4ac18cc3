package api

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	intakePath = "/intake/{channel}"
	maxIntake  = 4 << 20          // bytes of one inbound request
	intakeTime = 10 * time.Second // to send it
	// A stranger's body is held in memory until its signature is read, so only so
	// many are read at once; the others wait a little.
	intakeBodies = 32
	intakeWait   = 3 * time.Second
)

// Taken says what became of an inbound request.
type Taken struct {
	Added    int       `json:"added" doc:"Reports that were new"`
	Rejected []Refused `json:"rejected" nullable:"false" doc:"Parts that are no report at all. What only cleaning finds to be none is at /rejections"`
}

// Refused is a part of an inbound request that is no report, so that its sender can
// mend it.
type Refused struct {
	ExternalID string `json:"external_id"`
	Reason     string `json:"reason"`
	Detail     string `json:"detail"`
}

// refused lists what a channel did not take.
func refused(all []tocsin.Rejection) []Refused {
	list := make([]Refused, len(all))
	for i, r := range all {
		list[i] = Refused{ExternalID: r.ExternalID, Reason: r.Reason, Detail: r.Detail}
	}
	return list
}

// intake takes reports by inbound HTTP. It needs no token: the channel checks the
// sender's signature on the raw body.
func (a *API) intake(w http.ResponseWriter, r *http.Request) {
	receiver, err := a.receiver(r.PathValue("channel"))
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	// A server without deadlines (in tests) cannot set one, and need not.
	if err := http.NewResponseController(w).SetReadDeadline(a.Now().Add(intakeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		a.refuse(w, r, err)
		return
	}
	select {
	case a.bodies <- struct{}{}:
		defer func() { <-a.bodies }()
	case <-time.After(intakeWait):
		a.refuse(w, r, &tocsin.Error{
			Code: tocsin.CodeUnavailable, Message: "Too many requests are being read. Try again in some seconds.", Retryable: true, RetryAfter: intakeTime,
		})
		return
	case <-r.Context().Done():
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxIntake)
	batch, err := receiver.Receive(r)
	if over := new(http.MaxBytesError); errors.As(err, &over) {
		err = unreadable(err, maxIntake)
	}
	if err != nil {
		a.refuseIntake(w, r, err)
		return
	}
	added, err := a.Intake.Accept(r.Context(), r.PathValue("channel"), batch)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	a.reply(w, r, "application/json", http.StatusAccepted, Taken{Added: added, Rejected: refused(batch.Rejections)})
}

// receiver finds the channel. One that takes no reports and one that is not there
// get the same answer: a stranger learns no names.
func (a *API) receiver(channel string) (tocsin.Receiver, error) {
	i := slices.IndexFunc(a.Channels, func(c tocsin.Channel) bool { return c.Name == channel && c.Receiver != nil })
	if i < 0 {
		return nil, tocsin.Errorf(tocsin.CodeNotFound, "No channel %q takes reports here.", channel)
	}
	return a.Channels[i].Receiver, nil
}

// refuseIntake answers a request that brought nothing and names it in the log, so
// that a sender whose reports do not arrive can be helped.
func (a *API) refuseIntake(w http.ResponseWriter, r *http.Request, err error) {
	a.log.WarnContext(r.Context(), "intake refused", "channel", r.PathValue("channel"), "code", tocsin.CodeOf(err), "err", err)
	a.refuse(w, r, err)
}
