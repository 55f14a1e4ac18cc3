package bluesky

import (
	"github.com/rivo/uniseg"

	"github.com/tocsin/tocsin"
)

// How long a post may be. Bytes run out first in no language, but in emoji.
// https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json
const (
	maxGraphemes = 300
	maxBytes     = 3000
)

type ruler struct{}

// Measure counts characters as a reader sees them. Links count in full.
func (ruler) Measure(text string) tocsin.Length {
	return tocsin.Length{Used: uniseg.GraphemeClusterCount(text), Limit: maxGraphemes, Unit: "graphemes"}
}

// fits says why a text is too long, or nil.
func fits(text string) error {
	if used := uniseg.GraphemeClusterCount(text); used > maxGraphemes {
		return tocsin.Errorf(tocsin.CodeTooLarge, "This is %d characters long; Bluesky takes %d. Shorten the text.", used, maxGraphemes)
	}
	if len(text) > maxBytes {
		return tocsin.Errorf(tocsin.CodeTooLarge, "This is %d bytes long; Bluesky takes %d. Shorten the text.", len(text), maxBytes)
	}
	return nil
}
