package email

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tocsin/tocsin/config"
)

// How a connection is kept from listeners.
const (
	tlsImplicit = "implicit" // TLS from the first byte
	tlsStart    = "starttls" // TLS after a plain greeting; never without
	tlsNone     = "none"     // on this machine only, unless allow_plain
)

// How an account proves that it is ours.
const (
	authPassword    = "password"
	authXOAuth2     = "xoauth2"     // Google, Microsoft
	authOAuthBearer = "oauthbearer" // RFC 7628
)

// settings are what the operator may write. README.md explains each.
type settings struct {
	Address  string   `config:"address,required"`
	FromName string   `config:"from_name"`
	Aliases  []string `config:"aliases"` // other addresses of ours: mail from them is our own
	Lists    []string `config:"lists"`   // groups of ours through which people's mail comes

	IMAP       string `config:"imap"` // host:port; "" reads nothing
	IMAPTLS    string `config:"imap_tls"`
	SMTP       string `config:"smtp"` // host:port; "" sends nothing
	SMTPTLS    string `config:"smtp_tls"`
	CAFile     string `config:"ca_file"`
	AllowPlain bool   `config:"allow_plain"`

	Auth         string        `config:"auth"`
	Username     string        `config:"username"` // "" is the address
	Password     config.Secret `config:"password"`
	SMTPLogin    bool          `config:"smtp_login"` // false for a relay that asks for none
	SMTPUsername string        `config:"smtp_username"`
	SMTPPassword config.Secret `config:"smtp_password"`
	Token        config.Secret `config:"token"`
	TokenURL     string        `config:"token_url"`
	ClientID     string        `config:"client_id"`
	ClientSecret config.Secret `config:"client_secret"`
	RefreshToken config.Secret `config:"refresh_token"`
	Scope        string        `config:"scope"`
	AllowPrivate bool          `config:"allow_private"` // of token_url

	Mailbox    string        `config:"mailbox"`
	AlsoSearch []string      `config:"also_search"` // where copies of our own mails may have gone
	Since      time.Duration `config:"since"`       // how far back the first look goes
	Poll       time.Duration `config:"poll"`        // where the server has no IDLE
	MaxSize    int           `config:"max_size"`    // bytes of a mail that are read, from its beginning
	Bounce     string        `config:"bounce"`      // "" is the address
	VERP       bool          `config:"verp"`
	FindAfter  time.Duration `config:"find_after"`

	SendsFrom    []string `config:"sends_from"`    // addresses or hosts from which our mail leaves; none: those of smtp
	DKIMSelector string   `config:"dkim_selector"` // names the key with which the mail server signs
	NameServer   string   `config:"name_server"`   // host:port; "" is the machine's own

	domain string
	roots  *x509.CertPool
}

// The bounds of settings, and their defaults.
const (
	defaultSince   = 28 * 24 * time.Hour
	defaultPoll    = 15 * time.Second
	defaultGrace   = 10 * time.Minute
	defaultMaxSize = 1 << 20
	leastMaxSize   = 16 << 10
	mostMaxSize    = 64 << 20
)

// mistakes gathers what is wrong with the settings, to tell all of it at once.
type mistakes struct {
	raw  config.Settings
	errs []error
}

func (m *mistakes) add(key, format string, args ...any) {
	m.errs = append(m.errs, m.raw.Mistake(key, format, args...))
}

// readSettings decodes the settings and holds them against each other.
func readSettings(raw config.Settings) (settings, error) {
	s := settings{
		Auth: authPassword, SMTPLogin: true, Mailbox: "INBOX", VERP: true,
		Since: defaultSince, Poll: defaultPoll, FindAfter: defaultGrace, MaxSize: defaultMaxSize,
	}
	if err := raw.Decode(&s); err != nil {
		return settings{}, err // what was not read cannot be held against the rest
	}
	m := mistakes{raw: raw}
	for _, check := range []func(*mistakes){s.checkAddresses, s.checkServers, s.checkLogin, s.checkBounds, s.readRoots} {
		check(&m)
	}
	if err := config.Join(m.errs...); err != nil {
		return settings{}, err
	}
	return s, nil
}

func (s *settings) checkAddresses(m *mistakes) {
	s.Address = strings.ToLower(s.Address)
	if !sendable(s.Address) {
		m.add("address", "This is no address. Write it like support@example.org.")
	}
	_, s.domain, _ = strings.Cut(s.Address, "@")
	s.Bounce = strings.ToLower(s.Bounce)
	if s.Bounce != "" && !sendable(s.Bounce) {
		m.add("bounce", "This is no address. Write it like bounce@example.org.")
	}
	s.Bounce = cmp.Or(s.Bounce, s.Address)
	for key, list := range map[string][]string{"aliases": s.Aliases, "lists": s.Lists} {
		for i, address := range list {
			if list[i] = strings.ToLower(address); !sendable(list[i]) {
				m.add(fmt.Sprintf("%s[%d]", key, i), "%q is no address. Write it like support@example.org.", address)
			}
		}
	}
}

