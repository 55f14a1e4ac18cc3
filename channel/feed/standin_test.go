package feed

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

const token = "t0ken-in-the-address"

// item is an entry as the publisher keeps it.
type item struct {
	id, title, text, author string
	at                      time.Time
}

// publisher keeps entries and publishes them, newest first, in three formats. It
// knows what a caller has by ETag and by Last-Modified.
type publisher struct {
	mu      sync.Mutex
	entries []item
	version int
	plain   int // answers with a whole feed
	spared  int // answers with 304
	body    []byte
}

func (p *publisher) say(n int) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ids []string
	for range n {
		id := fmt.Sprintf("tag:example.org,2026:%d", len(p.entries)+1)
		p.entries = append(p.entries, item{id, "It is broken", "<p>Nothing can be saved &amp; sent</p>", "Ana", time.Now()})
		ids = append(ids, id)
	}
	p.version++
	return ids
}

func (p *publisher) change(how func(*publisher)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	how(p)
	p.version++
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.URL.Query().Get("key") != token {
		http.Error(w, "no such feed for you", http.StatusUnauthorized)
		return
	}
	tag := fmt.Sprintf(`"v%d"`, p.version)
	modified := time.Unix(1_700_000_000+int64(p.version), 0).UTC().Format(http.TimeFormat)
	if r.Header.Get("If-None-Match") == tag && r.Header.Get("If-Modified-Since") == modified {
		p.spared++
		w.WriteHeader(http.StatusNotModified)
		return
	}
	p.plain++
	w.Header().Set("ETag", tag)
	w.Header().Set("Last-Modified", modified)
	switch {
	case p.body != nil:
		_, _ = w.Write(p.body)
	case strings.HasSuffix(r.URL.Path, ".rss"):
		_, _ = w.Write(p.rss())
	case strings.HasSuffix(r.URL.Path, ".json"):
		_, _ = w.Write(p.json())
	default:
		_, _ = w.Write(p.atom())
	}
}

func esc(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

func (p *publisher) atom() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The forum</title><id>f</id>`)
	for _, e := range slices.Backward(p.entries) {
		fmt.Fprintf(&b, `<entry><id>%s</id><title>%s</title><author><name>%s</name></author><link href="https://example.org/e"/><published>%s</published><content type="html">%s</content></entry>`,
			esc(e.id), esc(e.title), esc(e.author), e.at.Format(time.RFC3339), esc(e.text))
	}
	return []byte(b.String() + `</feed>`)
}

func (p *publisher) rss() []byte {
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>The forum</title>`)
	for _, e := range slices.Backward(p.entries) {
		fmt.Fprintf(&b, `<item><guid isPermaLink="false">%s</guid><title>%s</title><author>%s</author><pubDate>%s</pubDate><description>%s</description></item>`,
			esc(e.id), esc(e.title), esc(e.author), e.at.Format(time.RFC1123Z), esc(e.text))
	}
	return []byte(b.String() + `</channel></rss>`)
}

func (p *publisher) json() []byte {
	items := []map[string]any{}
	for _, e := range slices.Backward(p.entries) {
		items = append(items, map[string]any{
			"id": e.id, "title": e.title, "content_html": e.text, "date_published": e.at.Format(time.RFC3339), "authors": []map[string]any{{"name": e.author}},
		})
	}
	body, _ := json.Marshal(map[string]any{"version": "https://jsonfeed.org/version/1.1", "title": "The forum", "items": items}) // always marshals
	return body
}

// wired gives a channel to a publisher, at a path that tells the format.
func wired(tb testing.TB, p *publisher, path string, more map[string]any) (tocsin.Channel, *channeltest.Server) {
	tb.Helper()
	server := channeltest.Serve(tb, p)
	settings := map[string]any{"url": server.URL + path + "?key=" + token, "every": "0s", "allow_private": true}
	for key, value := range more {
		settings[key] = value
	}
	ch, err := Type().New(channel.Env{Name: "feed", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(tb, err)
	return ch, server
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"atom", "rss", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
				tb.Helper()
				p := &publisher{}
				server := channeltest.Serve(tb, p)
				return channeltest.Outside{
					Settings: map[string]any{"url": server.URL + "/new." + format + "?key=" + token, "every": "0s", "allow_private": true},
					Secrets:  []string{token}, Say: p.say, Break: server.Break,
				}
			}})
		})
	}
}
