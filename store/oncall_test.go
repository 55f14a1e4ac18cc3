package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestPeopleAndSchedulesAreKeptAsTheyWerePut(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		mara := tocsin.Person{
			Name: "mara", Zone: "Europe/Vienna", Groups: []string{"identity"}, Contacts: []tocsin.Contact{{Name: "mail", Channel: "mail", To: "m@x.org"}},
			Rules: []tocsin.Rule{{Contact: "mail", Severity: 2, After: tocsin.Duration(time.Minute)}},
		}
		require.NoError(t, s.SeedPeople(ctx, []tocsin.Person{mara, {Name: "ben"}}))
		got, err := s.Person(ctx, "mara")
		require.NoError(t, err)
		require.Equal(t, mara, got)
		require.NoError(t, s.PutPerson(ctx, tocsin.Person{Name: "ben", Zone: "UTC"}))
		require.NoError(t, s.DeletePerson(ctx, "mara"))
		require.NoError(t, s.SeedPeople(ctx, []tocsin.Person{mara}))
		all, err := s.People(ctx)
		require.NoError(t, err)
		require.Equal(t, []tocsin.Person{{Name: "ben", Zone: "UTC"}}, all, "who was deleted stays away")
		requireCode(t, tocsin.CodeNotFound, s.DeletePerson(ctx, "mara"))
		requireCode(t, tocsin.CodeInvalid, s.PutPerson(ctx, tocsin.Person{}))

		rota := tocsin.Schedule{Name: "primary", Zone: "UTC", Layers: []tocsin.Layer{{Name: "base", People: []string{"ben"}, Start: "2026-01-01", Hours: []tocsin.Hours{{From: "09:00", To: "17:00"}}}}}
		require.NoError(t, s.SeedSchedules(ctx, []tocsin.Schedule{rota}))
		kept, err := s.Schedule(ctx, "primary")
		require.NoError(t, err)
		require.Equal(t, rota, kept)
		_, err = s.Schedule(ctx, "secondary")
		requireCode(t, tocsin.CodeNotFound, err)
	}, stopped)
}

func TestOverridesGoWithTheirSchedule(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for _, name := range []string{"a", "b"} {
			require.NoError(t, s.PutSchedule(ctx, tocsin.Schedule{Name: name}))
		}
		of := func(schedule string, hours int) tocsin.Override {
			return tocsin.Override{Schedule: schedule, Person: "ana", Instead: "ben", From: noon, To: noon.Add(time.Duration(hours) * time.Hour), Reason: "swap", By: "ana"}
		}
		made, err := s.AddOverrides(ctx, []tocsin.Override{of("a", 1), of("a", 3), of("b", 2)})
		require.NoError(t, err)
		require.Equal(t, noon, made[0].At)
		found, err := s.Overrides(ctx, "a", noon.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, made[1:2], found, "what has ended is left out")
		found, err = s.Overrides(ctx, "", noon)
		require.NoError(t, err)
		require.Equal(t, made, found)
		require.NoError(t, s.DeleteOverride(ctx, made[1].ID))
		requireCode(t, tocsin.CodeNotFound, s.DeleteOverride(ctx, made[1].ID))
		require.NoError(t, s.DeleteSchedule(ctx, "a"))
		requireCode(t, tocsin.CodeNotFound, s.DeleteSchedule(ctx, "a"))
		found, err = s.Overrides(ctx, "", noon)
		require.NoError(t, err)
		require.Equal(t, made[2:], found)
	}, stopped)
}

func TestAllNodesSignWithOneKey(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		first, err := s.SigningKey(t.Context(), "links")
		require.NoError(t, err)
		require.Len(t, first, 32)
		again, err := s.SigningKey(t.Context(), "links")
		require.NoError(t, err)
		require.Equal(t, first, again)
		other, err := s.SigningKey(t.Context(), "feeds")
		require.NoError(t, err)
		require.NotEqual(t, first, other)
	})
}

