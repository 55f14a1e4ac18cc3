package main

import (
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

func TestALimitIsWhatAListGives(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{"1": true, "500": true, "0": false, "501": false, "-1": false, "many": false} {
		c := &cobra.Command{}
		l := limitFlag(c)
		require.Equal(t, 50, int(*l))
		err := c.Flags().Set("limit", text)
		require.Equal(t, good, err == nil, text)
		if !good {
			require.ErrorContains(t, err, "from 1 to 500")
		}
	}
}

func TestATokenLastsDaysToo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "12h": 12 * time.Hour, "1h30m": 90 * time.Minute} {
		var l lasting
		require.NoError(t, l.Set(text))
		require.Equal(t, want, time.Duration(l))
	}
	for _, text := range []string{"", "d", "0", "-3d", "30", "1.5d", "99999999999999d", "200000d"} {
		var l lasting
		require.ErrorContains(t, l.Set(text), "30d or 12h", text)
	}
}
