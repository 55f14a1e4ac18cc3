package notify_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func (h *house) preview(update int64) tocsin.Preview {
	h.Helper()
	p, err := h.desk.Preview(h.Context(), update)
	require.NoError(h, err)
	return p
}

// change changes the last member of an incident.
func (h *house) change(incident int64, fn func(*tocsin.Member)) {
	members := h.store.members[incident]
	fn(&members[len(members)-1])
}

func TestThePreviewSaysWhoHearsItAndWhoNotAndWhy(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@forum")
	h.report(i, "?dot@mail my invoice is wrong")
	h.report(i, "opt@mail")
	h.change(i, func(m *tocsin.Member) { m.OptedOut = true })
	h.report(i, "spy@mail")
	h.change(i, func(m *tocsin.Member) { m.Reason = "spam" })
	h.report(i, "sam@mail")
	h.change(i, func(m *tocsin.Member) { m.Report.Reporter.Staff = true })
	h.report(i, "?fan@mail you are great")
	h.change(i, func(m *tocsin.Member) { m.Reason = "praise" })
	h.report(i, "status@feed")
	h.change(i, func(m *tocsin.Member) { m.Report.Reporter.ID = "upstream:status.example.org" })
	h.report(i, "mum@feed")
	h.confirm(i)
	p := h.preview(h.draft(i, tocsin.UpdateAware, "We know."))
	require.Equal(t, "ana@mail, ben@forum, public@forum", names(p.Told))
	require.Equal(t, "mum@feed (channel cannot reply)", names(p.Held))
	require.Equal(t, "dot@mail (doubtful)", names(p.Doubtful))
	require.Equal(t, "my invoice is wrong", p.Doubtful[0].Words)
	require.Equal(t, "opt@mail (opted out), spy@mail (abuse), sam@mail (our own staff), fan@mail (does not count: praise), status@feed (a provider's own status)", names(p.LeftOut))
	require.Equal(t, []tocsin.Reach{{Channel: "forum", People: 1, Public: true}, {Channel: "mail", People: 1}}, p.Channels)
}

func TestAPersonHearsItOnceInTheLatestThreadThatCanBeAnswered(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ana@mail", "ana@forum", "ana@feed", "?ana@mail")
	h.confirm(i)
	p := h.preview(h.draft(i, tocsin.UpdateAware, "We know."))
	require.Equal(t, "ana@forum, public@forum", names(p.Told))
	require.Equal(t, h.store.members[i][2].Report.ID, p.Told[0].Report)
	require.Empty(t, p.Doubtful)
	require.Empty(t, p.Held)
}

func TestAttachingADoubtfulReportTellsItsWriter(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "?dot@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	dot := h.store.members[i][1].Report.ID
	require.NoError(t, h.desk.Attach(t.Context(), "sue", dot, i))
	require.Contains(t, names(h.preview(update).Told), "dot@mail")
	require.NoError(t, h.desk.Detach(t.Context(), "sue", dot))
	require.NotContains(t, names(h.preview(update).Told), "dot@mail")
	h.code(h.desk.Attach(t.Context(), "sue", dot, 99), tocsin.CodeNotFound)
}

func TestAHumansWordOutweighsSpam(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.change(i, func(m *tocsin.Member) { m.Reason, m.Judge = "spam", "sue" })
	h.confirm(i)
	require.Contains(t, names(h.preview(h.draft(i, tocsin.UpdateAware, "We know.")).Told), "ana@mail")
}

func TestScopeAndProgressGoToThePublicOnly(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@forum")
	h.confirm(i)
	for _, kind := range []tocsin.UpdateKind{tocsin.UpdateScope, tocsin.UpdateProgress} {
		require.Equal(t, "public@forum", names(h.preview(h.draft(i, kind, "Only sign-in.")).Told))
	}
}

func TestNobodyIsToldTheSameKindOfThingTwice(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	h.say(i, tocsin.UpdateAware, "We know.")
	h.report(i, "new@mail")
	p := h.preview(h.draft(i, tocsin.UpdateAware, "We know, still."))
	require.Equal(t, "new@mail, public@forum", names(p.Told))
	require.Equal(t, "ana@mail (told already)", names(p.LeftOut))

	h.works(i)
	fixed := h.say(i, tocsin.UpdateResolved, "It is fixed.")
	require.Equal(t, tocsin.DeliverySent, h.states(fixed)["ana"], "another kind is news")
	require.Equal(t, "ana@mail (told already), new@mail (told already)", names(h.preview(h.draft(i, tocsin.UpdateResolved, "Fixed!")).LeftOut))

	h.correct(i, fixed, "It is not.")
	h.works(i)
	p = h.preview(h.draft(i, tocsin.UpdateResolved, "Now it is fixed."))
	require.Equal(t, "ana@mail, new@mail, public@forum", names(p.Told), "after a correction it is news again")
}

