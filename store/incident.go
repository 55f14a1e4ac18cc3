package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

func incidents() table[tocsin.Incident] {
	return table[tocsin.Incident]{
		noun: "incident", alias: "i",
		query: `SELECT i.id, i.ident, i.kind, i.tier, i.title, i.area, i.verdict, i.verdict_reason, i.duplicate_of, i.cause, i.phase,
			i.severity, i.first_seen, i.last_seen, i.reports, i.people, i.explanation, i.restricted,
			i.opened_at, i.verdict_at, i.next_update_at, i.closed_at, i.turn FROM incidents i`,
		scan:     scanIncident,
		id:       func(i tocsin.Incident) int64 { return i.ID },
		save:     saveIncident,
		incident: func(_ context.Context, _ *tx, i tocsin.Incident) (int64, error) { return i.ID, nil },
	}
}

func scanIncident(r row) (i tocsin.Incident, err error) {
	err = r.Scan(&i.ID, &i.Key, &i.Kind, &i.Tier, &i.Title, &i.Area, &i.Verdict, &i.VerdictReason, &i.DuplicateOf, &i.Cause, &i.Phase,
		&i.Severity, moment{&i.FirstSeen}, moment{&i.LastSeen}, &i.Reports, &i.People, document{&i.Explanation}, &i.Restricted,
		moment{&i.OpenedAt}, moment{&i.VerdictAt}, moment{&i.NextUpdateAt}, moment{&i.ClosedAt}, &i.Turn)
	return i, err
}

// saveIncident writes what people decide. A title, an area or a severity that
// they changed is theirs from then on.
func saveIncident(ctx context.Context, t *tx, i *tocsin.Incident) error {
	_, err := t.exec(ctx, `UPDATE incidents SET turn = turn + 1,
		edited = CASE WHEN title <> $2 OR area <> $3 OR severity <> $4 THEN 1 ELSE edited END,
		title = $2, area = $3, severity = $4, tier = $5, verdict = $6, verdict_reason = $7, duplicate_of = $8,
		cause = $9, phase = $10, restricted = $11, verdict_at = $12, next_update_at = $13, closed_at = $14 WHERE id = $1`,
		i.ID, i.Title, i.Area, i.Severity, i.Tier, i.Verdict, i.VerdictReason, i.DuplicateOf,
		i.Cause, i.Phase, i.Restricted, i.VerdictAt, i.NextUpdateAt, i.ClosedAt)
	i.Turn++
	return err
}

// Incidents lists incidents, newest first. It returns the cursor of the next
// page, "" at the end, and CodeInvalid for a cursor that it did not give.
func (s *Store) Incidents(ctx context.Context, q tocsin.IncidentQuery) ([]tocsin.Incident, string, error) {
	f := filter{}
	switch {
	case q.Open == nil:
	case *q.Open:
		f.conditions = append(f.conditions, "i.closed_at = 0")
	default:
		f.conditions = append(f.conditions, "i.closed_at > 0")
	}
	return incidents().page(ctx, s.read, f, newestFirst, q.Before, q.Limit)
}

// Incident gives an incident. It returns CodeNotFound if there is none.
func (s *Store) Incident(ctx context.Context, id int64) (tocsin.Incident, error) {
	return incidents().get(ctx, s.read, id, "")
}

// ChangeIncident lets fn change an incident that nobody else changes meanwhile,
// and stores it with the events and jobs that fn asks for. When fn returns an
// error, nothing is stored and the error comes back as it is. On PostgreSQL fn
// may run more than once; it must not call the store. Kind, counts, times of
// sighting and the explanation are triage's and stay as they are.
func (s *Store) ChangeIncident(ctx context.Context, id int64, fn func(*tocsin.Incident) (tocsin.Effects, error)) (tocsin.Incident, error) {
	return changeIn(ctx, s, incidents(), id, fn)
}

// mustExist returns CodeNotFound if there is no such incident.
func (t *tx) mustExist(ctx context.Context, incident int64) error {
	_, err := incidents().get(ctx, t.conn, incident, "")
	return err
}

// recount sets an incident's counts to what stands in the judgements.
func (t *tx) recount(ctx context.Context, incident int64) error {
	if _, err := t.exec(ctx, `UPDATE incidents SET
		reports = (SELECT COUNT(*) FROM judgements j WHERE j.incident_id = $1 AND j.reason = ''),
		people = (SELECT COUNT(DISTINCT r.reporter_id) FROM judgements j JOIN reports r ON r.id = j.report_id
			WHERE j.incident_id = $1 AND j.reason = '')
		WHERE id = $1`, incident); err != nil {
		return fmt.Errorf("count the reports of incident %d: %w", incident, err)
	}
	return nil
}
