package email

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"os"
	"slices"
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

// readSettings decodes the settings and holds them against each other.
func readSettings(raw config.Settings) (settings, error) {
	s := settings{
		Auth: authPassword, SMTPLogin: true, Mailbox: "INBOX", VERP: true,
		Since: defaultSince, Poll: defaultPoll, FindAfter: defaultGrace, MaxSize: defaultMaxSize,
	}
	if err := raw.Decode(&s); err != nil {
		return settings{}, err
	}
	for _, check := range []func(config.Settings) error{s.checkAddresses, s.checkServers, s.checkLogin, s.checkBounds, s.readRoots} {
		if err := check(raw); err != nil {
			return settings{}, err
		}
	}
	return s, nil
}

func (s *settings) checkAddresses(raw config.Settings) error {
	s.Address = strings.ToLower(s.Address)
	if !sendable(s.Address) {
		return raw.Mistake("address", "This is no address. Write it like support@example.org.")
	}
	_, s.domain, _ = strings.Cut(s.Address, "@")
	if s.Bounce == "" {
		s.Bounce = s.Address
	}
	if s.Bounce = strings.ToLower(s.Bounce); !sendable(s.Bounce) {
		return raw.Mistake("bounce", "This is no address. Write it like bounce@example.org.")
	}
	for key, list := range map[string][]string{"aliases": s.Aliases, "lists": s.Lists} {
		for i, address := range list {
			if list[i] = strings.ToLower(address); !sendable(list[i]) {
				return raw.Mistake(key, "%q is no address. Write it like support@example.org.", address)
			}
		}
	}
	return nil
}

func (s *settings) checkServers(raw config.Settings) error {
	if s.IMAP == "" && s.SMTP == "" {
		return raw.Mistake("", "This channel can neither read nor send. Set imap, smtp or both.")
	}
	for _, server := range []struct {
		key, address string
		mode         *string
		implicit     string // the port on which TLS begins at once
	}{{"imap", s.IMAP, &s.IMAPTLS, "993"}, {"smtp", s.SMTP, &s.SMTPTLS, "465"}} {
		if server.address == "" {
			continue
		}
		host, port, err := net.SplitHostPort(server.address)
		if err != nil || host == "" || port == "" {
			return raw.Mistake(server.key, "This is no server. Write it with its port, like mail.example.org:%s.", server.implicit)
		}
		switch *server.mode {
		case "":
			*server.mode = tlsStart
			if port == server.implicit {
				*server.mode = tlsImplicit
			}
		case tlsImplicit, tlsStart:
		case tlsNone:
			if !loopback(host) && !s.AllowPlain {
				return raw.Mistake(server.key+"_tls", "Without TLS anybody on the way can read passwords and mails. Write implicit or starttls, or set allow_plain: true.")
			}
		default:
			return raw.Mistake(server.key+"_tls", "Write implicit, starttls or none.")
		}
	}
	return nil
}

func (s *settings) checkLogin(raw config.Settings) error {
	if s.Username == "" {
		s.Username = s.Address
	}
	asked := s.IMAP != "" || s.SMTPLogin
	switch {
	case !slices.Contains([]string{authPassword, authXOAuth2, authOAuthBearer}, s.Auth):
		return raw.Mistake("auth", "Write password, xoauth2 or oauthbearer.")
	case s.Auth == authPassword && asked && s.Password.IsZero() && s.SMTPPassword.IsZero():
		return raw.Mistake("password", "There is no password. Set password or password_file.")
	case s.Auth == authPassword:
		return nil
	case s.TokenURL == "" && s.Token.IsZero():
		return raw.Mistake("token", "There is no token. Set token, or token_url with client_id and refresh_token or client_secret.")
	case s.TokenURL != "" && s.ClientID == "":
		return raw.Mistake("client_id", "token_url needs it.")
	case s.TokenURL != "" && s.RefreshToken.IsZero() && s.ClientSecret.IsZero():
		return raw.Mistake("refresh_token", "token_url needs a refresh_token, or a client_secret for an application that signs in by itself.")
	default:
		return nil
	}
}

func (s *settings) checkBounds(raw config.Settings) error {
	switch {
	case s.MaxSize < leastMaxSize || s.MaxSize > mostMaxSize:
		return raw.Mistake("max_size", "Write a number of bytes from %d to %d.", leastMaxSize, mostMaxSize)
	case s.Poll < time.Second:
		return raw.Mistake("poll", "Write a span of at least 1s.")
	case s.Since < 0:
		return raw.Mistake("since", "Write a span like 672h; 0s reads nothing older than today.")
	case s.FindAfter < 0:
		return raw.Mistake("find_after", "Write a span like 10m.")
	case s.Mailbox == "":
		return raw.Mistake("mailbox", "Name a mailbox, like INBOX.")
	default:
		return nil
	}
}

// readRoots reads the authorities that sign the servers' certificates, if they
// are not the system's.
func (s *settings) readRoots(raw config.Settings) error {
	if s.CAFile == "" {
		return nil
	}
	text, err := os.ReadFile(s.CAFile)
	if err != nil {
		return raw.Mistake("ca_file", "The file can't be read: %v.", err)
	}
	s.roots = x509.NewCertPool()
	if !s.roots.AppendCertsFromPEM(text) {
		return raw.Mistake("ca_file", "The file holds no certificate in PEM form.")
	}
	return nil
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
