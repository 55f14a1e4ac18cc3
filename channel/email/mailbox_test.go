package email

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/email/dovecottest"
)

// soon is what a real server needs at most, on a machine that is busy.
const soon = 20 * time.Second

// drain pulls to the end and gives the ids of the reports, and the last cursor.
func drain(t *testing.T, a *account, cursor string) ([]string, string) {
	t.Helper()
	var ids []string
	for {
		b, err := a.Pull(t.Context(), cursor)
		require.NoError(t, err)
		require.Empty(t, b.Rejections)
		for _, r := range b.Reports {
			ids = append(ids, r.ExternalID)
		}
		cursor = b.Cursor
		if !b.More {
			return ids, cursor
		}
	}
}

func mailOf(id string) string {
	return letterOf("From: ana@example.net", "Message-ID: <"+id+">", "Subject: It fails") + "I cannot sign in.\n"
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	dovecot := dovecottest.Start(t, dovecottest.Options{})
	for name, test := range map[string]func(*testing.T, *outside){
		"FirstLookGoesBackSoFar":          firstLook,
		"LastMailIsNotReadAgain":          lastMailOnce,
		"MailboxMadeAnewIsReadAgain":      madeAnew,
		"BacklogComesInBoundedBatches":    backlog,
		"NothingIsMarkedOrMoved":          untouched,
		"MissingMailboxIsNamed":           missing,
		"CursorThatCannotBeReadStartsNew": oddCursor,
		"StreamHearsOfMailAtOnce":         hears,
		"StreamGoesOnAfterABreak":         goesOn,
		"StreamNoticesADeadLine":          deadLine,
		"LargeMailLeavesAttachments":      large,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newOutside(t, dovecot))
		})
	}
}

func firstLook(t *testing.T, o *outside) {
	t.Helper()
	now := time.Now()
	o.dovecot.Append(t, o.address, "INBOX", now.AddDate(0, 0, -40), mailOf("old@example.net"))
	a := o.account(t)
	ids, cursor := drain(t, a, "")
	require.Empty(t, ids, "all that is there is too old")

	o.dovecot.Append(t, o.address, "INBOX", now.AddDate(0, 0, -50), mailOf("moved@example.net"))
	o.dovecot.Append(t, o.address, "INBOX", now.AddDate(0, 0, -3), mailOf("new@example.net"))
	ids, _ = drain(t, a, cursor)
	require.Equal(t, []string{"moved@example.net", "new@example.net"}, ids, "what comes after the first look counts, whatever its age")

	ids, _ = drain(t, a, "")
	require.Equal(t, []string{"new@example.net"}, ids)
	ids, _ = drain(t, o.account(t, map[string]any{"since": "1080h"}), "")
	require.Equal(t, []string{"old@example.net", "new@example.net"}, ids)
}

func lastMailOnce(t *testing.T, o *outside) {
	t.Helper()
	want := o.say(t, 3)
	a := o.account(t)
	ids, cursor := drain(t, a, "")
	require.Equal(t, want, ids)
	for range 2 { // "4:*" matches mail 3 where there is no mail 4
		ids, cursor = drain(t, a, cursor)
		require.Empty(t, ids)
	}
}

func madeAnew(t *testing.T, o *outside) {
	t.Helper()
	c := o.dovecot.Client(t, o.address)
	require.NoError(t, c.Create("Support", nil).Wait())
	now := time.Now()
	o.dovecot.AppendAll(t, o.address, "Support", now, []string{mailOf("a@example.net"), mailOf("b@example.net")})
	a := o.account(t, map[string]any{"mailbox": "Support"})
	ids, cursor := drain(t, a, "")
	require.Equal(t, []string{"a@example.net", "b@example.net"}, ids)

	require.NoError(t, c.Delete("Support").Wait())
	_, err := a.Pull(t.Context(), cursor)
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(err))
	require.NoError(t, c.Create("Support", nil).Wait())
	o.dovecot.AppendAll(t, o.address, "Support", now, []string{mailOf("b@example.net"), mailOf("c@example.net")})
	ids, anew := drain(t, a, cursor)
	require.Equal(t, []string{"b@example.net", "c@example.net"}, ids, "all of it, by the same ids as before")
	require.NotEqual(t, parseCursor(cursor).Validity, parseCursor(anew).Validity)
}

