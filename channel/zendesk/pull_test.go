package zendesk

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

// setup makes a channel on an account, with changed settings.
func setup(tb testing.TB, a *account, changes map[string]any) tocsin.Channel {
	tb.Helper()
	settings := a.settings(tb)
	for key, value := range changes {
		settings[key] = value
	}
	ch, err := Type().New(channel.Env{Name: "help-desk", Settings: config.NewSettings(settings), Log: slogDiscard(), Now: a.tick})
	require.NoError(tb, err)
	return ch
}

// pull pulls to the end, and gives all that came as one batch.
func pull(tb testing.TB, ch tocsin.Channel, cursor string) tocsin.Batch {
	tb.Helper()
	var all tocsin.Batch
	for more := true; more; {
		b, err := ch.Source.Pull(tb.Context(), cursor)
		require.NoError(tb, err)
		all.Reports = append(all.Reports, b.Reports...)
		all.Rejections = append(all.Rejections, b.Rejections...)
		all.Edits = append(all.Edits, b.Edits...)
		all.Deleted = append(all.Deleted, b.Deleted...)
		all.Cursor, cursor, more = b.Cursor, b.Cursor, b.More
	}
	return all
}

func TestTicketBecomesAReport(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	who := a.person("Ana@Example.org", true)
	made := a.open(who, who, "The editor loses what I typed.")
	got := pull(t, setup(t, a, nil), "")
	require.Equal(t, []tocsin.Report{{
		Channel: "help-desk", ExternalID: fmt.Sprint(made.id), Thread: fmt.Sprint(made.id), At: a.now, ReceivedAt: a.now,
		Title: "Help", Raw: "The editor loses what I typed.", URL: fmt.Sprintf("%s/agent/tickets/%d", a.URL, made.id),
		Route: fmt.Appendf(nil, `{"requester":%d}`, who),
		Reporter: tocsin.Reporter{
			ID: "mailto:ana@example.org", Handle: "Ana@Example.org", Name: fmt.Sprint("Person ", who), Since: a.now.Add(-time.Hour),
		},
	}}, got.Reports)
}

func TestMailAddressCountsOnlyWhereItIsTheirs(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ch := setup(t, a, nil)
	seen := func(mail string, verified bool, by map[string]any) string {
		who := a.person(mail, verified)
		made := a.open(who, who, "Broken")
		made.via = by
		made.comments[0]["via"] = by
		b, err := ch.Receiver.Receive(sign(hookSecret, a.tick(), fmt.Appendf(nil, `{"ticket_id":%d}`, made.id)))
		require.NoError(t, err)
		return fmt.Sprint(b.Reports[0].Reporter.ID == "mailto:ana@example.org", b.Reports[0].Reporter.ID == fmt.Sprintf("zendesk:acme:%d", who))
	}
	mail := func(from string) map[string]any {
		return map[string]any{"channel": "email", "source": map[string]any{"from": map[string]any{"address": from}}}
	}
	web := map[string]any{"channel": "web"}
	require.Equal(t, "true false", seen("ana@example.org", true, web), "Zendesk has verified it")
	require.Equal(t, "true false", seen("Ana@example.org", false, mail("ana@Example.org")), "it came from there")
	require.Equal(t, "false true", seen("ana@example.org", false, web), "anybody can type an address into a form")
	require.Equal(t, "false true", seen("ana@example.org", false, mail("eve@example.org")))
	require.Equal(t, "false true", seen("", true, web))
}

func TestCommentsAreReportsOfWhoWroteThem(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	who, copied := a.person("ana@example.org", true), a.person("ben@example.org", true)
	made := a.open(who, who, "Broken")
	a.write(made, adminID, "We look into it.", true, nil)
	a.write(made, who, "a private aside", false, nil)
	a.write(made, who, "Still broken", true, nil)
	a.write(made, copied, "For me too", true, nil)
	got := pull(t, setup(t, a, nil), "").Reports
	require.Len(t, got, 4, "what is private is nobody's report")
	for i, want := range []struct {
		text           string
		staff, noReply bool
	}{{"Broken", false, false}, {"We look into it.", true, true}, {"Still broken", false, false}, {"For me too", false, true}} {
		require.Equal(t, want.text, got[i].Raw)
		require.Equal(t, want.staff, got[i].Reporter.Staff, want.text)
		require.Equal(t, want.noReply, got[i].NoReply != "", want.text)
		require.Equal(t, fmt.Sprint(made.id), got[i].Thread)
	}
	require.Empty(t, got[0].ReplyTo)
	require.Equal(t, fmt.Sprint(made.id), got[2].ReplyTo)
}

