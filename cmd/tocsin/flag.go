package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// limit is how many rows of a list are asked for.
type limit int

// String is pflag.Value.
func (l *limit) String() string { return strconv.Itoa(int(*l)) }

// Type is pflag.Value.
func (*limit) Type() string { return "number" }

// Set refuses what no list gives.
func (l *limit) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 500 {
		return tocsin.Errorf(tocsin.CodeInvalid, "give a number from 1 to 500")
	}
	*l = limit(n)
	return nil
}

// limitFlag adds --limit.
func limitFlag(c *cobra.Command) *limit {
	l := limit(50)
	c.Flags().Var(&l, "limit", "how many at most, 1 to 500")
	return &l
}

// lasting is a span of time that people write in days too.
type lasting time.Duration

// String is pflag.Value.
func (l *lasting) String() string {
	if *l == 0 {
		return ""
	}
	return time.Duration(*l).String()
}

// Type is pflag.Value.
func (*lasting) Type() string { return "span" }

// Set reads 30d and whatever time.ParseDuration reads.
func (l *lasting) Set(text string) error {
	d, err := time.ParseDuration(text)
	if days, found := strings.CutSuffix(text, "d"); found {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(n) * 24 * time.Hour
	}
	const most = 100 * 365 * 24 * time.Hour
	if err != nil || d <= 0 || d > most {
		return tocsin.Errorf(tocsin.CodeInvalid, "write it like 30d or 12h")
	}
	*l = lasting(d)
	return nil
}
