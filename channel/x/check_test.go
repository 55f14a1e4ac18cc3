package x

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

func nowForFuzz() time.Time { return time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC) }

func TestCheckSaysWhatToMend(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		settings map[string]any
		spoil    func(*xServer)
		code     tocsin.Code
		says     string
	}{
		"all is well":      {code: ""},
		"wrong key":        {settings: map[string]any{"consumer_key": "xxxxxxxx"}, code: tocsin.CodeUnauthorized, says: "developer console"},
		"may only read":    {spoil: func(x *xServer) { x.level = "read" }, code: tocsin.CodeForbidden, says: "Read and write"},
		"need not write":   {spoil: func(x *xServer) { x.level = "read" }, settings: map[string]any{"read_only": true}},
		"our clock":        {spoil: func(x *xServer) { x.fixDate = time.Now().Add(-7 * time.Minute) }, code: tocsin.CodeInvalid, says: "clock is off by 7m"},
		"clock before key": {spoil: func(x *xServer) { x.fixDate = time.Now().Add(time.Hour) }, settings: map[string]any{"access_token": "wrong-token"}, code: tocsin.CodeInvalid, says: "clock"},
		"bearer":           {settings: map[string]any{"activity": true, "bearer_token": "wrong-bearer"}, code: tocsin.CodeUnauthorized, says: "bearer_token"},
		"streams":          {settings: map[string]any{"activity": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newX(t)
			if tc.spoil != nil {
				tc.spoil(x)
			}
			err := x.channel(tc.settings).Checker.Check(t.Context())
			require.Equal(t, tc.code, tocsin.CodeOf(err), "%v", err)
			if tc.says != "" {
				require.Contains(t, tocsin.MessageOf(err), tc.says)
			}
		})
	}
}

func TestSettingsThatDoNotGoTogetherAreNamed(t *testing.T) {
	t.Parallel()
	base := map[string]any{"consumer_key": "kkkkkk", "consumer_secret": "ssssss", "access_token": "tttttt", "access_token_secret": "uuuuuu"}
	for key, more := range map[string]map[string]any{
		"bearer_token":       {"activity": true},
		"stream":             {"stream": true, "bearer_token": "bbbbbb"},
		"search":             {"search": []any{string(make([]rune, maxQuery))}},
		"monthly_budget_usd": {"monthly_budget_usd": -1},
		"url":                {"url": "http://api.x.com"},
		"since":              {"since": "169h"},
		"poll":               {"poll": "0s"},
	} {
		settings := map[string]any{}
		for _, m := range []map[string]any{base, more} {
			for k, v := range m {
				settings[k] = v
			}
		}
		_, err := Type().New(channel.Env{Name: "x", Settings: config.NewSettings(settings), Log: testLog(t), Now: time.Now})
		require.ErrorContains(t, err, key)
	}
}

func TestReadOnlyNeverSpeaks(t *testing.T) {
	t.Parallel()
	ch := newX(t).channel(map[string]any{"read_only": true})
	require.Nil(t, ch.Replier)
	require.Nil(t, ch.Poster)
	require.NotNil(t, ch.Source)
}
