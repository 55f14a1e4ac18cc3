package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestALeaseHasOneHolderUntilItRunsOut(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := newClock()
		s := storetest.Open(t, url, func(o *store.Options) { o.Now = c.now })
		lease := func(holder string, want bool) {
			t.Helper()
			got, err := s.Lease(t.Context(), "triage", holder, time.Minute)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		lease("a", true)
		lease("b", false)
		c.forward(30 * time.Second)
		lease("a", true) // kept: from now on a minute more
		c.forward(45 * time.Second)
		lease("b", false)
		c.forward(15 * time.Second)
		lease("b", true) // taken over
		lease("a", false)
		require.NoError(t, s.Release(t.Context(), "triage", "a"))
		lease("a", false) // it was not a's to release
		require.NoError(t, s.Release(t.Context(), "triage", "b"))
		lease("a", true)
		other, err := s.Lease(t.Context(), "mail", "b", time.Minute)
		require.NoError(t, err)
		require.True(t, other)
	})
}

func TestACallIsMadeOnceAndAnsweredTheSame(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := newClock()
		s := storetest.Open(t, url, func(o *store.Options) { o.Now = c.now })
		begin := func(key, request string) (int, string, bool, error) {
			status, response, done, err := s.BeginCall(t.Context(), "ana", key, request)
			return status, string(response), done, err
		}
		fresh := func(key, request string) {
			t.Helper()
			_, _, done, err := begin(key, request)
			require.NoError(t, err)
			require.False(t, done)
		}
		fresh("k", "r")
		_, _, _, err := begin("k", "r")
		requireCode(t, tocsin.CodeConflict, err)
		_, _, _, err = begin("k", "other")
		requireCode(t, tocsin.CodeInvalid, err)

		require.NoError(t, s.EndCall(t.Context(), "ana", "k", 201, []byte("{\x00}")))
		c.forward(store.CallKept - time.Second)
		status, response, done, err := begin("k", "r")
		require.NoError(t, err)
		require.Equal(t, []any{201, "{\x00}", true}, []any{status, response, done})
		_, _, _, err = begin("k", "other")
		requireCode(t, tocsin.CodeInvalid, err)
		_, _, done, err = s.BeginCall(t.Context(), "ben", "k", "other")
		require.NoError(t, err)
		require.False(t, done, "a key is one actor's own")
		c.forward(2 * time.Second)
		fresh("k", "another day")

		fresh("lost", "r") // its process dies
		c.forward(store.CallLost + time.Second)
		fresh("lost", "r")
		require.NoError(t, s.EndCall(t.Context(), "ana", "lost", 0, nil))
		fresh("lost", "r")
	})
}

func TestATokenIsFoundByItsHashUntilItExpires(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := newClock()
		s := storetest.Open(t, url, func(o *store.Options) { o.Now = c.now })
		short, err := s.AddToken(t.Context(), tocsin.Token{User: "ana", Role: tocsin.RoleAdmin, Note: "n", ExpiresAt: noon.Add(time.Hour)}, "h1")
		require.NoError(t, err)
		long, err := s.AddToken(t.Context(), tocsin.Token{User: "ben", Role: tocsin.RoleViewer}, "h2")
		require.NoError(t, err)
		_, err = s.AddToken(t.Context(), tocsin.Token{User: "eve"}, "h2")
		require.Error(t, err)

		got, err := s.TokenByHash(t.Context(), "h1")
		require.NoError(t, err)
		require.Equal(t, short, got)
		c.forward(time.Hour)
		_, err = s.TokenByHash(t.Context(), "h1")
		requireCode(t, tocsin.CodeNotFound, err)
		_, err = s.TokenByHash(t.Context(), "h2")
		require.NoError(t, err)
		all, err := s.Tokens(t.Context())
		require.NoError(t, err)
		require.Equal(t, []tocsin.Token{short, long}, all)
		require.NoError(t, s.DeleteToken(t.Context(), long.ID))
		requireCode(t, tocsin.CodeNotFound, s.DeleteToken(t.Context(), long.ID))
		_, err = s.TokenByHash(t.Context(), "h2")
		requireCode(t, tocsin.CodeNotFound, err)
	})
}

func TestSeedsNeverTouchWhatPeopleEdited(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		require.NoError(t, s.PutArea(t.Context(), tocsin.Area{Name: "b", Title: "edited", Phrases: []string{"p"}}))
		seeds := []tocsin.Area{{Name: "b", Title: "seed"}, {Name: "a", Title: "seed"}}
		require.NoError(t, s.SeedAreas(t.Context(), seeds))
		require.NoError(t, s.SeedAreas(t.Context(), nil))
		all, err := s.Areas(t.Context())
		require.NoError(t, err)
		require.Equal(t, []tocsin.Area{{Name: "a", Title: "seed"}, {Name: "b", Title: "edited", Phrases: []string{"p"}}}, all)

		require.NoError(t, s.PutArea(t.Context(), tocsin.Area{Name: "b", Title: "again"}))
		b, err := s.Area(t.Context(), "b")
		require.NoError(t, err)
		require.Equal(t, "again", b.Title)
		require.NoError(t, s.DeleteArea(t.Context(), "b"))
		_, err = s.Area(t.Context(), "b")
		requireCode(t, tocsin.CodeNotFound, err)
		requireCode(t, tocsin.CodeNotFound, s.DeleteArea(t.Context(), "b"))
		requireCode(t, tocsin.CodeInvalid, s.PutArea(t.Context(), tocsin.Area{}))
	})
}

