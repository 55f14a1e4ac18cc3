// Package ingest fetches what people write. It runs a loop for each channel, each
// under a lease, so that several nodes share them; it cleans what comes, rejects
// by name what is no report, and stores reports and cursor in one transaction.
//
// It must not know any channel's system, nor what a report means: it asks whether
// something is a person's own words to us, and nothing more.
package ingest
