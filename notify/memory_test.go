package notify_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
)

// memory is a store in memory that keeps the promises of the real one: each
// change is all or nothing, keys are unique, and jobs are enqueued with their rows.
type memory struct {
	mu  sync.Mutex
	now func() time.Time
	// at is called before and after each commit; a test may panic in it to play a crash.
	at func(point string)

	incidents  map[int64]tocsin.Incident
	members    map[int64][]tocsin.Member
	checks     []tocsin.Check
	areas      map[string]tocsin.Area
	policies   map[string]tocsin.Policy
	people     map[string]tocsin.Person
	schedules  map[string]tocsin.Schedule
	overrides  []tocsin.Override
	attempts   []tocsin.Attempt
	pages      map[int64]tocsin.Page
	notices    map[int64]tocsin.Notice
	updates    map[int64]tocsin.Update
	deliveries map[int64]tocsin.Delivery
	events     []tocsin.Event
	jobs       []tocsin.Later
	serial     int64
	listLimit  int
}

func newMemory(now func() time.Time) *memory {
	return &memory{
		now: now, at: func(string) {}, listLimit: 7,
		incidents: map[int64]tocsin.Incident{}, members: map[int64][]tocsin.Member{},
		areas: map[string]tocsin.Area{}, policies: map[string]tocsin.Policy{},
		people: map[string]tocsin.Person{}, schedules: map[string]tocsin.Schedule{},
		pages: map[int64]tocsin.Page{}, notices: map[int64]tocsin.Notice{},
		updates: map[int64]tocsin.Update{}, deliveries: map[int64]tocsin.Delivery{},
	}
}

func missing(what string, id any) error {
	return tocsin.Errorf(tocsin.CodeNotFound, "There is no %s %v.", what, id)
}

// commit runs a change as a transaction whose rows were already staged by fn.
func (m *memory) commit(ctx context.Context, point string, fn func() error) error {
	m.at("before " + point)
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	err := fn()
	m.mu.Unlock()
	m.at("after " + point)
	return err
}

func (m *memory) next() int64 { m.serial++; return m.serial }

func (m *memory) effects(incident int64, e tocsin.Effects) {
	for _, event := range e.Events {
		if event.Incident == 0 {
			event.Incident = incident
		}
		if event.At.IsZero() {
			event.At = m.now()
		}
		event.ID = m.next()
		m.events = append(m.events, event)
	}
	m.attempts = append(m.attempts, e.Attempts...)
	for _, job := range e.Jobs {
		m.enqueue(job)
	}
}

func (m *memory) enqueue(job tocsin.Later) bool {
	switch job.Job.(type) {
	case tocsin.DeliverJob, tocsin.NoticeJob, tocsin.RefreshJob:
		if slices.ContainsFunc(m.jobs, func(j tocsin.Later) bool { return j.Job == job.Job }) {
			return false
		}
	}
	m.jobs = append(m.jobs, job)
	return true
}

func get[T any](m *memory, rows map[int64]T, what string, id int64) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := rows[id]
	if !ok {
		return row, missing(what, id)
	}
	return row, nil
}

// change lets fn change a row; nothing is stored when it fails.
func change[T any](ctx context.Context, m *memory, rows map[int64]T, what string, id int64, fn func(*T) (int64, tocsin.Effects, error)) (T, error) {
	var row T
	err := m.commit(ctx, "change of "+what, func() error {
		var ok bool
		if row, ok = rows[id]; !ok {
			return missing(what, id)
		}
		incident, e, err := fn(&row)
		if err != nil {
			row = rows[id]
			return err
		}
		rows[id] = row
		m.effects(incident, e)
		return nil
	})
	return row, err
}

func (m *memory) Incident(_ context.Context, id int64) (tocsin.Incident, error) {
	return get(m, m.incidents, "incident", id)
}

func (m *memory) ChangeIncident(ctx context.Context, id int64, fn func(*tocsin.Incident) (tocsin.Effects, error)) (tocsin.Incident, error) {
	return change(ctx, m, m.incidents, "incident", id, func(i *tocsin.Incident) (int64, tocsin.Effects, error) {
		e, err := fn(i)
		i.Turn++
		return id, e, err
	})
}

func (m *memory) Checks(_ context.Context, incident int64) ([]tocsin.Check, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.checks), func(c tocsin.Check) bool { return c.Incident != incident }), nil
}

