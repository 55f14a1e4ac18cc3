package config

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Bounds of what can be set. Each is far from anything sensible: they catch a
// slip of the hand, such as ms for m.
const (
	minEvery  = time.Second
	maxEvery  = time.Hour
	maxHold   = 10 * time.Minute
	minWindow = time.Hour
	maxWindow = 90 * 24 * time.Hour
	maxFalse  = 1000
	minStale  = time.Minute
	minQuiet  = 10 * time.Minute
)

// check tells which values make no sense.
func (c *Config) check(s source) error {
	var errs []error
	wrong := func(bad bool, key, text string) {
		if bad {
			errs = append(errs, s.mistake(key, text))
		}
	}
	wrong(!isAddress(c.Server.Listen), "server.listen",
		strconv.Quote(c.Server.Listen)+" is no address to listen on. Write host:port, such as 127.0.0.1:8080 or :8080.")
	wrong(!isBase(c.Server.BaseURL), "server.base_url",
		strconv.Quote(c.Server.BaseURL)+" is no base of links. Write how people reach us, such as https://tocsin.example.org.")
	wrong(!isDatabase(c.Database.URL.Reveal()), "database.url",
		"This is no database. Write the path of an SQLite file, such as tocsin.db, or postgres://user:password@host/name.")
	wrong(!slices.Contains(levels(), c.Log.Level), "log.level",
		strconv.Quote(c.Log.Level)+" is no level. "+Suggest(c.Log.Level, levels()))
	wrong(!slices.Contains(formats(), c.Log.Format), "log.format",
		strconv.Quote(c.Log.Format)+" is no format. "+Suggest(c.Log.Format, formats()))
	wrong(c.Ingest.Every < minEvery || c.Ingest.Every > maxEvery, "ingest.every",
		span(c.Ingest.Every)+" is out of range. Write 1s to 1h.")
	c.Triage.check(wrong)
	for _, who := range c.Staff {
		wrong(!isStaff(who), "staff", strconv.Quote(who)+" names nobody. Write an id (mailto:ana@example.org), a handle (@ana), or all addresses of a domain (*@example.org).")
	}
	wrong(c.Broadcast.Hold < 0 || c.Broadcast.Hold > maxHold, "broadcast.hold",
		span(c.Broadcast.Hold)+" is out of range. Write 0s to 10m.")
	return Join(errs...)
}

func (t *Triage) check(wrong func(bad bool, key, text string)) {
	wrong(!(t.FalseRings > 0 && t.FalseRings <= maxFalse), "triage.false_rings", // NaN is caught so
		"This is out of range. Write how many false rings a month are borne: more than 0, up to 1000.")
	wrong(!(t.FalseWhispers > 0 && t.FalseWhispers <= maxFalse), "triage.false_whispers",
		"This is out of range. Write how many false whispers a week are borne: more than 0, up to 1000.")
	wrong(t.Window < minWindow || t.Window > maxWindow, "triage.window",
		span(t.Window)+" is out of range. Write 1h to 2160h (90 days).")
	wrong(t.Stale < minStale || t.Stale > maxWindow, "triage.stale",
		span(t.Stale)+" is out of range. Write 1m to 2160h (90 days).")
	wrong(t.Quiet < minQuiet || t.Quiet > maxWindow, "triage.quiet",
		span(t.Quiet)+" is out of range. Write 10m to 2160h (90 days).")
	if t.Lexicon != "" {
		_, err := os.Stat(t.Lexicon)
		wrong(err != nil, "triage.lexicon", "The file "+t.Lexicon+" can't be read. Write its path, which starts at this file's folder.")
	}
}

// settle makes a relative path start at the folder of the configuration.
func (t *Triage) settle(config string) {
	if config != "" && t.Lexicon != "" && !filepath.IsAbs(t.Lexicon) {
		t.Lexicon = filepath.Join(filepath.Dir(config), t.Lexicon)
	}
}

// isStaff tells whether an entry can name somebody.
func isStaff(who string) bool {
	return !strings.ContainsFunc(who, unicode.IsSpace) &&
		strings.ContainsFunc(who, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// span writes a span of time as a person would: 5m and not 5m0s.
func span(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func levels() []string  { return []string{"debug", "info", "warn", "error"} }
func formats() []string { return []string{"text", "json"} }

func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n <= 65535
}

func isBase(s string) bool {
	u, err := url.Parse(s)
	return err == nil && isWebLink(s) && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}
