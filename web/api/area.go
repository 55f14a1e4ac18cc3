package api

import (
	"context"
	"regexp"

	"github.com/tocsin/tocsin"
)

// ByName addresses what people name themselves.
type ByName struct {
	Name string `path:"name" maxLength:"63"`
}

// plainName is a name that fits addresses, configuration and speech.
var plainName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// agree refuses a body that names another thing than its address, and a name that
// does not travel well.
func (n ByName) agree(body string) error {
	if body != n.Name {
		return tocsin.Errorf(tocsin.CodeInvalid, "The address says %q and the body says %q. Use one name.", n.Name, body)
	}
	if !plainName.MatchString(body) {
		return tocsin.Errorf(tocsin.CodeInvalid, "%q is no name: use lower-case letters, digits and dashes, as in sign-in.", body)
	}
	return nil
}

// listAreas gives areas by name.
func (a *API) listAreas(ctx context.Context, _ tocsin.Token, in *Paging) (List[tocsin.Area], error) {
	rows, err := a.Store.Areas(ctx)
	if err != nil {
		return List[tocsin.Area]{}, err
	}
	return cut(rows, *in, func(a tocsin.Area) string { return a.Name })
}

// showArea gives one area.
func (a *API) showArea(ctx context.Context, _ tocsin.Token, in *ByName) (tocsin.Area, error) {
	return a.Store.Area(ctx, in.Name)
}

// putArea replaces the whole area, as it was read and edited. A policy that is not
// there is refused: its pages would go to nobody.
func (a *API) putArea(ctx context.Context, by tocsin.Token, in *struct {
	ByName
	Body tocsin.Area
},
) (tocsin.Area, error) {
	if err := in.agree(in.Body.Name); err != nil {
		return tocsin.Area{}, err
	}
	if err := a.knownPolicy(ctx, in.Body.Policy); err != nil {
		return tocsin.Area{}, err
	}
	return in.Body, a.changed(ctx, by, "put area", in.Name, a.Store.PutArea(ctx, in.Body))
}

// knownPolicy refuses the name of a policy that is not there.
func (a *API) knownPolicy(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	_, err := a.Store.Policy(ctx, name)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return tocsin.Errorf(tocsin.CodeInvalid, "There is no policy %q. Make it first, or leave policy out to use %q.", name, tocsin.PolicyDefault)
	}
	return err
}

// deleteArea leaves incidents their area's name.
func (a *API) deleteArea(ctx context.Context, by tocsin.Token, in *ByName) error {
	return a.changed(ctx, by, "delete area", in.Name, a.Store.DeleteArea(ctx, in.Name))
}