func (m *memory) AddCheck(ctx context.Context, c tocsin.Check) (tocsin.Check, error) {
	return c, m.commit(ctx, "check", func() error {
		c.ID = m.next()
		m.checks = append(m.checks, c)
		return nil
	})
}

func (m *memory) Timeline(_ context.Context, incident int64) ([]tocsin.Event, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.events), func(e tocsin.Event) bool { return e.Incident != incident }), nil
}

func (m *memory) Members(_ context.Context, incident int64) ([]tocsin.Member, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.members[incident]), nil
}

func (m *memory) Assign(ctx context.Context, report, incident int64, sure bool, actor string) error {
	return m.commit(ctx, "assign", func() error {
		var moved *tocsin.Member
		for id, members := range m.members {
			for _, one := range members {
				if one.Report.ID == report {
					moved = &one
				}
			}
			m.members[id] = slices.DeleteFunc(slices.Clone(members), func(one tocsin.Member) bool { return one.Report.ID == report })
		}
		if moved == nil {
			return missing("report", report)
		}
		moved.Sure, moved.Judge, moved.Reason = sure, actor, ""
		m.members[incident] = append(m.members[incident], *moved)
		return nil
	})
}

func (m *memory) Report(_ context.Context, id int64) (tocsin.Report, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, members := range m.members {
		for _, one := range members {
			if one.Report.ID == id {
				return one.Report, nil
			}
		}
	}
	return tocsin.Report{}, missing("report", id)
}

func (m *memory) Area(_ context.Context, name string) (tocsin.Area, error) {
	if a, ok := m.areas[name]; ok {
		return a, nil
	}
	return tocsin.Area{}, missing("area", name)
}

func (m *memory) Policy(_ context.Context, name string) (tocsin.Policy, error) {
	if p, ok := m.policies[name]; ok {
		return p, nil
	}
	return tocsin.Policy{}, missing("policy", name)
}

func (m *memory) Policies(context.Context) ([]tocsin.Policy, error) {
	return slices.SortedFunc(maps.Values(m.policies), func(a, b tocsin.Policy) int { return strings.Compare(a.Name, b.Name) }), nil
}

func (m *memory) People(context.Context) ([]tocsin.Person, error) {
	return slices.SortedFunc(maps.Values(m.people), func(a, b tocsin.Person) int { return strings.Compare(a.Name, b.Name) }), nil
}

func (m *memory) Schedules(context.Context) ([]tocsin.Schedule, error) {
	return slices.SortedFunc(maps.Values(m.schedules), func(a, b tocsin.Schedule) int { return strings.Compare(a.Name, b.Name) }), nil
}

func (m *memory) Schedule(_ context.Context, name string) (tocsin.Schedule, error) {
	if s, ok := m.schedules[name]; ok {
		return s, nil
	}
	return tocsin.Schedule{}, missing("schedule", name)
}

func (m *memory) Overrides(_ context.Context, schedule string, after time.Time) ([]tocsin.Override, error) {
	return slices.DeleteFunc(slices.Clone(m.overrides), func(o tocsin.Override) bool {
		return (schedule != "" && o.Schedule != schedule) || !o.To.After(after)
	}), nil
}

func (m *memory) AddOverrides(_ context.Context, all []tocsin.Override) ([]tocsin.Override, error) {
	for n := range all {
		all[n].ID = m.next()
	}
	m.overrides = append(m.overrides, all...)
	return all, nil
}

func (m *memory) Incidents(context.Context, tocsin.IncidentQuery) ([]tocsin.Incident, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.incidents), func(a, b tocsin.Incident) int { return cmp.Compare(b.ID, a.ID) }), "", nil
}

func (m *memory) OpenPage(ctx context.Context, p tocsin.Page, notices []tocsin.Notice, e tocsin.Effects) (tocsin.Page, bool, error) {
	created := true
	err := m.commit(ctx, "page", func() error {
		for _, other := range m.pages {
			if other.Incident == p.Incident && other.Tier == p.Tier {
				p, created = other, false
				return nil
			}
		}
		p.ID = m.next()
		m.pages[p.ID] = p
		m.addNotices(p.ID, notices)
		m.effects(p.Incident, e)
		return nil
	})
	return p, created, err
}

