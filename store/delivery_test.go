package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestTheLedgerIsReadByIncidentUpdateAndState(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 5)
		u := draft(t, s, ids...)
		all := freeze(t, s, u, ids...)
		deliver(t, s, all[3].ID, tocsin.DeliveryHeld)

		first, next, err := s.Deliveries(t.Context(), tocsin.DeliveryQuery{Incident: u.Incident, Limit: 3})
		require.NoError(t, err)
		require.Equal(t, all[:3], first)
		rest, next, err := s.Deliveries(t.Context(), tocsin.DeliveryQuery{Incident: u.Incident, Limit: 3, After: next})
		require.NoError(t, err)
		require.Len(t, rest, 2)
		require.Empty(t, next)
		held, _, err := s.Deliveries(t.Context(), tocsin.DeliveryQuery{Update: u.ID, State: tocsin.DeliveryHeld})
		require.NoError(t, err)
		require.Len(t, held, 1)
		require.Equal(t, all[3].ID, held[0].ID)

		tally, err := s.Tally(t.Context(), u.ID, "mail")
		require.NoError(t, err)
		require.Equal(t, map[tocsin.DeliveryState]int{tocsin.DeliveryPending: 4, tocsin.DeliveryHeld: 1}, tally)
		tally, err = s.Tally(t.Context(), u.ID, "forum")
		require.NoError(t, err)
		require.Empty(t, tally)
	})
}

func TestADeliveryRemembersItsTriesAndIsKnownAsOurs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 1)
		u := draft(t, s, ids...)
		d := freeze(t, s, u, ids...)[0]
		want, err := s.ChangeDelivery(t.Context(), d.ID, func(d *tocsin.Delivery) (tocsin.Effects, error) {
			d.State, d.Reason, d.ExternalID, d.URL, d.Attempts = tocsin.DeliverySent, "late", "<own@us>", "https://x", 3
			return tocsin.Effects{}, nil
		})
		require.NoError(t, err)
		got, err := s.Delivery(t.Context(), d.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)

		for externalID, own := range map[string]bool{"<own@us>": true, "<other>": false, "": false} {
			is, err := s.OwnMessage(t.Context(), "mail", externalID)
			require.NoError(t, err)
			require.Equal(t, own, is)
		}
		is, err := s.OwnMessage(t.Context(), "forum", "<own@us>")
		require.NoError(t, err)
		require.False(t, is)
		_, err = s.Delivery(t.Context(), 999)
		requireCode(t, tocsin.CodeNotFound, err)
	})
}

func TestABounceMarksWhatWasSent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 3)
		u := draft(t, s, ids...)
		all := freeze(t, s, u, ids...)
		deliver(t, s, all[0].ID, tocsin.DeliverySending, tocsin.DeliverySent)
		deliver(t, s, all[1].ID, tocsin.DeliverySending, tocsin.DeliverySent)
		receipts := []tocsin.Receipt{
			{Delivery: all[0].ID, Failed: true, Reason: "no such user\x00"},
			{Delivery: all[0].ID, Failed: true, Reason: "told twice"},
			{Delivery: all[1].ID, Failed: false},
			{Delivery: all[2].ID, Failed: true, Reason: "was never sent"},
			{Delivery: 999, Failed: true, Reason: "forged"},
		}
		_, err := s.CommitBatch(t.Context(), "mail", "", tocsin.Batch{Receipts: receipts})
		require.NoError(t, err)
		for i, want := range []tocsin.DeliveryState{tocsin.DeliveryFailed, tocsin.DeliverySent, tocsin.DeliveryPending} {
			d, err := s.Delivery(t.Context(), all[i].ID)
			require.NoError(t, err)
			require.Equal(t, want, d.State)
		}
		events, err := s.Timeline(t.Context(), u.Incident)
		require.NoError(t, err)
		require.Len(t, events, 2)
		require.Equal(t, "The answer to p1@example.org did not arrive: no such user\uFFFD", events[1].Text)
	})
}

func TestABounceMarksAPageThatDidNotArrive(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		p, _, err := s.OpenPage(t.Context(), tocsin.Page{Incident: id, Tier: tocsin.TierRing}, []tocsin.Notice{notice("a")}, tocsin.Effects{})
		require.NoError(t, err)
		all, err := s.Notices(t.Context(), p.ID)
		require.NoError(t, err)
		_, err = s.ChangeNotice(t.Context(), all[0].ID, func(n *tocsin.Notice) (tocsin.Effects, error) {
			n.State, n.ExternalID = tocsin.DeliverySent, "<page@us>"
			return tocsin.Effects{}, nil
		})
		require.NoError(t, err)
		_, err = s.CommitBatch(t.Context(), "mail", "", tocsin.Batch{Receipts: []tocsin.Receipt{{Delivery: all[0].ID, Notice: true, Failed: true, Reason: "full"}}})
		require.NoError(t, err)
		n, err := s.Notice(t.Context(), all[0].ID)
		require.NoError(t, err)
		require.Equal(t, []any{tocsin.DeliveryFailed, "full"}, []any{n.State, n.Reason})
		require.Equal(t, []string{"opened", "bounced"}, kinds(t, s, id))
		own, err := s.OwnMessage(t.Context(), "pager", "<page@us>")
		require.NoError(t, err)
		require.True(t, own)
	})
}
