package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/tocsin/tocsin"
)

// Inbox gives reports that triage has not judged, in the order of their numbers.
func (s *Store) Inbox(ctx context.Context, limit int) ([]tocsin.Report, error) {
	k := reports()
	waiting, err := list(ctx, s.read, k.scan, k.query+` JOIN inbox n ON n.report_id = r.id ORDER BY n.report_id LIMIT $1`, max(limit, 0))
	if err != nil {
		return nil, fmt.Errorf("read inbox: %w", err)
	}
	return waiting, nil
}

// CommitTriage stores what triage made of some reports, in one transaction:
// judgements, except over a person's; incidents, which appear at the first sight
// of their key and grow from then on; and an alert for each incident whose bell
// got louder, unless a person has judged it to be none or closed it. A
// judgement's incident must be known by its key, from this call or an earlier one.
func (s *Store) CommitTriage(ctx context.Context, triaged tocsin.Triaged) error {
	return s.write(ctx, func(t *tx) error {
		for _, sighting := range triaged.Sightings {
			if err := t.addSighting(ctx, sighting); err != nil {
				return fmt.Errorf("store sighting %s: %w", sighting.Key, err)
			}
		}
		if err := t.addJudgements(ctx, triaged.Judgements); err != nil {
			return fmt.Errorf("store judgements: %w", err)
		}
		for some := range slices.Chunk(triaged.Done, chunk) {
			set, args := in(some)
			if _, err := t.exec(ctx, `DELETE FROM inbox WHERE report_id IN`+set, args...); err != nil {
				return fmt.Errorf("clear inbox: %w", err)
			}
		}
		return nil
	})
}

func (t *tx) addSighting(ctx context.Context, seen tocsin.Sighting) error {
	k := incidents()
	i, err := k.scan(t.row(ctx, k.query+` WHERE i.ident = $1`+t.lock(k.alias), seen.Key))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		if i, err = t.openIncident(ctx, seen); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	louder := seen.Tier.Louder(i.Tier)
	if err := t.saveSighting(ctx, grown(i, seen)); err != nil {
		return err
	}
	if err := t.refresh(ctx, i.ID, seen); err != nil {
		return err
	}
	if seen.Reports > i.Reports || seen.People > i.People {
		if err := t.refreshPages(ctx, i.ID); err != nil {
			return err
		}
	}
	if !louder {
		return nil
	}
	if err := t.say(ctx, i.ID, string(seen.Tier), "%s", headline(seen)); err != nil {
		return err
	}
	if silenced(i) {
		return nil
	}
	_, err = t.enqueue(ctx, []task{{job: tocsin.AlertJob{Incident: i.ID, Tier: seen.Tier}, queue: QueueAlert}})
	return err
}

// openIncident makes an incident of a sighting. It has no bell yet, so that the
// sighting's is louder.
func (t *tx) openIncident(ctx context.Context, seen tocsin.Sighting) (tocsin.Incident, error) {
	k := incidents()
	var id int64
	if err := t.row(ctx, `INSERT INTO incidents
		(ident, kind, tier, title, area, severity, first_seen, last_seen, reports, people, explanation, opened_at)
		VALUES ($1, $2, '', $3, $4, $5, $6, $7, 0, 0, '{}', $8) RETURNING id`,
		seen.Key, seen.Kind, seen.Title, seen.Area, seen.Severity, seen.FirstSeen, seen.LastSeen, t.now).Scan(&id); err != nil {
		return tocsin.Incident{}, err
	}
	if err := t.say(ctx, id, "opened", "%s", headline(seen)); err != nil {
		return tocsin.Incident{}, err
	}
	return k.get(ctx, t.conn, id, "")
}

func headline(seen tocsin.Sighting) string {
	if seen.Explanation.Summary != "" {
		return seen.Explanation.Summary
	}
	return seen.Title
}

// grown is an incident after a sighting: nothing of it gets less.
func grown(i tocsin.Incident, seen tocsin.Sighting) tocsin.Incident {
	if seen.Tier.Louder(i.Tier) {
		i.Tier = seen.Tier
	}
	if seen.FirstSeen.Before(i.FirstSeen) {
		i.FirstSeen = seen.FirstSeen
	}
	if seen.LastSeen.After(i.LastSeen) {
		i.LastSeen = seen.LastSeen
	}
	i.Reports, i.People = max(i.Reports, seen.Reports), max(i.People, seen.People)
	i.Explanation = seen.Explanation
	return i
}

// saveSighting writes what is triage's alone.
func (t *tx) saveSighting(ctx context.Context, i tocsin.Incident) error {
	explanation, err := marshal(i.Explanation)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE incidents SET tier = $2, first_seen = $3, last_seen = $4, reports = $5, people = $6, explanation = $7 WHERE id = $1`,
		i.ID, i.Tier, i.FirstSeen, i.LastSeen, i.Reports, i.People, explanation)
	return err
}

// refresh writes what triage only proposes: it ends when a person has judged the
// incident or set one of these.
func (t *tx) refresh(ctx context.Context, id int64, seen tocsin.Sighting) error {
	_, err := t.exec(ctx, `UPDATE incidents SET kind = $2, title = $3, area = $4, severity = $5
		WHERE id = $1 AND verdict = '' AND edited = 0 AND closed_at = 0`, id, seen.Kind, seen.Title, seen.Area, seen.Severity)
	return err
}

// silenced tells whether people have said that an incident needs no bell.
func silenced(i tocsin.Incident) bool {
	return !i.ClosedAt.IsZero() ||
		slices.Contains([]tocsin.Verdict{tocsin.VerdictNotIncident, tocsin.VerdictFlood, tocsin.VerdictDuplicate}, i.Verdict)
}
