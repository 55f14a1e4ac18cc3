package x

import (
	"sync"
	"testing"

	"github.com/tocsin/tocsin/channel/channeltest"
)

// spec is X's published description, read once: it is large.
var spec struct {
	once sync.Once
	read *channeltest.Description
}

func described(tb testing.TB) *channeltest.Description {
	tb.Helper()
	spec.once.Do(func() { spec.read = channeltest.Describe(tb, "x-api-v2.json") })
	return spec.read
}
