package email

import (
	"context"
)

// Check signs in to both servers and looks into each mailbox. It sends nothing.
func (a *account) Check(ctx context.Context) error {
	if a.IMAP != "" {
		if err := a.checkIMAP(ctx); err != nil {
			return err
		}
	}
	if a.SMTP == "" {
		return nil
	}
	l, err := a.lineUp(ctx)
	if err != nil {
		return err
	}
	l.quit()
	return nil
}

func (a *account) checkIMAP(ctx context.Context) error {
	s, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	for _, mailbox := range append([]string{a.Mailbox}, a.AlsoSearch...) {
		if err := s.enter(ctx, mailbox); err != nil {
			return err
		}
	}
	return nil
}
