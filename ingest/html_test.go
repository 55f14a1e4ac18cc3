package ingest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHTMLBecomesTheTextThatAPersonSees(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"a <b>bold</b>  and\n <i>more</i>":              "a bold and more",
		"one<br>two<br/>three":                          "one\ntwo\nthree",
		"<p>one</p><p>two</p>":                          "one\n\ntwo",
		"<div>one</div><div>two</div>three":             "one\ntwo\nthree",
		"<ul><li>one</li><li>two</ul>after":             "- one\n- two\nafter",
		"<h1>title</h1>text":                            "title\ntext",
		"<table><tr><td>a<td>b<tr><th>c</th></table>":   "a b\nc",
		"<pre>a\n  b</pre>c":                            "a\nb\nc",
		"fish &amp; chips &lt;3 &#x1F41F; &nbsp;":       "fish & chips <3 🐟",
		"<a href='https://evil.example'>click</a> here": "click here",
		"w<b>or</b>d":                                   "word",
		"<span>a</span><span>b</span> <span>c</span>":   "ab c",
		"<!-- hidden --><!DOCTYPE html>seen":            "seen",
		"no markup at all":                              "no markup at all",
		"1 < 2 and 3 > 2":                               "1 < 2 and 3 > 2",
		"<textarea>kept\nlines</textarea>":              "kept\nlines",
	} {
		require.Equal(t, want, tidy(characters(plain(given))), given)
	}
}

func TestWhatIsNotShownIsLeftOut(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"a<script>b</script>c":                                         "ac",
		"a<style>b</style>c":                                           "ac",
		"<head><title>b</title><meta x></head>a":                       "a",
		"<head><title>never shut<body>a":                               "",
		"<head><meta x><body>a":                                        "a",
		"a<svg><text>b</text><svg>c</svg>d</svg>e":                     "ae",
		"a<div hidden>b<div>c</div></div>d":                            "ad",
		"a<span style='color:red; DISPLAY : none'>b</span>c":           "ac",
		"a<img hidden src=x>b<br hidden>c":                             "ab\nc",
		"a<div class='gmail_signature'>Ana<div>Buyer</div></div>b":     "a\nb",
		"a<pre class='moz-signature'>-- \nAna</pre>b":                  "ab",
		"a<div id=Signature>Ana</div>b":                                "ab",
		"a<div class=signature-help>b</div>c":                          "a\nb\nc",
		"a<iframe>b</iframe><object>c</object><template>d</template>e": "ae",
		"a<select><option>b</select>c":                                 "ac",
	} {
		require.Equal(t, strings.ReplaceAll(want, "\n", ""), strings.ReplaceAll(tidy(plain(given)), "\n", ""), given)
	}
}

func TestQuotesInHTMLGetTheMarkOfPlainMail(t *testing.T) {
	t.Parallel()
	require.Equal(t, "own\n> one\n> two\nafter",
		tidy(plain("own<blockquote>one<br>two</blockquote>after")))
	require.Equal(t, "> outer\n> inner\n> outer again\nown",
		tidy(plain("<blockquote>outer<blockquote>inner</blockquote>outer again</blockquote></blockquote>own")))
}

func TestCrossedAndOpenTagsCostNoWords(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		"<b><i>the login</b></i> fails", "<div><p>the login<div> fails", "</div></p>the login fails</table>",
		"<p>the login <p fails", "<table><p>the</table>login<td> fails", "<blockquote></blockquote></blockquote>the login fails",
	} {
		require.Contains(t, tidy(plain(given)), "the", given)
	}
}
