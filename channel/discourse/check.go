package discourse

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
)

const (
	// maxPost is the length of the longest post, in characters, as the forum is
	// shipped (max_post_length).
	// https://github.com/discourse/discourse/blob/main/config/site_settings.yml
	maxPost = 32_000
	// mayCreate is the permission of a category in which we may open topics.
	mayCreate = 1
	// maxDrift is how far the forum's clock may be from ours.
	maxDrift = 5 * time.Minute
)

// Measure counts characters, as Discourse does.
func (f *forum) Measure(text string) tocsin.Length {
	return tocsin.Length{Used: utf8.RuneCountInString(text), Limit: maxPost, Unit: "characters"}
}

// user is the account that the key speaks for.
type user struct {
	Name      string `json:"username"`
	Admin     bool   `json:"admin"`
	Moderator bool   `json:"moderator"`
}

func (u user) pathName() string { return url.PathEscape(u.Name) }

// account asks whom the key speaks for, and gives the time that the forum's clock
// shows too (zero if it does not tell).
func (f *forum) account(ctx context.Context) (user, time.Time, error) {
	var session struct {
		User user `json:"current_user"`
	}
	resp, err := f.call(ctx, http.MethodGet, "/session/current.json", nil, &session)
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeNotFound || err == nil && session.User.Name == "":
		return user{}, time.Time{}, tocsin.Errorf(tocsin.CodeUnauthorized, "The forum does not take the key for anybody's. Make a new one and put it into the channel's settings.")
	case err != nil:
		return user{}, time.Time{}, err
	}
	clock, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		clock = time.Time{} // not every proxy passes it on
	}
	return session.User, clock, nil
}

// Check asks whom the key speaks for, whether that account may say the same to many,
// whether it sees the categories that are watched and private messages, and whether
// it may announce.
func (f *forum) Check(ctx context.Context) error {
	us, clock, err := f.account(ctx)
	if err != nil {
		return err
	}
	if drift := f.now().Sub(clock).Abs(); !clock.IsZero() && drift > maxDrift {
		return tocsin.Errorf(tocsin.CodeConflict, "The clocks differ by %s. Set this computer's clock, or the forum's, by a time server.", drift.Round(time.Second))
	}
	if !us.Admin && !us.Moderator {
		return tocsin.Errorf(tocsin.CodeForbidden, "The account %s is no moderator. Discourse refuses the same text twice within five minutes from others, and so most answers of an update. Make it a moderator.", us.Name)
	}
	var site struct {
		Categories []category `json:"categories"`
	}
	if _, err := f.call(ctx, http.MethodGet, "/site.json", nil, &site); err != nil {
		return err
	}
	if err := f.sees(us, site.Categories); err != nil || !f.Messages {
		return err
	}
	_, err = f.page(ctx, f.private(), 0)
	return err
}

// category is one of the forum's that our account sees.
type category struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Permission int    `json:"permission"`
}

func (f *forum) sees(us user, seen []category) error {
	find := func(id int64) int { return slices.IndexFunc(seen, func(c category) bool { return c.ID == id }) }
	var hidden []string
	for _, id := range f.Categories {
		if find(id) < 0 {
			hidden = append(hidden, externalID(id))
		}
	}
	if len(hidden) > 0 {
		return tocsin.Errorf(tocsin.CodeForbidden, "The account %s does not see the category %s. Look at its number in its address, and at its security settings.", us.Name, strings.Join(hidden, ", "))
	}
	if f.AnnounceCategory == 0 {
		return nil
	}
	if at := find(f.AnnounceCategory); at < 0 || seen[at].Permission != mayCreate {
		return tocsin.Errorf(tocsin.CodeForbidden, "The account %s may not open topics in the category %d. Let it in the category's security settings, or name another in announce_category.", us.Name, f.AnnounceCategory)
	}
	return nil
}
