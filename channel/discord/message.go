package discord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// message is what we read of one.
// https://discord.com/developers/docs/resources/message#message-object
type message struct {
	ID        string     `json:"id"`
	ChannelID string     `json:"channel_id"`
	Type      int        `json:"type"`
	Content   string     `json:"content"`
	Author    user       `json:"author"`
	WebhookID string     `json:"webhook_id"`
	At        time.Time  `json:"timestamp"`
	EditedAt  *time.Time `json:"edited_timestamp"`
	Reference struct {
		ChannelID string `json:"channel_id"`
		MessageID string `json:"message_id"`
	} `json:"message_reference"`
}

type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

// Types of messages that people write; all others tell that something happened.
// https://discord.com/developers/docs/resources/message#message-object-message-types
const (
	typeDefault = 0
	typeReply   = 19
)

// epoch is when Discord's ids begin to count, in milliseconds since 1970.
// https://discord.com/developers/docs/reference#snowflakes
const epoch = 1420070400000

// idAt is the least id that something of this time can have.
func idAt(t time.Time) string {
	return strconv.FormatInt(max(0, t.UnixMilli()-epoch)<<22, 10)
}

// since tells when the account of an id was made.
func since(id string) time.Time {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n>>22 + epoch).UTC()
}

// older tells whether an id is lower than another: ids are numbers without leading zeros.
func older(a, b string) bool {
	return len(a) < len(b) || len(a) == len(b) && a < b
}

// said tells whether a person, a bot included, said this.
func (m *message) said() bool { return m.Type == typeDefault || m.Type == typeReply }

// take puts a message into a batch.
func (b *bot) take(batch *tocsin.Batch, m message) {
	switch r := b.report(m); {
	case !m.said(): // somebody joined, something was pinned
	case strings.TrimSpace(m.Content) == "":
		batch.Rejections = append(batch.Rejections, tocsin.Rejection{ExternalID: r.ExternalID, Reason: tocsin.ReasonEmpty, Detail: "a message without words"})
	default:
		batch.Reports = append(batch.Reports, r)
	}
}

// report makes a report of a message.
func (b *bot) report(m message) tocsin.Report {
	r := tocsin.Report{
		Channel: b.name, ExternalID: m.ChannelID + "/" + m.ID, Thread: m.ChannelID, At: m.At.UTC(), ReceivedAt: b.now(), Raw: m.Content,
		URL: fmt.Sprintf("https://discord.com/channels/%s/%s/%s", b.Guild, m.ChannelID, m.ID),
		Reporter: tocsin.Reporter{
			ID: "discord:" + m.Author.ID, Handle: "@" + m.Author.Username, Name: m.Author.GlobalName, Since: since(m.Author.ID),
			Staff: m.Author.Bot || m.WebhookID != "" || slices.Contains(b.Staff, m.Author.ID) || slices.Contains(b.Staff, "@"+m.Author.Username),
		},
	}
	if m.Type == typeReply && m.Reference.MessageID != "" {
		r.ReplyTo = m.Reference.ChannelID + "/" + m.Reference.MessageID
	}
	return r
}
