package notify_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify"
)

// house is the package at work over a store in memory: support's mailbox and
// forum to answer people, a chat and a phone to wake them.
type house struct {
	*testing.T
	clock                    time.Time
	store                    *memory
	mail, forum, chat, phone *network
	options                  notify.Options
	pager                    *notify.Pager
	desk                     *notify.Desk
	caster                   *notify.Broadcaster
	tries                    map[tocsin.Job]int
}

var start = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

const hold = 10 * time.Second

func setup(t *testing.T) *house {
	t.Helper()
	h := &house{T: t, clock: start, tries: map[tocsin.Job]int{}}
	now := func() time.Time { return h.clock }
	h.store = newMemory(now)
	h.mail, h.forum, h.chat, h.phone = newNetwork("mail"), newNetwork("forum"), newNetwork("chat"), newNetwork("phone")
	h.store.policies[tocsin.PolicyDefault] = tocsin.Policy{
		Name: tocsin.PolicyDefault, Whisper: []tocsin.Target{{Channel: "chat", To: "#support"}},
		Steps: []tocsin.Step{
			{Name: "primary", Targets: []tocsin.Target{{Channel: "phone", To: "ana"}}, Wait: tocsin.Duration(5 * time.Minute)},
			{Name: "secondary", Targets: []tocsin.Target{{Channel: "phone", To: "ben"}, {Channel: "phone", To: "cat"}}, Wait: tocsin.Duration(10 * time.Minute)},
		},
	}
	h.store.areas["sign-in"] = tocsin.Area{
		Name: "sign-in", Title: "Sign-in", Team: "identity", Runbook: "https://runbooks.example/sign-in",
		Checklist: []string{"sign in by mail", "sign in by phone"},
	}
	h.options = notify.Options{
		Store: h.store, Now: now, Log: slog.New(slog.DiscardHandler), BaseURL: "https://tocsin.example/", Hold: hold,
		Channels: []tocsin.Channel{
			{Name: "mail", Replier: h.mail, Finder: h.mail},
			{Name: "forum", Replier: h.forum, Poster: h.forum, Finder: h.forum},
			{Name: "feed"},
			{Name: "chat", Pager: h.chat},
			{Name: "phone", Pager: h.phone},
		},
	}
	h.restart()
	return h
}

// restart makes the parts anew, as a process does that was killed.
func (h *house) restart() {
	h.pager, h.desk, h.caster = notify.NewPager(h.options), notify.NewDesk(h.options), notify.NewBroadcaster(h.options)
}

// channel gives a channel of the house to be changed.
func (h *house) channel(name string) *tocsin.Channel {
	k := slices.IndexFunc(h.options.Channels, func(c tocsin.Channel) bool { return c.Name == name })
	return &h.options.Channels[k]
}

// incident stores a suspected incident with reports; a report is written as
// "who@channel words", with "?" before who is in doubt about.
func (h *house) incident(reports ...string) int64 {
	h.Helper()
	id := h.store.next()
	h.store.incidents[id] = tocsin.Incident{
		ID: id, Key: fmt.Sprintf("k%d", id), Kind: tocsin.KindIncident, Tier: tocsin.TierWhisper, Title: "can't sign in", Area: "sign-in",
		FirstSeen: start.Add(-20 * time.Minute), LastSeen: start, OpenedAt: start, People: len(reports), Reports: len(reports),
		Explanation: tocsin.Explanation{
			Phrases: []string{"can't sign in", "code never comes"}, Why: "9 people where 0.4 are expected", False: "a newsletter went out",
			Expected: .4, Seen: len(reports), Window: tocsin.Duration(20 * time.Minute), Channels: map[string]int{"mail": 2, "forum": 1},
		},
	}
	for _, r := range reports {
		h.report(id, r)
	}
	return id
}

func (h *house) report(incident int64, written string) tocsin.Member {
	h.Helper()
	who, words, _ := strings.Cut(written, " ")
	who, channel, ok := strings.Cut(who, "@")
	require.True(h, ok, written)
	doubtful := strings.HasPrefix(who, "?")
	who = strings.TrimPrefix(who, "?")
	id := h.store.next()
	m := tocsin.Member{Sure: !doubtful, Judge: tocsin.ActorSelf, Report: tocsin.Report{
		ID: id, Channel: channel, ExternalID: fmt.Sprintf("x%d", id), Thread: fmt.Sprintf("%s-%d", who, id), At: h.clock,
		Reporter: tocsin.Reporter{ID: "id:" + who, Handle: who}, Text: cmp.Or(words, "I cannot sign in"),
	}}
	h.store.members[incident] = append(h.store.members[incident], m)
	return m
}

// confirm gives the verdict that lets support speak, after a check.
func (h *house) confirm(incident int64) {
	h.Helper()
	_, err := h.desk.Check(h.Context(), tocsin.Check{Incident: incident, Item: "sign in by mail", Outcome: tocsin.OutcomeBroken, By: "sue"})
	require.NoError(h, err)
	_, err = h.desk.Verdict(h.Context(), tocsin.Ruling{Actor: "sue", Incident: incident, Verdict: tocsin.VerdictConfirmed})
	require.NoError(h, err)
}

