package triage

import (
	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/text"
)

// Reasons for which a report does not count as evidence.
const (
	reasonStaff    = "own staff"
	reasonUpstream = "upstream status"
	reasonSpam     = "spam"
	reasonPraise   = "praise"
	reasonContest  = "contest"
	reasonEmpty    = "empty"
	reasonFlood    = "flood"
	reasonEdited   = "edited"  // its writer changed it: the new words count instead
	reasonDeleted  = "deleted" // before we had read it
)

// Log-odds from which a text is taken for spam or praise. Both are cautious: a
// report left out wrongly is worse than one counted wrongly.
const (
	spamAt   = -1.8
	praiseAt = -0.1
)

// judge says why a report does not count as evidence; "" when it does. Being a
// question, or not being a complaint, is no reason.
func (e *Engine) judge(r *tocsin.Report, t text.Text) (reason string, praise float64) {
	praise, spam := text.Tone(r.Text, t)
	return e.reason(r, t, praise, spam), praise
}

func (e *Engine) reason(r *tocsin.Report, t text.Text, praise, spam float64) string {
	switch {
	case r.Reporter.Staff || r.Reporter.Among(e.cfg.Staff):
		return reasonStaff
	case !r.DeletedAt.IsZero():
		return reasonDeleted
	case r.Reporter.Upstream():
		return reasonUpstream
	case len(t.Words) == 0 && len(t.Emojis) == 0:
		return reasonEmpty
	case spam > spamAt:
		return reasonSpam
	case t.Enters() && !t.Pleads():
		return reasonContest
	case praise > praiseAt:
		return reasonPraise
	}
	return ""
}
