package ingest

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plain makes text of HTML. It reads tokens and builds no tree, so that neither
// depth nor crossed tags cost anything. Quotes get the mark > that plain mail has.
func plain(source string) string {
	z := html.NewTokenizer(strings.NewReader(source))
	p := page{}
	for {
		switch z.Next() {
		case html.ErrorToken: // the end; a string has no other
			return p.out.String()
		case html.TextToken:
			p.text(z)
		case html.StartTagToken:
			p.open(z.Token())
		case html.SelfClosingTagToken:
			p.single(z.Token())
		case html.EndTagToken:
			p.shut(z.Token())
		default: // comments and doctypes
		}
	}
}

// page is a text in the making.
type page struct {
	out    strings.Builder
	skip   atom.Atom // the element that is left out, if any
	nested int       // how many of the same name are open in it
	quotes int       // blockquotes that are open
	pre    int       // elements that are open in which line ends count
	middle bool      // something stands on the current line
	space  bool      // a blank is due before the next word
}

// breaks lists the elements that begin on a line of their own.
var breaks = map[atom.Atom]bool{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	atom.Address: true, atom.Article: true, atom.Aside: true, atom.Blockquote: true, atom.Br: true, atom.Center: true,
	atom.Dd: true, atom.Details: true, atom.Div: true, atom.Dl: true, atom.Dt: true, atom.Fieldset: true,
	atom.Figcaption: true, atom.Figure: true, atom.Footer: true, atom.Form: true, atom.H1: true, atom.H2: true,
	atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Header: true, atom.Hr: true, atom.Li: true,
	atom.Main: true, atom.Nav: true, atom.Ol: true, atom.P: true, atom.Pre: true, atom.Section: true,
	atom.Summary: true, atom.Table: true, atom.Tr: true, atom.Ul: true,
}

// unread lists the elements whose content nobody reads.
var unread = map[atom.Atom]bool{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	atom.Script: true, atom.Style: true, atom.Head: true, atom.Title: true, atom.Template: true, atom.Svg: true,
	atom.Math: true, atom.Object: true, atom.Iframe: true, atom.Noframes: true, atom.Noembed: true, atom.Select: true,
	atom.Audio: true, atom.Video: true, atom.Canvas: true,
}

func (p *page) open(t html.Token) {
	if p.skip != 0 {
		switch t.DataAtom {
		case p.skip:
			p.nested++
		case atom.Body: // no head reaches beyond it, closed or not
			p.skip = 0
		default:
		}
		return
	}
	if unread[t.DataAtom] || (t.DataAtom != 0 && hiddenOrSignature(t)) {
		p.skip, p.nested = t.DataAtom, 0
		return
	}
	p.single(t)
	switch t.DataAtom {
	case atom.Blockquote:
		p.quotes++
	case atom.Pre, atom.Textarea:
		p.pre++
	default:
	}
}

// single writes what a tag shows by itself.
func (p *page) single(t html.Token) {
	switch {
	case p.skip != 0:
	case t.DataAtom == atom.Br:
		p.line(true)
	case t.DataAtom == atom.P:
		p.line(p.middle)
		p.line(true) // an empty line between paragraphs
	case breaks[t.DataAtom]:
		p.line(p.middle)
		if t.DataAtom == atom.Li {
			p.write("-")
			p.space = true
		}
	case t.DataAtom == atom.Td, t.DataAtom == atom.Th:
		p.space = true
	}
}

func (p *page) shut(t html.Token) {
	if p.skip != 0 {
		if t.DataAtom == p.skip {
			if p.nested--; p.nested < 0 {
				p.skip = 0
			}
		}
		return
	}
	if breaks[t.DataAtom] && t.DataAtom != atom.Br {
		p.line(p.middle)
	}
	switch t.DataAtom {
	case atom.Blockquote:
		p.quotes = max(p.quotes-1, 0)
	case atom.Pre, atom.Textarea:
		p.pre = max(p.pre-1, 0)
	default:
	}
}

func (p *page) text(z *html.Tokenizer) {
	if p.skip != 0 {
		return
	}
	text := string(z.Text())
	if p.pre > 0 {
		for i, line := range strings.Split(text, "\n") {
			p.line(i > 0)
			p.write(line)
		}
		return
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		p.space = true
		return
	}
	p.space = p.space || strings.TrimLeft(text, " \t\n") != text
	for _, word := range words {
		p.write(word)
		p.space = true
	}
	p.space = strings.TrimRight(text, " \t\n") != text
}

// line ends the current line, if it is wanted.
func (p *page) line(wanted bool) {
	if wanted {
		p.out.WriteByte('\n')
		p.middle, p.space = false, false
	}
}

func (p *page) write(s string) {
	if s == "" {
		return
	}
	switch {
	case !p.middle && p.quotes > 0:
		p.out.WriteString("> ")
	case p.middle && p.space:
		p.out.WriteByte(' ')
	default:
	}
	p.out.WriteString(s)
	p.middle, p.space = true, false
}

// hiddenOrSignature tells whether an element is not shown, or is the signature of
// one of the mail programs that mark it.
func hiddenOrSignature(t html.Token) bool {
	if void[t.DataAtom] {
		return false
	}
	for _, a := range t.Attr {
		value := strings.ToLower(a.Val)
		switch a.Key {
		case "hidden":
			return true
		case "style":
			value = strings.ReplaceAll(value, " ", "")
			if strings.Contains(value, "display:none") || strings.Contains(value, "mso-hide:all") {
				return true
			}
		case "class", "id":
			if strings.Contains(value, "gmail_signature") || strings.Contains(value, "moz-signature") ||
				strings.Contains(value, "ms-outlook-mobile-signature") || value == "signature" {
				return true
			}
		}
	}
	return false
}

// void lists the elements that have no end tag: nothing in them can be left out.
var void = map[atom.Atom]bool{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true, atom.Img: true,
	atom.Input: true, atom.Link: true, atom.Meta: true, atom.Param: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}