func TestACorrectionGoesToExactlyThoseWhoGotTheWrongText(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail", "cat@mail", "dan@mail", "fay@forum")
	h.confirm(i)
	lost := map[string]bool{}
	h.mail.answer = func(key string) (bool, error) {
		if len(h.mail.took)+len(lost) == 1 { // ben's address does not exist
			lost[key] = true
			return permanent(key)
		}
		return true, nil
	}
	wrong := h.say(i, tocsin.UpdateAware, "All data is lost.")
	require.Equal(t, tocsin.DeliveryFailed, h.states(wrong)["ben"])
	h.set(wrong, "cat", func(d *tocsin.Delivery) { d.State = tocsin.DeliveryByHand })
	h.set(wrong, "dan", func(d *tocsin.Delivery) { d.State = tocsin.DeliveryHeld })
	h.report(i, "new@mail")
	u, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateCorrection, Text: "No data is lost.", Corrects: wrong})
	require.NoError(t, err)
	p := h.preview(u.ID)
	require.Equal(t, "ana@mail, fay@forum, public@forum", names(p.Told))
	require.Len(t, p.Held, 2)
	require.Contains(t, names(p.Held), "cat@mail (got the wrong text by hand or perhaps")
	require.Contains(t, names(p.Held), "dan@mail (got the wrong text by hand or perhaps", "it was tried, and nobody knows")
	h.channel("forum").Replier, h.channel("forum").Poster = nil, nil
	h.restart()
	require.Contains(t, names(h.preview(u.ID).Held), "fay@forum (channel cannot reply), public@forum (channel cannot reply)")
}

// set changes somebody's line in the ledger.
func (h *house) set(update int64, who string, fn func(*tocsin.Delivery)) {
	h.Helper()
	line := h.line(update, who)
	fn(&line)
	h.store.deliveries[line.ID] = line
}

func TestATextThatIsTooLongBlocksThatChannelOnly(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.channel("forum").Measurer = limit(10)
	h.channel("mail").Measurer = limit(0)
	h.restart()
	i := h.incident("ana@mail", "fay@forum")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know it well.")
	p := h.preview(update)
	require.Equal(t, "ana@mail", names(p.Told))
	require.Equal(t, "fay@forum (the text has 16 characters; forum takes 10), public@forum (the text has 16 characters; forum takes 10)", names(p.Held))
	require.Equal(t, "the text has 16 characters; forum takes 10", p.Channels[0].Blocked)
	require.Equal(t, tocsin.Length{Used: 16, Unit: "characters"}, p.Channels[1].Length)
	h.approve(update)
	h.runFor(time.Minute)
	require.Equal(t, map[string]tocsin.DeliveryState{
		"ana": tocsin.DeliverySent, "fay": tocsin.DeliveryHeld, "public forum": tocsin.DeliveryHeld,
	}, h.states(update))
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State, "what is held for a human does not keep it open")
}

func TestTheFrozenSetDoesNotChangeAfterApproval(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "opt@mail")
	h.change(i, func(m *tocsin.Member) { m.OptedOut = true })
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	h.report(i, "new@mail")
	h.runFor(time.Minute)
	require.Equal(t, map[string]tocsin.DeliveryState{
		"ana": tocsin.DeliverySent, "opt": tocsin.DeliverySkipped, "public forum": tocsin.DeliverySent,
	}, h.states(update))
	require.Equal(t, "opted out", h.line(update, "opt").Reason)
}

func TestKeysSuitAMessageID(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", `"o'brien"<x>@mail`, "名前@forum")
	h.confirm(i)
	h.say(i, tocsin.UpdateAware, "We know.")
	safe := regexp.MustCompile(`^[a-z0-9.\-]{3,64}$`)
	keys := map[string]bool{}
	for _, d := range h.store.deliveries {
		require.Regexp(t, safe, d.Key)
		keys[d.Key] = true
	}
	for _, n := range h.store.notices {
		require.Regexp(t, safe, n.Key)
	}
	require.Len(t, keys, 4)
}

func TestAPreviewNeedsAnUpdate(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.desk.Preview(t.Context(), 99)
	h.code(err, tocsin.CodeNotFound)
}

func TestThePreviewWarnsOfWhatIsNotVetted(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	update := h.draft(i, tocsin.UpdateAware, "We are looking.")
	require.Equal(t, []string{fmt.Sprintf("Incident %d is only suspected, and nothing of its checklist was tried: this is a holding text.", i)}, h.preview(update).Warnings)
	require.NoError(t, h.check(i, "sign in by mail", tocsin.OutcomeBroken))
	require.Equal(t, []string{fmt.Sprintf("Incident %d is only suspected: this is a holding text.", i)}, h.preview(update).Warnings)
	h.rule(i, tocsin.VerdictConfirmed, "")
	require.Equal(t, []string{}, h.preview(update).Warnings)
}

func TestThePreviewSaysWhatAnApprovalWillMeet(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	p := h.preview(h.draft(i, tocsin.UpdateResolved, "It is fixed."))
	require.Len(t, p.Warnings, 1)
	require.Contains(t, p.Warnings[0], "Resolved needs your own check")
}

func TestNobodyIsAnsweredWhereTheThreadIsGoneOrTheNetworkForbidsIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail my secret words")
	h.change(i, func(m *tocsin.Member) { m.Report.DeletedAt, m.Report.Text = h.clock, "" })
	h.report(i, "cat@forum")
	h.change(i, func(m *tocsin.Member) { m.Report.NoReply = "X forbids it: they did not mention us" })
	h.report(i, "dan@mail")
	h.report(i, "dan@forum")
	h.change(i, func(m *tocsin.Member) { m.Report.DeletedAt, m.Report.Text = h.clock, "" })
	h.confirm(i)
	p := h.preview(h.draft(i, tocsin.UpdateAware, "We know."))
	require.Equal(t, "ana@mail, dan@mail, public@forum", names(p.Told), "dan has another thread")
	require.Equal(t, "ben@mail (deleted by its writer: there is no thread to answer in), cat@forum (X forbids it: they did not mention us)", names(p.Held))
	require.Equal(t, tocsin.TextDeleted, p.Held[0].Words)
}
