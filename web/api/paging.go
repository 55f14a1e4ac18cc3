package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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

// cut makes a page of a list that is short enough to be read whole, in the order
// of its keys. The cursor is the key of the last row that was given.
func cut[T any](rows []T, p Paging, key func(T) string) (List[T], error) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row T) bool { return key(row) <= p.Cursor })
	slices.SortFunc(rows, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	if len(rows) <= p.Limit {
		return listed(rows, "", nil)
	}
	rows = rows[:p.Limit]
	return listed(rows, key(rows[len(rows)-1]), nil)
}

// ordinal makes a key of an id: keys compare as the ids do.
func ordinal(id int64) string { return fmt.Sprintf("%013s", strconv.FormatInt(id, 36)) }
