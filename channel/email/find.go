package email

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/tocsin/tocsin"
)

// Find looks for the copy of an answer in our own mailbox, and in also_search.
//
// A copy that is there shows that the SMTP server took the mail for all its
// recipients. A copy that is not there shows the opposite only when it has had time
// to arrive, for the server delivers to each recipient by itself: until find_after
// has passed since the try, nothing is known and another look is asked for. After
// that the mail counts as never taken. This rests on two things that README.md asks
// of the operator: that mail to our own address arrives within find_after, and that
// nobody moves it out of the mailboxes that are searched sooner than that.
func (a *account) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	id := a.replyID(m)
	looked := a.now()
	s, err := a.connect(ctx)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	defer s.close()
	for _, mailbox := range append([]string{a.Mailbox}, a.AlsoSearch...) {
		there, err := s.holds(ctx, mailbox, id)
		if err != nil {
			return tocsin.FoundUnclear, tocsin.Sent{}, err
		}
		if there {
			return tocsin.FoundPresent, tocsin.Sent{ExternalID: id}, nil
		}
	}
	if m.TriedAt.IsZero() {
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	}
	if rest := m.TriedAt.Add(a.FindAfter).Sub(looked); rest > 0 {
		return tocsin.FoundUnclear, tocsin.Sent{}, &tocsin.Error{
			Code: tocsin.CodeUnavailable, Retryable: true, RetryAfter: rest,
			Message: fmt.Sprintf("The copy of this mail is not there yet. It has %s more to arrive.", rest.Round(time.Second)),
		}
	}
	return tocsin.FoundAbsent, tocsin.Sent{}, nil
}

// holds tells whether a mailbox has a mail of this id.
func (s *session) holds(ctx context.Context, mailbox, id string) (bool, error) {
	if err := s.enter(ctx, mailbox); err != nil {
		return false, err
	}
	var there bool
	err := s.do(ctx, func() error {
		found, err := s.client.UIDSearch(&imap.SearchCriteria{
			Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: "<" + id + ">"}},
		}, nil).Wait()
		if err == nil {
			there = len(found.AllUIDs()) > 0
		}
		return err
	})
	return there, err
}
