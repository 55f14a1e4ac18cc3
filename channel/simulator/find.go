package simulator

import (
	"context"

	"github.com/tocsin/tocsin"
)

// Find looks into the journal. One in memory forgets at a restart, so that what
// it lacks may have been sent all the same.
func (s *sim) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	if err := s.faults.before(ctx, false); err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	kind := KindReply
	if m.Report.ExternalID == "" {
		kind = KindPost
	}
	e, found, err := s.journal.find(func(e Entry) bool { return e.Key == m.Key && e.Kind == kind })
	switch {
	case err != nil:
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	case found:
		return tocsin.FoundPresent, tocsin.Sent{ExternalID: e.ID}, nil
	case s.journal.path == "":
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	default:
		return tocsin.FoundAbsent, tocsin.Sent{}, nil
	}
}
