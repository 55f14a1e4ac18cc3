package triage_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
)

// add puts texts into an engine, a minute apart, each of another person.
func add(e *triage.Engine, texts ...string) {
	for i, s := range texts {
		at := monday.Add(time.Duration(i) * time.Minute)
		e.Add(tocsin.Report{ID: int64(i + 1), Channel: "x", ExternalID: fmt.Sprint(i), At: at, Text: s, Reporter: tocsin.Reporter{ID: fmt.Sprint("x:", i)}})
	}
}

func TestNoTextIsTooStrange(t *testing.T) {
	t.Parallel()
	e := triage.New(triage.DefaultConfig(), nil)
	add(e, "", "😡", " \n\t", "\x00\xff\xfe", strings.Repeat("lag", 40_000), strings.Repeat("lag ", 25_000), "לא מצליח להתחבר לחשבון",
		"الموقع لا يعمل منذ الصباح", "сайт не работает", "login ログイン 登录 دخول", "a\u0301\u0301\u0301", "👨‍👩‍👧‍👦👨‍👩‍👧‍👦", "@", "#", "'", "''''", "http://", ">>>>", "--\n--\n--")
	judgements, _ := e.Drain()
	require.Len(t, judgements, 19)
	for _, j := range judgements {
		require.NotEmpty(t, j.Cluster)
	}
}

func TestClocksMayRunBackwards(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 10*24*time.Hour, 500)
	e := triage.New(triage.DefaultConfig(), nil)
	for i := range d.reports {
		e.Add(d.reports[len(d.reports)-1-i])
	}
	far := d.reports[0]
	for i, at := range []time.Time{{}, time.Unix(0, 0), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), monday} {
		far.ID, far.ExternalID, far.At = int64(1000+i), fmt.Sprint("far", i), at
		e.Add(far)
	}
	judgements, _ := e.Drain()
	require.Len(t, judgements, 504)
}

func TestDuplicatesDoNotDouble(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 300)
	e := triage.New(triage.DefaultConfig(), nil)
	alerts := hear(e, append(d.reports, d.reports...))
	require.Empty(t, alerts)
}

func TestAMillionUniqueWordsTakeBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	e := triage.New(triage.DefaultConfig(), nil)
	n := 0
	text := func() string {
		var b strings.Builder
		for range 250 {
			n++
			fmt.Fprintf(&b, "word%dx%d ", n, n*7919)
		}
		return b.String()
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 4_000 {
		at := monday.Add(time.Duration(i) * time.Second)
		e.Add(tocsin.Report{ID: int64(i), Channel: "x", ExternalID: fmt.Sprint(i), At: at, Text: text(), Reporter: tocsin.Reporter{ID: fmt.Sprint(i)}})
		e.Drain()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.Less(t, (after.HeapAlloc-before.HeapAlloc)>>20, uint64(400), "MB")
	runtime.KeepAlive(e)
}

// TestTimeIsNotQuadratic compares the work for a long stream of the worst kind,
// everyone writing the same, with that for a short one.
func TestTimeIsNotQuadratic(t *testing.T) {
	work := func(n int) time.Duration {
		e := triage.New(triage.DefaultConfig(), nil)
		start := time.Now()
		for i := range n {
			at := monday.Add(time.Duration(i) * time.Second)
			e.Add(tocsin.Report{ID: int64(i), Channel: "x", ExternalID: fmt.Sprint(i), At: at, Text: "the site is down and I cannot log in", Reporter: tocsin.Reporter{ID: fmt.Sprint(i)}})
			e.Drain()
		}
		return time.Since(start)
	}
	work(500)
	short, long := work(1000), work(10_000)
	require.Less(t, long, 30*short, "ten times the reports: %s and %s", short, long)
}
