package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

const judgementHead = `INSERT INTO judgements (report_id, cluster, reason, incident_id, sure, judge) VALUES`

// addJudgements stores what triage thinks, except where a person has spoken. Of
// two judgements about one report the later counts.
func (t *tx) addJudgements(ctx context.Context, all []tocsin.Judgement) error {
	byReport, keys := map[int64]tocsin.Judgement{}, map[string]bool{}
	for _, j := range all {
		byReport[j.Report] = j
		if j.Incident != "" {
			keys[j.Incident] = true
		}
	}
	numbers, err := t.incidentNumbers(ctx, keys)
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(byReport))
	for _, report := range slices.Sorted(maps.Keys(byReport)) {
		j := byReport[report]
		var incident any
		if j.Incident != "" {
			incident = numbers[j.Incident]
		}
		rows = append(rows, []any{j.Report, j.Cluster, j.Reason, incident, j.Sure, tocsin.ActorSelf})
	}
	return t.insertAll(ctx, judgementHead,
		` ON CONFLICT (report_id) DO UPDATE SET cluster = excluded.cluster, reason = excluded.reason,
			incident_id = excluded.incident_id, sure = excluded.sure
		WHERE judgements.judge = '`+tocsin.ActorSelf+`'`, rows)
}

func (t *tx) incidentNumbers(ctx context.Context, keys map[string]bool) (map[string]int64, error) {
	numbers := make(map[string]int64, len(keys))
	for key := range keys {
		var id int64
		err := t.row(ctx, `SELECT id FROM incidents WHERE ident = $1`, key).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "A judgement names incident %q, which nobody has seen.", key)
		}
		if err != nil {
			return nil, fmt.Errorf("find incident: %w", err)
		}
		numbers[key] = id
	}
	return numbers, nil
}

// historyPage is how many reports History reads at once, so that no read stays
// open while the caller thinks.
const historyPage = 2000

