package telegram

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	// updatesAtOnce is how many updates come at once, the most that may.
	// https://core.telegram.org/bots/api#getupdates
	updatesAtOnce = 100
	// pollTime is how long Telegram holds a call open until something happens.
	pollTime = 25 * time.Second
	// reborn is how long nothing may come before our place in the sequence counts no
	// more: after a week of silence Telegram begins a new one anywhere, and asking
	// from a higher place would throw away what is new. A day less, to be sure.
	// https://core.telegram.org/bots/api#update
	reborn = 6 * 24 * time.Hour
)

// cursor is where to go on.
type cursor struct {
	Offset int64 `json:"offset"` // the next update; those before are forgotten by Telegram
	At     int64 `json:"at"`     // seconds; when the last update was heard
}

// Pull gives the updates that wait. To ask for what follows is what makes Telegram
// forget them, and we only ask so with a cursor that was stored.
func (b *bot) Pull(ctx context.Context, from string) (tocsin.Batch, error) {
	return b.updates(ctx, from, 0)
}

// Stream holds a call open for updates as they come.
func (b *bot) Stream(ctx context.Context, from string, emit func(tocsin.Batch) error) error {
	for {
		batch, err := b.updates(ctx, from, pollTime)
		if err != nil {
			return err
		}
		if err := emit(batch); err != nil {
			return err
		}
		if batch.Cursor != "" {
			from = batch.Cursor
		}
	}
}

func (b *bot) updates(ctx context.Context, from string, wait time.Duration) (tocsin.Batch, error) {
	c := b.parse(from)
	in := map[string]any{
		"limit": updatesAtOnce, "timeout": int(wait.Seconds()), "allowed_updates": []string{"message", "edited_message"},
	}
	if c.Offset != 0 && b.now().Sub(time.Unix(c.At, 0)) < reborn {
		in["offset"] = c.Offset
	}
	var list []update
	if _, err := b.call(ctx, "getUpdates", in, &list); err != nil {
		return tocsin.Batch{}, err
	}
	var batch tocsin.Batch
	if len(list) == 0 {
		return batch, nil
	}
	for _, u := range list {
		b.take(&batch, u)
	}
	text, err := json.Marshal(cursor{Offset: list[len(list)-1].ID + 1, At: b.now().Unix()})
	if err != nil {
		return tocsin.Batch{}, tocsin.Wrap(tocsin.CodeInternal, err, "write cursor")
	}
	batch.Cursor, batch.More = string(text), len(list) == updatesAtOnce
	return batch, nil
}

func (b *bot) parse(from string) cursor {
	var c cursor
	if from == "" {
		return c
	}
	if err := json.Unmarshal([]byte(from), &c); err != nil {
		b.log.Warn("the cursor makes no sense; what waits is read", "cursor", from)
		return cursor{}
	}
	return c
}