func backlog(t *testing.T, o *outside) {
	t.Helper()
	long := strings.Repeat("word ", 200_000)
	mails := make([]string, 12)
	for i := range mails {
		mails[i] = mailOf(fmt.Sprintf("b%d@example.net", i)) + long
	}
	o.dovecot.AppendAll(t, o.address, "INBOX", time.Now(), mails)
	small := make([]string, batchMails+5)
	for i := range small {
		small[i] = mailOf(fmt.Sprintf("s%d@example.net", i))
	}
	o.dovecot.AppendAll(t, o.address, "INBOX", time.Now(), small)

	a, cursor, total := o.account(t), "", 0
	for more := true; more; {
		b, err := a.Pull(t.Context(), cursor)
		require.NoError(t, err)
		size := 0
		for _, r := range b.Reports {
			size += len(r.Raw)
		}
		require.LessOrEqual(t, size, batchBytes)
		require.LessOrEqual(t, len(b.Reports), batchMails)
		total += len(b.Reports)
		cursor, more = b.Cursor, b.More
	}
	require.Equal(t, len(mails)+len(small), total)
}

func untouched(t *testing.T, o *outside) {
	t.Helper()
	o.say(t, 2)
	drain(t, o.account(t), "")
	c := o.dovecot.Client(t, o.address)
	_, err := c.Select("INBOX", nil).Wait()
	require.NoError(t, err)
	mails, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{Flags: true}).Collect()
	require.NoError(t, err)
	require.Len(t, mails, 2)
	for _, m := range mails {
		require.NotContains(t, m.Flags, imap.FlagSeen)
	}
}

func missing(t *testing.T, o *outside) {
	t.Helper()
	a := o.account(t, map[string]any{"mailbox": "Nowhere"})
	for _, err := range []error{a.Check(t.Context()), a.Stream(t.Context(), "", nil)} {
		require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(err))
		require.Contains(t, tocsin.MessageOf(err), `no mailbox "Nowhere"`)
	}
	require.ErrorContains(t, o.account(t, map[string]any{"also_search": []string{"Sent"}}).Check(t.Context()), `"Sent"`)
}

func oddCursor(t *testing.T, o *outside) {
	t.Helper()
	want := o.say(t, 1)
	for _, cursor := range []string{"{", "7", `{"validity":-1}`, `{"validity":1,"uid":9}`} {
		ids, _ := drain(t, o.account(t), cursor)
		require.Equal(t, want, ids, cursor)
	}
}

// stream runs Stream in the background and gives what it emits.
func stream(t *testing.T, a *account, cursor string) (<-chan tocsin.Report, func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reports, ended := make(chan tocsin.Report, 100), make(chan error, 1)
	go func() {
		ended <- a.Stream(ctx, cursor, func(b tocsin.Batch) error {
			for _, r := range b.Reports {
				reports <- r
			}
			return nil
		})
	}()
	t.Cleanup(cancel)
	return reports, func() error {
		select {
		case err := <-ended:
			return err
		case <-time.After(soon):
			return errors.New("the stream goes on")
		}
	}
}

func next(t *testing.T, reports <-chan tocsin.Report) string {
	t.Helper()
	select {
	case r := <-reports:
		return r.ExternalID
	case <-time.After(soon):
		require.FailNow(t, "no report came")
		return ""
	}
}

func hears(t *testing.T, o *outside) {
	t.Helper()
	a := o.account(t)
	a.keepAlive = time.Hour // only IDLE can bring news
	first := o.say(t, 1)
	reports, _ := stream(t, a, "")
	require.Equal(t, first[0], next(t, reports))
	for range 3 {
		want := o.say(t, 1)
		require.Equal(t, want[0], next(t, reports))
	}
}

func goesOn(t *testing.T, o *outside) {
	t.Helper()
	want := o.say(t, 1)
	a := o.account(t)
	ids, cursor := drain(t, a, "")
	require.Equal(t, want, ids)
	_, ended := stream(t, a, cursor)
	require.Eventually(t, func() bool { o.proxy.mu.Lock(); defer o.proxy.mu.Unlock(); return len(o.proxy.open) >= 2 }, soon, time.Millisecond)
	o.proxy.set(refuse)
	err := ended()
	retry, _ := tocsin.Retry(err)
	require.True(t, retry, "%v", err)
	require.ErrorContains(t, a.Stream(t.Context(), cursor, nil), "could not be reached")

	want = o.say(t, 2)
	o.proxy.set(pass)
	reports, _ := stream(t, a, cursor)
	require.Equal(t, want, []string{next(t, reports), next(t, reports)})
}

func deadLine(t *testing.T, o *outside) {
	t.Helper()
	want := o.say(t, 1)
	a := o.account(t)
	a.keepAlive, a.step = 50*time.Millisecond, 300*time.Millisecond
	reports, ended := stream(t, a, "")
	require.Equal(t, want[0], next(t, reports))
	o.proxy.set(mute) // the line stays open, and nothing comes through
	err := ended()
	require.ErrorContains(t, err, "did not answer in time")
	retry, _ := tocsin.Retry(err)
	require.True(t, retry)
}

