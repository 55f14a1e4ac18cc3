package config

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what can be set. Each is far from anything sensible: they catch a
// slip of the hand, such as ms for m.
const (
	minEvery      = time.Second
	maxEvery      = time.Hour
	maxHold       = 10 * time.Minute
	minWindow     = time.Hour
	maxWindow     = 90 * 24 * time.Hour
	maxFalseRings = 1000
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
	wrong(!(c.Triage.FalseRings > 0 && c.Triage.FalseRings <= maxFalseRings), "triage.false_rings", // NaN is caught so
		"This is out of range. Write how many false rings a month are borne: more than 0, up to 1000.")
	wrong(c.Triage.Window < minWindow || c.Triage.Window > maxWindow, "triage.window",
		span(c.Triage.Window)+" is out of range. Write 1h to 2160h (90 days).")
	wrong(c.Broadcast.Hold < 0 || c.Broadcast.Hold > maxHold, "broadcast.hold",
		span(c.Broadcast.Hold)+" is out of range. Write 0s to 10m.")
	return Join(errs...)
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