func (m *memory) addNotices(page int64, notices []tocsin.Notice) {
	for _, n := range notices {
		for _, other := range m.notices {
			if other.Key == n.Key {
				panic("two notices have the key " + n.Key)
			}
		}
		n.ID, n.Page = m.next(), page
		m.notices[n.ID] = n
		m.enqueue(tocsin.Later{Job: tocsin.NoticeJob{Notice: n.ID}, At: n.DueAt})
	}
}

func (m *memory) Page(_ context.Context, id int64) (tocsin.Page, error) {
	return get(m, m.pages, "page", id)
}

func (m *memory) Pages(_ context.Context, q tocsin.PageQuery) ([]tocsin.Page, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []tocsin.Page
	for _, id := range slices.Sorted(maps.Keys(m.pages)) {
		if m.pages[id].Incident == q.Incident {
			found = append(found, m.pages[id])
		}
	}
	return found, "", nil
}

func (m *memory) ChangePage(ctx context.Context, id int64, fn func(*tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error)) (tocsin.Page, error) {
	return change(ctx, m, m.pages, "page", id, func(p *tocsin.Page) (int64, tocsin.Effects, error) {
		notices, e, err := fn(p)
		if err == nil {
			m.addNotices(id, notices)
		}
		return p.Incident, e, err
	})
}

func (m *memory) Notice(_ context.Context, id int64) (tocsin.Notice, error) {
	return get(m, m.notices, "notice", id)
}

func (m *memory) Notices(_ context.Context, page int64) ([]tocsin.Notice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []tocsin.Notice
	for _, id := range slices.Sorted(maps.Keys(m.notices)) {
		if m.notices[id].Page == page {
			found = append(found, m.notices[id])
		}
	}
	return found, nil
}

func (m *memory) ChangeNotice(ctx context.Context, id int64, fn func(*tocsin.Notice) (tocsin.Effects, error)) (tocsin.Notice, error) {
	return change(ctx, m, m.notices, "notice", id, func(n *tocsin.Notice) (int64, tocsin.Effects, error) {
		e, err := fn(n)
		return m.pages[n.Page].Incident, e, err
	})
}

func (m *memory) AddUpdate(ctx context.Context, u tocsin.Update, e tocsin.Effects) (tocsin.Update, error) {
	err := m.commit(ctx, "new update", func() error {
		u.ID = m.next()
		m.updates[u.ID] = u
		m.effects(u.Incident, e)
		return nil
	})
	return u, err
}

func (m *memory) Update(_ context.Context, id int64) (tocsin.Update, error) {
	return get(m, m.updates, "update", id)
}

func (m *memory) Updates(_ context.Context, incident int64) ([]tocsin.Update, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []tocsin.Update
	for _, id := range slices.Sorted(maps.Keys(m.updates)) {
		if m.updates[id].Incident == incident {
			found = append(found, m.updates[id])
		}
	}
	return found, nil
}

func (m *memory) ChangeUpdate(ctx context.Context, id int64, fn func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error) {
	return m.changeUpdate(ctx, id, fn, func(tocsin.Update) error { return nil })
}

// changeUpdate lets also write what goes with a changed update.
func (m *memory) changeUpdate(ctx context.Context, id int64, fn func(*tocsin.Update) (tocsin.Effects, error), also func(tocsin.Update) error) (tocsin.Update, error) {
	return change(ctx, m, m.updates, "update", id, func(u *tocsin.Update) (int64, tocsin.Effects, error) {
		e, err := fn(u)
		if err == nil {
			err = also(*u)
		}
		i := m.incidents[u.Incident]
		i.Turn++
		m.incidents[u.Incident] = i
		return u.Incident, e, err
	})
}

func (m *memory) Freeze(ctx context.Context, id, turn int64, ds []tocsin.Delivery, fn func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error) {
	return m.changeUpdate(ctx, id, m.inTurn(turn, fn), func(tocsin.Update) error {
		keys := map[string]bool{}
		for _, d := range m.deliveries {
			keys[d.Key] = true
		}
		for _, d := range ds {
			if keys[d.Key] {
				return fmt.Errorf("two deliveries have the key %s", d.Key)
			}
			keys[d.Key] = true
		}
		for _, d := range ds {
			d.ID = m.next()
			m.deliveries[d.ID] = d
		}
		return nil
	})
}

