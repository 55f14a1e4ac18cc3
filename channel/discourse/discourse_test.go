package discourse

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

func TestSettingsThatDoNotFitAreNamed(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]map[string]any{
		"url":              {"url": "forum.example.org"},
		"api_key":          {"api_key": nil},
		"username":         {"username": nil},
		"webhook_secret":   {"webhook_secret": "short"},
		"since":            {"since": "-1h"},
		"calls_per_minute": {"calls_per_minute": -1},
	} {
		_, err := Type().New(channel.Env{Name: "forum", Settings: config.NewSettings(given("https://forum.example.org", more)), Now: time.Now})
		require.ErrorContains(t, err, name+":")
	}
	_, err := Type().New(channel.Env{Settings: config.NewSettings(given("https://forum.example.org", map[string]any{"user_api_key": "x"})), Now: time.Now})
	require.ErrorContains(t, err, "api_key")
}

func TestChannelCanWhatItsSettingsAllow(t *testing.T) {
	t.Parallel()
	ch := made(t, given("https://forum.example.org", map[string]any{"announce_category": nil, "webhook_secret": nil}), time.Now)
	require.Nil(t, ch.Poster)
	require.Nil(t, ch.Receiver)
	require.Equal(t, tocsin.Length{Used: 4, Limit: maxPost, Unit: "characters"}, ch.Measurer.Measure("Größ"))
}

func TestUserKeySpeaksForItself(t *testing.T) {
	t.Parallel()
	b := newBoard()
	server := channeltest.Serve(t, b.bare())
	ch := made(t, given(server.URL, map[string]any{"api_key": nil, "username": nil, "user_api_key": apiKey, "messages": false}), time.Now)
	_, err := ch.Source.Pull(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []string{""}, b.accounts)
}

func TestCheckSaysWhatToMend(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		more  map[string]any
		board func(*board)
	}{
		"":                                      {},
		"is no moderator":                       {board: func(b *board) { b.moderator = false }},
		"does not see the category 6, 9":        {more: map[string]any{"categories": []any{5, 6, 9}}},
		"may not open topics in the category 8": {more: map[string]any{"announce_category": 8}},
		"may not open topics in the category 9": {more: map[string]any{"announce_category": 9}},
		"The clocks differ":                     {board: func(b *board) { b.clock = time.Now().Add(-time.Hour) }},
	} {
		b := newBoard()
		if c.board != nil {
			c.board(b)
		}
		ch, _ := wired(t, b, c.more)
		err := ch.Checker.Check(t.Context())
		if want == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, want)
	}
	server := channeltest.Serve(t, closedTo(newBoard().handler(t), "/private-posts.json"))
	err := made(t, given(server.URL), time.Now).Checker.Check(t.Context())
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err))
}

func TestForumSaysHowLongToWaitInItsAnswerToo(t *testing.T) {
	t.Parallel()
	ch, server := wired(t, newBoard())
	server.Break(channeltest.Limited)
	_, err := ch.Source.Pull(t.Context(), "")
	again, after := tocsin.Retry(err)
	require.True(t, again)
	require.Equal(t, channeltest.RetryAfter, after)
}

func TestCallsWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(settings{}, time.Now)
		began := time.Now()
		for range adminPerMinute {
			require.NoError(t, b.call(t.Context()))
			require.NoError(t, b.read(t.Context()))
		}
		require.Zero(t, time.Since(began))
		require.Equal(t, []tocsin.Allowance{{Name: "calls a minute", Unit: "calls", Limit: adminPerMinute}}, b.Allowances())
		require.NoError(t, b.call(t.Context()))
		require.Equal(t, time.Minute, time.Since(began))

		hurry, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		for range adminPerMinute - 1 {
			require.NoError(t, b.call(t.Context()))
		}
		require.ErrorIs(t, b.call(hurry), context.DeadlineExceeded)
	})
}

func TestPollsLeaveHalfOfAUsersDayForAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(settings{UserAPIKey: config.NewSecret("x")}, time.Now)
		began := time.Now()
		for range userPerDay / readingShare {
			require.NoError(t, b.read(t.Context()))
			require.NoError(t, b.call(t.Context()))
		}
		require.InDelta(t, (24 * time.Hour).Minutes(), time.Since(began).Minutes(), 1)
		all := b.Allowances()
		require.Len(t, all, 2)
		require.InDelta(t, userPerDay/readingShare, all[1].Left, 1)

		b = newBudget(settings{UserAPIKey: config.NewSecret("x")}, time.Now)
		for b.day.Take(time.Now()) == 0 {
		}
		err := b.call(t.Context())
		require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
		_, after := tocsin.Retry(err)
		require.Greater(t, after, time.Duration(0))
	})
}
