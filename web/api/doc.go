// Package api is the JSON API under /api/v1, for the dashboard, the command line
// and programs. It reads requests, checks who may do what, and writes answers;
// what is decided and remembered stands behind the small interfaces that it
// declares.
//
// The routes stand on one screen in routes.go, each with the role that it needs.
// Errors are RFC 9457 problem details with a code for machines and a sentence for
// people. Lists are read page by page, calls that send carry an Idempotency-Key.
//
// The package must not know SQL, channels, or policy: it never decides who hears
// what.
package api
