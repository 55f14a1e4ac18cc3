package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

func pages() table[tocsin.Page] {
	return table[tocsin.Page]{
		noun: "page", alias: "g",
		query: `SELECT g.id, g.incident_id, g.tier, g.policy, g.step, g.state, g.actor, g.opened_at, g.acked_at, g.next_at, g.closed_at, g.snoozed_at FROM pages g`,
		scan: func(r row) (p tocsin.Page, err error) {
			err = r.Scan(&p.ID, &p.Incident, &p.Tier, &p.Policy, &p.Step, &p.State, &p.By,
				moment{&p.OpenedAt}, moment{&p.AckedAt}, moment{&p.NextAt}, moment{&p.ClosedAt}, &p.SnoozedAt)
			return p, err
		},
		id: func(p tocsin.Page) int64 { return p.ID },
		save: func(ctx context.Context, t *tx, p *tocsin.Page) error {
			_, err := t.exec(ctx, `UPDATE pages SET step = $2, state = $3, actor = $4, acked_at = $5, next_at = $6, closed_at = $7, policy = $8, snoozed_at = $9 WHERE id = $1`,
				p.ID, p.Step, p.State, p.By, p.AckedAt, p.NextAt, p.ClosedAt, p.Policy, p.SnoozedAt)
			return err
		},
		incident: func(_ context.Context, _ *tx, p tocsin.Page) (int64, error) { return p.Incident, nil },
	}
}

// OpenPage opens a page with its first notices, each of which gets a job, and
// tells whether it was opened now: an incident has one page of each tier, and
// when it has one already that is returned and nothing is written.
// The notices' jobs go out at once; jobs in the effects may name the page only
// once it has a number, so what needs that is asked for by ChangePage.
func (s *Store) OpenPage(ctx context.Context, p tocsin.Page, notices []tocsin.Notice, e tocsin.Effects) (page tocsin.Page, created bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		page, created = p, false
		if page.OpenedAt.IsZero() {
			page.OpenedAt = t.now
		}
		if page.State == "" {
			page.State = tocsin.PageOpen
		}
		if err := t.mustExist(ctx, page.Incident); err != nil {
			return err
		}
		k := pages()
		opened, err := list(ctx, t.conn, number, `INSERT INTO pages
			(incident_id, tier, policy, step, state, actor, opened_at, acked_at, next_at, closed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (incident_id, tier) DO NOTHING RETURNING id`,
			page.Incident, page.Tier, page.Policy, page.Step, page.State, page.By, page.OpenedAt, page.AckedAt, page.NextAt, page.ClosedAt)
		if err != nil {
			return fmt.Errorf("open page: %w", err)
		}
		if created = len(opened) == 1; !created {
			page, err = k.scan(t.row(ctx, k.query+` WHERE g.incident_id = $1 AND g.tier = $2`, page.Incident, page.Tier))
			return err
		}
		page.ID = opened[0]
		if err := t.addNotices(ctx, page.ID, notices); err != nil {
			return err
		}
		return t.effects(ctx, page.Incident, e)
	})
	return page, created, err
}

// Page gives a page. It returns CodeNotFound if there is none.
func (s *Store) Page(ctx context.Context, id int64) (tocsin.Page, error) {
	return pages().get(ctx, s.read, id, "")
}

// Pages lists pages, newest first, and gives the cursor of what follows.
func (s *Store) Pages(ctx context.Context, q tocsin.PageQuery) ([]tocsin.Page, string, error) {
	f := filter{}
	if q.Incident != 0 {
		f.and("g.incident_id = $?", q.Incident)
	}
	if q.State != "" {
		f.and("g.state = $?", q.State)
	}
	return pages().page(ctx, s.read, f, newestFirst, q.Before, q.Limit)
}

// ChangePage changes a page as ChangeIncident does an incident. The notices that
// fn returns are added, each with its job.
func (s *Store) ChangePage(ctx context.Context, id int64, fn func(*tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error)) (page tocsin.Page, err error) {
	err = s.write(ctx, func(t *tx) error {
		var notices []tocsin.Notice
		page, err = pages().change(ctx, t, id, func(p *tocsin.Page) (e tocsin.Effects, err error) {
			notices, e, err = fn(p)
			return e, err
		})
		if err != nil {
			return err
		}
		return t.addNotices(ctx, id, notices)
	})
	return page, err
}
