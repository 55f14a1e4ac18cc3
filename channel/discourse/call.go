package discourse

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// maxExcuse is how much of the forum's own words an error shows, in bytes.
const maxExcuse = 300

// complaint is what Discourse says beside a status that is no success.
type complaint struct {
	Errors []string `json:"errors"`
	Extras struct {
		WaitSeconds float64 `json:"wait_seconds"`
	} `json:"extras"`
}

// call makes one call with our key, in its turn. The errors are those of
// channel.Client, with the forum's own words where it refuses a call.
func (f *forum) call(ctx context.Context, method, path string, in, out any) (*channel.Response, error) {
	if err := f.budget.call(ctx); err != nil {
		return nil, err
	}
	header := http.Header{}
	if f.UserAPIKey.IsZero() {
		header.Set("Api-Key", f.APIKey.Reveal())
		header.Set("Api-Username", f.Username)
	} else {
		header.Set("User-Api-Key", f.UserAPIKey.Reveal())
	}
	resp, err := f.client.JSON(ctx, channel.Call{Method: method, URL: f.base + path, Header: header, In: in, Out: out})
	if err != nil && resp != nil {
		return resp, f.explain(resp, err)
	}
	return resp, err
}

// explain adds what the forum says to an error: how long to wait, and why not.
func (f *forum) explain(resp *channel.Response, err error) error {
	var said *tocsin.Error
	var words complaint
	if !errors.As(err, &said) || json.Unmarshal(resp.Body, &words) != nil {
		return err
	}
	told := *said
	if told.Code == tocsin.CodeLimited && told.RetryAfter == 0 {
		told.RetryAfter = min(channel.MaxRetryAfter, time.Duration(max(0, min(words.Extras.WaitSeconds, channel.MaxRetryAfter.Seconds()))*float64(time.Second)))
	}
	if why := excuse(words.Errors); why != "" && (told.Code == tocsin.CodeInvalid || told.Code == tocsin.CodeForbidden) {
		told.Message = tocsin.MessageOf(f.client.Hush(tocsin.Errorf(told.Code, "The forum refuses this: %s", why)))
	}
	return &told
}

// excuse joins the forum's words into one bounded line.
func excuse(words []string) string {
	line := strings.Join(strings.Fields(strings.ToValidUTF8(strings.Join(words, " "), "?")), " ")
	if len(line) > maxExcuse {
		cut := maxExcuse
		for cut > 0 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		line = line[:cut] + "…"
	}
	return line
}
