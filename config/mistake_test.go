package config_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/config"
)

func TestMistakeSaysAsMuchOfItsPlaceAsIsKnown(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]config.Mistake{
		"t.yml:3: log.level: Wrong.":             {File: "t.yml", Line: 3, Key: "log.level", Text: "Wrong."},
		"t.yml: Wrong.":                          {File: "t.yml", Text: "Wrong."},
		"t.yml:3: Wrong.":                        {File: "t.yml", Line: 3, Text: "Wrong."},
		"TOCSIN_LOG_LEVEL: log.level: Wrong.":    {File: "TOCSIN_LOG_LEVEL", Key: "log.level", Text: "Wrong."},
		"log.level: Wrong.":                      {Key: "log.level", Text: "Wrong."},
		"Wrong.":                                 {Text: "Wrong."},
		"channels.a: Wrong, and not of any line": {Line: 7, Key: "channels.a", Text: "Wrong, and not of any line"},
	} {
		require.EqualError(t, &m, want)
	}
}

func TestJoinPutsMistakesInTheOrderOfTheirPlaces(t *testing.T) {
	t.Parallel()
	at := func(file string, line int, key string) *config.Mistake {
		return &config.Mistake{File: file, Line: line, Key: key, Text: "Wrong."}
	}
	err := config.Join(
		at("TOCSIN_B", 0, "b"), at("t.yml", 9, "z"),
		nil,
		config.Mistakes{at("t.yml", 2, "y"), at("t.yml", 2, "x")},
		fmt.Errorf("channel a: %w", at("t.yml", 5, "w")),
		at("TOCSIN_A", 0, "a"),
	)
	require.EqualError(t, err, `t.yml:2: x: Wrong.
t.yml:2: y: Wrong.
t.yml:5: w: Wrong.
t.yml:9: z: Wrong.
TOCSIN_A: a: Wrong.
TOCSIN_B: b: Wrong.`)
}

func TestJoinKeepsTheFirstMistakeAtAKey(t *testing.T) {
	t.Parallel()
	first := &config.Mistake{File: "t.yml", Line: 2, Key: "a", Text: "It is no number."}
	second := &config.Mistake{File: "t.yml", Line: 2, Key: "a", Text: "It is out of range."}
	require.EqualError(t, config.Join(first, second), first.Error())
}

func TestJoinKeepsOtherErrorsBesideMistakes(t *testing.T) {
	t.Parallel()
	disk, mistake := errors.New("disk on fire"), &config.Mistake{Text: "Wrong."}
	require.NoError(t, config.Join())
	require.NoError(t, config.Join(nil, nil))
	require.Equal(t, disk, config.Join(nil, disk))
	both := config.Join(disk, mistake)
	require.ErrorIs(t, both, disk)
	var mistakes config.Mistakes
	require.ErrorAs(t, both, &mistakes)
	require.Equal(t, config.Mistakes{mistake}, mistakes)
}

func TestMistakesUnwrapToEachOfThem(t *testing.T) {
	t.Parallel()
	one, two := &config.Mistake{Key: "a"}, &config.Mistake{Key: "b"}
	err := fmt.Errorf("load: %w", config.Join(one, two))
	require.ErrorIs(t, err, one)
	require.ErrorIs(t, err, two)
}

func TestSuggestionIsTheNearestWordOrAllOfThem(t *testing.T) {
	t.Parallel()
	keys := []string{"listen", "base_url", "level", "to"}
	for word, want := range map[string]string{
		"lisen": "Did you mean listen?", "Listen": "Did you mean listen?", "baseurl": "Did you mean base_url?",
		"base-url": "Did you mean base_url?", "ot": "Choose from: listen, base_url, level, to.",
		"colour": "Choose from: listen, base_url, level, to.", "": "Choose from: listen, base_url, level, to.",
	} {
		require.Equal(t, want, config.Suggest(word, keys), word)
	}
	require.Equal(t, "There is none to choose from.", config.Suggest("a", nil))
}

func TestSuggestionForNoiseCostsNothing(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 1<<20)
	require.Equal(t, "Choose from: listen.", config.Suggest(string(noise), []string{"listen"}))
}
