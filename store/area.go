package store

import (
	"context"

	"github.com/tocsin/tocsin"
)

func areas() named[tocsin.Area] {
	return named[tocsin.Area]{noun: "area", table: "areas", name: func(a tocsin.Area) string { return a.Name }}
}

// Areas gives all areas, by name.
func (s *Store) Areas(ctx context.Context) ([]tocsin.Area, error) { return areas().all(ctx, s) }

// Area gives the area of a name. It returns CodeNotFound if there is none.
func (s *Store) Area(ctx context.Context, name string) (tocsin.Area, error) {
	return areas().get(ctx, s, name)
}

// PutArea adds an area, or replaces the one of its name. It returns CodeInvalid
// for one without a name.
func (s *Store) PutArea(ctx context.Context, a tocsin.Area) error {
	return areas().put(ctx, s, a)
}

// DeleteArea removes an area. Incidents keep its name. It returns CodeNotFound if
// there is none.
func (s *Store) DeleteArea(ctx context.Context, name string) error {
	return areas().remove(ctx, s, name)
}

// SeedAreas adds those of the configuration that are not there by name. Each name
// is seeded once: an area that people changed or deleted stays as they left it.
func (s *Store) SeedAreas(ctx context.Context, all []tocsin.Area) error {
	return areas().seed(ctx, s, all)
}
