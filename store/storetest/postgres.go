// Package storetest lends tests a real database: a PostgreSQL server of the test
// binary's own, and stores on both databases. It is for tests only, and must not
// know what a test is about.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver of database/sql
)

// Postgres gives the URL of an empty database of the test's own on a PostgreSQL
// server that this test binary starts at the first call and that ends with it.
// The server does not wait for the disk, so a power cut is not part of the test.
// Without PostgreSQL the test is skipped, or fails where CI=true.
func Postgres(tb testing.TB) string {
	tb.Helper()
	s, err := server()
	if errors.Is(err, errNoPostgres) && os.Getenv("CI") != "true" {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	name := "t" + strings.ToLower(rand.Text())
	if err := s.exec(tb.Context(), "CREATE DATABASE "+name); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.exec(context.WithoutCancel(tb.Context()), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return s.url(name)
}

var errNoPostgres = errors.New("PostgreSQL is not installed: on Debian, apt-get install postgresql")

// server starts the one server of this test binary.
var server = sync.OnceValues(start) //nolint:gochecknoglobals // set once; a test binary has no other place for it

type postgres struct {
	folder string
	life   io.Closer // the server ends when this is closed, and if nothing held it the collector would
}

func (p postgres) url(database string) string {
	return "postgres:///" + database + "?" + url.Values{"host": {p.folder}, "user": {"postgres"}}.Encode()
}

func (p postgres) exec(ctx context.Context, statement string) error {
	db, err := sql.Open("pgx", p.url("postgres"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement)
	return errors.Join(err, db.Close())
}

// guard runs the server until its standard input ends, which happens when the
// test binary ends, however it ends. Then it removes the folder.
const guard = `"$1/postgres" -D "$2/data" -k "$2" -h "" -F -c max_connections=200 -c shared_buffers=64MB >"$2/log" 2>&1 </dev/null &
cat >/dev/null
kill -QUIT $!
wait $!
rm -rf "$2"`

func start() (postgres, error) {
	binaries, err := find()
	if err != nil {
		return postgres{}, err
	}
	folder, err := os.MkdirTemp("", "tocsin-pg-") // short: the path of a socket has 107 bytes at most
	if err != nil {
		return postgres{}, err
	}
	as, err := owner(folder)
	if err != nil {
		return postgres{}, err
	}
	made := exec.CommandContext(context.Background(), filepath.Join(binaries, "initdb"), //nolint:gosec // the programs that find found
		"-D", filepath.Join(folder, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
	made.SysProcAttr, made.Dir = as, folder
	if text, err := made.CombinedOutput(); err != nil {
		return postgres{}, fmt.Errorf("initdb: %w: %s", err, text)
	}
	run := exec.CommandContext(context.Background(), "/bin/sh", "-c", guard, "guard", binaries, folder) //nolint:gosec // the programs that find found
	run.SysProcAttr, run.Dir = as, folder
	life, err := stdin(run)
	if err != nil {
		return postgres{}, err
	}
	return await(postgres{folder, life})
}

// stdin starts a command whose standard input stays open until it is closed or we end.
func stdin(c *exec.Cmd) (io.Closer, error) {
	pipe, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	// A group of its own: an interrupt from the keyboard must not end it before us.
	c.SysProcAttr.Setpgid = true
	return pipe, c.Start()
}

// find gives the folder of the newest PostgreSQL's programs.
func find() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", errNoPostgres
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // no number: 0, the last choice
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

// owner says as whom the server runs: PostgreSQL refuses root.
func owner(folder string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("find a user for PostgreSQL, which refuses root: %w", err)
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(folder, int(uid), int(gid))); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// await waits until the server answers.
func await(p postgres) (postgres, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := p.exec(ctx, "SELECT 1")
		if err == nil {
			return p, nil
		}
		select {
		case <-ctx.Done():
			text, _ := os.ReadFile(filepath.Join(p.folder, "log")) // what there is of it
			return p, fmt.Errorf("wait for PostgreSQL: %w: %s", err, text)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
