package triage

// minutes counts the reports of evidence by the minute in which they were
// written, for the last hours.
type minutes struct {
	counted [512]int32
	minute  [512]int64
}

func (m *minutes) add(at int64) {
	now := at / 60
	i := now & 511
	if m.minute[i] > now {
		return // older than what is kept
	}
	if m.minute[i] != now {
		m.minute[i], m.counted[i] = now, 0
	}
	m.counted[i]++
}

// remove takes back one that was added.
func (m *minutes) remove(at int64) {
	if now := at / 60; m.minute[now&511] == now {
		m.counted[now&511]--
	}
}

// count is how many were written in the span of seconds that ends at at.
func (m *minutes) count(at, span int64) int {
	n := 0
	for t := (at - span) / 60; t <= at/60; t++ {
		if i := t & 511; t >= 0 && m.minute[i] == t {
			n += int(m.counted[i])
		}
	}
	return n
}
