package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify/oncall"
)

// Kinds of calendars.
const (
	CalendarSchedule = "schedules"
	CalendarPerson   = "people"
)

// feedSpan is how far a calendar looks back and ahead.
const (
	feedBack  = 30 * 24 * time.Hour
	feedAhead = 180 * 24 * time.Hour
)

// Feed gives the address at which calendar programs read who is on call: it needs no
// token, for they cannot send one, and cannot be guessed.
func (r *Rotas) Feed(kind, name string) string {
	return fmt.Sprintf("%s/calendar/%s/%s/%s.ics", r.BaseURL, kind, name, r.feedSum(kind, name))
}

func (o Options) feedSum(kind, name string) string {
	mac := hmac.New(sha256.New, o.LinkKey)
	mac.Write([]byte("feed\n" + kind + "\n" + name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Calendar gives the calendar of a schedule, or of all shifts of a person. It
// returns CodeForbidden unless sum is that of Feed.
func (r *Rotas) Calendar(ctx context.Context, kind, name, sum string) ([]byte, error) {
	if len(r.LinkKey) == 0 || !hmac.Equal([]byte(sum), []byte(r.feedSum(kind, name))) {
		return nil, tocsin.Errorf(tocsin.CodeForbidden, "This address is not whole. Get it again: tocsin oncall ical.")
	}
	now := r.Now()
	if kind == CalendarSchedule {
		shifts, err := r.Shifts(ctx, name, now.Add(-feedBack), now.Add(feedAhead))
		return oncall.Calendar("On call: "+name, shifts, now), err
	}
	schedules, err := r.Store.Schedules(ctx)
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	var mine []tocsin.Shift
	var failed error
	for _, s := range schedules {
		shifts, err := r.Shifts(ctx, s.Name, now.Add(-feedBack), now.Add(feedAhead))
		failed = errors.Join(failed, err)
		mine = append(mine, slices.DeleteFunc(shifts, func(s tocsin.Shift) bool { return s.Person != name })...)
	}
	return oncall.Calendar(name+" on call", mine, now), failed
}
