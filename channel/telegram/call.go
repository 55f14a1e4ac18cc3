package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// answer is what every call gets.
// https://core.telegram.org/bots/api#making-requests
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"` // seconds
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// call makes a call and reads its result. The bot's token stands in the address, as
// Telegram wants it; no error tells it.
func (b *bot) call(ctx context.Context, method string, in, out any) (*channel.Response, error) {
	var a answer
	resp, err := b.client.JSON(ctx, channel.Call{
		Method: http.MethodPost, URL: b.URL + "/bot" + b.Token.Reveal() + "/" + method, In: in, Out: &a,
	})
	if err != nil {
		return resp, explained(err, resp)
	}
	if err := json.Unmarshal(a.Result, out); err != nil {
		return resp, &tocsin.Error{
			Code: tocsin.CodeUnavailable, Message: "Telegram answered something that we cannot read.", Cause: b.client.Hush(err), Retryable: true, Uncertain: true,
		}
	}
	return resp, nil
}

// explained puts what Telegram says into an error: how long to wait, where a group
// went, and who is no longer there.
func explained(err error, resp *channel.Response) error {
	var said *tocsin.Error
	var a answer
	if resp == nil || !errors.As(err, &said) || json.Unmarshal(resp.Body, &a) != nil {
		return err
	}
	if wait := time.Duration(a.Parameters.RetryAfter) * time.Second; said.Code == tocsin.CodeLimited && wait > said.RetryAfter {
		said.RetryAfter = min(wait, channel.MaxRetryAfter)
	}
	switch {
	case a.Parameters.MigrateTo != 0:
		said.Message = "The group has become a supergroup with a new id. The log has it: put it into chats."
	case said.Code == tocsin.CodeConflict: // ingest would take a conflict for one of its own cursor
		said.Code, said.Retryable = tocsin.CodeUnavailable, true
		said.Message = "Another program reads this bot's messages, or a webhook does. Give Tocsin a bot of its own, or delete the webhook."
	case said.Code == tocsin.CodeForbidden:
		said.Message = "The bot may not write there: the person has blocked it, or the group has put it out."
	case said.Code == tocsin.CodeInvalid && strings.Contains(a.Description, "chat not found"):
		said.Message = "The bot knows no such chat. The person must write to it first, or the group must let it in."
	}
	return err
}