func TestExportWithoutCountsReadsEachTicketsComments(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.counts = false
	want := a.say(30)
	var got []string
	for _, r := range pull(t, setup(t, a, nil), "").Reports {
		got = append(got, r.ExternalID)
	}
	require.ElementsMatch(t, want, got)
}

func TestLongTicketIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	who := a.person("ana@example.org", true)
	made := a.open(who, who, "Broken")
	for range 250 {
		a.write(made, who, "Still broken", true, nil)
	}
	require.Len(t, pull(t, setup(t, a, nil), "").Reports, 251)
}

func TestNothingIsMissedWhileWeWereAway(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	cursor := pull(t, setup(t, a, nil), "").Cursor
	want := len(a.say(900))
	a.pass(3 * 24 * time.Hour)
	got := pull(t, setup(t, a, nil), cursor)
	require.Len(t, got.Reports, want)
	require.Equal(t, 72*time.Hour, got.Reports[0].ReceivedAt.Sub(got.Reports[0].At), "it is a backlog and says so")
}

func TestWordsFromBeforeTheFirstLookStayOut(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	who := a.person("ana@example.org", true)
	old := a.open(who, who, "An old story")
	a.pass(30 * 24 * time.Hour)
	a.write(old, who, "Broken today", true, nil)
	got := pull(t, setup(t, a, nil), "").Reports
	require.Len(t, got, 1)
	require.Equal(t, "Broken today", got[0].Raw)
}

func TestDeletedAndRedactedWordsAreFollowed(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	who := a.person("ana@example.org", true)
	deleted, redactedOne := a.open(who, who, "My card is 4111"), a.open(who, who, "Broken")
	a.write(redactedOne, who, "my password is x", true, nil)
	ch := setup(t, a, nil)
	cursor := pull(t, ch, "").Cursor

	deleted.status = statusDeleted
	a.touch(deleted)
	redactedOne.comments[1]["body"] = "my password is ▇"
	a.touch(redactedOne)
	got := pull(t, ch, cursor)
	require.Equal(t, []string{fmt.Sprint(deleted.id)}, got.Deleted)
	require.Len(t, got.Edits, 1)
	require.Equal(t, "my password is ▇", got.Edits[0].Raw)
	require.Equal(t, fmt.Sprintf("%d/%d", redactedOne.id, redactedOne.comments[1]["id"]), got.Edits[0].ExternalID)
}

func TestTicketThatVanishesWhileItIsReadHoldsNothingUp(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	want := a.say(9)
	ch := setup(t, a, nil)
	b, err := ch.Source.Pull(t.Context(), "")
	require.NoError(t, err)
	require.True(t, b.More, "comments are still to be read")
	for _, made := range a.tickets {
		if len(made.comments) > 1 {
			made.status = statusDeleted
			break
		}
	}
	rest := pull(t, ch, b.Cursor)
	require.Len(t, append(b.Reports, rest.Reports...), len(want)-1)
}

func TestSkippedTagIsNamed(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	who := a.person("ana@example.org", true)
	made := a.open(who, who, "Buy this")
	made.tags = []string{"sales"}
	got := pull(t, setup(t, a, map[string]any{"skip_tags": []any{"spam", "sales"}}), "")
	require.Empty(t, got.Reports)
	require.Equal(t, []tocsin.Rejection{{ExternalID: fmt.Sprint(made.id), Reason: "tag", Detail: "the ticket has the tag sales"}}, got.Rejections)
}

