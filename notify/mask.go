package notify

import (
	"regexp"
	"strings"
	"unicode"
)

// Mask hides personal data in a stranger's words, for they are about to appear on
// phones and in chats: mail addresses, handles, account and card numbers, phone
// numbers, and long secrets such as the tokens in links. It rather hides too much
// than too little; dates and short numbers such as error codes stay.
func Mask(text string) string {
	text = mailAddress.ReplaceAllString(text, "[mail]")
	text = bankAccount.ReplaceAllString(text, "[account]")
	text = secret.ReplaceAllStringFunc(text, maskSecret)
	text = handle.ReplaceAllString(text, "${1}[handle]")
	return digits.ReplaceAllStringFunc(text, maskDigits)
}

var (
	mailAddress = regexp.MustCompile(`[\pL\pN._%+\-]+@[\pL\pN\-]+(?:\.[\pL\pN\-]+)+`)
	// bankAccount is an IBAN in groups of four or in one piece (ISO 13616).
	bankAccount = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b`)
	handle      = regexp.MustCompile(`(^|[^\pL\pN_])@[\pL\pN_][\pL\pN_.\-]+`)
	secret      = regexp.MustCompile(`[A-Za-z0-9_\-+]{20,}=*`)
	digits      = regexp.MustCompile(`\+?\(?\d(?:[ ()./\-]{0,2}\d){5,}`)
	dateOrTime  = regexp.MustCompile(`^(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})(?:$|[ ])`)
)

// maskSecret hides a long run of letters and digits. Words alone are no secret,
// however long; digits alone are looked at by maskDigits.
func maskSecret(run string) string {
	if strings.ContainsFunc(run, unicode.IsDigit) && strings.ContainsFunc(run, unicode.IsLetter) {
		return "[token]"
	}
	return run
}

// maskDigits hides a run of digits, with what people put between them.
func maskDigits(run string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, run)
	switch {
	case len(bare) >= 13 && len(bare) <= 19 && luhn(bare):
		return "[card]"
	case dateOrTime.MatchString(run):
		return run
	case len(bare) >= 7 && (run[0] == '+' || run[0] == '(' || run[0] == '0'):
		return "[phone]"
	case len(bare) >= 9:
		return "[number]"
	default:
		return run
	}
}

// luhn tells whether digits pass the check that payment card numbers are made to
// pass (ISO/IEC 7812-1, annex B).
func luhn(digits string) bool {
	sum := 0
	for k := range len(digits) {
		d := int(digits[len(digits)-1-k] - '0')
		if k%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
