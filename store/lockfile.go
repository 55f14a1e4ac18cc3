package store

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"syscall"

	"github.com/tocsin/tocsin"
)

// lockFile makes this process the only one that serves the SQLite file at path.
// The lock stands on a file beside it and ends with the process, however it ends.
func lockFile(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeUnavailable, err, "The database %s cannot be opened. Does its folder exist, and may we write there?", path)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(tocsin.Wrap(tocsin.CodeConflict, err,
			"Another tocsin is serving the database %s. Stop it first, or ask it through its API.", path), f.Close())
	}
	return f.Close, nil
}

// private makes the SQLite file at path if it is not there, for its owner alone:
// people's words stand in it. SQLite gives the files beside it the same mode. A
// file that is there keeps its mode, and the log warns when others may read it.
func private(ctx context.Context, path string, log *slog.Logger) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return tocsin.Wrap(tocsin.CodeUnavailable, err, "The database %s cannot be opened.", path)
	}
	info, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		return tocsin.Wrap(tocsin.CodeUnavailable, err, "The database %s cannot be opened.", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		log.WarnContext(ctx, "others on this machine may open the database; close it to them by chmod 600", "file", path, "mode", mode.String())
	}
	return nil
}
