package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestAnEventStandsWhereItSays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		here, there := gather(t, s, "here", tocsin.TierNone), gather(t, s, "there", tocsin.TierNone)
		_, err := s.ChangeIncident(t.Context(), here, func(*tocsin.Incident) (tocsin.Effects, error) {
			return tocsin.Effects{Events: []tocsin.Event{
				{Kind: "one", Actor: "ana", Text: "a\x00b"},
				{Kind: "two", Incident: there, At: noon.Add(-time.Hour)},
			}}, nil
		})
		require.NoError(t, err)
		events, err := s.Timeline(t.Context(), here)
		require.NoError(t, err)
		require.Equal(t, tocsin.Event{ID: events[1].ID, Incident: here, At: noon, Actor: "ana", Kind: "one", Text: "a\uFFFDb"}, events[1])
		events, err = s.Timeline(t.Context(), there)
		require.NoError(t, err)
		require.Equal(t, noon.Add(-time.Hour), events[1].At)
	}, stopped)
}

func TestAJobGoesIntoTheQueueOfItsChannel(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 1)
		u := draft(t, s, ids...)
		d := freeze(t, s, u, ids...)[0]
		p, _, err := s.OpenPage(t.Context(), tocsin.Page{Incident: u.Incident, Tier: tocsin.TierRing}, []tocsin.Notice{notice("a")}, tocsin.Effects{})
		require.NoError(t, err)
		all, err := s.Notices(t.Context(), p.ID)
		require.NoError(t, err)
		_, err = s.Exec(t.Context(), `DELETE FROM river_job`)
		require.NoError(t, err)

		enqueue(t, s, u.Incident, tocsin.DeliverJob{Delivery: d.ID}, tocsin.NoticeJob{Notice: all[0].ID}, tocsin.BroadcastJob{Update: u.ID})
		b, err := s.Backlog(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string]int{deliverMail: 1, "notice-pager": 1, store.QueueAlert: 1}, b.Jobs)
	})
}

func TestAChannelsNameMayHaveFiftyCharacters(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("long-name1", 5)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 1)
		u := draft(t, s, ids...)
		_, err := s.Freeze(t.Context(), u.ID, turn(t, s, u.Incident), []tocsin.Delivery{{Channel: name, Key: "a"}}, moveTo(tocsin.UpdateApproved))
		require.NoError(t, err)
		require.Equal(t, 1, start(t, s, u))
		require.Equal(t, 1, waiting(t, s, "deliver-"+name))
	})
}

func TestTheBacklogCountsWhatWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 5)
		u := draft(t, s, ids[:4]...)
		all := freeze(t, s, u, ids[:4]...)
		start(t, s, u)
		deliver(t, s, all[0].ID, tocsin.DeliverySending, tocsin.DeliverySent)
		deliver(t, s, all[1].ID, tocsin.DeliverySending, tocsin.DeliveryUnknown)
		deliver(t, s, all[2].ID, tocsin.DeliveryHeld)
		_, _, err := s.OpenPage(t.Context(), tocsin.Page{Incident: u.Incident, Tier: tocsin.TierRing}, nil, tocsin.Effects{})
		require.NoError(t, err)
		b, err := s.Backlog(t.Context())
		require.NoError(t, err)
		require.Equal(t, store.Backlog{
			Inbox: 1, Jobs: map[string]int{deliverMail: 4}, Incidents: 1,
			Deliveries: map[tocsin.DeliveryState]int{tocsin.DeliveryPending: 1, tocsin.DeliveryUnknown: 1, tocsin.DeliveryHeld: 1},
			Pages:      map[tocsin.PageState]int{tocsin.PageOpen: 1},
		}, b)
	})
}