func (s *settings) checkServers(m *mistakes) {
	if s.IMAP == "" && s.SMTP == "" {
		m.add("", "This channel can neither read nor send. Set imap, smtp or both.")
	}
	s.checkServer(m, "imap", s.IMAP, &s.IMAPTLS, "993")
	s.checkServer(m, "smtp", s.SMTP, &s.SMTPTLS, "465")
	if host, port, err := net.SplitHostPort(s.NameServer); s.NameServer != "" && (err != nil || host == "" || port == "") {
		m.add("name_server", "This is no server. Write it with its port, like 9.9.9.9:53.")
	}
}

// checkServer holds one server against its TLS mode, and chooses the mode where
// none is set: at the port named implicit TLS begins at once.
func (s *settings) checkServer(m *mistakes, key, address string, mode *string, implicit string) {
	if address == "" {
		return
	}
	host, port, err := net.SplitHostPort(address)
	if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 || host == "" {
		m.add(key, "This is no server. Write it with its port, like mail.example.org:%s.", implicit)
	}
	switch *mode {
	case "":
		*mode = tlsStart
		if port == implicit {
			*mode = tlsImplicit
		}
	case tlsImplicit, tlsStart:
	case tlsNone:
		if err == nil && !loopback(host) && !s.AllowPlain {
			m.add(key+"_tls", "Without TLS anybody on the way can read passwords and mails. Write implicit or starttls, or set allow_plain: true.")
		}
	default:
		m.add(key+"_tls", "Write implicit, starttls or none.")
	}
}

func (s *settings) checkLogin(m *mistakes) {
	s.Username = cmp.Or(s.Username, s.Address)
	asked := s.IMAP != "" || s.SMTPLogin
	switch s.Auth {
	case authPassword:
		if asked && s.Password.IsZero() && s.SMTPPassword.IsZero() {
			m.add("password", "There is no password. Set password or password_file.")
		}
	case authXOAuth2, authOAuthBearer:
		s.checkToken(m)
	default:
		m.add("auth", "Write password, xoauth2 or oauthbearer.")
	}
}

func (s *settings) checkToken(m *mistakes) {
	if s.TokenURL == "" {
		if s.Token.IsZero() {
			m.add("token", "There is no token. Set token, or token_url with client_id and refresh_token or client_secret.")
		}
		return
	}
	if s.ClientID == "" {
		m.add("client_id", "token_url needs it.")
	}
	if s.RefreshToken.IsZero() && s.ClientSecret.IsZero() {
		m.add("refresh_token", "token_url needs a refresh_token, or a client_secret for an application that signs in by itself.")
	}
}

func (s *settings) checkBounds(m *mistakes) {
	if s.MaxSize < leastMaxSize || s.MaxSize > mostMaxSize {
		m.add("max_size", "Write a number of bytes from %d to %d.", leastMaxSize, mostMaxSize)
	}
	if s.Poll < time.Second {
		m.add("poll", "Write a span of at least 1s.")
	}
	if s.Since < 0 {
		m.add("since", "Write a span like 672h; 0s reads nothing older than today.")
	}
	if s.FindAfter < 0 {
		m.add("find_after", "Write a span like 10m.")
	}
	if s.Mailbox == "" {
		m.add("mailbox", "Name a mailbox, like INBOX.")
	}
}

// readRoots reads the authorities that sign the servers' certificates, if they
// are not the system's.
func (s *settings) readRoots(m *mistakes) {
	if s.CAFile == "" {
		return
	}
	text, err := os.ReadFile(s.CAFile)
	if err != nil {
		m.add("ca_file", "The file can't be read: %v.", err)
		return
	}
	s.roots = x509.NewCertPool()
	if !s.roots.AppendCertsFromPEM(text) {
		m.add("ca_file", "The file holds no certificate in PEM form.")
	}
}

func (s *settings) tlsConfig(host string) *tls.Config {
	return &tls.Config{ServerName: host, RootCAs: s.roots, MinVersion: tls.VersionTLS12}
}

// own tells whether an address is one of ours.
func (s *settings) own(address string) bool {
	return address == s.Address || address == s.Bounce || slices.Contains(s.Aliases, address)
}

// loopback tells whether a host is this very machine.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
