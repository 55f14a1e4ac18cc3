package email

import (
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/require"
)

// names is a name server that knows a few records, and answers as real ones do:
// with NXDOMAIN for a name that it does not know, and by TCP what is too long.
type names struct {
	addr string

	mu      sync.Mutex
	records map[string][]dns.RR // by name
	broken  bool                // it answers SERVFAIL
	asked   int
}

// serveNames starts a name server with records in the form of a zone file.
func serveNames(tb testing.TB, zone ...string) *names {
	tb.Helper()
	n := &names{records: map[string][]dns.RR{}}
	n.add(tb, zone...)
	tcp, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	n.addr = tcp.Addr().String()
	udp, err := (&net.ListenConfig{}).ListenPacket(tb.Context(), "udp", n.addr)
	require.NoError(tb, err)
	for _, s := range []*dns.Server{{Listener: tcp, Handler: n}, {PacketConn: udp, Handler: n}} {
		up := make(chan struct{})
		s.NotifyStartedFunc = func() { close(up) }
		go func() { _ = s.ActivateAndServe() }() // ends when the test shuts it down
		<-up
		tb.Cleanup(func() { _ = s.Shutdown() })
	}
	return n
}

func (n *names) add(tb testing.TB, zone ...string) {
	tb.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, line := range zone {
		rr, err := dns.NewRR(line)
		require.NoError(tb, err)
		name := strings.ToLower(rr.Header().Name)
		n.records[name] = append(n.records[name], rr)
	}
}

// txt writes a TXT record; a long text is cut into strings, as zones must.
func txt(name, text string) string {
	var parts []string
	for len(text) > 200 {
		parts, text = append(parts, `"`+text[:200]+`"`), text[200:]
	}
	return name + ". 60 IN TXT " + strings.Join(append(parts, `"`+text+`"`), " ")
}

// ServeDNS is dns.Handler.
func (n *names) ServeDNS(w dns.ResponseWriter, r *dns.Msg) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	m := new(dns.Msg).SetReply(r)
	all, known := n.records[strings.ToLower(r.Question[0].Name)]
	switch {
	case n.broken:
		m.Rcode = dns.RcodeServerFailure
	case !known:
		m.Rcode = dns.RcodeNameError
	}
	for _, rr := range all {
		if rr.Header().Rrtype == r.Question[0].Qtype && !n.broken {
			m.Answer = append(m.Answer, rr)
		}
	}
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp && m.Len() > dns.MinMsgSize {
		m.Truncate(dns.MinMsgSize)
	}
	_ = w.WriteMsg(m) // the client asks again
}

func (n *names) breakDown(broken bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.broken = broken
}
