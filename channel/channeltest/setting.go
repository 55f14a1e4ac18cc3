package channeltest

import (
	"maps"

	"github.com/stretchr/testify/require"
)

func settingPromises() []promise {
	return []promise{
		{"CapabilitiesAreHonest", func(k *kit) { honest(k, k.open()) }},
		{"UnknownSettingIsNamed", unknownSettingIsNamed},
		{"BadSettingTellsNoSecret", badSettingTellsNoSecret},
	}
}

func unknownSettingIsNamed(k *kit) {
	settings := maps.Clone(k.Settings)
	settings["no_such_setting"] = "x"
	_, err := k.make(settings)
	require.ErrorContains(k, err, "no_such_setting")
	k.clean(err.Error(), "an error")
}

// badSettingTellsNoSecret spoils each setting in turn. The channel may take the
// spoilt one or refuse it; what it says must hold no secret.
func badSettingTellsNoSecret(k *kit) {
	for key := range k.Settings {
		for _, bad := range []any{map[string]any{"a": 1}, []any{[]any{}}, -1, "\x00", nil} {
			settings := maps.Clone(k.Settings)
			settings[key] = bad
			if _, err := k.make(settings); err != nil {
				k.clean(err.Error(), "an error")
			}
		}
	}
}
