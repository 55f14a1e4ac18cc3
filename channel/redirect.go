package channel

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
)

// maxRedirects is how often a call follows a new address.
const maxRedirects = 5

var (
	errRedirects = errors.New("too many redirects")
	errDowngrade = errors.New("a redirect led from https to http")
)

// checkRedirect follows few redirects, of calls that only read, and leaves
// everything that could be a credential behind as soon as the host changes: APIs
// carry keys in headers of their own, which net/http would pass on.
func checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet && first.Method != http.MethodHead {
		return http.ErrUseLastResponse // to send it elsewhere was not asked for
	}
	if len(via) > maxRedirects {
		return errRedirects
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errDowngrade
	}
	req.Header.Del("Referer") // it would tell our query to the next host
	for _, hop := range slices.Concat(via, []*http.Request{req}) {
		if !sameOrigin(first.URL, hop.URL) {
			req.Header = harmless(req.Header) //nolint:gosec // G119 fears that headers are added; these are taken away
			break
		}
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && a.Host == b.Host
}

// harmless keeps the headers that any host may see.
func harmless(h http.Header) http.Header {
	kept := http.Header{}
	for _, key := range []string{"Accept", "Accept-Language", "User-Agent", "If-None-Match", "If-Modified-Since", "Range"} {
		if values := h.Values(key); values != nil {
			kept[key] = values
		}
	}
	return kept
}
