package email

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"

	"github.com/tocsin/tocsin"
)

// How much one batch holds. A mail counts with the part of it that is read.
const (
	batchMails = 100
	batchBytes = 4 << 20
)

// Pull gives the mails that came since the cursor, oldest first, a bounded number
// at a time.
func (a *account) Pull(ctx context.Context, from string) (tocsin.Batch, error) {
	s, err := a.openBox(ctx, a.Mailbox)
	if err != nil {
		return tocsin.Batch{}, err
	}
	defer s.close()
	return s.next(ctx, from)
}

// next gives the batch that follows the cursor.
func (s *session) next(ctx context.Context, from string) (tocsin.Batch, error) {
	c := parseCursor(from)
	if c.Validity != 0 && c.Validity != s.box.UIDValidity {
		s.log.Warn("the mailbox was made anew and is read again", "mailbox", s.Mailbox)
	}
	if c.Validity != s.box.UIDValidity {
		c = cursor{Validity: s.box.UIDValidity}
	}
	uids, err := s.after(ctx, c.UID)
	if err != nil {
		return tocsin.Batch{}, err
	}
	if len(uids) == 0 {
		if c.UID == 0 && s.box.UIDNext > 0 {
			c.UID = s.box.UIDNext - 1 // all that is there is too old to be read
		}
		return tocsin.Batch{Cursor: c.String()}, nil
	}
	taken, err := s.weigh(ctx, uids[:min(len(uids), batchMails)])
	if err != nil {
		return tocsin.Batch{}, err
	}
	batch, err := s.fetch(ctx, taken)
	if err != nil {
		return tocsin.Batch{}, err
	}
	c.UID = taken[len(taken)-1]
	batch.Cursor, batch.More = c.String(), len(taken) < len(uids)
	return batch, nil
}

// after gives the UIDs above one, in order; at the first look those of mails that
// are not too old.
func (s *session) after(ctx context.Context, last imap.UID) ([]imap.UID, error) {
	criteria := &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: last + 1, Stop: 0}}}}
	if last == 0 {
		criteria = &imap.SearchCriteria{Since: s.now().Add(-s.Since)}
	}
	var uids []imap.UID
	err := s.do(ctx, func() error {
		found, err := s.client.UIDSearch(criteria, nil).Wait()
		if err == nil {
			uids = found.AllUIDs()
		}
		return err
	})
	// "n:*" always matches the mailbox's last mail, also when its UID is below n.
	uids = slices.DeleteFunc(uids, func(uid imap.UID) bool { return uid <= last })
	slices.Sort(uids)
	return slices.Compact(uids), err
}

// weigh takes as many of the mails as fit into a batch, one at least.
func (s *session) weigh(ctx context.Context, uids []imap.UID) ([]imap.UID, error) {
	sizes := map[imap.UID]int64{}
	err := s.do(ctx, func() error {
		mails, err := s.client.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
		for _, m := range mails {
			sizes[m.UID] = min(m.RFC822Size, int64(s.MaxSize))
		}
		return err
	})
	var sum int64
	for i, uid := range uids {
		if sum += sizes[uid]; sum > batchBytes && i > 0 {
			return uids[:i], err
		}
	}
	return uids, err
}

// fetch reads mails, each from its beginning up to max_size: what people write
// stands in front, and what they attach behind it is left on the server.
func (s *session) fetch(ctx context.Context, uids []imap.UID) (tocsin.Batch, error) {
	head := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: int64(s.MaxSize)}}
	var batch tocsin.Batch
	err := s.do(ctx, func() error {
		cmd := s.client.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{
			UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{head},
		})
		defer func() { _ = cmd.Close() }() // the way out after an error; it gives the same one again
		for data := cmd.Next(); data != nil; data = cmd.Next() {
			mail, err := data.Collect()
			if err != nil {
				return err
			}
			s.read(&batch, uint32(mail.UID), mail.InternalDate, mail.FindBodySection(head))
		}
		return cmd.Close()
	})
	return batch, err
}
