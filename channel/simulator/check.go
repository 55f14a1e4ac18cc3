package simulator

import (
	"context"
	"os"

	"github.com/tocsin/tocsin"
)

// Check proves that the journal can be written.
func (s *sim) Check(ctx context.Context) error {
	if err := s.faults.before(ctx, false); err != nil {
		return err
	}
	if s.journal.path == "" {
		return nil
	}
	f, err := os.OpenFile(s.journal.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, journalMode)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return tocsin.Wrap(tocsin.CodeInvalid, err, "The journal %s can't be written. Name a file in a folder that exists and is ours.", s.journal.path)
	}
	return nil
}
