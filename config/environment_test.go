package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/config"
)

// The tests here set the environment of the process and so run one by one.

// set sets variables for the time of a test.
func set(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		t.Setenv(name, "x")
	}
}

func TestVariableThatSetsNothingIsAMistake(t *testing.T) {
	set(t, "TOCSIN_SERVER_LISTN", "TOCSIN_SERVER_PORT", "TOCSIN_LOG", "TOCSIN_DATABASE_URL_FIL", "TOCSIN_CONFG", "TOCSIN_AREA", "TOCSIN_SERVR_BASE_URL")
	_, err := config.Parse("t.yml", nil)
	require.EqualError(t, err, `TOCSIN_AREA: No key is set by this variable. Did you mean TOCSIN_AREAS?
TOCSIN_CONFG: No key is set by this variable. Did you mean TOCSIN_CONFIG?
TOCSIN_DATABASE_URL_FIL: No key is set by this variable. Did you mean TOCSIN_DATABASE_URL_FILE?
TOCSIN_LOG: No key is set by this variable. Choose from: TOCSIN_LOG_LEVEL, TOCSIN_LOG_FORMAT.
TOCSIN_SERVER_LISTN: No key is set by this variable. Did you mean TOCSIN_SERVER_LISTEN?
TOCSIN_SERVER_PORT: No key is set by this variable. Choose from: TOCSIN_SERVER_LISTEN, TOCSIN_SERVER_BASE_URL.
TOCSIN_SERVR_BASE_URL: No key is set by this variable. Did you mean TOCSIN_SERVER_BASE_URL?`)
}

func TestVariablesOfOthersAreLeftAlone(t *testing.T) {
	set(t, "TOCSIN_URL", "TOCSIN_TOKEN", "TOCSIN_EVAL", "TOCSIN_SPECS", "TOCSIN_SLOW", "TOCSIN_TEST_VICTIM", "TOCSIN_VERSION", "TOCSIN_UI",
		"TOCSIN_CHANNELS_UNKNOWN_PASSWORD", "TOCSINS", "OTHER_TOCSIN_SERVER_X")
	// What hosts of containers set beside a service tocsin, or one tocsin-server.
	for _, service := range []string{"TOCSIN", "TOCSIN_SERVER"} {
		set(t, service+"_SERVICE_HOST", service+"_SERVICE_PORT", service+"_SERVICE_PORT_HTTP", service+"_PORT_8080_TCP", service+"_PORT_8080_TCP_ADDR")
		t.Setenv(service+"_PORT", "tcp://10.0.0.11:8080")
	}
	parse(t, "")
}

func TestVariableOfAnEntryThatSetsNothingIsAMistake(t *testing.T) {
	t.Setenv("TOCSIN_AREAS_SIGN_IN_TITEL", "Signing in")
	t.Setenv("TOCSIN_POLICIES_NIGHT_STEP", "[]")
	_, err := config.Parse("t.yml", []byte("areas: [{name: sign-in}]\nchannels: [{name: a, type: x}]\npolicies: [{name: night, whisper: [{channel: a}]}]\n"))
	require.EqualError(t, err, `TOCSIN_AREAS_SIGN_IN_TITEL: No key is set by this variable. Did you mean TOCSIN_AREAS_SIGN_IN_TITLE?
TOCSIN_POLICIES_NIGHT_STEP: No key is set by this variable. Did you mean TOCSIN_POLICIES_NIGHT_STEPS?`)
}

func TestChannelTellsWhichOfItsVariablesSetsNothing(t *testing.T) {
	t.Setenv("TOCSIN_CHANNELS_MAIL_IMAP_PASWORD", "hunter2")
	t.Setenv("TOCSIN_CHANNELS_MAIL_IMAP_HOST", "h")
	t.Setenv("TOCSIN_CHANNELS_MAIL_TYPE", "email")
	t.Setenv("TOCSIN_CHANNELS_MAIL_EU_KEYS_FILES", "keys")
	c := parse(t, "channels: [{name: mail, type: email}, {name: mail-eu, type: email, imap: {host: h}}]")
	var mail mailSettings
	require.EqualError(t, c.Channels[0].Settings.Decode(&mail),
		"TOCSIN_CHANNELS_MAIL_IMAP_PASWORD: No key is set by this variable. Did you mean TOCSIN_CHANNELS_MAIL_IMAP_PASSWORD?")
	require.EqualError(t, c.Channels[1].Settings.Decode(&mail),
		"TOCSIN_CHANNELS_MAIL_EU_KEYS_FILES: No key is set by this variable. Did you mean TOCSIN_CHANNELS_MAIL_EU_KEYS_FILE?", "mail's are not mail-eu's")
}
