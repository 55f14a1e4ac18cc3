package store

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tocsin/tocsin"
)

// Limits of a list: a query that names none gets the default, one that names
// more gets the most.
const (
	LimitDefault = 50
	LimitMost    = 500
)

func clamp(limit int) int {
	if limit <= 0 {
		return LimitDefault
	}
	return min(limit, LimitMost)
}

// filter gathers the conditions of a WHERE. A condition says $? for its argument.
type filter struct {
	conditions []string
	args       []any
}

func (f *filter) and(condition string, arg any) {
	f.args = append(f.args, arg)
	f.conditions = append(f.conditions, strings.ReplaceAll(condition, "$?", "$"+strconv.Itoa(len(f.args))))
}

func (f *filter) where() string {
	if len(f.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.conditions, " AND ")
}

// Orders of a list. The number of a row tells its age, so each list is a walk
// along an index from where the cursor stands.
const (
	newestFirst = "DESC"
	oldestFirst = "ASC"
)

// page reads one page of a list and the cursor of the next one, "" at the end.
func (k table[T]) page(ctx context.Context, c conn, f filter, order, cursor string, limit int) ([]T, string, error) {
	walk := cmp.Or(k.walk, k.alias+".id")
	if cursor != "" {
		id, err := strconv.ParseInt(cursor, 36, 64)
		if err != nil {
			return nil, "", tocsin.Errorf(tocsin.CodeInvalid, "%q is no cursor that this list gave.", cursor)
		}
		f.and(walk+" "+map[string]string{newestFirst: "<", oldestFirst: ">"}[order]+" $?", id)
	}
	limit = clamp(limit)
	// One row more than asked for tells whether there is another page.
	items, err := list(ctx, c, k.scan, fmt.Sprintf("%s%s ORDER BY %s %s LIMIT %d", k.query, f.where(), walk, order, limit+1), f.args...)
	if err != nil {
		return nil, "", fmt.Errorf("list each %s: %w", k.noun, err)
	}
	if len(items) <= limit {
		return items, "", nil
	}
	items = items[:limit]
	return items, strconv.FormatInt(k.id(items[limit-1]), 36), nil
}
