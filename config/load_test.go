package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/config"
)

func TestExampleLoads(t *testing.T) {
	c, err := config.Load("../tocsin.example.yml")
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:8080", c.Server.Listen)
	require.Len(t, c.Channels, 1)
	require.Len(t, c.Policies[0].Steps, 2)
	require.Equal(t, "sign-in", c.Areas[0].Name)
}
