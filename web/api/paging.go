package api

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/tocsin/tocsin"
)

// List is one page of a list. Next is the cursor of the page after it, and empty
// on the last one.
type List[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"Send it as cursor to get the page after this one; absent on the last"`
}

// Paging is what a list takes.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"200" doc:"Where to go on: the next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"How many at most"`
}

// listed makes a page of what a store gave.
func listed[T any](items []T, next string, err error) (List[T], error) {
	if items == nil {
		items = []T{}
	}
	return List[T]{Items: items, Next: next}, err
}

// whole makes the only page of a list that is short by its nature.
func whole[T any](items []T, err error) (List[T], error) { return listed(items, "", err) }

// cut makes a page of rows in the order of their ids, in which they came.
func cut[T any](rows []T, p Paging, id func(T) int64) (List[T], error) {
	after, err := decodeCursor(p.Cursor)
	if err != nil {
		return List[T]{}, err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(row T) bool { return id(row) <= after })
	slices.SortFunc(rows, func(a, b T) int { return cmp.Compare(id(a), id(b)) })
	if len(rows) <= p.Limit {
		return listed(rows, "", nil)
	}
	rows = rows[:p.Limit]
	return listed(rows, encodeCursor(id(rows[len(rows)-1])), nil)
}

func encodeCursor(id int64) string { return strconv.FormatInt(id, 36) }

func decodeCursor(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(cursor, 36, 64)
	if err != nil {
		return 0, tocsin.Errorf(tocsin.CodeInvalid, "%q is no cursor that this list gave.", cursor)
	}
	return id, nil
}
