package zendesk

import (
	"slices"
	"time"
)

// ticket is what we read of one.
// https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#json-format
type ticket struct {
	ID           int64     `json:"id"`
	Subject      string    `json:"subject"`
	Description  string    `json:"description"` // the first comment
	Status       string    `json:"status"`
	Tags         []string  `json:"tags"`
	RequesterID  int64     `json:"requester_id"`
	SubmitterID  int64     `json:"submitter_id"` // who wrote the first comment
	CreatedAt    time.Time `json:"created_at"`
	Via          via       `json:"via"`
	CommentCount *int      `json:"comment_count"` // nil: not told
}

// via is how something was written.
// https://developer.zendesk.com/documentation/ticketing/reference-guides/via-object-reference/
type via struct {
	Channel string `json:"channel"`
	Source  struct {
		From struct {
			Address string `json:"address"`
		} `json:"from"`
	} `json:"source"`
}

// comment is what we read of one.
// https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/#json-format
type comment struct {
	ID        int64     `json:"id"`
	AuthorID  int64     `json:"author_id"`
	Body      string    `json:"body"`
	Public    bool      `json:"public"`
	Via       via       `json:"via"`
	CreatedAt time.Time `json:"created_at"`
}

// user is what we read of one.
// https://developer.zendesk.com/api-reference/ticketing/users/users/#json-format
type user struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	Verified  bool      `json:"verified"` // one of the user's identities is
	Role      string    `json:"role"`
	CreatedAt time.Time `json:"created_at"`
}

// Words of the API.
const (
	statusClosed  = "closed"
	statusDeleted = "deleted"
	roleEndUser   = "end-user"
	roleAdmin     = "admin"
	viaMail       = "email"
)

// page tells how a list goes on.
// https://developer.zendesk.com/documentation/api-basics/pagination/paginating-through-lists-using-cursor-pagination/
type page struct {
	Meta struct {
		More  bool   `json:"has_more"`
		After string `json:"after_cursor"`
	} `json:"meta"`
}

// people are users by id.
type people map[int64]user

func byID(users []user) people {
	all := people{}
	for _, u := range users {
		all[u.ID] = u
	}
	return all
}

// skipped gives a tag for which a ticket is left out, or "".
func (d *desk) skipped(t ticket) string {
	i := slices.IndexFunc(t.Tags, func(tag string) bool { return slices.Contains(d.SkipTags, tag) })
	if i < 0 {
		return ""
	}
	return t.Tags[i]
}
