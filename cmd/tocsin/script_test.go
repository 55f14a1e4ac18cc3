package main

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/email"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/ingest"
	"github.com/tocsin/tocsin/notify"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/web"
	"github.com/tocsin/tocsin/web/api"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"tocsin": main})
}

// TestScripts runs each script under testdata/script as a user at a terminal
// would, against a server of its own with everything real but the networks.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   filepath.Join("testdata", "script"),
		Setup: startServer,
		Cmds:  map[string]func(ts *testscript.TestScript, neg bool, args []string){"await": await, "as": as},
	})
}

// as makes what follows the acts of another user: as jonas.
func as(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("TOCSIN_TOKEN", ts.Getenv(args[0]))
}

// await repeats a command until what it prints matches: await PATTERN COMMAND…, for ten seconds.
func await(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	for range 200 {
		if err := ts.Exec(args[1], args[2:]...); err == nil && want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	ts.Fatalf("%s never said %s, but:\n%s", strings.Join(args[1:], " "), args[0], ts.ReadFile("stdout"))
}

// startServer wires a server over a database in the script's folder, fills it, and
// gives the script its address and the tokens of its users.
func startServer(env *testscript.Env) error {
	ctx, stop := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	network := &network{}
	channels := []tocsin.Channel{
		{Name: "mail", Type: "email", Replier: network, Finder: network, Checker: network},
		{Name: "forum", Type: "discourse"},
		{Name: "chat", Type: "slack", Pager: network},
	}
	archive, err := email.Type().New(channel.Env{Name: "archive", Log: log, Now: time.Now, Settings: config.NewSettings(map[string]any{
		"address": "support@example.org", "imap": "127.0.0.1:1", "password": "x", // nobody asks it for anything
	})})
	if err != nil {
		stop()
		return err
	}
	channels = append(channels, archive)
	s, err := store.Open(ctx, store.Options{URL: filepath.Join(env.WorkDir, "tocsin.db"), Log: log, Queues: queuesFor(channels)})
	if err != nil {
		stop()
		return err
	}
	o := notify.Options{Store: s, Channels: channels, Now: time.Now, Log: log, BaseURL: "https://tocsin.test"}
	o.LinkKey = []byte("a key of the scripts")
	pager, desk, sender, rotas := notify.NewPager(o), notify.NewDesk(o), notify.NewBroadcaster(o), notify.NewRotas(o)
	handle(s, pager, sender)
	in := ingest.New(ingest.Options{Store: s, Channels: channels, Node: "test", Log: log, Now: time.Now, Every: time.Minute})
	server := httptest.NewServer(web.New(web.Options{
		API: api.Options{Store: s, Desk: desk, Pager: pager, Rotas: rotas, Intake: in, Channels: channels, Health: in.Health}, Acts: pager, Feeds: rotas, Log: log,
	}))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	env.Defer(func() {
		server.Close()
		stop()
		if err := <-ended; err != nil {
			env.T().Fatal(err)
		}
		if err := s.Close(); err != nil {
			env.T().Fatal(err)
		}
	})
	env.Setenv("TOCSIN_URL", server.URL)
	env.Setenv("TZ", "UTC")
	env.Setenv("GORACE", "atexit_sleep_ms=0") // else each command waits a second at its end
	if err := hire(ctx, env, s); err != nil {
		return err
	}
	return fill(ctx, s)
}

// hire makes the users of the scripts; mara is who acts at first.
func hire(ctx context.Context, env *testscript.Env, s *store.Store) error {
	for name, role := range map[string]tocsin.Role{
		"viv": tocsin.RoleViewer, "mara": tocsin.RoleSupport, "jonas": tocsin.RoleSupport, "rosa": tocsin.RoleResponder, "root": tocsin.RoleAdmin,
	} {
		made, err := api.AddToken(ctx, s, tocsin.Token{User: name, Role: role, CreatedAt: time.Now()})
		if err != nil {
			return err
		}
		env.Setenv(name, made.Secret)
		if name == "mara" {
			env.Setenv("TOCSIN_TOKEN", made.Secret)
		}
	}
	return nil
}

// fill stores two incidents: many who cannot sign in, and a few whose code is lost.
func fill(ctx context.Context, s *store.Store) error {
	now := time.Now().Add(-10 * time.Minute)
	if err := s.SeedPolicies(ctx, []tocsin.Policy{{Name: "default", Whisper: []tocsin.Target{{Channel: "chat", To: "#support"}}}}); err != nil {
		return err
	}
	if err := s.SeedAreas(ctx, []tocsin.Area{{
		Name: "sign-in", Title: "Sign-in", Phrases: []string{"log in", "sign in"}, Checklist: []string{"sign in with a password", "sign in with a code"},
	}}); err != nil {
		return err
	}
	write := func(channel, who, text string, minute int) tocsin.Report {
		return tocsin.Report{
			ExternalID: channel + who, Channel: channel, At: now.Add(time.Duration(minute) * time.Minute), Text: text, Raw: text,
			Reporter: tocsin.Reporter{ID: channel + ":" + who, Handle: who},
		}
	}
	judged := tocsin.Triaged{}
	for _, channel := range []struct {
		name    string
		reports []tocsin.Report
	}{
		{"mail", []tocsin.Report{
			write("mail", "ana@example.org", "I cannot sign in since noon", 0),
			write("mail", "ben@example.org", "login is \x1b[31mbroken\x1b[0m for me", 1),
			write("mail", "cem@example.org", "is something wrong with sign in?", 2),
			write("mail", "dee@example.org", "all my code is gone", 3),
		}},
		{"forum", []tocsin.Report{write("forum", "eve", "sign in does nothing", 4)}},
	} {
		added, err := s.CommitBatch(ctx, channel.name, "", tocsin.Batch{
			Reports:    channel.reports,
			Rejections: []tocsin.Rejection{{Channel: channel.name, Reason: tocsin.ReasonAutoReply, Detail: "Out of office", At: now}},
		})
		if err != nil {
			return err
		}
		for i, id := range added {
			r := channel.reports[i]
			j := tocsin.Judgement{Report: id, Cluster: "c1", Incident: "c1", Sure: !strings.Contains(r.Text, "?")}
			if strings.Contains(r.Text, "code") {
				j.Cluster, j.Incident = "c2", "c2"
			}
			judged.Done, judged.Judgements = append(judged.Done, id), append(judged.Judgements, j)
		}
	}
	judged.Sightings = []tocsin.Sighting{
		{
			Key: "c1", Kind: tocsin.KindIncident, Tier: tocsin.TierWhisper, Title: "cannot sign in", Area: "sign-in", Severity: 2,
			FirstSeen: now, LastSeen: now.Add(4 * time.Minute), Reports: 4, People: 4,
			Explanation: tocsin.Explanation{Summary: "4 people in 5 minutes say that they cannot sign in.", Phrases: []string{"sign in", "broken"}, Why: "0.2 are usual."},
		},
		{Key: "c2", Kind: tocsin.KindIncident, Title: "code is gone", Severity: 3, FirstSeen: now, LastSeen: now, Reports: 1, People: 1},
	}
	return s.CommitTriage(ctx, judged)
}

// network stands for every outside system: it takes what is sent and remembers it.
type network struct {
	mu   sync.Mutex
	sent map[string]tocsin.Sent
}

func (n *network) Reply(_ context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return n.keep(m.Key), nil
}

func (n *network) Page(_ context.Context, a tocsin.Alarm) (tocsin.Sent, error) {
	return n.keep(a.Key), nil
}

func (n *network) Check(context.Context) error { return nil }

func (n *network) Find(_ context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if sent, ok := n.sent[m.Key]; ok {
		return tocsin.FoundPresent, sent, nil
	}
	return tocsin.FoundAbsent, tocsin.Sent{}, nil
}

func (n *network) keep(key string) tocsin.Sent {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.sent == nil {
		n.sent = map[string]tocsin.Sent{}
	}
	n.sent[key] = tocsin.Sent{ExternalID: "out-" + key}
	return n.sent[key]
}

func TestAPersonConfirmsWithYesOnly(t *testing.T) {
	t.Parallel()
	for answer, sends := range map[string]bool{"y\n": true, "YES\n": true, "yes": true, "n\n": false, "\n": false, "yep\n": false} {
		var out strings.Builder
		err := ask(strings.NewReader(answer), &out, "Send?")
		require.Equal(t, sends, err == nil, "%q", answer)
		require.Equal(t, "Send? [y/N] ", out.String())
	}
	require.Error(t, ask(strings.NewReader(""), &strings.Builder{}, "Send?"), "nobody answered")
}

func TestNobodyAtATerminalMustSayYesBeforehand(t *testing.T) {
	t.Parallel()
	null, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer null.Close()
	for _, s := range []*session{{in: strings.NewReader("y\n")}, {in: null}} {
		require.ErrorContains(t, confirm(s, false, "Send?"), "--yes")
		require.NoError(t, confirm(s, true, "Send?"))
	}
}

func TestStrangersTextCannotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\x1b[31mred\x1b[0m":  "·[31mred·[0m",
		"two\nlines\tand tab": "two lines and tab",
		"\u202egnp.exe":       "·gnp.exe",
		"bell\a\r":            "bell··",
		"naïve ÅÄÖ 日本 👩‍👩‍👧": "naïve ÅÄÖ 日本 👩‍👩‍👧",
	} {
		require.Equal(t, want, clean(in), "%q", in)
	}
}

func TestTimesAreToldAsPeopleSayThem(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		5 * time.Second: "5 s ago", 3 * time.Minute: "3 min ago", 90 * time.Minute: "1 h 30 min ago", 72 * time.Hour: "3 days ago", -10 * time.Second: "in 10 s",
	} {
		require.Equal(t, want, ago(d))
	}
}
