package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// maxText is how long a message may be. Discord does not say in which unit; in
	// UTF-16 no text counts as shorter than in any other.
	// https://discord.com/developers/docs/resources/message#create-message
	maxText = 2000
	// nonceLength is how long a nonce may be.
	// https://discord.com/developers/docs/resources/message#message-object
	nonceLength = 25
	// suppressEmbeds leaves out previews of links.
	// https://discord.com/developers/docs/resources/message#message-object-message-flags
	suppressEmbeds = 1 << 2
)

// Measure counts a text as it goes out, with what keeps Discord from reading marks
// in it.
func (*bot) Measure(text string) tocsin.Length {
	return tocsin.Length{Used: units(literal(text)), Limit: maxText, Unit: "characters"}
}

func units(text string) int { return len(utf16.Encode([]rune(text))) }

// literalWord matches a link, which stays as it is, or a sign that Discord would
// take for a mark.
var literalWord = regexp.MustCompile("(?:https?://\\S+)|[\\\\*_~`|>#\\[\\]<-]")

// literal makes a text that Discord shows as it is.
func literal(text string) string {
	return literalWord.ReplaceAllStringFunc(strings.TrimSpace(text), func(found string) string {
		if len(found) > 1 {
			return found
		}
		return `\` + found
	})
}

// nonce is a key as Discord takes it: for some minutes it drops a second message
// with the same.
func nonce(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])[:nonceLength]
}

// Reply answers a message where it was written, so that its writer is told. If the
// message is gone, the answer stands by itself.
func (b *bot) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	to, id, err := placeOf(m)
	if err != nil {
		return tocsin.Sent{}, err
	}
	text := literal(m.Text)
	if n := units(text); n > maxText {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeTooLarge, "The text has %d characters as it goes out; %d are the most.", n, maxText)
	}
	return b.send(ctx, to, m.Key, map[string]any{
		"content": text, "message_reference": map[string]any{"message_id": id, "fail_if_not_exists": false},
		"allowed_mentions": map[string]any{"parse": []string{}, "replied_user": true},
	})
}

// placeOf gives the channel and the message that a report is.
func placeOf(m tocsin.Message) (in, id string, err error) {
	in, id, _ = strings.Cut(m.Report.ExternalID, "/")
	if !idForm.MatchString(in) || !idForm.MatchString(id) {
		return "", "", tocsin.Errorf(tocsin.CodeInvalid, "This report belongs to no message that could be answered.")
	}
	return in, id, nil
}

// Page carries a bell to a channel. A text that is too long is cut at its end, for
// the page's first words are the ones that matter. Nobody is called by name: who
// wants to hear it sets the channel so.
func (b *bot) Page(ctx context.Context, a tocsin.Alarm) (tocsin.Sent, error) {
	if !idForm.MatchString(a.To) {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid, "%.100q is no channel: give its number.", a.To)
	}
	text := a.Body
	if text == "" {
		text = a.Summary
	}
	link := ""
	if a.URL != "" && !strings.Contains(text, a.URL) {
		link = "\n\n" + a.URL
	}
	return b.send(ctx, a.To, a.Key, map[string]any{
		"content":          cut(literal(text), maxText-units(link)) + link,
		"allowed_mentions": map[string]any{"parse": []string{}},
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

// send sends a message to a channel.
// https://discord.com/developers/docs/resources/message#create-message
func (b *bot) send(ctx context.Context, to, key string, in map[string]any) (tocsin.Sent, error) {
	in["nonce"], in["enforce_nonce"], in["flags"] = nonce(key), true, suppressEmbeds
	var made message
	_, err := b.call(ctx, "writing "+to, channel.Call{Method: http.MethodPost, URL: "channels/" + to + "/messages", In: in, Out: &made})
	if err != nil {
		return tocsin.Sent{}, err
	}
	return b.sent(to, made), nil
}

func (b *bot) sent(to string, made message) tocsin.Sent {
	return tocsin.Sent{ExternalID: to + "/" + made.ID, URL: fmt.Sprintf("https://discord.com/channels/%s/%s/%s", b.Guild, to, made.ID)}
}
