package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/config"
)

type oneSecret struct {
	Token config.Secret `config:"token,required"`
}

func fromFile(name string) (oneSecret, error) {
	var s oneSecret
	err := config.NewSettings(map[string]any{"token_file": name}).Decode(&s)
	return s, err
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestSecretsFileIsTakenAsItIsButForItsLineEnd(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"secret": "secret", "secret\n": "secret", "secret\r\n": "secret", " secret \n": " secret ",
		"two\nlines\n": "two\nlines", "{a: b}": "{a: b}", "0123": "0123", "a,b": "a,b", "ü\n": "ü",
	} {
		s, err := fromFile(write(t, written))
		require.NoError(t, err)
		require.Equal(t, want, s.Token.Reveal(), "%q", written)
	}
}

func TestSecretsFileThatIsNoneIsNamed(t *testing.T) {
	t.Parallel()
	empty, huge, folder := write(t, "\n"), write(t, strings.Repeat("hunter2", 20_000)), t.TempDir()
	for name, want := range map[string]string{
		filepath.Join(folder, "nowhere"): "nowhere can't be read: no such file or directory.",
		empty:                            "is empty. Put the secret into it.",
		huge:                             "is larger than 64 kB. Is it the secret?",
		folder:                           "is not a file. Name the file that holds the secret.",
	} {
		s, err := fromFile(name)
		require.ErrorContains(t, err, "token_file: ")
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "hunter2")
		require.True(t, s.Token.IsZero())
	}
}

func TestMissingSecretsFileIsOneMistakeAndNotTwo(t *testing.T) {
	t.Parallel()
	_, err := fromFile("/nowhere")
	require.NotContains(t, err.Error(), "This key is missing", "the secret was named; its file is what is wrong")
}

func TestSecretIsNeededInOneWayOrTheOther(t *testing.T) {
	t.Parallel()
	var s oneSecret
	require.ErrorContains(t, config.NewSettings(nil).Decode(&s), "token: This key is missing.")
	require.ErrorContains(t, config.NewSettings(map[string]any{"token": "", "token_file": ""}).Decode(&s), "token: This key is missing.")
	require.NoError(t, config.NewSettings(map[string]any{"token": "s"}).Decode(&s))
	err := config.NewSettings(map[string]any{"token": "hunter2", "token_file": "x"}).Decode(&s)
	require.EqualError(t, err, "token_file: The secret and its file are both set. Keep one of the two.")
}
