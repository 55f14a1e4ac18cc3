package store

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// chunk is how many rows one INSERT takes. Full chunks share one text, which
// both drivers keep prepared; SQLite's limit of 32,766 parameters is far off
// (https://www.sqlite.org/limits.html#max_variable_number).
const chunk = 100

// insertAll inserts rows in chunks. The head ends in VALUES; each row has as many
// arguments as the head has columns.
func (t *tx) insertAll(ctx context.Context, head, tail string, rows [][]any) error {
	for text, args := range inserts(head, tail, rows) {
		if _, err := t.exec(ctx, text, args...); err != nil {
			return err
		}
	}
	return nil
}

// insertReturning is insertAll for a tail that returns something of each row.
func insertReturning[T any](ctx context.Context, t *tx, head, tail string, rows [][]any, scan func(row) (T, error)) ([]T, error) {
	var all []T
	for text, args := range inserts(head, tail, rows) {
		some, err := list(ctx, t.conn, scan, text, args...)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// inserts gives the statements, with their arguments, that insert rows.
func inserts(head, tail string, rows [][]any) iter.Seq2[string, []any] {
	return func(yield func(string, []any) bool) {
		for some := range slices.Chunk(rows, chunk) {
			if !yield(head+tuples(len(some), len(some[0]))+tail, slices.Concat(some...)) {
				return
			}
		}
	}
}

// tuples writes ($1, $2), ($3, $4), … for so many rows of so many columns.
func tuples(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString(" ($")
		case i%columns == 0:
			b.WriteString("), ($")
		default:
			b.WriteString(", $")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	b.WriteString(")")
	return b.String()
}

// in writes ($1, $2, …) and gives the arguments for it.
func in[T any](all []T) (string, []any) {
	args := make([]any, len(all))
	for i, v := range all {
		args[i] = v
	}
	return tuples(1, len(all)), args
}