func TestExportIsAskedTenTimesAMinute(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ch := setup(t, a, nil)
	for range exportsPerMinute {
		_, err := ch.Source.Pull(t.Context(), "")
		require.NoError(t, err)
	}
	require.Equal(t, []tocsin.Allowance{
		{Name: "calls", Unit: "calls", Limit: 700, Left: 700, ResetAt: a.now.Add(41 * time.Second)},
		{Name: "exports", Unit: "calls", Limit: 10},
	}, ch.Meter.Allowances())
	calls := a.Calls()
	_, err := ch.Source.Pull(t.Context(), "")
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
	_, after := tocsin.Retry(err)
	require.Equal(t, time.Minute, after)
	require.Equal(t, calls, a.Calls(), "Zendesk was not asked")
	a.pass(time.Minute)
	_, err = ch.Source.Pull(t.Context(), "")
	require.NoError(t, err)
}

func TestStrangeCursorBeginsAnew(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	want := len(a.say(5))
	require.Len(t, pull(t, setup(t, a, nil), "what is this").Reports, want)
}

func TestSettingsTellTheirMistakes(t *testing.T) {
	t.Parallel()
	good := map[string]any{"subdomain": "acme", "token": "0auth-token"}
	for name, tc := range map[string]struct {
		change map[string]any
		want   string
	}{
		"both ways to sign in": {map[string]any{"email": "a@b.c", "api_token": "t0ken-t0ken"}, "Give either email and api_token, or token"},
		"none":                 {map[string]any{"token": nil}, "Give either"},
		"half of one":          {map[string]any{"token": nil, "email": "a@b.c"}, "Give either"},
		"address as subdomain": {map[string]any{"subdomain": "acme.zendesk.com"}, "subdomain: This is no subdomain"},
		"plain http":           {map[string]any{"url": "http://acme.example"}, "url: Credentials need https"},
		"no address":           {map[string]any{"url": "acme"}, "url: This is no address"},
		"short look back":      {map[string]any{"since": "1m"}, "since: It must be one hour"},
		"colon in the address": {map[string]any{"token": nil, "email": "a:b", "api_token": "t0ken-t0ken"}, "email: This is no mail address"},
	} {
		settings := map[string]any{}
		for _, m := range []map[string]any{good, tc.change} {
			for key, value := range m {
				settings[key] = value
				if value == nil {
					delete(settings, key)
				}
			}
		}
		_, err := Type().New(channel.Env{Name: "help-desk", Settings: config.NewSettings(settings), Log: slogDiscard(), Now: time.Now})
		require.ErrorContains(t, err, tc.want, name)
	}
}

func TestCheckSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ch := setup(t, a, nil)
	require.NoError(t, ch.Checker.Check(t.Context()))

	a.role = "agent"
	err := ch.Checker.Check(t.Context())
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "only admins export")
	a.role = roleAdmin

	a.forbid = "ticket_audits.json"
	err = ch.Checker.Check(t.Context())
	require.Contains(t, tocsin.MessageOf(err), "scopes read and write")
	a.forbid = ""

	err = setup(t, a, map[string]any{"api_token": "an0ther-token"}).Checker.Check(t.Context())
	require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "api_token")

	late, err := Type().New(channel.Env{Name: "d", Settings: config.NewSettings(a.settings(t)), Log: slogDiscard(), Now: func() time.Time { return a.tick().Add(-time.Hour) }})
	require.NoError(t, err)
	require.Contains(t, tocsin.MessageOf(late.Checker.Check(t.Context())), "Set this machine's clock")
}

func TestOAuthTokenIsABearer(t *testing.T) {
	t.Parallel()
	server := channeltest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "Bearer 0auth-token", r.Header.Get("Authorization"))
		channeltest.JSON(w, http.StatusOK, map[string]any{"tickets": []any{}, "end_of_stream": true, "after_cursor": nil, "user": map[string]any{"id": nil}})
	}))
	ch, err := Type().New(channel.Env{Name: "d", Log: slogDiscard(), Now: time.Now, Settings: config.NewSettings(map[string]any{
		"subdomain": "acme", "url": server.URL, "token": "0auth-token", "allow_private": true,
	})})
	require.NoError(t, err)
	require.Nil(t, ch.Receiver, "without a secret no request can be trusted")
	b, err := ch.Source.Pull(t.Context(), "")
	require.NoError(t, err)
	require.False(t, b.More)
	require.Contains(t, tocsin.MessageOf(ch.Checker.Check(t.Context())), "stranger")
}
