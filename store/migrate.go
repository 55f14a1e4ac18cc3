package store

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/tocsin/tocsin"
)

//go:embed migration/*.sql
var migrations embed.FS

// migrationLock numbers the lock that keeps nodes from migrating at once. It is
// "tocsin" in ASCII.
const migrationLock = 0x746f6373696e

// migrate brings the schema up to date, one node at a time.
func (d *database) migrate(ctx context.Context, log *slog.Logger) (err error) {
	if d.alone == "" { // the file's lock is ours
		return d.migrateAlone(ctx, log)
	}
	c, err := d.writer.Conn(ctx) // the lock belongs to this connection
	if err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	lock := conn{c, d.bind}
	if _, err := lock.exec(ctx, d.alone, migrationLock); err != nil {
		return fmt.Errorf("wait for the migration of another node: %w", err)
	}
	defer func() {
		_, unlockErr := lock.exec(context.WithoutCancel(ctx), d.free, migrationLock)
		err = errors.Join(err, unlockErr)
	}()
	return d.migrateAlone(ctx, log)
}

func (d *database) migrateAlone(ctx context.Context, log *slog.Logger) error {
	if err := d.admit(ctx, tocsin.Version); err != nil {
		return err
	}
	provider, err := d.provider(migrations, log)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	newest := provider.ListSources()[len(provider.ListSources())-1].Version
	now, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if now > newest {
		return nil // a newer release made it and admits this one: a rolling upgrade
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	if err := d.jobs.migrate(ctx); err != nil {
		return fmt.Errorf("migrate job queue: %w", err)
	}
	return nil
}

// awaken frees the jobs that a killed process was at and the leases that it held,
// so that all goes on now and not when they are given up for lost.
func (d *database) awaken(ctx context.Context) error {
	for _, statement := range d.wake {
		if _, err := d.writer.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("free what a killed process held: %w", err)
		}
	}
	return nil
}

func (d *database) provider(source fs.FS, log *slog.Logger) (*goose.Provider, error) {
	files, err := fs.Sub(source, "migration")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(d.goose, d.writer, filled{files, d.tokens}, goose.WithSlog(log))
}

// admit returns CodeConflict when the schema wants a newer binary than this version.
func (d *database) admit(ctx context.Context, version string) error {
	c := conn{d.writer, d.bind}
	var known int
	if err := c.row(ctx, d.tables, "meta").Scan(&known); err != nil {
		return fmt.Errorf("look for the schema: %w", err)
	}
	if known == 0 {
		return nil // a new database
	}
	var oldest string
	err := c.row(ctx, `SELECT value FROM meta WHERE name = 'oldest_binary'`).Scan(&oldest)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the oldest binary admitted: %w", err)
	}
	if older(version, oldest) {
		return tocsin.Errorf(tocsin.CodeConflict, "This database needs tocsin %s or newer, and this is %s. "+
			"Install the newer release, or restore a backup from before the upgrade.", oldest, version)
	}
	return nil
}

// older tells whether version a is older than b, number by number. What follows
// the three numbers (-rc1, +build) does not count: such a build knows the schema
// of its release.
func older(a, b string) bool {
	numbersA, numbersB := numbers(a), numbers(b)
	for i := range numbersA {
		if numbersA[i] != numbersB[i] {
			return numbersA[i] < numbersB[i]
		}
	}
	return false
}

func numbers(version string) (n [3]int) {
	version, _, _ = strings.Cut(version, "-")
	version, _, _ = strings.Cut(version, "+")
	for i, part := range strings.SplitN(strings.TrimPrefix(version, "v"), ".", len(n)) {
		n[i], _ = strconv.Atoi(part) // what is no number is 0
	}
	return n
}

// filled is a folder of texts with their tokens filled in.
type filled struct {
	fs.FS
	tokens *strings.Replacer
}

// Open opens a file of the folder, or the folder itself.
func (f filled) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	text, err := fs.ReadFile(f.FS, name)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return filledFile{file, bytes.NewBufferString(f.tokens.Replace(string(text)))}, nil
}

type filledFile struct {
	fs.File
	text *bytes.Buffer
}

// Read reads the text with its tokens filled in.
func (f filledFile) Read(into []byte) (int, error) { return f.text.Read(into) }
