package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMistakesNamePlaceKeyAndRemedy reads each testdata/bad/<case>.yml and
// compares what is said of it with <case>.txt beside it.
func TestMistakesNamePlaceKeyAndRemedy(t *testing.T) {
	t.Parallel()
	for _, file := range glob(t, "testdata/bad/*.yml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(file)
			var mistakes config.Mistakes
			require.ErrorAs(t, err, &mistakes)
			require.NotContains(t, err.Error(), "hunter2", "a secret")
			golden(t, strings.TrimSuffix(file, ".yml")+".txt", err.Error()+"\n")
		})
	}
}

func TestGoodFilesLoad(t *testing.T) {
	t.Parallel()
	for _, file := range glob(t, "testdata/good/*.yml") {
		_, err := config.Load(file)
		require.NoError(t, err, file)
	}
}

func TestNothingWrittenMeansTheDefaults(t *testing.T) {
	t.Parallel()
	want := config.Default()
	want.Database.URL = config.NewSecret("testdata/good/tocsin.db")
	for _, file := range []string{"empty", "comment", "nulls"} {
		c, err := config.Load("testdata/good/" + file + ".yml")
		require.NoError(t, err)
		require.Equal(t, want, values(c))
	}
	c, err := config.Parse("", nil)
	require.NoError(t, err)
	require.Equal(t, config.Default(), values(c))
}

func TestScalarsStayAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	c, err := config.Load("testdata/good/literal.yml")
	require.NoError(t, err)
	var to []string
	for _, target := range c.Policies[0].Whisper {
		to = append(to, target.To)
	}
	require.Equal(t, []string{"0123", "+15551234", "yes", "2026-01-02"}, to)
	require.Equal(t, "404", c.Areas[0].Name)
	require.Equal(t, "1e3", c.Areas[0].Title)
}

func TestSecretComesFromAFileWithoutItsLineEnd(t *testing.T) {
	t.Parallel()
	c, err := config.Load("testdata/good/secret-file.yml")
	require.NoError(t, err)
	require.Equal(t, "postgres://tocsin:hunter2@db/tocsin", c.Database.URL.Reveal())
	require.Equal(t, "PostgreSQL at db/tocsin", c.Database.Describe())
	require.Equal(t, "https://tocsin.example.org/sub", c.Server.BaseURL, "links begin with it: it ends without a slash")
}

func TestSeedsBecomeTheWordsOfTheHouse(t *testing.T) {
	t.Parallel()
	c, err := config.Load("../tocsin.example.yml")
	require.NoError(t, err)
	require.Equal(t, tocsin.Policy{
		Name:    tocsin.PolicyDefault,
		Whisper: []tocsin.Target{{Channel: "contact-form", To: "support"}},
		Steps: []tocsin.Step{
			{Name: "primary", Wait: tocsin.Duration(5 * time.Minute), Targets: []tocsin.Target{{Schedule: "primary"}}},
			{Name: "the team", Wait: tocsin.Duration(5 * time.Minute), Targets: []tocsin.Target{{Group: "identity"}, {Person: "jonas"}}},
			{Name: "the cavalry", Wait: tocsin.Duration(10 * time.Minute), Targets: []tocsin.Target{{Everyone: true}, {Channel: "page-mail", To: "everyone@example.org"}}},
		},
		Repeat: 1,
		Quiet:  &tocsin.Quiet{Severity: 4, Hours: []tocsin.Hours{{Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, From: "22:00", To: "07:00"}}},
	}, c.Policies[0])
	require.Equal(t, tocsin.Person{
		Name: "jonas", Zone: "America/Denver", Contacts: []tocsin.Contact{{Name: "mail", Channel: "page-mail", To: "jonas@example.org"}},
	}, c.People[1])
	require.Equal(t, []tocsin.Rule{
		{Contact: "mail", Tier: tocsin.TierRing, Severity: 4}, {Contact: "phone", Severity: 2, After: tocsin.Duration(time.Minute)},
	}, c.People[0].Rules)
	require.Equal(t, tocsin.Layer{
		Name: "working hours", Zone: "Europe/Vienna", People: []string{"mara"}, Start: "2026-11-23", Handoff: "09:00", Every: "weekly",
		Hours: []tocsin.Hours{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}, Except: []string{"austria"}, Only: []string{},
	}, c.Schedules[0].Layers[0])
	require.Equal(t, []tocsin.Holidays{{Name: "austria", Days: []string{"2026-12-25", "2026-12-26"}}}, c.Schedules[0].Holidays)
	require.Equal(t, "identity", c.Areas[0].Team)
	require.Equal(t, []string{"log in", "login", "sign in", "password", "two-factor"}, c.Areas[0].Phrases)
}

