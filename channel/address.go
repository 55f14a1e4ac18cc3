package channel

import "net/url"

// BadAddress says in a sentence why an address cannot be where an API is; "" when
// it can. Plain http is for private networks only: credentials travel with each call.
func BadAddress(address string, allowPrivate bool) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		return "This is no address of the kind https://api.example.org."
	case u.Scheme == "http" && !allowPrivate:
		return "Credentials need https."
	default:
		return ""
	}
}
