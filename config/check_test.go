package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/config"
)

// refused asks that each value at a key is a mistake at that key, and the only one.
func refused(t *testing.T, section, key string, values ...string) {
	t.Helper()
	for _, value := range values {
		_, err := config.Parse("t.yml", fmt.Appendf(nil, "%s:\n  %s: %s\n", section, key, value))
		require.ErrorContains(t, err, "t.yml:2: "+section+"."+key+": ", value)
		var mistakes config.Mistakes
		require.ErrorAs(t, err, &mistakes)
		require.Len(t, mistakes, 1)
	}
}

// taken asks that each value at a key is fine.
func taken(t *testing.T, section, key string, values ...string) {
	t.Helper()
	for _, value := range values {
		_, err := config.Parse("t.yml", fmt.Appendf(nil, "%s:\n  %s: %s\n", section, key, value))
		require.NoError(t, err, value)
	}
}

func TestAddressToListenOnHasAPort(t *testing.T) {
	t.Parallel()
	taken(t, "server", "listen", "':8080'", "localhost:80", "127.0.0.1:0", "'[::1]:8080'", "0.0.0.0:65535")
	refused(t, "server", "listen", "8080", "localhost", "localhost:http", "localhost:65536", "'::1:8080'", "localhost:-1", "''")
}

func TestBaseOfLinksIsAWholeWebAddress(t *testing.T) {
	t.Parallel()
	taken(t, "server", "base_url", "https://tocsin.example.org", "http://localhost:8080/", "https://example.org/tocsin/")
	refused(t, "server", "base_url", "tocsin.example.org", "/tocsin", "ftp://example.org", "https://", "https://a?b=c",
		"'https://a#b'", "https://user:pass@example.org", "'https://a b'", "''")
}

func TestDatabaseIsAPathOrPostgres(t *testing.T) {
	t.Parallel()
	taken(t, "database", "url", "tocsin.db", "/var/lib/tocsin/tocsin.db", "sqlite:tocsin.db", "postgres://localhost/tocsin",
		"postgresql://u:p@h:5432/d?sslmode=disable", "postgres:///tocsin?host=/run/postgresql")
	refused(t, "database", "url", "mysql://h/d", "'sqlite:'", "sqlite://x", "http://example.org", "'postgres://h:port/d'")
}

func TestLogHasFourLevelsAndTwoFormats(t *testing.T) {
	t.Parallel()
	taken(t, "log", "level", "debug", "info", "warn", "error")
	taken(t, "log", "format", "text", "json")
	refused(t, "log", "level", "trace", "INFO", "''", "5")
	refused(t, "log", "format", "xml", "JSON", "''")
}

func TestSpansHaveTheirBounds(t *testing.T) {
	t.Parallel()
	taken(t, "ingest", "every", "1s", "1h", "1m30s")
	refused(t, "ingest", "every", "999ms", "1h1s", "0s", "-1s", "15")
	taken(t, "triage", "window", "1h", "2160h")
	refused(t, "triage", "window", "59m", "2161h", "7d", "0s")
	taken(t, "triage", "stale", "1m", "6h", "2160h")
	refused(t, "triage", "stale", "59s", "2161h", "0s")
	taken(t, "triage", "quiet", "10m", "2160h")
	refused(t, "triage", "quiet", "9m", "2161h", "-1h")
	taken(t, "broadcast", "hold", "0s", "10m")
	refused(t, "broadcast", "hold", "-1s", "601s", "forever")
}

func TestFalseRingsAreMoreThanNone(t *testing.T) {
	t.Parallel()
	taken(t, "triage", "false_rings", "1", "0.1", "1000", "1e2")
	refused(t, "triage", "false_rings", "0", "-1", "1001", "NaN", "Inf", "-Inf", "one")
	taken(t, "triage", "false_whispers", "2", "0.5")
	refused(t, "triage", "false_whispers", "0", "1001", "NaN")
}

func TestStaffAreNamed(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("t.yml", []byte("staff: ['@acme', 'mailto:ana@example.org', '*@example.org', x:783214]\n"))
	require.NoError(t, err)
	require.Len(t, c.Staff, 4)
	for _, who := range []string{"''", "'@'", "Ana Example", "'*'"} {
		_, err := config.Parse("t.yml", []byte("staff: ["+who+"]\n"))
		require.ErrorContains(t, err, "staff: ", who)
		require.ErrorContains(t, err, "names nobody", who)
	}
}

func TestALexiconIsAFileBesideTheConfiguration(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "words.txt"), nil, 0o600))
	c, err := config.Parse(filepath.Join(folder, "t.yml"), []byte("triage:\n  lexicon: words.txt\n"))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(folder, "words.txt"), c.Triage.Lexicon)
	_, err = config.Parse(filepath.Join(folder, "t.yml"), []byte("triage:\n  lexicon: other.txt\n"))
	require.ErrorContains(t, err, "triage.lexicon: The file")
}

func TestPoliciesHaveTheirBounds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"repeat: -1": "repeat: -1 is out of range. Write 0 to 20.",
		"repeat: 21": "repeat: 21 is out of range.",
		"steps: [{wait: 25h, targets: [{channel: drill}]}]": "steps[0].wait: 25h is out of range. Write 0s to 24h; 0s is the usual 5m.",
		"steps: [{wait: -1s, targets: [{channel: drill}]}]": "steps[0].wait: -1s is out of range.",
		"steps: [{name: a}]":                        "steps[0].targets: This step has no targets.",
		"steps: [{targets: [{to: a}]}]":             "steps[0].targets[0].channel: This target names no channel, and nobody. Choose from: drill.",
		"steps: [{targets: [{channel: drll}]}]":     "steps[0].targets[0].channel: There is no channel drll. Did you mean drill?",
		"whisper: [{channel: drill}, {channel: x}]": "whisper[1].channel: There is no channel x.",
		"title: a":  "title: There is no such key. Choose from: name, whisper, steps, repeat, quiet.",
		"steps: []": ": This policy wakes nobody. Give it a whisper or steps.",
	} {
		_, err := config.Parse("t.yml", fmt.Appendf(nil,
			"channels: [{name: drill, type: simulator}]\npolicies:\n  - name: p\n    %s\n", text))
		require.ErrorContains(t, err, want, text)
		require.ErrorContains(t, err, "policies.p", text)
	}
}

func TestAreasNameWhatThereIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"policy: nihgt":           "t.yml:4: areas.a.policy: There is no policy nihgt. Did you mean night?",
		"phrases: [a, '']":        "areas.a.phrases: One of the phrases is empty.",
		"phrases: a":              "areas.a.phrases: Here a single value is written, and a list is wanted",
		"runbook: wiki":           "areas.a.runbook: This is no link.",
		"runbook: javascript:x()": "areas.a.runbook: This is no link.",
		"titel: b":                "areas.a.titel: There is no such key. Did you mean title?",
	} {
		_, err := config.Parse("t.yml", fmt.Appendf(nil,
			"channels: [{name: d, type: simulator}]\nareas:\n  - name: a\n    %s\npolicies: [{name: night, whisper: [{channel: d}]}]\n", text))
		require.ErrorContains(t, err, want, text)
	}
}

func TestDefaultsAreSound(t *testing.T) {
	t.Parallel()
	d := config.Default()
	require.Equal(t, "127.0.0.1:8080", d.Server.Listen, "nothing is open to the world that nobody opened")
	require.Equal(t, 10*time.Second, d.Broadcast.Hold)
	require.InDelta(t, 1, d.Triage.FalseRings, 0)
	require.Empty(t, d.Channels)
}
