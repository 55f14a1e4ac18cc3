package store

import (
	"context"

	"github.com/tocsin/tocsin"
)

func people() named[tocsin.Person] {
	return named[tocsin.Person]{noun: "person", table: "people", name: func(p tocsin.Person) string { return p.Name }}
}

// People gives all people who can be paged, by name.
func (s *Store) People(ctx context.Context) ([]tocsin.Person, error) { return people().all(ctx, s) }

// Person gives the person of a name. It returns CodeNotFound if there is none.
func (s *Store) Person(ctx context.Context, name string) (tocsin.Person, error) {
	return people().get(ctx, s, name)
}

// PutPerson adds a person, or replaces the one of that name. It returns
// CodeInvalid for one without a name.
func (s *Store) PutPerson(ctx context.Context, p tocsin.Person) error {
	return people().put(ctx, s, p)
}

// DeletePerson removes a person. It returns CodeNotFound if there is none.
func (s *Store) DeletePerson(ctx context.Context, name string) error {
	return people().remove(ctx, s, name)
}

// SeedPeople adds those of the configuration that are not there by name, as
// SeedAreas does.
func (s *Store) SeedPeople(ctx context.Context, all []tocsin.Person) error {
	return people().seed(ctx, s, all)
}
