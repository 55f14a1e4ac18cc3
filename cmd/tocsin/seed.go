package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/store"
)

// seed puts the configured areas, policies, people and schedules into the store, where they are not
// known there. Those that people have changed since stay as they are, which whoever
// edits the file must learn.
func seed(ctx context.Context, db *store.Store, cfg *config.Config, log *slog.Logger) error {
	if err := errors.Join(db.SeedAreas(ctx, cfg.Areas), db.SeedPolicies(ctx, cfg.Policies),
		db.SeedPeople(ctx, cfg.People), db.SeedSchedules(ctx, cfg.Schedules)); err != nil {
		return err
	}
	areas, err := db.Areas(ctx)
	if err != nil {
		return err
	}
	policies, err := db.Policies(ctx)
	if err != nil {
		return err
	}
	people, err := db.People(ctx)
	if err != nil {
		return err
	}
	schedules, err := db.Schedules(ctx)
	if err != nil {
		return err
	}
	changed := differing(cfg.Areas, areas, func(a tocsin.Area) string { return "area " + a.Name })
	changed = append(changed, differing(cfg.Policies, policies, func(p tocsin.Policy) string { return "policy " + p.Name })...)
	changed = append(changed, differing(cfg.People, people, func(p tocsin.Person) string { return "person " + p.Name })...)
	changed = append(changed, differing(cfg.Schedules, schedules, func(s tocsin.Schedule) string { return "schedule " + s.Name })...)
	if len(changed) > 0 {
		log.InfoContext(ctx, "the configuration differs from the store: the store's own version is used", "of", changed)
	}
	return nil
}

// differing names what is configured and stands otherwise in the store, or not at all.
func differing[T any](configured, stored []T, name func(T) string) []string {
	have := map[string][]byte{}
	for _, v := range stored {
		have[name(v)], _ = json.Marshal(v) // it was read from JSON
	}
	var names []string
	for _, v := range configured {
		want, err := json.Marshal(v)
		if err != nil || !bytes.Equal(want, have[name(v)]) {
			names = append(names, name(v))
		}
	}
	return names
}
