package telegram

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// update is something that happened.
// https://core.telegram.org/bots/api#update
type update struct {
	ID      int64    `json:"update_id"`
	Message *message `json:"message"`
	Edited  *message `json:"edited_message"`
}

// message is what we read of one.
// https://core.telegram.org/bots/api#message
type message struct {
	ID         int64    `json:"message_id"`
	Topic      int64    `json:"message_thread_id"`
	IsTopic    bool     `json:"is_topic_message"`
	From       *user    `json:"from"`
	SenderChat *chat    `json:"sender_chat"`
	Chat       chat     `json:"chat"`
	Date       int64    `json:"date"` // seconds
	Text       string   `json:"text"`
	Caption    string   `json:"caption"`
	ReplyTo    *message `json:"reply_to_message"`
}

type user struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
}

type chat struct {
	ID       int64  `json:"id"`
	Type     string `json:"type"`
	Title    string `json:"title"`
	Username string `json:"username"`
}

const (
	chatPrivate = "private"

	// Why a message is no report, beside the common reasons.
	reasonChat    = "chat"
	reasonCommand = "command"
)

// take puts an update into a batch. Whatever else a bot hears of is passed over.
func (b *bot) take(batch *tocsin.Batch, u update) {
	m := u.Message
	if m == nil {
		m = u.Edited
	}
	if m == nil || m.From == nil {
		return
	}
	r := b.report(m)
	switch {
	case !b.watched(m.Chat): // named once for the whole chat
		batch.Rejections = append(batch.Rejections, tocsin.Rejection{
			ExternalID: strconv.FormatInt(m.Chat.ID, 10), Reason: reasonChat, Detail: fmt.Sprintf("the chat %q is not among those that are watched", m.Chat.Title),
		})
	case u.Message == nil:
		batch.Edits = append(batch.Edits, r)
	case strings.HasPrefix(r.Raw, "/"):
		batch.Rejections = append(batch.Rejections, tocsin.Rejection{ExternalID: r.ExternalID, Reason: reasonCommand, Detail: "a command to the bot"})
	case strings.TrimSpace(r.Raw) == "":
		batch.Rejections = append(batch.Rejections, tocsin.Rejection{ExternalID: r.ExternalID, Reason: tocsin.ReasonEmpty, Detail: "a message without words"})
	default:
		batch.Reports = append(batch.Reports, r)
	}
}

// report makes a report of a message. Its thread is the chat, and the topic in a
// group that has topics.
func (b *bot) report(m *message) tocsin.Report {
	r := tocsin.Report{
		Channel: b.name, ExternalID: externalID(m), Thread: strconv.FormatInt(m.Chat.ID, 10), Reporter: b.reporter(m),
		At: time.Unix(m.Date, 0).UTC(), ReceivedAt: b.now(), Raw: m.Text, URL: link(m),
	}
	if m.IsTopic {
		r.Thread += "/" + strconv.FormatInt(m.Topic, 10)
	}
	if m.Text == "" {
		r.Raw = m.Caption
	}
	if m.ReplyTo != nil {
		r.ReplyTo = fmt.Sprintf("%d/%d", m.Chat.ID, m.ReplyTo.ID)
	}
	return r
}

func externalID(m *message) string { return fmt.Sprintf("%d/%d", m.Chat.ID, m.ID) }

// link gives the address of a message in a public group; others have none.
func link(m *message) string {
	if m.Chat.Type == chatPrivate || m.Chat.Username == "" {
		return ""
	}
	return fmt.Sprintf("https://t.me/%s/%d", m.Chat.Username, m.ID)
}

// reporter tells who wrote. Whoever writes as a group or as a channel is one of
// those who run it.
func (b *bot) reporter(m *message) tocsin.Reporter {
	u := m.From
	r := tocsin.Reporter{
		ID: fmt.Sprintf("telegram:%d", u.ID), Name: strings.TrimSpace(u.FirstName + " " + u.LastName),
		Staff: u.IsBot || m.SenderChat != nil || slices.Contains(b.Staff, strconv.FormatInt(u.ID, 10)),
	}
	r.Handle = r.Name
	if u.Username != "" {
		r.Handle, r.URL = "@"+u.Username, "https://t.me/"+u.Username
		r.Staff = r.Staff || slices.ContainsFunc(b.Staff, func(s string) bool { return strings.EqualFold(s, r.Handle) })
	}
	return r
}
