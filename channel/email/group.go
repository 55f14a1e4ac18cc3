package email

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"github.com/tocsin/tocsin"
)

// How a mailbox is known to be fed by a group: by the latest mails in it.
const (
	groupMails = 20
	groupLeast = 5 // fewer mails show nothing
	aboutLists = "lists"
)

// proveLists finds the group that feeds the mailbox and is not named in lists: all
// that people write would be taken for a newsletter. It tells nothing where there
// is none.
func (a *account) proveLists(ctx context.Context) []tocsin.Proof {
	if a.IMAP == "" {
		return nil
	}
	ids, mails, err := a.latestLists(ctx)
	if err != nil {
		return []tocsin.Proof{mind(aboutLists, "The latest mails could not be looked at: %s", tocsin.MessageOf(err))}
	}
	for id, n := range ids {
		if mails >= groupLeast && n*2 > mails {
			return []tocsin.Proof{wrong(aboutLists, "%d of the latest %d mails came through the list %s and are taken for a newsletter. If that is a group of yours, name its address in lists.",
				n, mails, id)}
		}
	}
	return nil
}

// latestLists counts the latest mails of the mailbox by the list that they came
// through, if that is not one of ours.
func (a *account) latestLists(ctx context.Context) (ids map[string]int, mails int, err error) {
	s, err := a.openBox(ctx, a.Mailbox)
	if err != nil {
		return nil, 0, err
	}
	defer s.close()
	if s.box.NumMessages == 0 {
		return nil, 0, nil
	}
	head := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
	first := uint32(1)
	if s.box.NumMessages > groupMails {
		first = s.box.NumMessages - groupMails + 1
	}
	ids = map[string]int{}
	err = s.do(ctx, func() error {
		all, err := s.client.Fetch(imap.SeqSet{{Start: first, Stop: 0}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{head}}).Collect()
		for _, m := range all {
			mails++
			if id := a.foreignList(m.FindBodySection(head)); id != "" {
				ids[id]++
			}
		}
		return err
	})
	return ids, mails, err
}

// foreignList gives the id of the list in a mail's header; "" for none, and for a
// group that lists names.
func (a *account) foreignList(header []byte) string {
	m, err := mail.ReadMessage(strings.NewReader(string(header) + "\r\n"))
	if err != nil {
		return ""
	}
	_, id, _ := strings.Cut(m.Header.Get("List-Id"), "<")
	id, _, _ = strings.Cut(strings.ToLower(id), ">")
	if slices.ContainsFunc(a.Lists, func(address string) bool { return id == address || id == strings.Replace(address, "@", ".", 1) }) {
		return ""
	}
	return clip(id, maxName)
}
