package email

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"blitiri.com.ar/go/spf"

	"github.com/tocsin/tocsin"
)

const aboutSPF = "spf"

// proveSPF asks whether the addresses from which our mail leaves may send for the
// domain to which it would come back.
func (a *account) proveSPF(ctx context.Context) tocsin.Proof {
	domain := domainOf(a.Bounce)
	from, err := a.sendingAddresses(ctx)
	switch {
	case err != nil:
		return mind(aboutSPF, "The address of the mail server could not be looked up: %s.", a.hush.Text(err.Error()))
	case len(from) == 0:
		return mind(aboutSPF, "We hand our mail to %s, inside of your network, which does not tell from which address it leaves. Name that in sends_from.", a.SMTP)
	}
	var uncovered []string
	for _, ip := range from {
		result, why := spf.CheckHostWithSender(ip, a.domain, a.Bounce, spf.WithResolver(a.names), spf.WithContext(ctx))
		switch result {
		case spf.Pass:
		case spf.None:
			return wrong(aboutSPF, "%s has no SPF record. Publish this text at %s: v=spf1 %s -all", domain, domain, mechanism(from))
		case spf.PermError:
			return wrong(aboutSPF, "The SPF record of %s cannot be used: %s. Receivers ignore it until it is mended.", domain, a.hush.Text(why.Error()))
		case spf.TempError:
			return mind(aboutSPF, "The name server did not answer about the SPF record of %s. Try again.", domain)
		default: // fail, softfail, neutral
			uncovered = append(uncovered, ip.String())
		}
	}
	switch {
	case len(uncovered) == 0:
		return good(aboutSPF, "%s may send for %s.", listed(from), domain)
	case len(a.SendsFrom) > 0:
		return wrong(aboutSPF, "The SPF record of %s does not cover %s, from which our mail leaves. Add it to the record.", domain, strings.Join(uncovered, ", "))
	default:
		return mind(aboutSPF, "The SPF record of %s does not cover %s, where %s is. Add it to the record or, if our mail leaves from elsewhere, name those addresses in sends_from.",
			domain, strings.Join(uncovered, ", "), a.SMTP)
	}
}

// sendingAddresses are those named in sends_from, else those of the SMTP server
// unless it is one inside of our own network.
func (a *account) sendingAddresses(ctx context.Context) ([]net.IP, error) {
	hosts := a.SendsFrom
	if len(hosts) == 0 {
		host, _, err := net.SplitHostPort(a.SMTP)
		if err != nil {
			return nil, err
		}
		hosts = []string{host}
	}
	var all []net.IP
	for _, host := range hosts {
		found := []net.IPAddr{{IP: net.ParseIP(host)}}
		if found[0].IP == nil {
			var err error
			if found, err = a.names.LookupIPAddr(ctx, host); err != nil {
				return nil, err
			}
		}
		for _, one := range found {
			if len(a.SendsFrom) > 0 || !inside(one.IP) {
				all = append(all, one.IP)
			}
		}
	}
	return all, nil
}

func inside(ip net.IP) bool { return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() }

// mechanism writes addresses as an SPF record does: ip4:192.0.2.1 ip6:2001:db8::1.
func mechanism(all []net.IP) string {
	var parts []string
	for _, ip := range all {
		addr, _ := netip.AddrFromSlice(ip)
		if addr = addr.Unmap(); addr.Is4() {
			parts = append(parts, "ip4:"+addr.String())
		} else {
			parts = append(parts, "ip6:"+addr.String())
		}
	}
	return strings.Join(parts, " ")
}

func listed(all []net.IP) string {
	var parts []string
	for _, ip := range all {
		parts = append(parts, ip.String())
	}
	return strings.Join(parts, ", ")
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}