func TestAPageRemembersEachAttemptAndWhatWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := gather(t, s, "k", tocsin.TierNone)
		due := notice("a")
		due.Target, due.DueAt, due.Quiet = tocsin.Target{Channel: "sms", To: "+43", Person: "ana"}, noon.Add(7*time.Minute), true
		p, _, err := s.OpenPage(ctx, tocsin.Page{Incident: id, Tier: tocsin.TierRing}, []tocsin.Notice{due, notice("b")}, tocsin.Effects{})
		require.NoError(t, err)
		all, err := s.Notices(ctx, p.ID)
		require.NoError(t, err)
		require.Equal(t, []any{due.Target, due.DueAt, true}, []any{all[0].Target, all[0].DueAt, all[0].Quiet})

		for n, state := range []tocsin.DeliveryState{tocsin.DeliveryUnknown, tocsin.DeliverySent} {
			_, err = s.ChangeNotice(ctx, all[1].ID, func(n *tocsin.Notice) (tocsin.Effects, error) {
				n.State, n.Reason = state, "The line broke."
				tried := tocsin.Attempt{Notice: n.ID, At: noon, Took: tocsin.Duration(30 * time.Millisecond), State: state, Answer: "The line broke.", ExternalID: "x"}
				return tocsin.Effects{Attempts: []tocsin.Attempt{tried}}, nil
			})
			require.NoError(t, err)
			media, err := s.Media(ctx)
			require.NoError(t, err)
			pager := media[0]
			require.Equal(t, "pager", pager.Channel)
			if n == 0 {
				require.Equal(t, []any{1, 0, "The line broke."}, []any{pager.Waiting, pager.Sent, pager.Error})
			} else {
				require.Equal(t, []any{0, 1, "", noon}, []any{pager.Waiting, pager.Sent, pager.Error, pager.LastAt})
			}
			require.Equal(t, tocsin.Medium{Channel: "sms", Waiting: 1, NextAt: due.DueAt}, media[1], "the next SMS at 12:07")
		}
		tried, next, err := s.Attempts(ctx, tocsin.AttemptQuery{Page: p.ID, Limit: 1})
		require.NoError(t, err)
		require.NotEmpty(t, next)
		require.Equal(t, tocsin.DeliveryUnknown, tried[0].State)
		tried, next, err = s.Attempts(ctx, tocsin.AttemptQuery{Page: p.ID, After: next})
		require.NoError(t, err)
		require.Empty(t, next)
		require.Equal(t, tocsin.Attempt{
			ID: tried[0].ID, Notice: all[1].ID, Target: all[1].Target, At: noon, Took: tocsin.Duration(30 * time.Millisecond),
			State: tocsin.DeliverySent, Answer: "The line broke.", ExternalID: "x",
		}, tried[0])
	}, stopped)
}

func TestAPageRemembersItsSnoozeAndItsPolicy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		p, _, err := s.OpenPage(t.Context(), tocsin.Page{Incident: id, Tier: tocsin.TierRing, Policy: "default"}, nil, tocsin.Effects{})
		require.NoError(t, err)
		want, err := s.ChangePage(t.Context(), p.ID, func(p *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
			p.State, p.Policy, p.SnoozedAt, p.NextAt = tocsin.PageSnoozed, "billing", 7, noon.Add(time.Hour)
			return nil, tocsin.Effects{}, nil
		})
		require.NoError(t, err)
		got, err := s.Page(t.Context(), p.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, "billing", got.Policy)
	}, stopped)
}

func TestGrowingEvidenceRefreshesPagesOnceInAWhile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		require.Zero(t, waiting(t, s, store.QueueAlert), "it has no page")
		_, _, err := s.OpenPage(t.Context(), tocsin.Page{Incident: id, Tier: tocsin.TierRing}, nil, tocsin.Effects{})
		require.NoError(t, err)
		grow := func(people int) {
			seen := sighting("k", tocsin.TierNone)
			seen.Reports, seen.People = people, people
			require.NoError(t, s.CommitTriage(t.Context(), tocsin.Triaged{Sightings: []tocsin.Sighting{seen}}))
		}
		grow(3)
		require.Zero(t, waiting(t, s, store.QueueAlert), "nothing grew")
		for people := 4; people < 20; people++ {
			grow(people)
		}
		require.Equal(t, 1, waiting(t, s, store.QueueAlert))
	}, stopped)
}
