package config

import (
	"github.com/go-viper/mapstructure/v2"
)

// Settings are one channel's own settings, raw until the channel decodes them.
type Settings struct {
	raw map[string]any
}

// NewSettings makes settings from a map, as tests need them.
func NewSettings(raw map[string]any) Settings { return Settings{raw: raw} }

// Decode fills the struct that into points at. Its fields carry the tag
// `config:"key"` and hold the defaults when it is called. An unknown key is an error.
func (s Settings) Decode(into any) error {
	d, err := mapstructure.NewDecoder(&mapstructure.DecoderConfig{
		Result: into, TagName: "config", ErrorUnused: true, WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(mapstructure.TextUnmarshallerHookFunc(), mapstructure.StringToTimeDurationHookFunc()),
	})
	if err != nil {
		return err
	}
	return d.Decode(s.raw)
}