// works records that the whole checklist works, a moment later.
func (h *house) works(incident int64) {
	h.Helper()
	h.clock = h.clock.Add(time.Minute)
	for _, item := range h.store.areas["sign-in"].Checklist {
		_, err := h.desk.Check(h.Context(), tocsin.Check{Incident: incident, Item: item, Outcome: tocsin.OutcomeWorks, By: "sue"})
		require.NoError(h, err)
	}
}

// draft stores an update by sue.
func (h *house) draft(incident int64, kind tocsin.UpdateKind, text string) int64 {
	h.Helper()
	u, err := h.desk.Draft(h.Context(), tocsin.Draft{Actor: "sue", Incident: incident, Kind: kind, Text: text})
	require.NoError(h, err)
	return u.ID
}

// approve lets tom approve an update.
func (h *house) approve(update int64) {
	h.Helper()
	_, err := h.desk.Approve(h.Context(), tocsin.Approval{Actor: "tom", Update: update})
	require.NoError(h, err)
}

// say drafts, approves and sends an update to the end.
func (h *house) say(incident int64, kind tocsin.UpdateKind, text string) int64 {
	h.Helper()
	update := h.draft(incident, kind, text)
	h.approve(update)
	h.runFor(time.Minute)
	return update
}

// do works one job as a handler, and plays the crash of the process that a stand-in asks for.
func (h *house) do(job tocsin.Job) (crashed bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(crash); !ok {
				panic(r)
			}
			crashed = true
			h.restart()
		}
	}()
	ctx := context.Background()
	switch j := job.(type) {
	case tocsin.AlertJob:
		err = h.pager.Alert(ctx, j)
	case tocsin.NoticeJob:
		err = h.pager.Notice(ctx, j)
	case tocsin.EscalateJob:
		err = h.pager.Escalate(ctx, j)
	case tocsin.RefreshJob:
		err = h.pager.Refresh(ctx, j)
	case tocsin.RenewJob:
		err = h.pager.Renew(ctx, j)
	case tocsin.BroadcastJob:
		err = h.caster.Broadcast(ctx, j)
	case tocsin.DeliverJob:
		err = h.caster.Deliver(ctx, j)
	}
	return false, err
}

// crash is what a stand-in panics with to kill the process at that point.
type crash struct{ point string }

// runFor works the jobs that fall due in a span of time, in the order of time.
func (h *house) runFor(span time.Duration) {
	h.Helper()
	end := h.clock.Add(span)
	for n := 0; ; n++ {
		require.Less(h, n, 200_000, "the jobs never end")
		k := h.due(end)
		if k < 0 {
			break
		}
		h.step(k)
	}
	h.clock = end
}

// due finds the next job that falls due until end.
func (h *house) due(end time.Time) int {
	best := -1
	for k, j := range h.store.jobs {
		if !j.At.After(end) && (best < 0 || j.At.Before(h.store.jobs[best].At)) {
			best = k
		}
	}
	return best
}

// step works the k-th job. As in the real queue it is gone only when it is done,
// and it comes again when it asks for that.
func (h *house) step(k int) {
	job := h.store.jobs[k]
	if job.At.After(h.clock) {
		h.clock = job.At
	}
	crashed, err := h.do(job.Job)
	if crashed {
		return
	}
	h.store.jobs = slices.Delete(h.store.jobs, k, k+1)
	if again, after := tocsin.Retry(err); again {
		h.tries[job.Job]++
		job.At = h.clock.Add(cmp.Or(after, time.Second<<min(h.tries[job.Job], 9)))
		h.store.jobs = append(h.store.jobs, job)
	}
}

// code checks an error's code and that its sentence holds some words.
func (h *house) code(err error, want tocsin.Code, words ...string) {
	h.Helper()
	require.Equal(h, want, tocsin.CodeOf(err), "%v", err)
	for _, w := range words {
		require.Contains(h, tocsin.MessageOf(err), w)
	}
}

// said tells whether the timeline has a line of a kind with some words.
func (h *house) said(kind, words string) bool {
	return slices.ContainsFunc(h.store.events, func(e tocsin.Event) bool { return e.Kind == kind && strings.Contains(e.Text, words) })
}

// states gives the ledger of an update: "who state".
func (h *house) states(update int64) map[string]tocsin.DeliveryState {
	states := map[string]tocsin.DeliveryState{}
	for _, d := range h.store.deliveries {
		if d.Update == update {
			states[cmp.Or(d.Reporter.Handle, "public "+d.Channel)] = d.State
		}
	}
	return states
}

// line finds somebody's line in the ledger.
func (h *house) line(update int64, who string) tocsin.Delivery {
	h.Helper()
	for _, d := range h.store.deliveries {
		if d.Update == update && d.Reporter.Handle == who {
			return d
		}
	}
	require.Fail(h, "no line in the ledger", who)
	return tocsin.Delivery{}
}

func names(list []tocsin.Recipient) string {
	out := make([]string, len(list))
	for k, r := range list {
		out[k] = cmp.Or(r.Reporter.Handle, "public") + "@" + r.Channel
		if r.Reason != "" {
			out[k] += " (" + r.Reason + ")"
		}
	}
	return strings.Join(out, ", ")
}
