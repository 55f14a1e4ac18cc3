package discourse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tocsin/tocsin"
)

const (
	// titleMost is the longest title, in characters.
	titleMost = 250
	// keyMost is how much of a hash names a topic of ours. Discourse takes 50
	// letters, digits, dashes and underscores.
	// https://github.com/discourse/discourse/blob/main/app/models/topic.rb
	keyMost = 40
	// editReason is what readers see beside an edit of ours.
	editReason = "Updated by support"
)

// draft is a post on its way to the forum.
// https://docs.discourse.org/#tag/Posts/operation/createTopicPostPM
type draft struct {
	Raw        string `json:"raw"`
	Topic      int64  `json:"topic_id,omitempty"`
	Answers    int64  `json:"reply_to_post_number,omitempty"`
	Title      string `json:"title,omitempty"`
	Category   int64  `json:"category,omitempty"`
	ExternalID string `json:"external_id,omitempty"`
	AutoTrack  *bool  `json:"auto_track,omitempty"`
}

// Reply answers a post in its topic, or a private message in its thread.
func (f *forum) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	to, err := f.route(ctx, m.Report)
	if err != nil {
		return tocsin.Sent{}, err
	}
	track := false // or the account would be told of everything in thousands of topics
	return f.create(ctx, draft{Raw: m.Text, Topic: to.Topic, Answers: to.Number, AutoTrack: &track})
}

// Post opens a topic in the category for announcements. Its external id is made of
// the message's key, so that a second try finds the first instead of doubling it.
func (f *forum) Post(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	sent, err := f.create(ctx, draft{Raw: m.Text, Title: f.title(m.Text), Category: f.AnnounceCategory, ExternalID: topicKey(m.Key)})
	if err == nil || tocsin.Uncertain(err) || tocsin.CodeOf(err) != tocsin.CodeInvalid {
		return sent, err
	}
	// It may be refused because it is there.
	if there, opened, lookErr := f.announced(ctx, m.Key); lookErr == nil && there {
		return opened, nil
	}
	return sent, err
}

// Edit changes a post of ours; readers can see the former text.
func (f *forum) Edit(ctx context.Context, externalID string, m tocsin.Message) error {
	in := map[string]any{"post": map[string]string{"raw": m.Text, "edit_reason": editReason}}
	_, err := f.call(ctx, http.MethodPut, "/posts/"+pathID(externalID)+".json", in, nil)
	return err
}

// create sends a draft. A post that the forum holds for its moderators is in doubt:
// it may appear later.
func (f *forum) create(ctx context.Context, d draft) (tocsin.Sent, error) {
	var made struct {
		post
		Action string `json:"action"`
	}
	if _, err := f.call(ctx, http.MethodPost, "/posts.json", d, &made); err != nil {
		return tocsin.Sent{}, err
	}
	if made.ID == 0 {
		failed := tocsin.Errorf(tocsin.CodeConflict, "The forum took the post and did not show it (%q). Let its moderators approve it, and make our account one that needs no approval.", excuse([]string{made.Action}))
		failed.Uncertain = true
		return tocsin.Sent{}, failed
	}
	return f.sent(&made.post), nil
}

func (f *forum) sent(p *post) tocsin.Sent {
	return tocsin.Sent{ExternalID: externalID(p.ID), URL: fmt.Sprintf("%s/t/%d/%d", f.base, p.Topic, p.Number)}
}

// route finds where an answer belongs. A report that came by other means, as from
// an import, has no route, and the forum is asked.
func (f *forum) route(ctx context.Context, r tocsin.Report) (route, error) {
	var to route
	if json.Unmarshal(r.Route, &to) == nil && to.Topic > 0 && to.Number > 0 {
		return to, nil
	}
	var p post
	if _, err := f.call(ctx, http.MethodGet, "/posts/"+pathID(r.ExternalID)+".json", nil, &p); err != nil {
		return route{}, err
	}
	return route{Topic: p.Topic, Number: p.Number}, nil
}

// pathID keeps an id from leading anywhere else.
func pathID(id string) string {
	if id == "" || strings.Trim(id, "0123456789") != "" {
		return "0" // no such post
	}
	return id
}

// topicKey is the external id of the topic that a message opens.
func topicKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "tocsin-" + hex.EncodeToString(sum[:])[:keyMost]
}

// title makes a topic's title of a text: what it is, when, and its first line. Two
// topics may not have the same.
func (f *forum) title(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	title := []rune(fmt.Sprintf("%s, %s: %s", f.AnnounceTitle, f.now().UTC().Format("2 January 15:04 UTC"), strings.TrimSpace(line)))
	if len(title) > titleMost {
		title = append(title[:titleMost-1], '…')
	}
	return string(title)
}
