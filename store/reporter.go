package store

import (
	"context"
	"maps"
	"slices"

	"github.com/tocsin/tocsin"
)

// addReporters stores the writers of reports, as they are known now, and gives
// their numbers. Who is stored already and has not changed is left alone: in most
// batches that is most of them.
func (t *tx) addReporters(ctx context.Context, reports []tocsin.Report) (map[string]int64, error) {
	writers := make(map[string]tocsin.Reporter, len(reports))
	for _, r := range reports {
		writers[r.Reporter.ID] = r.Reporter
	}
	// In one order for all nodes, so that two of them cannot wait for each other.
	idents := slices.Sorted(maps.Keys(writers))
	known, err := t.reporters(ctx, idents)
	if err != nil {
		return nil, err
	}
	ids, rows := make(map[string]int64, len(idents)), [][]any{}
	for _, ident := range idents {
		w, k := writers[ident], known[ident]
		if k.id != 0 && same(w, k.Reporter) {
			ids[ident] = k.id
			continue
		}
		rows = append(rows, []any{w.ID, w.Handle, w.Name, w.URL, w.Since, w.Staff, t.now})
	}
	news, err := insertReturning(ctx, t, `INSERT INTO reporters (ident, handle, name, url, since, staff, created_at) VALUES`,
		` ON CONFLICT (ident) DO UPDATE SET handle = excluded.handle, name = excluded.name, url = excluded.url,
			since = excluded.since, staff = excluded.staff
		RETURNING id, ident, handle, name, url, since, staff`, rows, scanReporter)
	for _, k := range news {
		ids[k.ID] = k.id
	}
	return ids, err
}

type knownReporter struct {
	id int64
	tocsin.Reporter
}

func scanReporter(r row) (k knownReporter, err error) {
	err = r.Scan(&k.id, &k.ID, &k.Handle, &k.Name, &k.URL, moment{&k.Since}, &k.Staff)
	return k, err
}

func (t *tx) reporters(ctx context.Context, idents []string) (map[string]knownReporter, error) {
	known := make(map[string]knownReporter, len(idents))
	for some := range slices.Chunk(idents, chunk) {
		set, args := in(some)
		found, err := list(ctx, t.conn, scanReporter,
			`SELECT id, ident, handle, name, url, since, staff FROM reporters WHERE ident IN`+set, args...)
		if err != nil {
			return nil, err
		}
		for _, k := range found {
			known[k.ID] = k
		}
	}
	return known, nil
}

// same tells whether a reporter would be stored as is stored already.
func same(now, stored tocsin.Reporter) bool {
	return storable(now.Handle) == stored.Handle && storable(now.Name) == stored.Name && storable(now.URL) == stored.URL &&
		micros(now.Since) == micros(stored.Since) && now.Staff == stored.Staff
}
