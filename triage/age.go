package triage

import (
	"math"
	"time"

	"github.com/tocsin/tocsin"
)

// ages learns how old the accounts usually are that write here, so that "young"
// means young beside the others.
type ages struct {
	bucket [64]float64 // by a quarter of the binary logarithm of the age in hours
	total  float64
}

// Who is young: among the youngest tenth, or days old.
const (
	youngShare = .1
	youngAge   = 7 * 24 * time.Hour
	fewAges    = 50 // accounts below which the shares say nothing
)

// young tells whether an account is young, and counts it. An unknown age is not young.
func (a *ages) young(r *tocsin.Report) bool {
	if r.Reporter.Since.IsZero() {
		return false
	}
	age := r.At.Sub(r.Reporter.Since)
	b := min(max(int(4*math.Log2(max(age.Hours(), 1))), 0), len(a.bucket)-1)
	below := 0.0
	for _, n := range a.bucket[:b] {
		below += n
	}
	young := age < youngAge || a.total >= fewAges && below+a.bucket[b]/2 < youngShare*a.total
	a.bucket[b]++
	a.total++
	if a.total > 1<<20 {
		a.total /= 2
		for i := range a.bucket {
			a.bucket[i] /= 2
		}
	}
	return young
}