// History gives the judged reports that were written since a time, in the order
// of their numbers, without their routes.
func (s *Store) History(ctx context.Context, since time.Time) iter.Seq2[tocsin.Judged, error] {
	return func(yield func(tocsin.Judged, error) bool) {
		next, found, err := s.firstSince(ctx, since)
		for err == nil && found {
			var page []tocsin.Judged
			if page, err = s.judged(ctx, next); err != nil || len(page) == 0 {
				break
			}
			next = page[len(page)-1].Report.ID + 1
			for _, j := range page {
				if !j.Report.At.Before(since) && !yield(j, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(tocsin.Judged{}, err)
		}
	}
}

// firstSince gives the lowest number of a report written since a time.
func (s *Store) firstSince(ctx context.Context, since time.Time) (id int64, found bool, err error) {
	var first sql.NullInt64
	if err := s.read.row(ctx, `SELECT MIN(id) FROM reports WHERE at >= $1`, since).Scan(&first); err != nil {
		return 0, false, fmt.Errorf("find where history begins: %w", err)
	}
	return first.Int64, first.Valid, nil
}

func (s *Store) judged(ctx context.Context, from int64) ([]tocsin.Judged, error) {
	page, err := list(ctx, s.read, func(r row) (v tocsin.Judged, err error) {
		var judge string
		v.Report, err = scanReport(r, &v.Judgement.Cluster, &v.Judgement.Reason, &v.Judgement.Incident, &v.Judgement.Sure, &judge)
		v.Judgement.Report, v.Human = v.Report.ID, judge != tocsin.ActorSelf
		return v, err
	}, `SELECT `+reportColumns+`, j.cluster, j.reason, COALESCE(i.ident, ''), j.sure, j.judge`+reportFrom+`
		JOIN judgements j ON j.report_id = r.id LEFT JOIN incidents i ON i.id = j.incident_id
		WHERE r.id >= $1 ORDER BY r.id LIMIT $2`, from, historyPage)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return page, nil
}

// Judgement gives where a report was judged to belong. It returns CodeNotFound for
// one that nobody has judged yet.
func (s *Store) Judgement(ctx context.Context, report int64) (p tocsin.Place, err error) {
	err = s.read.row(ctx, `SELECT COALESCE(incident_id, 0), cluster, reason, sure, judge FROM judgements WHERE report_id = $1`, report).
		Scan(&p.Incident, &p.Cluster, &p.Reason, &p.Sure, &p.Judge)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return p, tocsin.Errorf(tocsin.CodeNotFound, "Report %d is not judged yet.", report)
	case err != nil:
		return p, fmt.Errorf("read judgement: %w", err)
	}
	return p, nil
}

// family gives an incident with those that were found to be duplicates of it, as
// ($1, $2, …) and its arguments. It is asked first and by itself: PostgreSQL
// reads all judgements when it stands as a subquery.
func (s *Store) family(ctx context.Context, incident int64) (set string, args []any, err error) {
	ids, err := list(ctx, s.read, number, `SELECT id FROM incidents WHERE id = $1 OR duplicate_of = $1`, incident)
	if err != nil {
		return "", nil, fmt.Errorf("find duplicates: %w", err)
	}
	if len(ids) == 0 {
		ids = []int64{incident} // none has it, and nothing is found
	}
	set, args = in(ids)
	return set, args, nil
}

// Members gives every report that was judged into an incident or a duplicate of
// it, oldest first, without their routes.
func (s *Store) Members(ctx context.Context, incident int64) ([]tocsin.Member, error) {
	set, args, err := s.family(ctx, incident)
	if err != nil {
		return nil, err
	}
	members, err := list(ctx, s.read, func(r row) (m tocsin.Member, err error) {
		m.Report, err = scanReport(r, &m.Reason, &m.Sure, &m.Judge, &m.OptedOut)
		return m, err
	}, `SELECT `+reportColumns+`, j.reason, j.sure, j.judge, p.opted_out`+reportFrom+`
		JOIN judgements j ON j.report_id = r.id WHERE j.incident_id IN`+set+` ORDER BY r.at, r.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	return members, nil
}

// Assign is a person's word on where a report belongs: to an incident, or to none
// if that is 0. Triage never overwrites it. The incidents' counts and timelines
// follow. It returns CodeNotFound for a report or an incident that is not there.
func (s *Store) Assign(ctx context.Context, report, incident int64, sure bool, actor string) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := reports().get(ctx, t.conn, report, ""); err != nil {
			return err
		}
		var was sql.NullInt64
		err := t.row(ctx, `SELECT incident_id FROM judgements WHERE report_id = $1`, report).Scan(&was)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("read judgement: %w", err)
		}
		var to any
		if incident != 0 {
			if err := t.mustExist(ctx, incident); err != nil {
				return err
			}
			to = incident
		}
		if _, err := t.exec(ctx, `INSERT INTO judgements (report_id, cluster, reason, incident_id, sure, judge) VALUES ($1, '', '', $2, $3, $4)
			ON CONFLICT (report_id) DO UPDATE SET reason = excluded.reason, incident_id = excluded.incident_id,
				sure = excluded.sure, judge = excluded.judge`, report, to, sure && incident != 0, actor); err != nil {
			return fmt.Errorf("write judgement: %w", err)
		}
		return t.moved(ctx, report, was.Int64, incident, actor)
	})
}

// moved recounts the incidents that a report left and joined, and says so there.
func (t *tx) moved(ctx context.Context, report, from, to int64, actor string) error {
	if from != 0 && from != to {
		if err := t.recount(ctx, from); err != nil {
			return err
		}
		if err := t.addEvent(ctx, tocsin.Event{Incident: from, Actor: actor, Kind: "detached", Text: fmt.Sprintf("Report %d does not belong here.", report)}); err != nil {
			return err
		}
	}
	if to == 0 {
		return nil
	}
	if err := t.recount(ctx, to); err != nil {
		return err
	}
	return t.addEvent(ctx, tocsin.Event{Incident: to, Actor: actor, Kind: "attached", Text: fmt.Sprintf("Report %d belongs here.", report)})
}
