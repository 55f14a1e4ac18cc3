package store

import (
	"errors"
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