func (m *memory) Unfreeze(ctx context.Context, id int64, fn func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error) {
	return m.changeUpdate(ctx, id, fn, func(tocsin.Update) error {
		maps.DeleteFunc(m.deliveries, func(_ int64, d tocsin.Delivery) bool { return d.Update == id })
		return nil
	})
}

func unfinished(s tocsin.DeliveryState) bool {
	return s == tocsin.DeliveryPending || s == tocsin.DeliverySending || s == tocsin.DeliveryUnknown
}

func (m *memory) drive(match func(tocsin.Delivery) bool) int {
	n := 0
	for _, id := range slices.Sorted(maps.Keys(m.deliveries)) {
		if d := m.deliveries[id]; unfinished(d.State) && match(d) && m.enqueue(tocsin.Later{Job: tocsin.DeliverJob{Delivery: id}}) {
			n++
		}
	}
	return n
}

// inTurn refuses a change that was worked out before another decision.
func (m *memory) inTurn(turn int64, fn func(*tocsin.Update) (tocsin.Effects, error)) func(*tocsin.Update) (tocsin.Effects, error) {
	return func(u *tocsin.Update) (tocsin.Effects, error) {
		if m.incidents[u.Incident].Turn != turn {
			return tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "Something about the incident was decided just now. Look again.")
		}
		return fn(u)
	}
}

func (m *memory) Start(ctx context.Context, id, turn int64, fn func(*tocsin.Update) (tocsin.Effects, error)) (int, error) {
	n := 0
	_, err := m.changeUpdate(ctx, id, m.inTurn(turn, fn), func(tocsin.Update) error {
		n = m.drive(func(d tocsin.Delivery) bool { return d.Update == id })
		return nil
	})
	return n, err
}

func (m *memory) Finish(ctx context.Context, id int64) (bool, error) {
	finished := false
	_, err := change(ctx, m, m.updates, "update", id, func(u *tocsin.Update) (int64, tocsin.Effects, error) {
		if u.State != tocsin.UpdateSending {
			return u.Incident, tocsin.Effects{}, nil
		}
		for _, d := range m.deliveries {
			if d.Update == id && unfinished(d.State) {
				return u.Incident, tocsin.Effects{}, nil
			}
		}
		finished = true
		u.DoneAt = m.now()
		return u.Incident, tocsin.Effects{}, u.Move(tocsin.UpdateSent)
	})
	return finished, err
}

func (m *memory) Requeue(ctx context.Context, before time.Time) (int, error) {
	n := 0
	return n, m.commit(ctx, "requeue", func() error {
		n = m.drive(func(d tocsin.Delivery) bool {
			return m.updates[d.Update].State == tocsin.UpdateSending && d.UpdatedAt.Before(before)
		})
		return nil
	})
}

func (m *memory) Delivery(_ context.Context, id int64) (tocsin.Delivery, error) {
	return get(m, m.deliveries, "delivery", id)
}

// Deliveries gives short pages, so that whoever reads only the first is found out.
func (m *memory) Deliveries(_ context.Context, q tocsin.DeliveryQuery) ([]tocsin.Delivery, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	after, _ := strconv.ParseInt(q.After, 10, 64)
	var found []tocsin.Delivery
	for _, id := range slices.Sorted(maps.Keys(m.deliveries)) {
		d := m.deliveries[id]
		match := (q.Incident == 0 || d.Incident == q.Incident) && (q.Update == 0 || d.Update == q.Update) && (q.State == "" || d.State == q.State)
		if id <= after || !match {
			continue
		}
		if len(found) == m.listLimit {
			return found, strconv.FormatInt(found[len(found)-1].ID, 10), nil
		}
		found = append(found, d)
	}
	return found, "", nil
}

func (m *memory) ChangeDelivery(ctx context.Context, id int64, fn func(*tocsin.Delivery) (tocsin.Effects, error)) (tocsin.Delivery, error) {
	return change(ctx, m, m.deliveries, "delivery", id, func(d *tocsin.Delivery) (int64, tocsin.Effects, error) {
		e, err := fn(d)
		d.UpdatedAt = m.now()
		return d.Incident, e, err
	})
}

func (m *memory) Tally(_ context.Context, update int64, channel string) (map[tocsin.DeliveryState]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	count := map[tocsin.DeliveryState]int{}
	for _, d := range m.deliveries {
		if d.Update == update && d.Channel == channel {
			count[d.State]++
		}
	}
	return count, nil
}
