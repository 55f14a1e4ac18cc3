package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Limits of one connection. A broadcast is work of its own and no request waits
// for it, so no answer takes long.
const (
	headerTime = 5 * time.Second
	readTime   = 30 * time.Second
	writeTime  = 60 * time.Second
	idleTime   = 2 * time.Minute
	headerSize = 64 << 10 // bytes
	stopTime   = 15 * time.Second
)

// Serve answers on a listener until ctx ends, and then lets the requests under way
// finish. No client can outstay its limits.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerSize,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // of broken clients: noise
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		stopped <- server.Shutdown(limit)
	})
	err := server.Serve(l)
	if stop() { // it ended by itself: nobody asked it to
		return fmt.Errorf("serve HTTP: %w", err)
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("stop HTTP server: %w", errors.Join(err, server.Close()))
	}
	return nil
}
