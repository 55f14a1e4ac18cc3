// Package text turns what people write into features that can be counted and
// compared: words without their endings, negation, concepts, codes. Its functions
// are pure; they know nothing of reports, of time, or of what is done with the
// features.
package text
