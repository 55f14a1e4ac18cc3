package telegram

import (
	"context"
	"errors"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// maxSkew is how far the clocks may be apart.
const maxSkew = 5 * time.Minute

// Check asks who the bot is, whether a webhook takes its messages away, whether it
// hears all that is said in the groups and is let into each, and whether the clocks
// agree. It sends nothing.
func (b *bot) Check(ctx context.Context) error {
	var me struct {
		ReadsAll bool `json:"can_read_all_group_messages"`
	}
	resp, err := b.call(ctx, "getMe", struct{}{}, &me)
	if code := tocsin.CodeOf(err); code == tocsin.CodeUnauthorized || code == tocsin.CodeNotFound {
		return tocsin.Wrap(tocsin.CodeUnauthorized, err, "Telegram knows no bot with this token. Ask @BotFather for it by /token.")
	}
	if err != nil {
		return err
	}
	var hook struct {
		URL string `json:"url"`
	}
	if _, err := b.call(ctx, "getWebhookInfo", struct{}{}, &hook); err != nil {
		return err
	}
	switch {
	case hook.URL != "":
		return tocsin.Errorf(tocsin.CodeInvalid, "A webhook takes this bot's messages away. Delete it (deleteWebhook), or give Tocsin a bot of its own.")
	case len(b.Chats) > 0 && !me.ReadsAll:
		return tocsin.Errorf(tocsin.CodeForbidden, "The bot hears only commands in groups. Tell @BotFather /setprivacy, Disable; then take the bot out of each group and let it in again.")
	}
	for _, id := range b.Chats {
		var there chat
		_, err := b.call(ctx, "getChat", map[string]any{"chat_id": id}, &there)
		var said *tocsin.Error
		if errors.As(err, &said) && !said.Retryable {
			return tocsin.Wrap(said.Code, err, "The bot is not in the group %s. Let it in, or take the group out of chats.", id)
		}
		if err != nil {
			return err
		}
	}
	return channel.CheckClock(resp.Header, b.now(), maxSkew)
}
