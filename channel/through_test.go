package channel_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel"
)

func TestThroughKeepsWhatWasDone(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	upTo := func(bad int) func(int) error {
		return func(i int) error {
			if i == bad {
				return broken
			}
			return nil
		}
	}
	items := []int{0, 1, 2}
	done, err := channel.Through(items, upTo(9))
	require.NoError(t, err)
	require.Equal(t, 3, done)
	done, err = channel.Through(items, upTo(2))
	require.NoError(t, err, "two are done")
	require.Equal(t, 2, done)
	_, err = channel.Through(items, upTo(0))
	require.ErrorIs(t, err, broken)
	done, err = channel.Through(nil, upTo(0))
	require.NoError(t, err)
	require.Zero(t, done)
}
