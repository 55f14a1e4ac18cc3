package storetest_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/store/storetest"
)

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 2 {
		db, err := sql.Open("pgx", storetest.Postgres(t))
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "CREATE TABLE mine (id INTEGER)")
		require.NoError(t, err)
		require.NoError(t, db.Close())
	}
}

// short is the environment variable that makes the test below name its server's
// folder and end at once, without a word of farewell.
const short = "TOCSIN_TEST_SHORT"

func TestShort(t *testing.T) {
	t.Parallel()
	if os.Getenv(short) == "" {
		t.Skip("only TestTheServerEndsWithItsTests runs this, as a process of its own")
	}
	at, err := url.Parse(storetest.Postgres(t))
	require.NoError(t, err)
	fmt.Println(at.Query().Get("host"))
	os.Exit(0)
}

func TestTheServerEndsWithItsTests(t *testing.T) {
	t.Parallel()
	storetest.Postgres(t) // or skip here, where there is none
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestShort$")
	c.Env = append(os.Environ(), short+"=1")
	out, err := c.Output()
	require.NoError(t, err)
	folder := strings.TrimSpace(string(out))
	require.Contains(t, folder, "tocsin-pg-")
	require.Eventually(t, func() bool {
		_, err := os.Stat(folder)
		return os.IsNotExist(err)
	}, 20*time.Second, 20*time.Millisecond, "neither server nor folder outlives the tests")
}