func TestASeedThatPeopleDeletedStaysAway(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		for start := range 3 {
			s, err := store.Open(t.Context(), store.Options{URL: url})
			require.NoError(t, err)
			require.NoError(t, s.SeedAreas(t.Context(), []tocsin.Area{{Name: "a"}, {Name: "same"}}))
			require.NoError(t, s.SeedPolicies(t.Context(), []tocsin.Policy{{Name: "same"}, {Name: fmt.Sprint("of-start-", start)}}))
			if start == 0 {
				require.NoError(t, s.DeleteArea(t.Context(), "same"))
			}
			areas, err := s.Areas(t.Context())
			require.NoError(t, err)
			require.Equal(t, []tocsin.Area{{Name: "a"}}, areas)
			policies, err := s.Policies(t.Context())
			require.NoError(t, err)
			require.Len(t, policies, start+2, "an area's name is no policy's, and a new name is seeded")
			require.NoError(t, s.Close())
		}
		s := storetest.Open(t, url)
		require.NoError(t, s.PutArea(t.Context(), tocsin.Area{Name: "same", Title: "put back"}))
		require.NoError(t, s.SeedAreas(t.Context(), []tocsin.Area{{Name: "same"}}))
		area, err := s.Area(t.Context(), "same")
		require.NoError(t, err)
		require.Equal(t, "put back", area.Title)
	})
}

func TestThePolicyOnWhichAllFallsBackIsNotDeleted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		require.NoError(t, s.PutPolicy(t.Context(), tocsin.Policy{Name: tocsin.PolicyDefault}))
		err := s.DeletePolicy(t.Context(), tocsin.PolicyDefault)
		requireCode(t, tocsin.CodeConflict, err)
		require.Contains(t, tocsin.MessageOf(err), "Replace it instead.")
		_, err = s.Policy(t.Context(), tocsin.PolicyDefault)
		require.NoError(t, err)
	})
}

func TestPoliciesKeepTheirSteps(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		target := []tocsin.Target{{Channel: "pager", To: "ana"}}
		want := tocsin.Policy{Name: "default", Whisper: target, Repeat: 2, Steps: []tocsin.Step{{Name: "primary", Targets: target, Wait: tocsin.Duration(5 * time.Minute)}}}
		require.NoError(t, s.SeedPolicies(t.Context(), []tocsin.Policy{want}))
		require.NoError(t, s.PutPolicy(t.Context(), tocsin.Policy{Name: "night"}))
		got, err := s.Policy(t.Context(), "default")
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.NoError(t, s.DeletePolicy(t.Context(), "night"))
		all, err := s.Policies(t.Context())
		require.NoError(t, err)
		require.Equal(t, []tocsin.Policy{want}, all)
	})
}

func TestAListIsWalkedPageByPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 120)
		gather(t, s, "k", tocsin.TierNone, ids[10:40]...)
		for _, c := range []struct {
			q     tocsin.ReportQuery
			pages []int
		}{
			{tocsin.ReportQuery{}, []int{50, 50, 20}},
			{tocsin.ReportQuery{Limit: 60}, []int{60, 60}},
			{tocsin.ReportQuery{Limit: 1_000_000, Channel: "mail"}, []int{120}},
			{tocsin.ReportQuery{Channel: "forum"}, []int{0}},
			{tocsin.ReportQuery{Incident: 1, Channel: "mail", Limit: 20}, []int{20, 10}},
		} {
			var sizes []int
			last := ids[len(ids)-1] + 1
			for q, more := c.q, true; more; more = q.Before != "" {
				page, next, err := s.Reports(t.Context(), q)
				require.NoError(t, err)
				for _, r := range page {
					require.Less(t, r.ID, last)
					last = r.ID
				}
				sizes, q.Before = append(sizes, len(page)), next
			}
			require.Equal(t, c.pages, sizes)
		}
		_, _, err := s.Reports(t.Context(), tocsin.ReportQuery{Before: "nonsense!"})
		requireCode(t, tocsin.CodeInvalid, err)
		_, _, err = s.Reports(t.Context(), tocsin.ReportQuery{Channel: "\x00\xff"})
		require.NoError(t, err)
		_, _, err = s.RawReport(t.Context(), 999)
		requireCode(t, tocsin.CodeNotFound, err)
	})
}

func FuzzStorable(f *testing.F) {
	for _, seed := range []string{"", "plain", "a\x00b", "\xff\xfe", "é\x00\xc3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := store.Storable(text)
		require.NotContains(t, got, "\x00")
		require.Equal(t, got, store.Storable(got))
		require.Equal(t, []rune(got), []rune(string([]rune(got))), "valid UTF-8")
	})
}
