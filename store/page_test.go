package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func notice(key string) tocsin.Notice {
	return tocsin.Notice{Step: 1, Target: tocsin.Target{Channel: "pager", To: "ana"}, Key: key}
}

func TestAnIncidentHasOnePageOfEachTier(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		p := tocsin.Page{Incident: id, Tier: tocsin.TierRing, Policy: "default", NextAt: noon.Add(time.Minute)}
		effects := tocsin.Effects{Events: []tocsin.Event{{Kind: "page"}}}
		first, created, err := s.OpenPage(t.Context(), p, []tocsin.Notice{notice("a"), notice("b")}, effects)
		require.NoError(t, err)
		require.True(t, created)
		require.Equal(t, tocsin.PageOpen, first.State)

		again, created, err := s.OpenPage(t.Context(), p, []tocsin.Notice{notice("c")}, effects)
		require.NoError(t, err)
		require.False(t, created)
		require.Equal(t, first, again)
		require.Equal(t, 2, waiting(t, s, "notice-pager"))
		require.Equal(t, []string{"opened", "page"}, kinds(t, s, id))

		p.Tier = tocsin.TierWhisper
		_, created, err = s.OpenPage(t.Context(), p, nil, tocsin.Effects{})
		require.NoError(t, err)
		require.True(t, created)
		p.Incident = 999
		_, _, err = s.OpenPage(t.Context(), p, nil, tocsin.Effects{})
		requireCode(t, tocsin.CodeNotFound, err)
	}, stopped)
}

func TestTheNextStepOfAPageBringsItsNotices(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		p, _, err := s.OpenPage(t.Context(), tocsin.Page{Incident: id, Tier: tocsin.TierRing}, []tocsin.Notice{notice("a")}, tocsin.Effects{})
		require.NoError(t, err)
		for range 2 { // a step that is taken twice rings once
			p, err = s.ChangePage(t.Context(), p.ID, func(p *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
				p.Step, p.State, p.By, p.AckedAt, p.NextAt, p.ClosedAt = 1, tocsin.PageAcked, "ana", noon, noon, noon
				return []tocsin.Notice{notice("b")}, tocsin.Effects{
					Events: []tocsin.Event{{Kind: "escalated"}},
					Jobs:   []tocsin.Later{{Job: tocsin.EscalateJob{Page: p.ID, Step: 1}, At: time.Now().Add(time.Hour)}},
				}, nil
			})
			require.NoError(t, err)
		}
		got, err := s.Page(t.Context(), p.ID)
		require.NoError(t, err)
		require.Equal(t, p, got)
		all, err := s.Notices(t.Context(), p.ID)
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, tocsin.Target{Channel: "pager", To: "ana"}, all[1].Target)
		require.Equal(t, tocsin.DeliveryPending, all[1].State)
		require.Equal(t, 2, waiting(t, s, "notice-pager"))
		require.Equal(t, 2, waiting(t, s, store.QueueAlert))
	}, stopped)
}

func TestAPageThatFailsToChangeBringsNoNotice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		p, _, err := s.OpenPage(t.Context(), tocsin.Page{Incident: id, Tier: tocsin.TierRing, State: tocsin.PageClosed}, nil, tocsin.Effects{})
		require.NoError(t, err)
		_, err = s.ChangePage(t.Context(), p.ID, func(p *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
			return []tocsin.Notice{notice("a")}, tocsin.Effects{}, p.Move(tocsin.PageAcked)
		})
		requireCode(t, tocsin.CodeConflict, err)
		all, err := s.Notices(t.Context(), p.ID)
		require.NoError(t, err)
		require.Empty(t, all)
	})
}

func TestPagesAreFoundByIncidentAndState(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b := gather(t, s, "a", tocsin.TierNone), gather(t, s, "b", tocsin.TierNone)
		for _, p := range []tocsin.Page{
			{Incident: a, Tier: tocsin.TierWhisper, State: tocsin.PageClosed}, {Incident: a, Tier: tocsin.TierRing}, {Incident: b, Tier: tocsin.TierRing},
		} {
			_, _, err := s.OpenPage(t.Context(), p, nil, tocsin.Effects{})
			require.NoError(t, err)
		}
		for want, q := range map[int]tocsin.PageQuery{
			3: {}, 2: {State: tocsin.PageOpen}, 1: {Incident: a, State: tocsin.PageClosed}, 0: {Incident: b, State: tocsin.PageAcked},
		} {
			all, _, err := s.Pages(t.Context(), q)
			require.NoError(t, err)
			require.Len(t, all, want)
		}
	})
}

func TestANoticeRemembersItsTries(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		p, _, err := s.OpenPage(t.Context(), tocsin.Page{Incident: id, Tier: tocsin.TierRing}, []tocsin.Notice{notice("a")}, tocsin.Effects{})
		require.NoError(t, err)
		all, err := s.Notices(t.Context(), p.ID)
		require.NoError(t, err)
		want, err := s.ChangeNotice(t.Context(), all[0].ID, func(n *tocsin.Notice) (tocsin.Effects, error) {
			n.State, n.ExternalID, n.Reason, n.Attempts = tocsin.DeliverySent, "m1", "slow", 2
			return tocsin.Effects{Events: []tocsin.Event{{Kind: "rang"}}}, nil
		})
		require.NoError(t, err)
		got, err := s.Notice(t.Context(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, []string{"opened", "rang"}, kinds(t, s, id), "its event stands on the incident's timeline")
	}, stopped)
}
