package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tocsin/tocsin"
)

// answer is a body that leaves as JSON.
type answer[T any] struct{ Body T }

// trait is something that sets a route apart from others.
type trait func(*huma.Operation)

// The keys of an operation's metadata that guard reads.
const (
	metaRole  = "role"
	metaSends = "sends"
)

// route registers one route that answers with a body. The work gets the token of
// the caller, whose role was checked.
func route[I, O any](a *API, pattern string, need tocsin.Role, summary string, work func(context.Context, tocsin.Token, *I) (O, error), traits ...trait) {
	op := operation(pattern, need, summary, http.StatusOK)
	for _, t := range traits {
		t(&op)
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*answer[O], error) {
		out, err := work(ctx, caller(ctx), in)
		if err != nil {
			return nil, problemOf(err)
		}
		return &answer[O]{out}, nil
	})
}

// drop registers one route that answers without a body.
func drop[I any](a *API, pattern string, need tocsin.Role, summary string, work func(context.Context, tocsin.Token, *I) error) {
	op := operation(pattern, need, summary, http.StatusNoContent)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*struct{}, error) {
		if err := work(ctx, caller(ctx), in); err != nil {
			return nil, problemOf(err)
		}
		return nil, nil //nolint:nilnil // huma's way to say: no body
	})
}

// operation describes a route. Unknown query parameters are refused: a filter with
// a typo would show everything.
func operation(pattern string, need tocsin.Role, summary string, status int) huma.Operation {
	method, path, _ := strings.Cut(pattern, " ")
	return huma.Operation{
		OperationID:                  operationID(method, path),
		Method:                       method,
		Path:                         path,
		Summary:                      summary,
		Description:                  "Needs the role " + string(need) + ".",
		Tags:                         []string{strings.Split(path, "/")[1]},
		DefaultStatus:                status,
		Metadata:                     map[string]any{metaRole: need},
		MaxBodyBytes:                 maxBody,
		RejectUnknownQueryParameters: true,
		Security:                     []map[string][]string{{"token": {}}},
	}
}

// operationID makes a name of a route: postUpdatesIdApprove.
func operationID(method, path string) string {
	var b strings.Builder
	b.WriteString(strings.ToLower(method))
	for word := range strings.FieldsFuncSeq(path, func(r rune) bool { return strings.ContainsRune("/{}-", r) }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// sends marks a route whose call makes messages leave.
func sends(op *huma.Operation) {
	op.Metadata[metaSends] = true
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: keyHeader, In: "header", Required: true,
		Description: "A text of your own, unique to this call. The same call with the same key is answered from memory for 24 hours and sends nothing again.",
		Schema:      &huma.Schema{Type: huma.TypeString, MinLength: ptr(1), MaxLength: ptr(maxKey)},
	})
}

func ptr[T any](v T) *T { return &v }
