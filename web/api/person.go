package api

import (
	"context"
	"slices"

	"github.com/tocsin/tocsin"
)

// listPeople gives people by name.
func (a *API) listPeople(ctx context.Context, _ tocsin.Token, in *Paging) (List[tocsin.Person], error) {
	rows, err := a.Store.People(ctx)
	if err != nil {
		return List[tocsin.Person]{}, err
	}
	return cut(rows, *in, func(p tocsin.Person) string { return p.Name })
}

// showPerson gives one person.
func (a *API) showPerson(ctx context.Context, _ tocsin.Token, in *ByName) (tocsin.Person, error) {
	return a.Store.Person(ctx, in.Name)
}

// putPerson replaces the whole person. Everybody may change themself; anybody else,
// an admin may.
func (a *API) putPerson(ctx context.Context, by tocsin.Token, in *struct {
	ByName
	Body tocsin.Person
},
) (tocsin.Person, error) {
	if by.User != in.Name && !by.Role.Covers(tocsin.RoleAdmin) {
		return tocsin.Person{}, tocsin.Errorf(tocsin.CodeForbidden, "You may change yourself (%s); for anybody else you need the role admin.", by.User)
	}
	if err := in.agree(in.Body.Name); err != nil {
		return tocsin.Person{}, err
	}
	if err := a.Rotas.CheckPerson(in.Body); err != nil {
		return tocsin.Person{}, err
	}
	return in.Body, a.changed(ctx, by, "put person", in.Name, a.Store.PutPerson(ctx, in.Body))
}

// deletePerson refuses while somebody counts on them: a page would go to nobody.
func (a *API) deletePerson(ctx context.Context, by tocsin.Token, in *ByName) error {
	schedules, err := a.Store.Schedules(ctx)
	if err != nil {
		return err
	}
	for _, s := range schedules {
		if slices.ContainsFunc(s.Layers, func(l tocsin.Layer) bool { return slices.Contains(l.People, in.Name) }) {
			return tocsin.Errorf(tocsin.CodeConflict, "The schedule %q has %s in a rotation. Change the schedule first.", s.Name, in.Name)
		}
	}
	if err := a.unused(ctx, func(t tocsin.Target) bool { return t.Person == in.Name }, in.Name); err != nil {
		return err
	}
	return a.changed(ctx, by, "delete person", in.Name, a.Store.DeletePerson(ctx, in.Name))
}

// unused refuses while a policy calls what is to be deleted.
func (a *API) unused(ctx context.Context, calls func(tocsin.Target) bool, name string) error {
	policies, err := a.Store.Policies(ctx)
	if err != nil {
		return err
	}
	for _, p := range policies {
		uses := slices.ContainsFunc(p.Whisper, calls)
		for _, s := range p.Steps {
			uses = uses || slices.ContainsFunc(s.Targets, calls)
		}
		if uses {
			return tocsin.Errorf(tocsin.CodeConflict, "The policy %q calls %s. Change the policy first.", p.Name, name)
		}
	}
	return nil
}
