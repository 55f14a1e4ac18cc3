package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel/channeltest"
)

var update = flag.Bool("update", false, "write the files that are made from code")

const index = "../../docs/channels.md"

func TestEveryChannelTypeIsDocumentedAndItsExampleWorks(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, typ := range channelTypes() {
		require.False(t, seen[typ.Name], "two types named %s", typ.Name)
		seen[typ.Name] = true
		t.Run(typ.Name, func(t *testing.T) {
			t.Parallel()
			channeltest.RunType(t, typ)
		})
	}
}

func TestTheIndexOfChannelsIsCurrent(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Channels\n\nThe outside systems that Tocsin speaks to. Each page tells how to get credentials, what it costs, its limits and manners.\n\n| type | system |\n|---|---|\n")
	for _, typ := range channelTypes() {
		fmt.Fprintf(&b, "| [`%s`](../channel/%s/README.md) | %s |\n", typ.Name, typ.Name, typ.Title)
	}
	b.WriteString("\nA list entry under `channels:` names one account. To add a type, see [CONTRIBUTING.md](../CONTRIBUTING.md).\n")
	if *update {
		require.NoError(t, os.WriteFile(index, []byte(b.String()), 0o644))
	}
	have, err := os.ReadFile(index)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(have), "docs/channels.md is not current: go test ./cmd/tocsin -update")
}
