package tocsin

import "time"

// Duration is a span of time that reads and writes itself as people do: "90s", "5m".
type Duration time.Duration

// MarshalText writes the span as time.Duration does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration reads. It returns CodeInvalid for anything else.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return Errorf(CodeInvalid, "%q is no span of time. Write it like 90s, 5m or 2h30m.", text)
	}
	*d = Duration(parsed)
	return nil
}
