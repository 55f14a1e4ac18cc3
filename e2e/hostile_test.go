package e2e

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store/storetest"
)

// TestHostileMailIsNamedAndNothingElseIsLost puts the worst mails between two good
// ones into a real mailbox.
func TestHostileMailIsNamedAndNothingElseIsLost(t *testing.T) {
	t.Parallel()
	c := found(t, storetest.SQLite(t))
	c.start()
	head := func(who, extra string) string {
		return "From: " + who + "@customers.example\r\nTo: " + support + "\r\nMessage-ID: <" + who + "@customers.example>\r\nSubject: help\r\nDate: " +
			time.Now().Format(time.RFC1123Z) + "\r\nMIME-Version: 1.0\r\n" + extra + "\r\n"
	}
	plain := "Content-Type: text/plain; charset=utf-8\r\n"
	for _, mail := range []string{
		head("first", plain) + "I cannot save my project.\r\n",
		head("charset", "Content-Type: text/plain; charset=x-klingon\r\n") + "The save button is \xff\xfe dead.\r\n",
		head("cut", "Content-Type: multipart/mixed; boundary=b\r\n") + "--b\r\n" + plain + "\r\nSaving fails since noon.\r\n--b\r\nContent-Type: text/pl",
		head("nofields", "Content-Type: ;;;=\r\n") + "\r\nCan not save.\r\n",
		head("lines", plain) + "Saving fails.\r\n" + strings.Repeat("x\r\n", 1_000_000),
		head("big", "Content-Type: multipart/mixed; boundary=b\r\n") + "--b\r\n" + plain + "\r\nSaving fails, see the film.\r\n--b\r\n" +
			"Content-Type: video/mp4\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=film.mp4\r\n\r\n" + film(50<<20) + "\r\n--b--\r\n",
		"this is no mail at all\r\n",
		head("html", "Content-Type: text/html; charset=utf-8\r\n") + strings.Repeat("<div>", 20_000) + "Saving <b>fails</b><script>alert(1)</script>\r\n",
		head("nothing", plain) + "\r\n",
		head("last", plain) + "Is saving broken?\r\n",
	} {
		c.box.Deliver(t, "someone@customers.example", support, mail)
	}
	var reports struct {
		Items []tocsin.Report `json:"items"`
	}
	c.until(60*time.Second, "the last mail is read", func() bool {
		c.ask("/api/v1/reports?limit=100", &reports)
		return len(reports.Items) > 0 && reports.Items[0].Reporter.ID == "mailto:last@customers.example"
	})
	var rejections struct {
		Items []tocsin.Rejection `json:"items"`
	}
	c.ask("/api/v1/rejections?limit=100", &rejections)
	heard := map[string]string{}
	for _, r := range reports.Items {
		who, _, _ := strings.Cut(strings.TrimPrefix(r.Reporter.ID, "mailto:"), "@")
		heard[who] = r.Text
		require.Less(t, len(r.Text), 100_000, "%s", who)
	}
	for _, who := range []string{"first", "charset", "cut", "big", "html", "last"} {
		require.Contains(t, strings.ToLower(heard[who]), "sav", "%s wrote something that a person can read; rejected were %v", who, rejections.Items)
	}
	require.NotContains(t, heard["html"], "alert(1)")

	require.Equal(t, 10, len(reports.Items)+len(rejections.Items), "each mail is a report or a named rejection: %v", rejections.Items)
	reasons := map[string]string{}
	for _, r := range rejections.Items {
		reasons[r.ExternalID] = r.Reason
	}
	require.Equal(t, tocsin.ReasonTooLarge, reasons["lines@customers.example"])
	_, metrics := c.get("/metrics")
	require.Contains(t, string(metrics), "tocsin_ingest_rejections_total")
	c.stop()
}

// film is n bytes of noise in base64.
func film(n int) string {
	noise := make([]byte, 57)
	var b bytes.Buffer
	for b.Len() < n {
		for i := range noise {
			noise[i] = byte(rand.Uint32())
		}
		b.WriteString(base64.StdEncoding.EncodeToString(noise))
		b.WriteString("\r\n")
	}
	return b.String()
}
