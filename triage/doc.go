// Package triage finds, in a stream of reports, the moment at which many people
// describe one new problem. It clusters, detects, judges what counts, and keeps
// the incidents that grow from it. The Engine is pure: it reads no clock, makes
// no call and draws no random number, so the same reports in the same order give
// the same alerts. The Runner feeds it from a store and writes down what it
// decides; Replay feeds it from a recording. The package must not know who is
// paged, how, or what is answered.
package triage
