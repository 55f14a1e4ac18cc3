package notify_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify"
	"github.com/tocsin/tocsin/store/storetest"
)

// nodes are several pagers on one real database, as several processes are.
func nodes(t testing.TB, url string, n int) ([]*notify.Pager, *network, func(tocsin.Triaged)) {
	t.Helper()
	s := storetest.Open(t, url)
	ctx := t.Context()
	require.NoError(t, s.PutPerson(ctx, tocsin.Person{Name: "ana", Zone: "UTC", Contacts: []tocsin.Contact{{Name: "phone", Channel: "phone", To: "ana"}}}))
	require.NoError(t, s.PutPerson(ctx, tocsin.Person{Name: "ben", Zone: "UTC", Contacts: []tocsin.Contact{{Name: "phone", Channel: "phone", To: "ben"}}}))
	require.NoError(t, s.PutSchedule(ctx, tocsin.Schedule{Name: "primary", Zone: "UTC", Layers: []tocsin.Layer{{Name: "base", People: []string{"ana"}, Start: "2020-01-01"}}}))
	require.NoError(t, s.PutPolicy(ctx, tocsin.Policy{Name: tocsin.PolicyDefault, Steps: []tocsin.Step{
		{Name: "one", Targets: []tocsin.Target{{Schedule: "primary"}}}, {Name: "two", Targets: []tocsin.Target{{Group: "ghosts"}}}, {Name: "three", Targets: []tocsin.Target{{Everyone: true}}},
	}}))
	phone := newNetwork("phone")
	o := notify.Options{Store: s, Channels: []tocsin.Channel{{Name: "phone", Pager: phone}}, LinkKey: []byte("k"), BaseURL: "https://t.example"}
	all := make([]*notify.Pager, n)
	for k := range all {
		all[k] = notify.NewPager(o)
	}
	return all, phone, func(seen tocsin.Triaged) { require.NoError(t, s.CommitTriage(ctx, seen)) }
}

func seen(key string) tocsin.Triaged {
	now := time.Now()
	return tocsin.Triaged{Sightings: []tocsin.Sighting{{
		Key: key, Kind: tocsin.KindIncident, Title: "cannot sign in " + key, Severity: 2, FirstSeen: now, LastSeen: now, Reports: 5, People: 5,
		Explanation: tocsin.Explanation{Phrases: []string{"sign in", "code " + key}},
	}}}
}

// each runs something on all nodes at once, and waits for all.
func each(t *testing.T, pagers []*notify.Pager, do func(*notify.Pager) error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, len(pagers))
	for k, p := range pagers {
		wg.Go(func() { errs[k] = do(p) })
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func TestSeveralNodesClimbAStepOnce(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		pagers, phone, commit := nodes(t, url, 6)
		commit(seen("k"))
		ctx := t.Context()
		each(t, pagers, func(p *notify.Pager) error { return p.Alert(ctx, ring(1)) })
		s := pagers[0].Store
		pages, _, err := s.Pages(ctx, tocsin.PageQuery{Incident: 1})
		require.NoError(t, err)
		require.Len(t, pages, 1)
		for range 3 { // timers that fire on every node
			each(t, pagers, func(p *notify.Pager) error { return p.Escalate(ctx, tocsin.EscalateJob{Page: pages[0].ID, Step: 0}) })
		}
		notices, err := s.Notices(ctx, pages[0].ID)
		require.NoError(t, err)
		var who []string
		for _, n := range notices {
			who = append(who, fmt.Sprintf("%d %s", n.Step, n.Target.Person))
			require.NoError(t, pagers[0].Notice(ctx, tocsin.NoticeJob{Notice: n.ID}))
		}
		require.Equal(t, "0 ana, 2 ana, 2 ben", strings.Join(who, ", "))
		require.Equal(t, "ana ana ben", phone.rung())
		events, err := s.Timeline(ctx, 1)
		require.NoError(t, err)
		count := 0
		for _, e := range events {
			if strings.Contains(e.Text, "There is nobody in the group ghosts") {
				count++
			}
		}
		require.Equal(t, 1, count, "it is said once")

		// A snooze wakes once, though all nodes see the evidence double.
		_, err = pagers[1].Snooze(ctx, "ana", pages[0].ID, time.Hour)
		require.NoError(t, err)
		grown := seen("k")
		grown.Sightings[0].People, grown.Sightings[0].Reports = 11, 11
		commit(grown)
		each(t, pagers, func(p *notify.Pager) error { return p.Refresh(ctx, tocsin.RefreshJob{Incident: 1}) })
		page, err := s.Page(ctx, pages[0].ID)
		require.NoError(t, err)
		require.Equal(t, []any{tocsin.PageOpen, 3}, []any{page.State, page.Step})
		notices, err = s.Notices(ctx, page.ID)
		require.NoError(t, err)
		require.Len(t, notices, 4)
	})
}

// BenchmarkNotice sends notices of one incident with two hundred earlier ones to
// compare it with: what stands between a timer and the first call to a medium.
func BenchmarkNotice(b *testing.B) {
	pagers, _, commit := nodes(b, storetest.SQLite(b), 1)
	for n := range 200 {
		commit(seen(fmt.Sprint(n)))
	}
	s, ctx := pagers[0].Store, b.Context()
	for n := range int64(200) {
		_, err := s.ChangeIncident(ctx, n+1, func(i *tocsin.Incident) (tocsin.Effects, error) {
			return tocsin.Effects{}, i.Judge(tocsin.VerdictConfirmed, "", 0, time.Now())
		})
		require.NoError(b, err)
	}
	n := int64(0)
	for b.Loop() {
		b.StopTimer()
		n++
		commit(seen(fmt.Sprint("new ", n)))
		require.NoError(b, pagers[0].Alert(ctx, ring(200+n)))
		b.StartTimer()
		require.NoError(b, pagers[0].Notice(ctx, tocsin.NoticeJob{Notice: n}))
	}
}
