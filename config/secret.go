package config

import "log/slog"

// Secret is a string that does not print: not by fmt, not by slog, not as JSON or
// text. Reveal gives its value to the one place that needs it.
type Secret struct{ value string }

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal gives the value. Call it only where the value leaves for its rightful receiver.
func (s Secret) Reveal() string { return s.value }

// IsZero tells whether no secret is set.
func (s Secret) IsZero() bool { return s.value == "" }

const hidden = "[secret]"

// String hides the value.
func (s Secret) String() string { return hidden }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return hidden }

// MarshalText hides the value in JSON, YAML and text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// UnmarshalText takes the value.
func (s *Secret) UnmarshalText(text []byte) error {
	s.value = string(text)
	return nil
}
