package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

func (t *tx) addRejections(ctx context.Context, channel string, rejections []tocsin.Rejection) error {
	rows := make([][]any, 0, len(rejections))
	for _, r := range rejections {
		if r.At.IsZero() {
			r.At = t.now
		}
		rows = append(rows, []any{channel, cut(r.ExternalID, idMost), cut(r.Reason, idMost), r.Detail, r.At})
	}
	// What was rejected before is known: a channel may bring it again and again.
	if err := t.insertAll(ctx, `INSERT INTO rejections (channel, external_id, reason, detail, at) VALUES`,
		` ON CONFLICT DO NOTHING`, rows); err != nil {
		return fmt.Errorf("add rejections: %w", err)
	}
	return nil
}

// cut shortens a text to so many bytes; a rune cut in half is mended when it is stored.
func cut(s string, most int) string { return s[:min(len(s), most)] }

// rejected is a rejection with its number, which the list walks by.
type rejected struct {
	id int64
	tocsin.Rejection
}

// Rejections lists what came in and did not become a report, newest first, from
// where a cursor stands. It returns the cursor of the next page, "" at the end.
func (s *Store) Rejections(ctx context.Context, cursor string, limit int) ([]tocsin.Rejection, string, error) {
	k := table[rejected]{
		noun: "rejection", alias: "x", query: `SELECT x.id, x.channel, x.external_id, x.reason, x.detail, x.at FROM rejections x`,
		id: func(r rejected) int64 { return r.id },
		scan: func(r row) (v rejected, err error) {
			err = r.Scan(&v.id, &v.Channel, &v.ExternalID, &v.Reason, &v.Detail, moment{&v.At})
			return v, err
		},
	}
	page, next, err := k.page(ctx, s.read, filter{}, newestFirst, cursor, limit)
	items := make([]tocsin.Rejection, len(page))
	for i, r := range page {
		items[i] = r.Rejection
	}
	return items, next, err
}
