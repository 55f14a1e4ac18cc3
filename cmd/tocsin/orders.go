package main

import (
	"io"
	"log/slog"
	"strings"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// orders are what the operator wants: the configuration, the channels that it
// makes, the log, and whether to listen only.
type orders struct {
	cfg      *config.Config
	channels []tocsin.Channel
	log      *slog.Logger
	shadow   bool
}

// readOrders reads the configuration and makes its channels, without calling their
// systems. All mistakes are told at once.
func readOrders(path string, logTo io.Writer) (orders, error) {
	cfg, err := config.Load(path)
	if cfg == nil {
		return orders{}, counted(err)
	}
	log := newLog(cfg.Log, logTo)
	channels, wrong := makeChannels(cfg, log)
	if err := config.Join(err, wrong, checkTargets(cfg, channels), checkOnCall(cfg, channels), checkTriage(cfg)); err != nil {
		return orders{}, counted(err)
	}
	return orders{cfg: cfg, channels: channels, log: log}, nil
}

func newLog(c config.Log, out io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // a mistake, which is told
	}
	o := &slog.HandlerOptions{Level: level}
	if strings.EqualFold(c.Format, "json") {
		return slog.New(slog.NewJSONHandler(out, o))
	}
	return slog.New(slog.NewTextHandler(out, o))
}
