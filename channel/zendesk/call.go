package zendesk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// exportsPerMinute is how often the incremental export may be asked.
	// https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#rate-limits
	exportsPerMinute = 10

	callsName   = "calls"
	exportsName = "exports"
)

// get reads from a path.
func (d *desk) get(ctx context.Context, path string, query url.Values, out any) error {
	_, err := d.call(ctx, channel.Call{URL: path + "?" + query.Encode(), Out: out})
	return err
}

// call makes a call to a path, and keeps what the answer tells of the limits.
func (d *desk) call(ctx context.Context, c channel.Call) (*channel.Response, error) {
	c.URL = d.URL + "/api/v2/" + c.URL
	if c.Header == nil {
		c.Header = http.Header{}
	}
	c.Header.Set("Authorization", d.auth)
	resp, err := d.client.JSON(ctx, c)
	if resp != nil {
		d.measure(resp.Header)
	}
	return resp, err
}

// measure reads the account's limit a minute from an answer.
// https://developer.zendesk.com/api-reference/introduction/rate-limits/
func (d *desk) measure(h http.Header) {
	limit, err := strconv.ParseFloat(h.Get("X-Rate-Limit"), 64)
	left, wrong := strconv.ParseFloat(h.Get("X-Rate-Limit-Remaining"), 64)
	if err != nil || wrong != nil {
		return
	}
	a := tocsin.Allowance{Name: callsName, Unit: "calls", Limit: limit, Left: left}
	if seconds, err := strconv.Atoi(h.Get("ratelimit-reset")); err == nil {
		a.ResetAt = d.now().Add(time.Duration(seconds) * time.Second)
	}
	d.gauge.Set(a)
}

// Allowances tells what is left of the account's calls and of our exports.
func (d *desk) Allowances() []tocsin.Allowance {
	return append(d.gauge.Allowances(), tocsin.Allowance{
		Name: exportsName, Unit: "calls", Limit: exportsPerMinute, Left: float64(d.exports.Left(d.now())),
	})
}

// busy tells whether the account's calls run low. Then they belong to the export
// and to answers, and hints are not followed.
func (d *desk) busy() bool { return d.gauge.Low(callsName, d.now()) }
