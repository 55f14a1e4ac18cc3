package triage

import "github.com/tocsin/tocsin"

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
	terms   vector  // for cosines
	words   vector  // for likelihoods: plain words and concepts, of weight 1
	usual   float32 // log-likelihood of its words among the past reports, against that of independent words
	reason  string  // why it is no evidence; "" when it is
	stale   bool    // it came too late to be part of a burst
	young   bool    // the account is young beside the others
	unknown bool    // nobody knows how old the account is
	praise  float32 // log-odds that it only praises
	tag     uint64  // its first hashtag; 0 for none
	pleads  bool    // it asks, or says that something is wrong
	cluster *cluster
	inc     *incident
	sure    bool
	told    bool // it is one of those that tell its incident's topic
	human   bool // a person decided where it belongs
	over    bool // its incident was closed by a person: it is evidence for no other

	outdated bool // its writer changed it, and another post has the new words
	again    bool // it has the new words of a report that was counted before
}

func (p *post) byTerm() vector { return p.terms }

func (p *post) byWord() vector { return p.words }

func (p *post) evidence() bool { return p.reason == "" }

// external is the report's id within its channel.
func (p *post) external() string { return p.key[len(p.channel)+1:] }

func keyOf(r *tocsin.Report) string { return r.Channel + "/" + r.ExternalID }

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
