package triage

import "math"

// rates knows how many reports are usual at each hour of the week. It learns as
// it goes and forgets: what is some weeks old counts half.
type rates struct {
	count [168]float64 // reports by hour of the week (UTC)
	spent [168]float64 // hours of it that were watched
	at    int64        // unix seconds, until when time was counted
	usual [168]float64 // reports in each hour, as of the last full hour
	known int64        // that hour
}

const rateHalfLife = 21 * 24 * 3600 // seconds

func hourOfWeek(at int64) int { return int(((at/3600+72)%168 + 168) % 168) } // 1970-01-01 was a Thursday

// pass lets time go by until at, and counts one report if it is evidence.
func (r *rates) pass(at int64, evidence bool) {
	if r.at == 0 || at-r.at > 60*24*3600 {
		r.at = at
	}
	for r.at < at {
		next := min(at, (r.at/3600+1)*3600)
		r.spent[hourOfWeek(r.at)] += float64(next-r.at) / 3600
		if next%(7*24*3600) == 0 {
			f := math.Exp2(-7 * 24 * 3600.0 / rateHalfLife)
			for i := range r.count {
				r.count[i] *= f
				r.spent[i] *= f
			}
		}
		r.at = next
	}
	if evidence {
		r.count[hourOfWeek(at)]++
	}
}

// expected is how many reports of evidence are usual in the span that ends at at.
func (r *rates) expected(at, span int64) float64 {
	if hour := r.at/3600 + 1; r.known != hour {
		r.known = hour
		for h := range r.usual {
			r.usual[h] = r.hourly(h)
		}
	}
	sum := 0.0
	for from := at - span; from < at; {
		next := min(at, (from/3600+1)*3600)
		sum += r.usual[hourOfWeek(from)] * float64(next-from) / 3600
		from = next
	}
	return sum
}

// hourly is the usual number of reports in an hour of the week. An hour seen
// seldom leans on the same hour of other days, and that on the mean of all.
func (r *rates) hourly(h int) float64 {
	var dayCount, daySpent, allCount, allSpent float64
	for i := range r.count {
		allCount += r.count[i]
		allSpent += r.spent[i]
		if i%24 == h%24 {
			dayCount += r.count[i]
			daySpent += r.spent[i]
		}
	}
	const lean = 1 // hours' worth of belief in the broader mean
	all := allCount / max(allSpent, 1)
	day := (dayCount + lean*all) / (daySpent + lean)
	return (r.count[h] + lean*day) / (r.spent[h] + lean)
}

// mean is the usual number of reports in any hour.
func (r *rates) mean() float64 {
	var count, spent float64
	for i := range r.count {
		count += r.count[i]
		spent += r.spent[i]
	}
	return count / max(spent, 1)
}
