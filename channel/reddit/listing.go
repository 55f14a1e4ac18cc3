package reddit

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	// pageSize is how many things a page holds at most.
	// https://www.reddit.com/dev/api#listings
	pageSize = 100
	// pages is how far back a list goes: Reddit keeps a thousand things of each.
	pages = 10
)

// page is one page of a listing, the newest first, and where the next begins.
type page struct {
	things []thing
	after  string
}

// page reads posts and comments of a listing and passes over everything else.
func (a *account) page(ctx context.Context, path, after string) (page, error) {
	var answer struct {
		Data struct {
			After    string `json:"after"`
			Children []struct {
				Kind string          `json:"kind"`
				Data json.RawMessage `json:"data"`
			} `json:"children"`
		} `json:"data"`
	}
	query := url.Values{"raw_json": {"1"}, "limit": {strconv.Itoa(pageSize)}}
	if after != "" {
		query.Set("after", after)
	}
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	if err := a.call(ctx, path+join+query.Encode(), nil, &answer); err != nil {
		return page{}, err
	}
	p := page{after: answer.Data.After}
	for _, child := range answer.Data.Children {
		t := thing{kind: child.Kind}
		if child.Kind != kindComment && child.Kind != kindPost || json.Unmarshal(child.Data, &t) != nil || !strings.HasPrefix(t.Name, child.Kind+"_") {
			continue // a message, or something that we don't know
		}
		p.things = append(p.things, t)
	}
	return p, nil
}

// newest reads a listing back until enough says so, and gives its things, oldest
// first. Reddit's own "before" is not used: it gives nothing, for ever, once the
// thing that it names was deleted.
func (a *account) newest(ctx context.Context, path string, enough func(oldest *thing) bool) ([]thing, error) {
	var all []thing
	after := ""
	for range pages {
		p, err := a.page(ctx, path, after)
		if err != nil {
			return nil, err
		}
		all = append(all, p.things...)
		if after = p.after; after == "" || len(all) > 0 && enough(&all[len(all)-1]) {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b thing) int { return cmp.Compare(a.Created, b.Created) })
	return slices.CompactFunc(all, func(a, b thing) bool { return a.Name == b.Name }), nil
}

// still asks which of these things are to be seen.
func (a *account) still(ctx context.Context, names []string) (map[string]bool, error) {
	there := map[string]bool{}
	for some := range slices.Chunk(names, pageSize) {
		p, err := a.page(ctx, "/api/info?id="+strings.Join(some, ","), "")
		if err != nil {
			return nil, err
		}
		for i := range p.things {
			if !p.things[i].gone() {
				there[p.things[i].Name] = true
			}
		}
	}
	return there, nil
}
