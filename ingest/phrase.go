package ingest

import (
	"slices"
	"strings"
)

// The phrases that mail programs and people put around a text, in English,
// German, French, Spanish, Portuguese, Italian, Dutch, Japanese, Chinese, Polish
// and Swedish. All are in lower case.

// wrote are the verbs of the line above a quote: "On Monday Ana wrote:".
var wrote = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"wrote:", "schrieb", "a écrit", "escribió", "escreveu", "ha scritto", "schreef", "volgende geschreven",
	"書きました", "のメール:", "写道", "寫道", "napisał", "skrev",
}

// wroteStarts are the words with which such a line begins.
var wroteStarts = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"on ", "am ", "le ", "el ", "em ", "no dia ", "il ", "in data ", "op ", "w dniu ", "dnia ", "den ", "在 ", "于",
}

// original stands between dashes above the mail that is answered.
var original = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"original message", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message d’origine",
	"message original", "mensaje original", "mensagem original", "messaggio originale", "oorspronkelijk bericht",
	"元のメッセージ", "原始邮件", "原始郵件", "邮件原件", "oryginalna wiadomość", "wiadomość oryginalna", "ursprungligt meddelande",
}

// passedOn stands above a mail that is passed on: its text is what is reported.
var passedOn = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"forwarded message", "weitergeleitete nachricht", "weitergeleiteten nachricht", "message transféré",
	"message réexpédié", "mensaje reenviado", "mensagem encaminhada", "mensagem reencaminhada", "messaggio inoltrato",
	"doorgestuurd bericht", "転送されたメッセージ", "転送メッセージ", "转发的邮件", "已转发邮件", "轉寄郵件",
	"przekazana wiadomość", "przekazywanej wiadomości", "wiadomość przekazana", "vidarebefordrat meddelande", "vidarebefordrat brev",
}

// subjectKeys, fromKeys and otherKeys are the keys of the header block that
// Outlook puts above a quote.
var subjectKeys = set( //nolint:gochecknoglobals // a constant table; Go has no constant maps
	"subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "件名", "主题", "主旨", "temat", "ämne",
)

var fromKeys = set( //nolint:gochecknoglobals // a constant table; Go has no constant maps
	"from", "von", "de", "da", "van", "差出人", "送信者", "发件人", "寄件者", "od", "från",
)

var otherKeys = set( //nolint:gochecknoglobals // a constant table; Go has no constant maps
	"sent", "date", "to", "cc", "importance", "reply-to", "gesendet", "datum", "an", "antwort an",
	"envoyé", "à", "répondre à", "enviado", "enviado el", "fecha", "para", "enviada em", "enviado em", "data",
	"inviato", "a", "verzonden", "aan", "送信日時", "日時", "日付", "宛先",
	"发送时间", "日期", "收件人", "抄送", "寄件日期", "收件者", "wysłano", "wysłane", "do", "dw", "skickat", "till", "kopia",
)

// sentFrom begins the advertisement of a phone or of its mail program, and
// devices are what it advertises.
var sentFrom = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"sent from ", "sent via ", "get outlook for ", "gesendet von ", "gesendet mit ", "von meinem ",
	"envoyé de ", "envoyé depuis ", "envoyé à partir ", "enviado desde ", "enviado do ", "enviado a partir ", "enviado pelo ",
	"inviato da", "verzonden vanaf ", "verstuurd vanaf ", "verzonden met ", "iphoneから送信", "androidから送信", "私のiphoneから送信",
	"发自我的", "发自 我的", "從我的", "来自我的", "发送自", "wysłane z ", "wysłano z ", "skickat från ",
}

var devices = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"iphone", "ipad", "ios", "android", "samsung", "galaxy", "huawei", "xiaomi", "pixel", "nokia", "blackberry", "phone",
	"mobil", "handy", "móvil", "celular", "telemóvel", "cellulare", "komórk", "telef", "téléphone", "手机", "手機",
	"outlook", "mail", "yahoo", "proton", "windows",
}

// closers end a letter, before its writer's name.
var closers = set( //nolint:gochecknoglobals // a constant table; Go has no constant maps
	"best regards", "kind regards", "warm regards", "regards", "best", "best wishes", "cheers", "sincerely",
	"yours sincerely", "yours faithfully", "br",
	"mit freundlichen grüßen", "mit freundlichen grüssen", "freundliche grüße", "viele grüße", "liebe grüße",
	"beste grüße", "schöne grüße", "mit besten grüßen", "mfg", "vg", "lg",
	"cordialement", "bien cordialement", "bien à vous", "salutations", "sincères salutations", "cdlt",
	"saludos", "un saludo", "saludos cordiales", "atentamente", "un cordial saludo",
	"atenciosamente", "cumprimentos", "melhores cumprimentos", "com os melhores cumprimentos", "abraço", "att",
	"cordiali saluti", "distinti saluti", "saluti", "un saluto",
	"met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "groeten", "groet", "mvg",
	"よろしくお願いします", "よろしくお願いいたします", "宜しくお願い致します", "敬具", "以上",
	"此致", "敬礼", "此致敬礼", "祝好", "顺祝商祺", "pozdrawiam", "z poważaniem", "pozdrowienia",
	"med vänliga hälsningar", "vänliga hälsningar", "hälsningar", "mvh",
)

// thanks end a letter too, but stand in the middle of others.
var thanks = set( //nolint:gochecknoglobals // a constant table; Go has no constant maps
	"thanks", "thank you", "many thanks", "thanks in advance", "thanks and regards", "danke", "vielen dank", "danke im voraus",
	"merci", "merci d'avance", "gracias", "muchas gracias", "obrigado", "obrigada", "grazie", "grazie mille",
	"bedankt", "alvast bedankt", "ありがとうございます", "谢谢", "謝謝", "dziękuję", "dzięki", "tack", "tack på förhand",
)

// set makes a table of phrases to be looked up whole.
func set(phrases ...string) map[string]bool {
	s := make(map[string]bool, len(phrases))
	for _, p := range phrases {
		s[p] = true
	}
	return s
}

// within tells whether one of the phrases stands in s.
func within(phrases []string, s string) bool {
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(s, p) })
}

// begins tells whether s begins with one of the phrases.
func begins(phrases []string, s string) bool {
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.HasPrefix(s, p) })
}
