package channel

import (
	"net"
	"net/netip"
	"syscall"

	"github.com/tocsin/tocsin"
)

// special are the blocks that are no public places and that the methods of
// netip.Addr do not name. Blocks that carry an IPv4 address within an IPv6 one are
// refused whole: what they lead to is decided elsewhere.
// https://www.iana.org/assignments/iana-ipv4-special-registry
// https://www.iana.org/assignments/iana-ipv6-special-registry
var special = []netip.Prefix{ //nolint:gochecknoglobals // a constant table; Go has no constant slices
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // shared by a carrier's customers
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // reserved, and broadcast
	netip.MustParsePrefix("::/96"),           // IPv4-compatible, deprecated
	netip.MustParsePrefix("64:ff9b::/96"),    // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),  // NAT64, local use
	netip.MustParsePrefix("100::/64"),        // discard
	netip.MustParsePrefix("2001::/23"),       // protocol assignments, Teredo
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4
	netip.MustParsePrefix("fec0::/10"),       // site-local, deprecated
}

// Public tells whether an address is a public place: not loopback, private,
// link-local, multicast or otherwise special.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, block := range special {
		if block.Contains(addr) {
			return false
		}
	}
	return true
}

// refusePrivate is a net.Dialer's Control: it is called with the very address
// that is about to be connected to.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	where, err := netip.ParseAddrPort(address)
	if err != nil || !Public(where.Addr()) {
		return tocsin.Errorf(tocsin.CodeForbidden,
			"The address %s is not a public one. If it is yours, set allow_private: true for this channel.", address)
	}
	return nil
}

// Dialer gives the dialer for everything that goes out. It looks at the address
// behind a name at the moment of the connection, so that no answer of a name
// server and no redirect leads into a private network.
func Dialer(allowPrivate bool) *net.Dialer {
	d := &net.Dialer{Timeout: dialWait}
	if !allowPrivate {
		d.Control = refusePrivate
	}
	return d
}
