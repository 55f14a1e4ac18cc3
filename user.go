package tocsin

import (
	"slices"
	"time"
)

// Role is what a user may do. Each role may do what those before it may.
type Role string

// The roles, from least to most.
const (
	RoleViewer    Role = "viewer"    // reads
	RoleSupport   Role = "support"   // vets, drafts, approves
	RoleResponder Role = "responder" // acknowledges pages too
	RoleAdmin     Role = "admin"     // changes settings, users and tokens too
)

// Covers tells whether a user of role r may do what asks for need.
func (r Role) Covers(need Role) bool {
	order := []Role{RoleViewer, RoleSupport, RoleResponder, RoleAdmin}
	have, want := slices.Index(order, r), slices.Index(order, need)
	return want >= 0 && have >= want // an unknown role covers nothing, and nothing covers it
}

// Token lets a user, or a program in a user's name, call the API. The secret
// itself is shown once and never stored.
type Token struct {
	ID        int64     `json:"id"`
	User      string    `json:"user"` // whose acts these are; approval needs two different ones
	Role      Role      `json:"role"`
	Note      string    `json:"note,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
}