func TestStepWithoutWaitHasTheUsualOne(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("t.yml", []byte(`
channels: [{name: drill, type: simulator}]
policies: [{name: p, steps: [{targets: [{channel: drill}]}]}]`))
	require.NoError(t, err)
	require.Equal(t, tocsin.Step{
		Name: "step 1", Wait: tocsin.Duration(5 * time.Minute), Targets: []tocsin.Target{{Channel: "drill"}},
	}, c.Policies[0].Steps[0])
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	_, err := config.Load("testdata/nowhere.yml")
	require.EqualError(t, err, "testdata/nowhere.yml: The file can't be read: no such file or directory. Name another by --config or TOCSIN_CONFIG.")
}

func TestHugeFileIsRefused(t *testing.T) {
	t.Parallel()
	_, err := config.Parse("t.yml", make([]byte, 2<<20))
	require.EqualError(t, err, "t.yml: The file is larger than 1 MB. Is it the configuration?")
}

func TestConfigurationIsLookedForInItsPlaces(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TOCSIN_CONFIG", "")
	if _, err := os.Stat("/etc/tocsin/tocsin.yml"); err != nil {
		require.Empty(t, config.Find(""))
	}
	require.NoError(t, os.WriteFile("tocsin.yml", nil, 0o600))
	require.Equal(t, "tocsin.yml", config.Find(""))
	t.Setenv("TOCSIN_CONFIG", "named.yml")
	require.Equal(t, "named.yml", config.Find(""))
	require.Equal(t, "flag.yml", config.Find("flag.yml"))
	_, err := config.Load("")
	require.ErrorContains(t, err, "named.yml: The file can't be read")
}

func TestUnknownChannelTypeIsNamed(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("t.yml", []byte("channels:\n  - name: a\n    type: emial\n  - {name: b, type: webhook}\n"))
	require.NoError(t, err)
	require.NoError(t, c.CheckTypes([]string{"emial", "webhook"}))
	require.EqualError(t, c.CheckTypes([]string{"email", "webhook"}),
		`t.yml:3: channels.a.type: There is no channel type "emial". Did you mean email?`)
}

func TestWhatCouldBeReadIsGivenBesideTheMistakes(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("t.yml", []byte("servr: {}\nchannels:\n  - {name: a, type: webhook, no_such: 1}\n"))
	require.Error(t, err)
	require.Equal(t, "a", c.Channels[0].Name)
	require.EqualError(t, config.Join(err, c.Channels[0].Settings.Decode(&struct{}{})), `t.yml:1: servr: There is no such key. Did you mean server?
t.yml:3: channels.a.no_such: There is no such key. There is none to choose from.`)
	require.EqualError(t, c.Mistake("channels.a.type", "It is %s.", "odd"), "t.yml:3: channels.a.type: It is odd.")
	require.EqualError(t, c.Mistake("channels.b.type", "It is odd."), "t.yml:2: channels.b.type: It is odd.")
}

// values copies what was configured, without the file's name and places.
func values(c *config.Config) config.Config {
	return config.Config{
		Server: c.Server, Database: c.Database, Log: c.Log, Ingest: c.Ingest, Triage: c.Triage, Broadcast: c.Broadcast, Staff: c.Staff,
		Channels: c.Channels, Areas: c.Areas, Policies: c.Policies,
	}
}

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.yml", "../tocsin.example.yml"} {
		for _, file := range glob(f, pattern) {
			text, err := os.ReadFile(file)
			require.NoError(f, err)
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := config.Parse("t.yml", text)
		if err == nil {
			require.NotNil(t, c)
			return
		}
		var mistakes config.Mistakes
		require.ErrorAs(t, err, &mistakes)
		for _, m := range mistakes {
			require.NotEmpty(t, m.File)
			require.NotEmpty(t, m.Text)
		}
	})
}

func glob(tb testing.TB, pattern string) []string {
	tb.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(tb, err)
	require.NotEmpty(tb, files)
	return files
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
