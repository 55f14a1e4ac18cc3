package simulator

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

func TestSameSeedGivesTheSamePlay(t *testing.T) {
	t.Parallel()
	one, _ := setup(t, nil)
	two, _ := setup(t, nil)
	require.Equal(t, one.play.moments, two.play.moments)
	other, _ := setup(t, map[string]any{"seed": 2})
	require.NotEqual(t, one.play.moments, other.play.moments)
}

func TestQuietWeekComesBeforeTheProblem(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	before, people, last := 0, map[string]bool{}, -time.Duration(1<<62)
	for _, m := range s.play.moments {
		require.GreaterOrEqual(t, m.at, last, "in the order of time")
		last = m.at
		require.NotContains(t, m.says.text, "{", "everything is filled in")
		require.NotEmpty(t, strings.TrimSpace(m.says.text))
		if m.at < 0 {
			before++
			require.NotEqual(t, s.play.Problem, m.topic)
			require.NotContains(t, m.says.text, "E-4012")
		}
		if m.topic == s.play.Problem {
			people[m.who.id()] = true
		}
	}
	require.InDelta(t, 7*120, before, 60)
	require.Len(t, people, 25, "each of them counts once, also who writes twice")
}

func TestProblemIsToldInManyWordsWithinTheLivePart(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	texts, langs, first := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range s.play.moments {
		if m.topic != s.play.Problem || first[m.who.id()] {
			continue
		}
		first[m.who.id()] = true
		texts[m.says.text], langs[m.says.lang] = true, true
		require.Greater(t, m.at, 5*time.Second)
		require.Less(t, m.at, time.Minute)
	}
	require.Len(t, texts, 25)
	require.Greater(t, len(langs), 1)
}

func TestSettingOfOnePartLeavesTheOtherAsItIs(t *testing.T) {
	t.Parallel()
	few, _ := setup(t, map[string]any{"people": 3})
	many, _ := setup(t, map[string]any{"people": 3000})
	quiet, _ := setup(t, map[string]any{"script": "quiet"})
	past := func(s *sim) []moment {
		var all []moment
		for _, m := range s.play.moments {
			if m.at < 0 {
				all = append(all, m)
			}
		}
		return all
	}
	require.Equal(t, past(few), past(many))
	require.Equal(t, past(few), past(quiet))
	people := map[string]bool{}
	for _, m := range many.play.moments {
		if m.topic == many.play.Problem {
			people[m.who.id()] = true
		}
	}
	require.Len(t, people, 3000)
	for _, m := range quiet.play.moments {
		require.NotContains(t, []string{quiet.play.Problem, "praise"}, m.topic)
	}
}

func TestScriptHasEnoughToSay(t *testing.T) {
	t.Parallel()
	m, err := read()
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(m.Topics), 12)
	seen := map[string]bool{}
	for _, topic := range m.Topics {
		require.GreaterOrEqual(t, len(topic.Says.all()), 12, topic.Name)
		for _, s := range topic.Says.all() {
			require.False(t, seen[s.text], "told twice: %s", s.text)
			seen[s.text] = true
			require.NotEmpty(t, m.Greetings[s.lang], "no greeting in %s", s.lang)
			require.NotEmpty(t, m.Endings[s.lang], "no ending in %s", s.lang)
		}
	}
	require.GreaterOrEqual(t, len(m.Tellings.all()), 25)
}

func TestSettingsSayWhatToMend(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]any{
		"script": "flood", "background": "-1h", "rate": -1, "people": -1, "live": "0s", "speed": 0,
		"fail": 1.5, "cut": -0.1, "slow": "much", "start": "noon", "seed": "x",
	} {
		_, err := open(channel.Env{Name: "harbour", Settings: config.NewSettings(map[string]any{key: value}), Now: time.Now})
		require.ErrorContains(t, err, key)
	}
	for _, rate := range []any{"NaN", "Inf"} {
		_, err := open(channel.Env{Name: "harbour", Settings: config.NewSettings(map[string]any{"rate": rate}), Now: time.Now})
		require.Error(t, err)
	}
}

func TestSettingsTellEveryMistakeAtOnce(t *testing.T) {
	t.Parallel()
	_, err := open(channel.Env{Name: "harbour", Settings: config.NewSettings(map[string]any{
		"rate": -1, "fail": 2, "cut": -0.5, "slow": "soon", "sped": 2,
	}), Now: time.Now})
	for _, key := range []string{"rate: ", "fail: ", "cut: ", "slow: ", "sped: "} {
		require.ErrorContains(t, err, key)
	}
}
