package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

func schedules() named[tocsin.Schedule] {
	return named[tocsin.Schedule]{noun: "schedule", table: "schedules", name: func(s tocsin.Schedule) string { return s.Name }}
}

// Schedules gives all schedules, by name.
func (s *Store) Schedules(ctx context.Context) ([]tocsin.Schedule, error) {
	return schedules().all(ctx, s)
}

// Schedule gives the schedule of a name. It returns CodeNotFound if there is none.
func (s *Store) Schedule(ctx context.Context, name string) (tocsin.Schedule, error) {
	return schedules().get(ctx, s, name)
}

// PutSchedule adds a schedule, or replaces the one of its name, whose overrides
// stay. It returns CodeInvalid for one without a name.
func (s *Store) PutSchedule(ctx context.Context, v tocsin.Schedule) error {
	return schedules().put(ctx, s, v)
}

// DeleteSchedule removes a schedule with its overrides. It returns CodeNotFound if
// there is none.
func (s *Store) DeleteSchedule(ctx context.Context, name string) error {
	return s.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM overrides WHERE schedule = $1`, name); err != nil {
			return fmt.Errorf("delete overrides: %w", err)
		}
		return schedules().removeIn(ctx, t, name)
	})
}

// SeedSchedules adds those of the configuration that are not there by name, as
// SeedAreas does.
func (s *Store) SeedSchedules(ctx context.Context, all []tocsin.Schedule) error {
	return schedules().seed(ctx, s, all)
}
