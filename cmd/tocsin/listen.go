package main

import (
	"context"
	"errors"
	"net"
	"syscall"

	"github.com/tocsin/tocsin"
)

// listenOn opens an address; key names where the operator wrote it.
func listenOn(ctx context.Context, address, key string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, tocsin.Wrap(tocsin.CodeConflict, err, "Another program listens at %s. Stop it, or set %s to another address.", address, key)
	case err != nil:
		return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "Nobody can listen at %q. Set %s to host:port, as in 127.0.0.1:8080.", address, key)
	}
	return l, nil
}

// listen takes the server's address, once. What is shown but once, as the first
// token, comes after it: a busy port must not burn it.
func (h *house) listen(ctx context.Context) (err error) {
	if h.listener == nil {
		h.listener, err = listenOn(ctx, h.cfg.Server.Listen, "server.listen")
	}
	return err
}
