package api

import (
	"context"
	"slices"

	"github.com/tocsin/tocsin"
)

// listPolicies gives policies by name.
func (a *API) listPolicies(ctx context.Context, _ tocsin.Token, in *Paging) (List[tocsin.Policy], error) {
	rows, err := a.Store.Policies(ctx)
	if err != nil {
		return List[tocsin.Policy]{}, err
	}
	return cut(rows, *in, func(p tocsin.Policy) string { return p.Name })
}

// showPolicy gives one policy.
func (a *API) showPolicy(ctx context.Context, _ tocsin.Token, in *ByName) (tocsin.Policy, error) {
	return a.Store.Policy(ctx, in.Name)
}

// putPolicy replaces the whole policy, as it was read and edited.
func (a *API) putPolicy(ctx context.Context, by tocsin.Token, in *struct {
	ByName
	Body tocsin.Policy
},
) (tocsin.Policy, error) {
	if err := in.agree(in.Body.Name); err != nil {
		return tocsin.Policy{}, err
	}
	if err := a.checkPolicy(in.Body); err != nil {
		return tocsin.Policy{}, err
	}
	if err := a.Rotas.CheckPolicy(ctx, in.Body); err != nil {
		return tocsin.Policy{}, err
	}
	return in.Body, a.changed(ctx, by, "put policy", in.Name, a.Store.PutPolicy(ctx, in.Body))
}

// checkPolicy refuses a policy that would wake nobody.
func (a *API) checkPolicy(p tocsin.Policy) error {
	if p.Repeat < 0 {
		return tocsin.Errorf(tocsin.CodeInvalid, "Repeat is how often the steps are gone through again: 0 or more.")
	}
	targets := slices.Clone(p.Whisper)
	for i, s := range p.Steps {
		if len(s.Targets) == 0 {
			return tocsin.Errorf(tocsin.CodeInvalid, "Step %d (%s) has no targets.", i+1, s.Name)
		}
		if s.Wait < 0 {
			return tocsin.Errorf(tocsin.CodeInvalid, "Step %d (%s) waits a negative time.", i+1, s.Name)
		}
		targets = append(targets, s.Targets...)
	}
	for _, t := range targets {
		if err := a.canPage(t); err != nil {
			return err
		}
	}
	return nil
}

// canPage refuses a target that no page can reach.
func (a *API) canPage(t tocsin.Target) error {
	if t.Channel == "" {
		return nil // people, whom CheckPolicy looks for
	}
	i := slices.IndexFunc(a.Channels, func(c tocsin.Channel) bool { return c.Name == t.Channel })
	if i < 0 {
		return tocsin.Errorf(tocsin.CodeInvalid, "There is no channel %q. Name one of the configuration.", t.Channel)
	}
	if a.Channels[i].Pager == nil {
		return tocsin.Errorf(tocsin.CodeInvalid, "The channel %q cannot carry a page.", t.Channel)
	}
	return nil
}

// deletePolicy refuses while an area names the policy, whose pages would then go
// to nobody.
func (a *API) deletePolicy(ctx context.Context, by tocsin.Token, in *ByName) error {
	areas, err := a.Store.Areas(ctx)
	if err != nil {
		return err
	}
	for _, area := range areas {
		if area.Policy == in.Name {
			return tocsin.Errorf(tocsin.CodeConflict, "The area %q uses the policy %q. Change the area first.", area.Name, in.Name)
		}
	}
	return a.changed(ctx, by, "delete policy", in.Name, a.Store.DeletePolicy(ctx, in.Name))
}
