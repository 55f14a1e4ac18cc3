package email

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
)

// sealBytes is how much of the seal stands in an address. Nobody can try many
// addresses unseen, so four bytes are enough.
const sealBytes = 4

// sender is the envelope's sender of the mail with a delivery's number: a bounce
// comes back to it, and tells by it which mail bounced.
func (a *account) sender(delivery int64) string {
	if !a.VERP || delivery <= 0 {
		return a.Bounce
	}
	return a.returnAddress(delivery)
}

// returnAddress puts a delivery's number behind a plus in the bounce address
// (VERP). The seal keeps people from making bounces of other numbers up.
func (a *account) returnAddress(delivery int64) string {
	local, domain, _ := strings.Cut(a.Bounce, "@")
	number := strconv.FormatInt(delivery, 10)
	return local + "+d" + number + "-" + a.seal(delivery) + "@" + domain
}

func (a *account) seal(delivery int64) string {
	key := a.SMTPPassword.Reveal() + a.Password.Reveal() + a.ClientSecret.Reveal() + a.RefreshToken.Reveal() + a.Token.Reveal()
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = mac.Write([]byte("bounce of delivery " + strconv.FormatInt(delivery, 10))) // a hash never fails
	return hex.EncodeToString(mac.Sum(nil)[:sealBytes])
}

// sealed is what stands behind the plus: a delivery's number and its seal.
var sealed = regexp.MustCompile(`\+d([1-9][0-9]{0,17})-([0-9a-f]{8})@`)

// deliveryOf reads the number of a delivery out of a header that names the
// envelope's sender. It gives 0 where there is none with a good seal.
func (a *account) deliveryOf(text string) int64 {
	local, _, _ := strings.Cut(a.Bounce, "@")
	text = strings.ToLower(text)
	for _, at := range sealed.FindAllStringSubmatchIndex(text, -1) {
		number, err := strconv.ParseInt(text[at[2]:at[3]], 10, 64)
		if err != nil || !strings.HasSuffix(text[:at[0]], local) {
			continue
		}
		if hmac.Equal([]byte(text[at[4]:at[5]]), []byte(a.seal(number))) {
			return number
		}
	}
	return 0
}
