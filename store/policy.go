package store

import (
	"context"

	"github.com/tocsin/tocsin"
)

func policies() named[tocsin.Policy] {
	return named[tocsin.Policy]{noun: "policy", table: "policies", name: func(p tocsin.Policy) string { return p.Name }}
}

// Policies gives all policies, by name.
func (s *Store) Policies(ctx context.Context) ([]tocsin.Policy, error) { return policies().all(ctx, s) }

// Policy gives the policy of a name. It returns CodeNotFound if there is none.
func (s *Store) Policy(ctx context.Context, name string) (tocsin.Policy, error) {
	return policies().get(ctx, s, name)
}

// PutPolicy adds a policy, or replaces the one of its name. It returns
// CodeInvalid for one without a name.
func (s *Store) PutPolicy(ctx context.Context, p tocsin.Policy) error {
	return policies().put(ctx, s, p)
}

// DeletePolicy removes a policy. It returns CodeNotFound if there is none, and
// CodeConflict for the one on which all else falls back.
func (s *Store) DeletePolicy(ctx context.Context, name string) error {
	if name == tocsin.PolicyDefault {
		return tocsin.Errorf(tocsin.CodeConflict, "The policy %s cannot be deleted: areas without a policy of their own use it. Replace it instead.", name)
	}
	return policies().remove(ctx, s, name)
}

// SeedPolicies adds those of the configuration that are not there by name, as
// SeedAreas does.
func (s *Store) SeedPolicies(ctx context.Context, all []tocsin.Policy) error {
	return policies().seed(ctx, s, all)
}
