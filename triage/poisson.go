package triage

import "math"

// surprise is how unlikely it is to see k or more of what is expected lambda
// times: minus the decimal logarithm of the Poisson tail. 6 is one in a million.
func surprise(k int, lambda float64) float64 {
	if k <= 0 || float64(k) <= lambda {
		return 0
	}
	if lambda <= 0 {
		lambda = 1e-9
	}
	sum, term := 1.0, 1.0
	for i := 1; i < 200 && term > 1e-12; i++ {
		term *= lambda / float64(k+i)
		sum += term
	}
	lg, _ := math.Lgamma(float64(k) + 1)
	return -(float64(k)*math.Log(lambda) - lambda - lg + math.Log(sum)) / math.Ln10
}