func large(t *testing.T, o *outside) {
	t.Helper()
	line := strings.Repeat("A", 76) + "\r\n"
	film := "Content-Type: video/mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(line, 50<<20/len(line))
	o.dovecot.Append(t, o.address, "INBOX", time.Now(), "From: ana@example.net\r\nMessage-ID: <film@example.net>\r\n"+
		multipart("mixed", part("text/plain", "See the film."), film))
	o.dovecot.Append(t, o.address, "INBOX", time.Now(), "From: ana@example.net\r\nMessage-ID: <lines@example.net>\r\n\r\n"+strings.Repeat("line\r\n", 1_000_000))
	want := o.say(t, 1)

	b, err := o.account(t).Pull(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, b.Reports, 2)
	require.Equal(t, "See the film.", b.Reports[0].Raw)
	require.Equal(t, want[0], b.Reports[1].ExternalID, "what comes behind them is read")
	require.Len(t, b.Rejections, 1)
	require.Equal(t, tocsin.ReasonTooLarge, b.Rejections[0].Reason)
	require.Equal(t, "lines@example.net", b.Rejections[0].ExternalID)
}

func TestServerWithoutIdleIsAsked(t *testing.T) {
	t.Parallel()
	o := newOutside(t, dovecottest.Start(t, dovecottest.Options{NoIdle: true}))
	reports, _ := stream(t, o.account(t), "")
	for range 2 {
		want := o.say(t, 1)
		require.Equal(t, want[0], next(t, reports))
	}
}

func TestReadingSpeaksTLS(t *testing.T) {
	t.Parallel()
	dovecot := dovecottest.Start(t, dovecottest.Options{})
	o := newOutside(t, dovecot)
	want := o.say(t, 1)
	for name, tc := range map[string]struct {
		more map[string]any
		says string
	}{
		"from the first byte":     {map[string]any{"imap": dovecot.IMAPS, "imap_tls": "implicit", "ca_file": dovecot.CA}, ""},
		"after a greeting":        {map[string]any{"imap": dovecot.IMAP, "imap_tls": "starttls", "ca_file": dovecot.CA}, ""},
		"of an unknown authority": {map[string]any{"imap": dovecot.IMAPS, "imap_tls": "implicit"}, "authority that is not known"},
		"likewise, later":         {map[string]any{"imap": dovecot.IMAP, "imap_tls": "starttls"}, "authority that is not known"},
		"at the wrong port":       {map[string]any{"imap": dovecot.IMAP, "imap_tls": "implicit"}, "does not speak TLS from the first byte"},
		"nobody there":            {map[string]any{"imap": "127.0.0.1:1"}, "could not be reached"},
		"no such name":            {map[string]any{"imap": "nowhere.invalid:993", "imap_tls": "implicit"}, "nowhere.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := o.account(t, tc.more).Pull(t.Context(), "")
			if tc.says == "" {
				require.NoError(t, err)
				require.Equal(t, want[0], b.Reports[0].ExternalID)
				return
			}
			require.Contains(t, tocsin.MessageOf(err), tc.says, "%v", err)
		})
	}
}

func TestFindTellsWhatBecameOfAMail(t *testing.T) {
	t.Parallel()
	o := newOutside(t, dovecottest.Start(t, dovecottest.Options{}))
	a := o.account(t, map[string]any{"also_search": []string{"Archive"}})
	c := o.dovecot.Client(t, o.address)
	require.NoError(t, c.Create("Archive", nil).Wait())
	a.FindAfter = time.Minute

	never := o.message()
	for tried, want := range map[time.Duration]tocsin.Found{2 * time.Minute: tocsin.FoundAbsent, 10 * time.Second: tocsin.FoundUnclear} {
		never.TriedAt = time.Now().Add(-tried)
		found, _, err := a.Find(t.Context(), never)
		require.Equal(t, want, found)
		if want == tocsin.FoundUnclear {
			retry, after := tocsin.Retry(err)
			require.True(t, retry)
			require.InDelta(t, 50, after.Seconds(), 5, "it says when to look again")
		} else {
			require.NoError(t, err)
		}
	}
	never.TriedAt = time.Time{}
	found, _, err := a.Find(t.Context(), never)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundUnclear, found, "nobody knows since when it could be there")

	m := o.message()
	sent, err := a.Reply(t.Context(), m)
	require.NoError(t, err)
	m.TriedAt = time.Now().Add(-time.Hour)
	found, seen, err := a.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found)
	require.Equal(t, sent, seen)

	_, err = c.Select("INBOX", nil).Wait()
	require.NoError(t, err)
	_, err = c.Move(imap.SeqSet{{Start: 1, Stop: 0}}, "Archive").Wait()
	require.NoError(t, err)
	found, _, err = a.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found, "it was moved to where we look as well")
}
