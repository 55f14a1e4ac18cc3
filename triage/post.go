package triage

import (
	"time"

	"github.com/tocsin/tocsin"
)

// post is a report as the engine remembers it: what is needed to compare and to
// count it, and nothing that must be shown.
type post struct {
	id      int64
	key     string // channel/external id: the same in every run
	at      int64  // unix seconds, when it was written
	person  uint64
	channel string
	text    string // until it is past, unless it belongs to an incident
	title   string
	lang    string
	terms   vector
	reason  string // why it is no evidence; "" when it is
	stale   bool   // it came too late to be part of a burst
	young   bool   // the account is days old
	cluster *cluster
	inc     *incident
	sure    bool
	human   bool // a person decided where it belongs
}

func (p *post) evidence() bool { return p.reason == "" }

// external is the report's id within its channel.
func (p *post) external() string { return p.key[len(p.channel)+1:] }

func keyOf(r *tocsin.Report) string { return r.Channel + "/" + r.ExternalID }

// youngAge is the age below which an account may have been made for the occasion.
const youngAge = 14 * 24 * time.Hour

func isYoung(r *tocsin.Report) bool {
	return !r.Reporter.Since.IsZero() && r.At.Sub(r.Reporter.Since) < youngAge
}

// hash is FNV-1a, 64 bits: https://datatracker.ietf.org/doc/html/draft-eastlake-fnv
func hash(parts ...string) uint64 {
	h := uint64(14695981039346656037)
	for _, s := range parts {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return h
}
