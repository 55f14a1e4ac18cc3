package main

import (
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows on a terminal how far something is; nobody else sees it.
type bar struct{ shown *progressbar.ProgressBar }

// newBar begins a bar of a number of steps; -1 when nobody knows how many.
func newBar(out io.Writer, what string, steps int64) bar {
	f, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		out = io.Discard
	}
	return bar{progressbar.NewOptions64(steps,
		progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what), progressbar.OptionSetVisibility(out != io.Discard),
		progressbar.OptionThrottle(100e6), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(40),
	)}
}

// add counts steps. A bar that cannot be drawn is no reason to stop.
func (b bar) add(steps int) { _ = b.shown.Add(steps) }

// through counts the bytes that are read.
func (b bar) through(in io.Reader) io.Reader {
	return io.TeeReader(in, writerFunc(func(p []byte) { b.add(len(p)) }))
}

// end takes the bar away.
func (b bar) end() { _ = b.shown.Finish() }

// writerFunc is told what is written.
type writerFunc func([]byte)

// Write is io.Writer.
func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}
