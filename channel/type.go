// Package channel is for everything outside: each outside system has one folder
// below it. This package holds what they share, and it must not know any of them.
package channel

import (
	"log/slog"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// Type is one kind of outside system. The list of them is cmd/tocsin/channels.go.
type Type struct {
	Name    string // email, webhook, x, …
	Title   string // as people write it: E-mail, X
	Doc     string // the folder's README.md, embedded
	Example string // example settings as YAML, embedded; tests and the docs load it
	Icon    string // an SVG, embedded
	New     func(Env) (tocsin.Channel, error)
}

// Env is what a channel is made of. A channel keeps no other state than it needs
// to speak: cursors and outcomes live in the store.
type Env struct {
	Name     string // from the configuration
	Settings config.Settings
	Log      *slog.Logger
	Now      func() time.Time
}
