package bluesky

import (
	"encoding/json"
	"strings"
)

// collection is the kind of record that a post is.
const collection = "app.bsky.feed.post"

// record is a post as it lies in its writer's repository, as far as we care.
// https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json
type record struct {
	Type      string     `json:"$type"`
	Text      string     `json:"text"`
	CreatedAt string     `json:"createdAt"`
	Langs     []string   `json:"langs,omitempty"`
	Facets    []facet    `json:"facets,omitempty"`
	Reply     *replyRefs `json:"reply,omitempty"`
	Embed     *embedded  `json:"embed,omitempty"`
}

// strongRef names one version of a record.
type strongRef struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

type replyRefs struct {
	Root   strongRef `json:"root"`
	Parent strongRef `json:"parent"`
}

// embedded is what a post quotes: a record, or one beside pictures.
type embedded struct {
	Type   string          `json:"$type"`
	Record json.RawMessage `json:"record,omitempty"`
}

// quoted gives the address of the quoted record, or "".
func (e *embedded) quoted() string {
	if e == nil {
		return ""
	}
	var ref struct {
		URI    string    `json:"uri"`
		Record strongRef `json:"record"`
	}
	if json.Unmarshal(e.Record, &ref) != nil {
		return ""
	}
	return ref.URI + ref.Record.URI
}

// facet marks a part of the text, by UTF-8 bytes.
// https://docs.bsky.app/docs/advanced-guides/post-richtext
type facet struct {
	Index struct {
		Start int `json:"byteStart"`
		End   int `json:"byteEnd"`
	} `json:"index"`
	Features []feature `json:"features"`
}

type feature struct {
	Type string `json:"$type"`
	DID  string `json:"did,omitempty"`
	URI  string `json:"uri,omitempty"`
	Tag  string `json:"tag,omitempty"`
}

// The features that we write and read.
const (
	featureMention = "app.bsky.richtext.facet#mention"
	featureLink    = "app.bsky.richtext.facet#link"
)

// concerns tells whether a post mentions, answers or quotes an account.
func (r *record) concerns(did string) bool {
	for _, f := range r.Facets {
		for _, one := range f.Features {
			if one.Type == featureMention && one.DID == did {
				return true
			}
		}
	}
	theirs := "at://" + did + "/"
	return r.Reply != nil && (strings.HasPrefix(r.Reply.Parent.URI, theirs) || strings.HasPrefix(r.Reply.Root.URI, theirs)) ||
		strings.HasPrefix(r.Embed.quoted(), theirs)
}

// webLink gives the address at which people read a post.
func webLink(did, uri string) string {
	return "https://bsky.app/profile/" + did + "/post/" + uri[strings.LastIndexByte(uri, '/')+1:]
}
