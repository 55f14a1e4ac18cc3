package notify_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// errand reads the address of a link as the server does.
func errand(t *testing.T, url string) tocsin.Errand {
	t.Helper()
	rest, ok := strings.CutPrefix(url, "https://tocsin.example/act/")
	require.True(t, ok, url)
	parts := strings.Split(rest, "/")
	require.Len(t, parts, 4)
	notice, err := strconv.ParseInt(parts[0], 10, 64)
	require.NoError(t, err)
	until, err := strconv.ParseInt(parts[2], 10, 64)
	require.NoError(t, err)
	return tocsin.Errand{Notice: notice, Action: tocsin.Action(parts[1]), Until: until, Sum: parts[3]}
}

// linked rings for mara and gives the links of her page.
func linked(t *testing.T) (*house, map[tocsin.Action]tocsin.Errand) {
	t.Helper()
	h := setup(t).staff("mara", "nils")
	h.options.LinkKey = []byte("a key of the test, long enough..")
	h.restart()
	h.steps(tocsin.Target{Person: "mara"}, tocsin.Target{Person: "nils"})
	h.store.policies["billing"] = tocsin.Policy{Name: "billing", Steps: []tocsin.Step{{Name: "b", Targets: []tocsin.Target{{Channel: "phone", To: "bea"}}}}}
	h.store.policies["mute"] = tocsin.Policy{Name: "mute"}
	h.alert(ring(h.incident("ana@mail")))
	links := map[tocsin.Action]tocsin.Errand{}
	for _, l := range h.phone.alarms[0].Links {
		require.NotEmpty(t, l.Label)
		links[l.Action] = errand(t, l.URL)
	}
	require.Len(t, links, 5)
	return h, links
}

func TestALinkActsInTheNameOfWhomItsPageWentTo(t *testing.T) {
	t.Parallel()
	for action, want := range map[tocsin.Action]func(*house, tocsin.Page){
		tocsin.ActionAck: func(h *house, p tocsin.Page) { require.Equal(h, []any{tocsin.PageAcked, "mara"}, []any{p.State, p.By}) },
		tocsin.ActionSnooze: func(h *house, p tocsin.Page) {
			require.Equal(h, []any{tocsin.PageSnoozed, start.Add(30*time.Minute + time.Second)}, []any{p.State, p.NextAt})
		},
		tocsin.ActionEscalate: func(h *house, _ tocsin.Page) { require.Equal(h, "mara nils", h.phone.rung()) },
		tocsin.ActionEveryone: func(h *house, _ tocsin.Page) { require.Equal(h, "mara mara nils", h.phone.rung()) },
		tocsin.ActionNotUs:    func(h *house, _ tocsin.Page) { require.Equal(h, "mara bea", h.phone.rung()) },
	} {
		h, links := linked(t)
		before := h.page(tocsin.TierRing)
		asked, err := h.pager.Look(t.Context(), links[action])
		require.NoError(t, err)
		require.Equal(t, []any{"mara", action}, []any{asked.Actor, asked.Action})
		require.Contains(t, asked.Summary, "report can't sign in")
		require.Equal(t, before, h.page(tocsin.TierRing), "to look changes nothing")
		page, err := h.pager.Act(t.Context(), links[action], "billing")
		require.NoError(t, err, action)
		h.runFor(time.Second)
		want(h, page)
		require.True(t, h.said("ack", "mara") || h.said("page", "mara "), action)
	}
}

func TestALinkIsGoodForItsNoticeItsActionAndItsDay(t *testing.T) {
	t.Parallel()
	h, links := linked(t)
	good := links[tocsin.ActionAck]
	for name, spoil := range map[string]func(*tocsin.Errand){
		"another action": func(e *tocsin.Errand) { e.Action = tocsin.ActionEveryone },
		"another notice": func(e *tocsin.Errand) { e.Notice++ },
		"a longer life":  func(e *tocsin.Errand) { e.Until += 3600 },
		"no sum":         func(e *tocsin.Errand) { e.Sum = "" },
		"half a sum":     func(e *tocsin.Errand) { e.Sum = e.Sum[:10] },
	} {
		e := good
		spoil(&e)
		_, err := h.pager.Act(t.Context(), e, "")
		h.code(err, tocsin.CodeForbidden, "not ours")
		require.Equal(t, tocsin.PageOpen, h.page(tocsin.TierRing).State, name)
	}
	h.options.LinkKey = []byte("another key")
	h.restart()
	_, err := h.pager.Look(t.Context(), good)
	h.code(err, tocsin.CodeForbidden)
	h.options.LinkKey = nil
	h.restart()
	_, err = h.pager.Look(t.Context(), good)
	h.code(err, tocsin.CodeForbidden)

	h, links = linked(t)
	h.clock = h.clock.Add(24*time.Hour + time.Minute)
	_, err = h.pager.Act(t.Context(), links[tocsin.ActionAck], "")
	h.code(err, tocsin.CodeForbidden, "has ended")
}

func TestALinkSaysWhoHasThePageAlready(t *testing.T) {
	t.Parallel()
	h, links := linked(t)
	_, err := h.pager.Ack(t.Context(), "nils", h.page(tocsin.TierRing).ID)
	require.NoError(t, err)
	_, err = h.pager.Act(t.Context(), links[tocsin.ActionAck], "")
	h.code(err, tocsin.CodeConflict, "taken by nils")
}

func TestNotUsOffersThePoliciesThatWakeSomebody(t *testing.T) {
	t.Parallel()
	h, links := linked(t)
	asked, err := h.pager.Look(t.Context(), links[tocsin.ActionNotUs])
	require.NoError(t, err)
	require.Equal(t, []string{"billing"}, asked.Policies)
	_, err = h.pager.Act(t.Context(), links[tocsin.ActionNotUs], "")
	h.code(err, tocsin.CodeInvalid, "no policy")
}

func TestAWhisperHasNoLinksForAChatIsReadByMany(t *testing.T) {
	t.Parallel()
	h, _ := linked(t)
	require.Empty(t, h.chat.alarms[0].Links)
}
