package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

func notices() table[tocsin.Notice] {
	return table[tocsin.Notice]{
		noun: "notice", alias: "n",
		query: `SELECT n.id, n.page_id, n.step, n.channel, n.target, n.idem_key, n.state, n.external_id, n.reason, n.attempts, n.updated_at, n.person, n.due_at, n.quiet FROM notices n`,
		scan: func(r row) (n tocsin.Notice, err error) {
			err = r.Scan(&n.ID, &n.Page, &n.Step, &n.Target.Channel, &n.Target.To, &n.Key, &n.State,
				&n.ExternalID, &n.Reason, &n.Attempts, moment{&n.UpdatedAt}, &n.Target.Person, moment{&n.DueAt}, &n.Quiet)
			return n, err
		},
		id: func(n tocsin.Notice) int64 { return n.ID },
		save: func(ctx context.Context, t *tx, n *tocsin.Notice) error {
			n.UpdatedAt = t.now
			_, err := t.exec(ctx, `UPDATE notices SET state = $2, external_id = $3, reason = $4, attempts = $5, updated_at = $6, due_at = $7, quiet = $8 WHERE id = $1`,
				n.ID, n.State, n.ExternalID, n.Reason, n.Attempts, n.UpdatedAt, n.DueAt, n.Quiet)
			return err
		},
		incident: func(ctx context.Context, t *tx, n tocsin.Notice) (int64, error) {
			return number(t.row(ctx, `SELECT incident_id FROM pages WHERE id = $1`, n.Page))
		},
	}
}

// addNotices adds the notices of a page that are not there by their key, and
// enqueues a job for each of these.
func (t *tx) addNotices(ctx context.Context, page int64, all []tocsin.Notice) error {
	var tasks []task
	for _, n := range all {
		if n.State == "" {
			n.State = tocsin.DeliveryPending
		}
		added, err := list(ctx, t.conn, number, `INSERT INTO notices
			(page_id, step, channel, target, idem_key, state, external_id, reason, attempts, updated_at, person, due_at, quiet)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (idem_key) DO NOTHING RETURNING id`,
			page, n.Step, n.Target.Channel, n.Target.To, n.Key, n.State, n.ExternalID, n.Reason, n.Attempts, t.now, n.Target.Person, n.DueAt, n.Quiet)
		if err != nil {
			return fmt.Errorf("add notice: %w", err)
		}
		for _, id := range added {
			job := tocsin.NoticeJob{Notice: id}
			tasks = append(tasks, task{job: job, queue: QueueOf(job, n.Target.Channel), at: n.DueAt})
		}
	}
	_, err := t.enqueue(ctx, tasks)
	return err
}

// Notices gives the notices of a page, oldest first.
func (s *Store) Notices(ctx context.Context, page int64) ([]tocsin.Notice, error) {
	k := notices()
	all, err := list(ctx, s.read, k.scan, k.query+` WHERE n.page_id = $1 ORDER BY n.id`, page)
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	return all, nil
}

// Notice gives a notice. It returns CodeNotFound if there is none.
func (s *Store) Notice(ctx context.Context, id int64) (tocsin.Notice, error) {
	return notices().get(ctx, s.read, id, "")
}

// ChangeNotice changes a notice as ChangeIncident does an incident, and notes when.
func (s *Store) ChangeNotice(ctx context.Context, id int64, fn func(*tocsin.Notice) (tocsin.Effects, error)) (tocsin.Notice, error) {
	return changeIn(ctx, s, notices(), id, fn)
}
