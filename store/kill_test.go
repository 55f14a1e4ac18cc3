package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

// victim is the environment variable that turns the test below into a process
// that stores batches, and says so, until it is killed.
const victim = "TOCSIN_TEST_VICTIM"

// size is how many reports a batch of the victim has.
const size = 50

func TestVictim(t *testing.T) {
	t.Parallel()
	url := os.Getenv(victim)
	if url == "" {
		t.Skip("only TestKillLosesAndDoublesNothing runs this, as a process of its own")
	}
	s := storetest.Open(t, url)
	was, err := s.Cursor(t.Context(), "mail")
	require.NoError(t, err)
	for n, _ := strconv.Atoi(was); ; n++ {
		b := tocsin.Batch{Cursor: strconv.Itoa(n + 1)}
		for i := range size {
			b.Reports = append(b.Reports, report(n*size+i))
		}
		_, err := s.CommitBatch(t.Context(), "mail", was, b)
		require.NoError(t, err)
		was = b.Cursor
		gather(t, s, "incident-"+was, tocsin.TierRing)
		fmt.Println(was) // what is said to be stored must be there after the kill
	}
}

func TestKillLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		said, rings := 0, 0
		for kill := range 4 {
			last, lines := killAfter(t, url, 5+kill*3)
			said, rings = last, rings+lines
		}
		s := storetest.Open(t, url)
		cursor, err := s.Cursor(t.Context(), "mail")
		require.NoError(t, err)
		stored, err := strconv.Atoi(cursor)
		require.NoError(t, err)
		require.GreaterOrEqual(t, stored, said)
		for table, want := range map[string]int{"reports": stored * size, "raws": stored * size, "inbox": stored * size} {
			n, err := s.Count(t.Context(), "SELECT COUNT(*) FROM "+table)
			require.NoError(t, err)
			require.EqualValues(t, want, n, "a batch is there whole or not at all: %s", table)
		}
		rung, err := s.Count(t.Context(), "SELECT COUNT(*) FROM incidents WHERE tier = 'ring'")
		require.NoError(t, err)
		require.GreaterOrEqual(t, int(rung), rings)
		require.EqualValues(t, rung, waiting(t, s, store.QueueAlert), "an incident and its alert are there together")
	})
}

// killAfter kills a victim once it has said so many numbers, and gives the last
// that it said and how many there were.
func killAfter(t *testing.T, url string, lines int) (last, said int) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$")
	c.Env = append(os.Environ(), victim+"="+url)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	for words := bufio.NewScanner(out); words.Scan(); said++ {
		last, err = strconv.Atoi(words.Text())
		require.NoError(t, err, words.Text())
		if said+1 == lines {
			require.NoError(t, c.Process.Kill()) // and read on: it may have said more already
		}
	}
	require.Error(t, c.Wait())
	require.GreaterOrEqual(t, said, lines, "the victim died of itself")
	return last, said
}
