package feed

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

func pull(t *testing.T, ch tocsin.Channel, cursor string) (tocsin.Batch, string) {
	t.Helper()
	b, err := ch.Source.Pull(t.Context(), cursor)
	require.NoError(t, err)
	require.False(t, b.More)
	if b.Cursor != "" {
		cursor = b.Cursor
	}
	return b, cursor
}

func ids(reports []tocsin.Report) []string {
	all := make([]string, len(reports))
	for i, r := range reports {
		all[i] = r.ExternalID
	}
	return all
}

// published gives a channel to whatever a publisher answers.
func published(t *testing.T, body string, more map[string]any) tocsin.Channel {
	t.Helper()
	ch, _ := wired(t, &publisher{body: []byte(body)}, "/x", more)
	return ch
}

// TestTenThousandReportsAreReadOnceDespiteFaults lets a feed grow to ten thousand
// entries while one call in ten fails.
func TestTenThousandReportsAreReadOnceDespiteFaults(t *testing.T) {
	t.Parallel()
	const many = 10_000
	p := &publisher{}
	ch, server := wired(t, p, "/new.json", nil)
	_, cursor := pull(t, ch, "")
	server.Break(channeltest.Rare)
	var want, got []string
	dice := rand.New(rand.NewPCG(1, 2))
	for calls := 0; len(got) < many; calls++ {
		require.Less(t, calls, 1000)
		if room := many - len(want); room > 0 && calls%3 == 0 {
			want = append(want, p.say(min(room, dice.IntN(900)))...)
		}
		b, err := ch.Source.Pull(t.Context(), cursor)
		if err != nil {
			continue
		}
		require.Empty(t, b.Edits)
		got = append(got, ids(b.Reports)...)
		if b.Cursor != "" {
			cursor = b.Cursor
		}
	}
	require.Equal(t, want, got)
}

func TestUnchangedFeedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	p := &publisher{}
	ch, _ := wired(t, p, "/new.atom", nil)
	p.say(2)
	_, cursor := pull(t, ch, "")
	for range 3 {
		b, _ := pull(t, ch, cursor)
		require.Empty(t, b)
	}
	require.Equal(t, 1, p.plain)
	require.Equal(t, 3, p.spared)
}

func TestPublisherIsLeftAloneForAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &feed{settings: settings{Every: time.Minute}, now: time.Now}
		require.False(t, f.tooSoon())
		require.True(t, f.tooSoon())
		time.Sleep(time.Minute)
		require.False(t, f.tooSoon())
	})
}

func TestChangedEntryIsFollowedAndOneThatLeftIsNotDeleted(t *testing.T) {
	t.Parallel()
	p := &publisher{}
	ch, _ := wired(t, p, "/new.atom", nil)
	p.say(3)
	_, cursor := pull(t, ch, "")
	p.change(func(p *publisher) { p.entries[1].text = "<p>It works again</p>"; p.entries = p.entries[1:] })
	b, cursor := pull(t, ch, cursor)
	require.Empty(t, b.Reports)
	require.Empty(t, b.Deleted)
	require.Equal(t, []string{"tag:example.org,2026:2"}, ids(b.Edits))
	require.Contains(t, b.Edits[0].Raw, "works again")
	p.change(func(*publisher) {})
	b, _ = pull(t, ch, cursor)
	require.Empty(t, b.Edits)
}

func TestReportTellsWhoWhereAndWhat(t *testing.T) {
	t.Parallel()
	p := &publisher{}
	ch, _ := wired(t, p, "/new.atom", nil)
	p.say(1)
	b, _ := pull(t, ch, "")
	r := b.Reports[0]
	require.Equal(t, "It is broken", r.Title)
	require.Equal(t, "<p>Nothing can be saved &amp; sent</p>", r.Raw)
	require.Equal(t, tocsin.MarkupHTML, r.Markup)
	require.Equal(t, "https://example.org/e", r.URL)
	require.Equal(t, "en", r.Lang)
	require.NotEmpty(t, r.NoReply)
	require.Equal(t, "Ana", r.Reporter.Name)
	require.Regexp(t, `^feed:127\.0\.0\.1:\d+:ana$`, r.Reporter.ID)
	require.False(t, r.Reporter.Upstream())
	require.WithinDuration(t, time.Now(), r.At, time.Minute)
}

func TestFirstLookGoesBackAsFarAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	p := &publisher{}
	ch, _ := wired(t, p, "/new.rss", map[string]any{"since": "48h"})
	p.say(3)
	p.change(func(p *publisher) { p.entries[0].at = time.Now().Add(-72 * time.Hour) })
	b, cursor := pull(t, ch, "")
	require.Len(t, b.Reports, 2)
	p.say(1)
	p.change(func(p *publisher) { p.entries[3].at = time.Now().Add(-96 * time.Hour) })
	b, _ = pull(t, ch, cursor)
	require.Equal(t, []string{"tag:example.org,2026:4"}, ids(b.Reports), "later on an old one is new as well")
}

func TestStatusPageSpeaksForNobodyButItself(t *testing.T) {
	t.Parallel()
	p := &publisher{}
	p.say(2)
	ch, _ := wired(t, p, "/history.atom", map[string]any{"kind": "status", "provider": "Example Cloud"})
	b, _ := pull(t, ch, "")
	require.Len(t, b.Reports, 2)
	for _, r := range b.Reports {
		require.True(t, r.Reporter.Upstream())
		require.False(t, r.Reporter.Staff, "it is kept")
		require.Equal(t, "Example Cloud", r.Reporter.Name)
		require.NotEmpty(t, r.NoReply)
	}
	ch, _ = wired(t, p, "/history.atom", map[string]any{"kind": "status"})
	b, _ = pull(t, ch, "")
	require.Equal(t, "The forum", b.Reports[0].Reporter.Name)
}

func TestReviewsOfAnAppCarryTheirStars(t *testing.T) {
	t.Parallel()
	ch := published(t, `<?xml version="1.0"?><feed xmlns:im="http://itunes.apple.com/rss" xmlns="http://www.w3.org/2005/Atom">
		<entry><id>app</id><title>The app</title><content type="text">All about it</content></entry>
		<entry><id>11</id><updated>2026-11-03T07:00:00-07:00</updated><title>Broken</title><content type="text">Crashes at
start</content><im:rating>1</im:rating><author><name>ana</name></author></entry>
		<entry><id>12</id><title>Odd</title><content type="text">Hm</content><im:rating>99</im:rating></entry></feed>`, map[string]any{"since": "876000h"})
	b, _ := pull(t, ch, "")
	require.Equal(t, []string{"11"}, ids(b.Reports), "the app itself is no review")
	require.Equal(t, "★☆☆☆☆ Broken", b.Reports[0].Title)
	require.Equal(t, tocsin.MarkupPlain, b.Reports[0].Markup)
	require.Equal(t, time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC), b.Reports[0].At)
}

func TestEntriesWithoutIDOrTimeOrTextAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	ch := published(t, `<rss version="2.0"><channel>
		<item><title>Third</title><description>no id, no link, no time</description></item>
		<item><link>https://example.org/2</link><description>by its link</description></item>
		<item><guid>same</guid><title>All in the title</title></item>
		<item><guid>same</guid><title>The id again</title></item>
		<item><guid>`+strings.Repeat("long", 100)+`</guid><title>long id</title></item>
		<item><guid>js</guid><link>javascript:alert(1)</link><title>bad link</title></item>
		</channel></rss>`, nil)
	b, cursor := pull(t, ch, "")
	require.Len(t, b.Reports, 5)
	byText := map[string]tocsin.Report{}
	for _, r := range b.Reports {
		byText[r.Raw] = r
		require.WithinDuration(t, time.Now(), r.At, time.Minute)
		require.LessOrEqual(t, len(r.ExternalID), maxID)
	}
	require.Regexp(t, "^sha256-", byText["no id, no link, no time"].ExternalID)
	require.Equal(t, "https://example.org/2", byText["by its link"].ExternalID)
	require.Equal(t, "same", byText["The id again"].ExternalID, "oldest first")
	require.Regexp(t, "^sha256-", byText["long id"].ExternalID)
	require.Empty(t, byText["bad link"].URL)
	require.NotEqual(t, byText["long id"].Reporter.ID, byText["bad link"].Reporter.ID, "without authors each is another's")
	b, _ = pull(t, ch, cursor)
	require.Empty(t, b.Reports)
}

func TestHostileDocumentsAreRefusedInASentence(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"deep":           `<rss version="2.0"><channel>` + strings.Repeat("<a>", 1_000_000),
		"deep extension": `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="x"><entry>` + strings.Repeat("<x:a>", 500_000),
		"deep json":      `{"version":"https://jsonfeed.org/version/1","items":` + strings.Repeat("[", 500_000),
		"no feed":        `<html><body>Sign in</body></html>`,
		"nothing":        ``,
		"half":           `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>`,
		"charset":        `<?xml version="1.0" encoding="klingon"?><rss version="2.0"></rss>`,
		"binary":         "\x00\x01\x02\xff\xfe",
	} {
		ch := published(t, body, nil)
		_, err := ch.Source.Pull(t.Context(), "")
		require.Equal(t, tocsin.CodeUnavailable, tocsin.CodeOf(err), name)
		require.Contains(t, tocsin.MessageOf(err), "can't be read as a feed", name)
		require.Error(t, ch.Checker.Check(t.Context()), name)
	}
}

