package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/tocsin/tocsin"
)

// The manners of every WebSocket.
const (
	// MaxMessage is how many bytes of one message are read.
	MaxMessage = 1 << 20

	socketWait = 15 * time.Second // for the handshake, and for a write
	socketPing = 30 * time.Second // how often we ask whether the other side lives
	// socketSilence is how long it may say nothing at all, not even to our asking.
	socketSilence = 3 * socketPing
)

// Socket is a WebSocket with manners: it ends with its context, notices when the
// other side is dead, and reads no message over MaxMessage.
type Socket struct {
	client *Client
	conn   *websocket.Conn
	host   string
	ctx    func() error // the context's error
	end    context.CancelFunc
}

// Dial opens a WebSocket at a ws or wss address. It lives as long as ctx, and must
// be closed. Its errors are those of Do.
func (c *Client) Dial(ctx context.Context, address string, header http.Header) (*Socket, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "wss" && u.Scheme != "ws" {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, c.hush.Error(err), "The address of this stream makes no sense.")
	}
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("User-Agent", c.userAgent)
	dialer := websocket.Dialer{NetDialContext: Dialer(c.allowPrivate).DialContext, HandshakeTimeout: socketWait}
	conn, resp, err := dialer.DialContext(ctx, address, header)
	if err != nil {
		return nil, c.undialled(ctx, u, resp, err)
	}
	ctx, end := context.WithCancel(ctx)
	s := &Socket{client: c, conn: conn, host: u.Host, ctx: ctx.Err, end: end}
	conn.SetReadLimit(MaxMessage)
	conn.SetPongHandler(func(string) error { return s.alive() })
	answer := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		_ = s.alive() // if it fails the next read says so
		return answer(data)
	})
	_ = s.alive()
	go s.ask(ctx)
	return s, nil
}

// undialled makes an error of a handshake that did not come about.
func (c *Client) undialled(ctx context.Context, u *url.URL, resp *http.Response, err error) error {
	req := (&http.Request{Method: http.MethodGet, URL: u, Host: u.Host}).WithContext(ctx)
	if resp == nil || !errors.Is(err, websocket.ErrBadHandshake) {
		return c.broken(req, err, false)
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxExcerpt)) // what there is of it
	_ = resp.Body.Close()                                        // it is in memory already
	return c.refused(req, &Response{Status: resp.StatusCode, Header: resp.Header, Body: body})
}

func (s *Socket) alive() error { return s.conn.SetReadDeadline(time.Now().Add(socketSilence)) }

// ask pings until the socket ends, and closes the connection then, so that no
// read outlives its context.
func (s *Socket) ask(ctx context.Context) {
	defer func() { _ = s.conn.Close() }() // nobody wants to know any more
	ticker := time.NewTicker(socketPing)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(socketWait)) != nil {
				return
			}
		}
	}
}

// Read gives the next message, whole. Every error is the socket's end.
func (s *Socket) Read() ([]byte, error) {
	_, message, err := s.conn.ReadMessage()
	if err != nil {
		return nil, s.broken(err)
	}
	_ = s.alive() // if it fails the next read says so
	return message, nil
}

// Write sends a value as JSON. It must not be called by two at once.
func (s *Socket) Write(value any) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(socketWait)) // if it fails the write says so
	if err := s.conn.WriteJSON(value); err != nil {
		return s.broken(err)
	}
	return nil
}

// Close ends the socket, and a Read that waits.
func (s *Socket) Close() {
	s.end()
	_ = s.conn.Close() // nobody wants to know any more
}

func (s *Socket) broken(err error) error {
	said := &tocsin.Error{
		Code: tocsin.CodeUnavailable, Retryable: true,
		Message: fmt.Sprintf("The stream from %s broke off.", s.host), Cause: s.client.hush.Error(err),
	}
	switch {
	case s.ctx() != nil:
		said.Message, said.Cause = fmt.Sprintf("The stream from %s was called off.", s.host), s.ctx()
	case errors.Is(err, websocket.ErrReadLimit):
		said.Code, said.Message = tocsin.CodeTooLarge, fmt.Sprintf("A message of %s is longer than we read.", s.host)
	case strings.Contains(err.Error(), "i/o timeout"):
		said.Message = s.host + " has fallen silent."
	}
	return said
}
