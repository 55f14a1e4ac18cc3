package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

// followWriters does to stored reports what their writers did to them upstream.
func (t *tx) followWriters(ctx context.Context, channel string, edits []tocsin.Report, deleted []string) error {
	for _, r := range edits {
		if err := t.edit(ctx, channel, r); err != nil {
			return fmt.Errorf("follow an edit: %w", err)
		}
	}
	for _, id := range deleted {
		if err := t.delete(ctx, channel, id); err != nil {
			return fmt.Errorf("follow a deletion: %w", err)
		}
	}
	return nil
}

// edit gives a stored report its new words. What it said at first is kept beside:
// that is what was judged. An edit that changes no word, one of a deleted report
// and one of a report that we do not have are passed over.
func (t *tx) edit(ctx context.Context, channel string, r tocsin.Report) error {
	var id int64
	var title, text string
	err := t.row(ctx, `SELECT r.id, r.title, r.text FROM reports r
		WHERE r.channel = $1 AND r.external_id = $2 AND r.deleted_at = 0`+t.lock("r"), channel, r.ExternalID).Scan(&id, &title, &text)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && title == storable(r.Title) && text == storable(r.Text):
		return nil
	case err != nil:
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO first_texts (report_id, title, text) VALUES ($1, $2, $3) ON CONFLICT (report_id) DO NOTHING`, id, title, text); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE reports SET title = $2, text = $3, lang = $4, edited_at = $5 WHERE id = $1`, id, r.Title, r.Text, r.Lang, t.now); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE raws SET markup = $2, raw = $3 WHERE report_id = $1`, id, r.Markup, r.Raw); err != nil {
		return err
	}
	if err := t.judgeAgain(ctx, id); err != nil {
		return err
	}
	return t.sayOf(ctx, id, "edited", "The writer of report %d changed it.", id)
}

// judgeAgain puts a report back into the inbox that is in no incident: its new
// words may belong to one. What is in one stays there, and what a person judged.
func (t *tx) judgeAgain(ctx context.Context, report int64) error {
	_, err := t.exec(ctx, `INSERT INTO inbox (report_id) SELECT report_id FROM judgements
		WHERE report_id = $1 AND incident_id IS NULL AND judge = '`+tocsin.ActorSelf+`' ON CONFLICT (report_id) DO NOTHING`, report)
	return err
}

// delete takes the words of a report away, in every form in which we have them:
// networks ask for it (https://developer.x.com/en/docs/twitter-api/enterprise/compliance-firehose-api/guides/honoring-user-intent), and what
// is not there cannot be quoted. That somebody wrote, and when, stays.
func (t *tx) delete(ctx context.Context, channel, externalID string) error {
	gone, err := list(ctx, t.conn, number, `UPDATE reports SET title = '', text = '', deleted_at = $3
		WHERE channel = $1 AND external_id = $2 AND deleted_at = 0 RETURNING id`, channel, externalID, t.now)
	if err != nil || len(gone) == 0 {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE raws SET raw = '' WHERE report_id = $1`, gone[0]); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM first_texts WHERE report_id = $1`, gone[0]); err != nil {
		return err
	}
	return t.sayOf(ctx, gone[0], "deleted", "The writer of report %d deleted it.", gone[0])
}

// sayOf puts a line on the timeline of the incident that a report is in, if any.
func (t *tx) sayOf(ctx context.Context, report int64, kind, format string, args ...any) error {
	in, err := list(ctx, t.conn, number, `SELECT incident_id FROM judgements WHERE report_id = $1 AND incident_id IS NOT NULL`, report)
	if err != nil || len(in) == 0 {
		return err
	}
	return t.say(ctx, in[0], kind, format, args...)
}

// FirstText gives what an edited report said before its writer first changed it; ""
// for one that was not edited, or was deleted since.
func (s *Store) FirstText(ctx context.Context, report int64) (title, text string, err error) {
	err = s.read.row(ctx, `SELECT title, text FROM first_texts WHERE report_id = $1`, report).Scan(&title, &text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", fmt.Errorf("read first text: %w", err)
	}
	return title, text, nil
}
