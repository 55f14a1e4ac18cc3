package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The texts that people write, a line each.
const (
	ordinaryLines = "ordinary.txt"
	outageLines   = "outage.txt"
)

// post is a mail from a customer.
type post struct {
	From, ID, Subject, Body string
	At                      time.Time
}

// bytes is the mail as it travels.
func (p post) bytes() []byte {
	return fmt.Appendf(nil, "From: %s\r\nTo: Harbour support <support@harbour.example>\r\nMessage-ID: <%s>\r\nSubject: %s\r\nDate: %s\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n",
		p.From, p.ID, p.Subject, p.At.Format(time.RFC1123Z), strings.ReplaceAll(p.Body, "\n", "\r\n"))
}

// mails makes n mails from different people, one for each line in turn, spread
// evenly over the time before end.
func mails(t *testing.T, kind, file string, n int, end time.Time, spread time.Duration) []post {
	t.Helper()
	lines, err := os.ReadFile(filepath.Join("..", "testdata", "loop", file))
	require.NoError(t, err)
	texts := strings.Split(strings.TrimSpace(string(lines)), "\n")
	dice := rand.New(rand.NewPCG(uint64(len(kind)), uint64(n)))
	hello := []string{"", "Hi,\n\n", "Hello,\n\n", "Dear support,\n\n", "Good morning,\n\n"}
	bye := []string{"", "\n\nThanks", "\n\nBest regards,\nKim", "\n\nThank you!\n--\nSent from my phone", "\n\nCheers\nFay"}
	var out []post
	for i := range n {
		text := texts[i%len(texts)]
		words := strings.Fields(text)
		out = append(out, post{
			From:    fmt.Sprintf("%s%03d@customers.example", kind, i),
			ID:      fmt.Sprintf("%s-%03d@customers.example", kind, i),
			Subject: strings.Join(words[:min(4, len(words))], " "),
			Body:    hello[dice.IntN(len(hello))] + text + bye[dice.IntN(len(bye))],
			At:      end.Add(-spread + spread*time.Duration(i)/time.Duration(n)).Truncate(time.Second),
		})
	}
	return out
}
