package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Settings are one channel's own settings, raw until the channel decodes them.
// They never print: they may hold secrets.
type Settings struct {
	source source
}

// NewSettings makes settings from a map, as tests need them. They have no place
// in a file and no environment.
func NewSettings(raw map[string]any) Settings {
	return Settings{source{node: node(raw)}}
}

// Decode fills the struct that into points at. Its fields carry the tag
// `config:"key"` and hold the defaults when it is called; `config:"key,required"`
// must be set. Every key of type Secret, or list of them, has a twin key_file. A
// key that the struct lacks is a mistake, and so is an environment variable that
// begins like the channel's and names no key. It returns Mistakes.
func (s Settings) Decode(into any) error {
	t, err := structOf(into)
	if err != nil {
		return err
	}
	return Join(s.source.decode(into), s.source.strays(t, nameKey, typeKey))
}

// Mistake makes an error about one key, with its place, for what only the channel
// can know: keys that don't go together, a value out of range. An empty key means
// the channel as a whole.
func (s Settings) Mistake(key, format string, args ...any) error {
	return s.source.mistake(key, fmt.Sprintf(format, args...))
}

// Format hides the settings from every verb of fmt.
func (s Settings) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, hidden) // fmt has no way to be told
}

// LogValue hides the settings from slog.
func (s Settings) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the settings in JSON, YAML and text.
func (s Settings) MarshalText() ([]byte, error) { return []byte(hidden), nil }
