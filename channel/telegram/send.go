package telegram

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/tocsin/tocsin"
)

// maxText is how long a message may be, in UTF-16 units.
// https://core.telegram.org/bots/api#sendmessage
const maxText = 4096

// Measure counts a text as Telegram does.
func (*bot) Measure(text string) tocsin.Length {
	return tocsin.Length{Used: units(text), Limit: maxText, Unit: "characters"}
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// Reply answers a message where it was written. If the message is gone, the answer
// stands by itself.
func (b *bot) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	chat, id, found := strings.Cut(m.Report.ExternalID, "/")
	to, err := strconv.ParseInt(id, 10, 64)
	if err != nil || !found {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid, "This report belongs to no message that could be answered.")
	}
	if n := units(m.Text); n > maxText {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeTooLarge, "The text has %d characters as Telegram counts; %d are the most.", n, maxText)
	}
	in := map[string]any{"text": m.Text, "reply_parameters": map[string]any{"message_id": to, "allow_sending_without_reply": true}}
	if _, topic, ok := strings.Cut(m.Report.Thread, "/"); ok {
		if in["message_thread_id"], err = strconv.ParseInt(topic, 10, 64); err != nil {
			return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid, "This report belongs to no topic that could be answered.")
		}
	}
	return b.send(ctx, chat, in)
}

// Page carries a bell to a chat: a person, a group or a public @channel. A whisper
// makes no sound. A text that is too long is cut at its end, for the page's first
// words are the ones that matter.
func (b *bot) Page(ctx context.Context, a tocsin.Alarm) (tocsin.Sent, error) {
	text := a.Body
	if text == "" {
		text = a.Summary
	}
	link := ""
	if a.URL != "" && !strings.Contains(text, a.URL) {
		link = "\n\n" + a.URL
	}
	return b.send(ctx, a.To, map[string]any{
		"text": cut(text, maxText-units(link)) + link, "disable_notification": a.Tier == tocsin.TierWhisper,
	})
}

// cut shortens a text to so many UTF-16 units.
func cut(text string, most int) string {
	used := 0
	for i, r := range text {
		if used += utf16.RuneLen(r); used > most {
			return text[:i]
		}
	}
	return text
}

// send sends a message to a chat, in our own pace.
func (b *bot) send(ctx context.Context, to string, in map[string]any) (tocsin.Sent, error) {
	id, err := strconv.ParseInt(to, 10, 64)
	if err != nil && !strings.HasPrefix(to, "@") {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid, "%.100q is no chat: give a number, or the @name of a public group.", to)
	}
	in["chat_id"] = to
	if err == nil {
		in["chat_id"] = id
	}
	if wait := b.paces.take(to, b.now()); wait > 0 {
		return tocsin.Sent{}, &tocsin.Error{
			Code: tocsin.CodeLimited, Retryable: true, RetryAfter: wait, Message: fmt.Sprintf("Telegram allows the next message in %s.", wait),
		}
	}
	in["link_preview_options"] = map[string]any{"is_disabled": true}
	var made message
	if _, err := b.call(ctx, "sendMessage", in, &made); err != nil {
		return tocsin.Sent{}, err
	}
	return tocsin.Sent{ExternalID: externalID(&made), URL: link(&made)}, nil
}
