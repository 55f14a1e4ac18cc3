package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a string that does not print: not by fmt, not by slog, not as JSON,
// YAML or text. Reveal gives its value to the one place that needs it.
type Secret struct {
	value *string // behind a pointer, so that printing an unexported field shows an address
}

// NewSecret wraps a value.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{&value}
}

// Reveal gives the value. Call it only where the value leaves for its rightful receiver.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero tells whether no secret is set.
func (s Secret) IsZero() bool { return s.value == nil }

const hidden = "[secret]"

// String hides the value.
func (s Secret) String() string { return hidden }

// Format hides the value from every verb of fmt.
func (s Secret) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, hidden) // fmt has no way to be told
}

// MarshalText hides the value in JSON, YAML and text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// UnmarshalText takes the value.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