func TestDeclaredEntitiesAreNotExpanded(t *testing.T) {
	t.Parallel()
	var laughs strings.Builder
	laughs.WriteString(`<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">`)
	for i := range 20 {
		fmt.Fprintf(&laughs, `<!ENTITY l%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&l%d;", i), 10))
	}
	laughs.WriteString(`<!ENTITY file SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><item><guid>1</guid><title>&l20;</title><description>&file;</description></item></channel></rss>`)
	ch := published(t, laughs.String(), nil)
	b, err := ch.Source.Pull(t.Context(), "")
	if err != nil {
		require.Contains(t, tocsin.MessageOf(err), "can't be read as a feed")
		return
	}
	require.Less(t, len(b.Reports[0].Title), 100)
	require.NotContains(t, b.Reports[0].Raw, "root:")
}

func TestDeclaredCharacterSetIsRead(t *testing.T) {
	t.Parallel()
	ch := published(t, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><rss version=\"2.0\"><channel><item><guid>1</guid><title>St\xf6rung</title></item></channel></rss>", nil)
	b, _ := pull(t, ch, "")
	require.Equal(t, "Störung", b.Reports[0].Title)
}

func TestTooManyEntriesAreCutByName(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	body.WriteString(`<rss version="2.0"><channel>`)
	for i := range maxEntries + 5 {
		fmt.Fprintf(&body, `<item><guid>%d</guid><title>x</title></item>`, i)
	}
	ch := published(t, body.String()+`</channel></rss>`, nil)
	b, _ := pull(t, ch, "")
	require.Len(t, b.Reports, maxEntries)
	require.Equal(t, tocsin.ReasonTooLarge, b.Rejections[0].Reason)
	require.Contains(t, b.Rejections[0].Detail, "last 5 entries")
}

func TestAnswerThatIsTooLongIsRefused(t *testing.T) {
	t.Parallel()
	ch := published(t, `<rss version="2.0"><channel>`+strings.Repeat(" ", channel.DefaultMaxBody), nil)
	_, err := ch.Source.Pull(t.Context(), "")
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))
}

func TestSettingsThatDoNotFitAreNamed(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]any{
		"url":      {"url": "file:///etc/passwd"},
		"kind":     {"url": "https://example.org", "kind": "news"},
		"provider": {"url": "https://example.org", "provider": "x"},
		"since":    {"url": "https://example.org", "every": "-1s"},
	} {
		_, err := Type().New(channel.Env{Settings: config.NewSettings(settings), Now: time.Now})
		require.ErrorContains(t, err, name+":")
	}
}

func TestDamagedCursorIsAnError(t *testing.T) {
	t.Parallel()
	ch := published(t, "", nil)
	for _, cursor := range []string{"{", `{"seen":"###"}`, `{"seen":"AA"}`} {
		_, err := ch.Source.Pull(t.Context(), cursor)
		require.Equal(t, tocsin.CodeInternal, tocsin.CodeOf(err), cursor)
	}
}

func FuzzRead(f *testing.F) {
	p := &publisher{}
	p.say(2)
	for _, body := range [][]byte{p.atom(), p.rss(), p.json()} {
		f.Add(body)
	}
	f.Add([]byte(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><item><title>x</title></item></rdf:RDF>`))
	f.Add([]byte(`<feed xmlns:im="http://itunes.apple.com/rss" xmlns="http://www.w3.org/2005/Atom"><entry><im:rating>3</im:rating></entry></feed>`))
	now := time.Unix(1_800_000_000, 0)
	channel := &feed{settings: settings{Kind: kindReports, Since: firstLook}, name: "feed", host: "example.org", now: func() time.Time { return now }}
	f.Fuzz(func(t *testing.T, body []byte) {
		parsed, err := read(body)
		if err != nil {
			return
		}
		b := channel.sift(parsed, nil)
		seen := map[string]bool{}
		for _, r := range b.Reports {
			require.NotEmpty(t, r.ExternalID)
			require.False(t, seen[r.ExternalID])
			seen[r.ExternalID] = true
			require.False(t, r.At.IsZero())
			require.False(t, r.At.After(now))
		}
		_, known, err := readCursor(cursor{Seen: b.Cursor}.String())
		require.NoError(t, err)
		require.Empty(t, channel.sift(parsed, known).Reports, "what was seen is not new")
	})
}
