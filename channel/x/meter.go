package x

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
)

// What X charges, in thousandths of a US dollar: for each post and user in an
// answer, those in its includes too, once in a UTC day; and for each post of ours.
// https://docs.x.com/x-api/getting-started/pricing
const (
	pricePost     = 5
	priceOwned    = 1 // our own posts and mentions
	priceUser     = 10
	priceEvent    = 5 // of the activity stream
	priceCreate   = 15
	priceSummoned = 10 // a reply to who mentioned us
	priceLink     = 200
)

// searchShare is the part of the budget after which search, stream and second
// looks are given up; the rest is kept for mentions. Replies are never given up.
const searchShare = 0.8

// maxBilled bounds what is remembered of a day; what is forgotten is counted twice.
const maxBilled = 200_000

// tight is the part of a limit below which the calls that are left are spread
// over the time until it is full again.
const tight = 0.25

// meter counts what X charges and what it lets us call. It counts what it has
// seen: X's own console is right where they differ.
type meter struct {
	now    func() time.Time
	budget int64 // thousandths of a dollar; 0: no limit

	mu     sync.Mutex
	month  string
	spent  int64
	loaded bool
	day    string
	billed map[string]bool // posts and users that were charged for today
	limits map[string]tocsin.Allowance
}

func newMeter(now func() time.Time, dollars float64) *meter {
	return &meter{now: now, budget: int64(dollars * 1000), billed: map[string]bool{}, limits: map[string]tocsin.Allowance{}}
}

// turn begins a new month and a new day where it is time. The caller has the lock.
func (m *meter) turn() {
	now := m.now().UTC()
	if month := now.Format("2006-01"); month != m.month {
		m.month, m.spent = month, 0
	}
	if day := now.Format(time.DateOnly); day != m.day {
		m.day, m.billed = day, map[string]bool{}
	}
}

// load takes over what a stored cursor knows was spent. The first one is from
// before we started; later ones hold what we have counted, or another node has.
func (m *meter) load(month string, spent int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn()
	if month == m.month {
		if m.loaded {
			m.spent = max(m.spent, spent)
		} else {
			m.spent += spent
		}
	}
	m.loaded = true
}

// total is what was spent in this month, to be stored.
func (m *meter) total() (month string, spent int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn()
	return m.month, m.spent
}

// read charges for things that an answer held; kind parts posts from users.
func (m *meter) read(kind string, price int64, ids ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn()
	for _, id := range ids {
		key := kind + id
		if m.billed[key] {
			continue
		}
		m.spent += price
		if len(m.billed) < maxBilled {
			m.billed[key] = true
		}
	}
}

// charge adds the price of one call.
func (m *meter) charge(price int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn()
	m.spent += price
}

// over tells whether a share of the budget is used up.
func (m *meter) over(share float64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn()
	return m.budget > 0 && float64(m.spent) >= share*float64(m.budget)
}

// note keeps the limit that an answer's header tells.
func (m *meter) note(name string, h http.Header) {
	limit, err1 := strconv.ParseFloat(h.Get("X-Rate-Limit-Limit"), 64)
	left, err2 := strconv.ParseFloat(h.Get("X-Rate-Limit-Remaining"), 64)
	reset, err3 := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64)
	if cmp.Or(err1, err2, err3) != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limits[name] = tocsin.Allowance{Name: name, Unit: "calls", Limit: limit, Left: left, ResetAt: pace(m.now(), reset)}
}

// pace is when a limit is full again; never absurdly late, whatever the header says.
func pace(now time.Time, reset int64) time.Time {
	at := time.Unix(reset, 0)
	if at.Sub(now) > 24*time.Hour {
		return now.Add(24 * time.Hour)
	}
	return at
}

// spread is how far calls of a name should be apart: no time at all while there
// are enough of them left.
func (m *meter) spread(name string) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.limits[name]
	until := l.ResetAt.Sub(m.now())
	if !ok || until <= 0 || l.Left > tight*l.Limit {
		return 0
	}
	return time.Duration(float64(until) / (l.Left + 1))
}

// Allowances tells what is left of the budget and of each limit that X told us.
func (m *meter) Allowances() []tocsin.Allowance {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn()
	var all []tocsin.Allowance
	if m.budget > 0 {
		month := nextMonth(m.now())
		for _, b := range []struct {
			name  string
			share float64
		}{{"budget", 1}, {"budget for search", searchShare}} {
			limit := b.share * float64(m.budget) / 1000
			all = append(all, tocsin.Allowance{
				Name: b.name, Unit: "USD", Limit: limit, Left: max(0, limit-float64(m.spent)/1000), ResetAt: month,
			})
		}
	}
	for _, l := range m.limits {
		if !l.ResetAt.After(m.now()) {
			l.Left = l.Limit // it was reset since
		}
		all = append(all, l)
	}
	fixed := len(all) - len(m.limits)
	slices.SortFunc(all[fixed:], func(a, b tocsin.Allowance) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// nextMonth is when a new budget begins.
func nextMonth(now time.Time) time.Time {
	y, mon, _ := now.UTC().Date()
	return time.Date(y, mon+1, 1, 0, 0, 0, 0, time.UTC)
}
