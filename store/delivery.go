package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/tocsin/tocsin"
)

func deliveries() table[tocsin.Delivery] {
	return table[tocsin.Delivery]{
		noun: "delivery", alias: "d",
		query: `SELECT d.id, d.update_id, d.incident_id, d.channel, COALESCE(d.report_id, 0), d.idem_key, d.state, d.reason,
			d.external_id, d.url, d.attempts, d.created_at, d.updated_at,
			COALESCE(p.ident, ''), COALESCE(p.handle, ''), COALESCE(p.name, ''), COALESCE(p.url, ''), COALESCE(p.since, 0), COALESCE(p.staff, 0)
			FROM deliveries d LEFT JOIN reporters p ON p.id = d.reporter_id`,
		scan: func(r row) (d tocsin.Delivery, err error) {
			err = r.Scan(&d.ID, &d.Update, &d.Incident, &d.Channel, &d.Report, &d.Key, &d.State, &d.Reason,
				&d.ExternalID, &d.URL, &d.Attempts, moment{&d.CreatedAt}, moment{&d.UpdatedAt},
				&d.Reporter.ID, &d.Reporter.Handle, &d.Reporter.Name, &d.Reporter.URL, moment{&d.Reporter.Since}, &d.Reporter.Staff)
			return d, err
		},
		id: func(d tocsin.Delivery) int64 { return d.ID },
		save: func(ctx context.Context, t *tx, d *tocsin.Delivery) error {
			d.UpdatedAt = t.now
			_, err := t.exec(ctx, `UPDATE deliveries SET state = $2, reason = $3, external_id = $4, url = $5, attempts = $6, updated_at = $7 WHERE id = $1`,
				d.ID, d.State, d.Reason, d.ExternalID, d.URL, d.Attempts, d.UpdatedAt)
			return err
		},
		incident: func(_ context.Context, _ *tx, d tocsin.Delivery) (int64, error) { return d.Incident, nil },
	}
}

// addDeliveries writes the deliveries of an update. Whom one goes to says its report.
func (t *tx) addDeliveries(ctx context.Context, u tocsin.Update, all []tocsin.Delivery) error {
	writers, err := t.writers(ctx, all)
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(all))
	for _, d := range all {
		if d.State == "" {
			d.State = tocsin.DeliveryPending
		}
		var report, reporter any
		if d.Report != 0 {
			number, known := writers[d.Report]
			if !known {
				return tocsin.Errorf(tocsin.CodeNotFound, "There is no report %d to answer.", d.Report)
			}
			report, reporter = d.Report, number
		}
		rows = append(rows, []any{u.ID, u.Incident, d.Channel, report, reporter, d.Key, d.State, d.Reason, t.now, t.now})
	}
	if err := t.insertAll(ctx, `INSERT INTO deliveries
		(update_id, incident_id, channel, report_id, reporter_id, idem_key, state, reason, created_at, updated_at) VALUES`, "", rows); err != nil {
		return fmt.Errorf("add deliveries: %w", err)
	}
	return nil
}

// writers gives the number of each report's reporter.
func (t *tx) writers(ctx context.Context, all []tocsin.Delivery) (map[int64]int64, error) {
	writers := make(map[int64]int64, len(all))
	for some := range slices.Chunk(all, chunk) {
		ids := make([]int64, len(some))
		for i, d := range some {
			ids[i] = d.Report
		}
		set, args := in(ids)
		pairs, err := list(ctx, t.conn, func(r row) (pair [2]int64, err error) {
			err = r.Scan(&pair[0], &pair[1])
			return pair, err
		}, `SELECT id, reporter_id FROM reports WHERE id IN`+set, args...)
		if err != nil {
			return nil, fmt.Errorf("find reporters: %w", err)
		}
		for _, pair := range pairs {
			writers[pair[0]] = pair[1]
		}
	}
	return writers, nil
}

// Delivery gives a delivery. It returns CodeNotFound if there is none.
func (s *Store) Delivery(ctx context.Context, id int64) (tocsin.Delivery, error) {
	return deliveries().get(ctx, s.read, id, "")
}

// Deliveries lists the ledger, oldest first. It returns the cursor of the next
// page, "" at the end, and CodeInvalid for a cursor that it did not give.
func (s *Store) Deliveries(ctx context.Context, q tocsin.DeliveryQuery) ([]tocsin.Delivery, string, error) {
	f := filter{}
	if q.Incident != 0 {
		f.and("d.incident_id = $?", q.Incident)
	}
	if q.Update != 0 {
		f.and("d.update_id = $?", q.Update)
	}
	if q.State != "" {
		f.and("d.state = $?", q.State)
	}
	return deliveries().page(ctx, s.read, f, oldestFirst, q.After, q.Limit)
}

// ChangeDelivery changes a delivery as ChangeIncident does an incident, and notes when.
//
// A delivery has one live job at most: a DeliverJob in the effects is dropped
// while one is waiting or running, so a handler that wants to come again returns
// an error with RetryAfter instead.
func (s *Store) ChangeDelivery(ctx context.Context, id int64, fn func(*tocsin.Delivery) (tocsin.Effects, error)) (tocsin.Delivery, error) {
	return changeIn(ctx, s, deliveries(), id, fn)
}

// Tally counts an update's deliveries on one channel by their states.
func (s *Store) Tally(ctx context.Context, update int64, channel string) (map[tocsin.DeliveryState]int, error) {
	counts, err := countBy[tocsin.DeliveryState](ctx, s.read,
		`SELECT state, COUNT(*) FROM deliveries WHERE update_id = $1 AND channel = $2 GROUP BY state`, update, channel)
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	return counts, nil
}
