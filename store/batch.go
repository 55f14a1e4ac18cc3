package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tocsin/tocsin"
)

// CommitBatch stores what a channel brought, in one transaction: the reports that
// are new by their external id, their reporters, the rejections, and the failures
// that the receipts tell of. With a new cursor in the batch it also moves the
// channel's cursor, and returns CodeConflict when that is not at was any more:
// then somebody else has stored this batch, and nothing of it is kept. Edits and
// deletions of reports that are stored are followed; of others they are passed over.
//
// The reports of a backlog are judged at once, each a cluster of its own and in no
// incident: triage learns from them at its next start what is usual.
//
// A report without an id of its own or of its reporter, or with one of over a
// thousand bytes, becomes a rejection. The numbers of the reports added are
// returned in ascending order.
func (s *Store) CommitBatch(ctx context.Context, channel, was string, b tocsin.Batch) (added []int64, err error) {
	err = s.write(ctx, func(t *tx) error {
		added = nil
		if b.Cursor != "" {
			if err := t.moveCursor(ctx, channel, was, b.Cursor); err != nil {
				return err
			}
		}
		reports, rejections := sift(b)
		if added, err = t.addReports(ctx, channel, reports, b.Backlog); err != nil {
			return err
		}
		if err := t.addRejections(ctx, channel, rejections); err != nil {
			return err
		}
		if err := t.followWriters(ctx, channel, b.Edits, b.Deleted); err != nil {
			return err
		}
		for _, receipt := range b.Receipts {
			if err := t.applyReceipt(ctx, receipt); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(added) > 0 {
		select {
		case s.arrived <- struct{}{}:
		default: // whoever listens has not come yet, and will find all
		}
	}
	return added, nil
}

// Arrived wakes one listener after a CommitBatch of this process has added
// something. On PostgreSQL other nodes add too: look now and then as well.
func (s *Store) Arrived() <-chan struct{} { return s.arrived }

// idMost is how long an id may be: PostgreSQL indexes no more than 2,700 bytes
// in one entry (https://www.postgresql.org/docs/current/btree.html).
const idMost = 1000

// sift turns reports that cannot be stored into rejections: one of them must not
// keep the rest of its batch out for ever.
func sift(b tocsin.Batch) ([]tocsin.Report, []tocsin.Rejection) {
	reports, rejections := make([]tocsin.Report, 0, len(b.Reports)), slices.Clone(b.Rejections)
	for _, r := range b.Reports {
		r.ExternalID, r.Reporter.ID = storable(r.ExternalID), storable(r.Reporter.ID)
		switch longest := max(len(r.ExternalID), len(r.Reporter.ID)); {
		case r.ExternalID == "" || r.Reporter.ID == "":
			rejections = append(rejections, malformed(r, "the report or its reporter has no id"))
		case longest > idMost:
			rejections = append(rejections, malformed(r, fmt.Sprintf("an id has %d bytes; %d are the limit", longest, idMost)))
		default:
			reports = append(reports, r)
		}
	}
	return reports, rejections
}

func malformed(r tocsin.Report, detail string) tocsin.Rejection {
	return tocsin.Rejection{ExternalID: r.ExternalID, Reason: tocsin.ReasonMalformed, Detail: detail, At: r.ReceivedAt}
}

func (t *tx) addReports(ctx context.Context, channel string, reports []tocsin.Report, backlog bool) ([]int64, error) {
	writers, err := t.addReporters(ctx, reports)
	if err != nil {
		return nil, fmt.Errorf("add reporters: %w", err)
	}
	byID, rows := make(map[string]tocsin.Report, len(reports)), make([][]any, 0, len(reports))
	for _, r := range reports {
		if _, twice := byID[r.ExternalID]; twice {
			continue
		}
		byID[r.ExternalID] = r
		if r.ReceivedAt.IsZero() {
			r.ReceivedAt = t.now
		}
		if r.At.IsZero() {
			r.At = r.ReceivedAt
		}
		rows = append(rows, []any{
			channel, r.ExternalID, r.Thread, r.ReplyTo, writers[r.Reporter.ID], r.At, r.ReceivedAt,
			r.Title, r.Text, r.Lang, r.URL, string(r.Route), r.NoReply,
		})
	}
	type added struct {
		id       int64
		external string
	}
	news, err := insertReturning(ctx, t, `INSERT INTO reports
		(channel, external_id, thread, reply_to, reporter_id, at, received_at, title, text, lang, url, route, no_reply) VALUES`,
		` ON CONFLICT (channel, external_id) DO NOTHING RETURNING id, external_id`, rows,
		func(r row) (a added, err error) { err = r.Scan(&a.id, &a.external); return a, err })
	if err != nil {
		return nil, fmt.Errorf("add reports: %w", err)
	}
	slices.SortFunc(news, func(a, b added) int { return cmp.Compare(a.id, b.id) })
	ids, raws := make([]int64, 0, len(news)), make([][]any, 0, len(news))
	var inbox, judged [][]any
	for _, a := range news {
		ids = append(ids, a.id)
		if backlog {
			judged = append(judged, []any{a.id, cut(channel+"/"+a.external, idMost), "", nil, false, tocsin.ActorSelf})
		} else {
			inbox = append(inbox, []any{a.id})
		}
		raws = append(raws, []any{a.id, byID[a.external].Markup, byID[a.external].Raw})
	}
	if err := t.insertAll(ctx, `INSERT INTO raws (report_id, markup, raw) VALUES`, "", raws); err != nil {
		return nil, fmt.Errorf("add original texts: %w", err)
	}
	if err := t.insertAll(ctx, `INSERT INTO inbox (report_id) VALUES`, "", inbox); err != nil {
		return nil, fmt.Errorf("add to inbox: %w", err)
	}
	if err := t.insertAll(ctx, judgementHead, "", judged); err != nil {
		return nil, fmt.Errorf("judge a backlog: %w", err)
	}
	return ids, nil
}
