package api

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tocsin/tocsin"
)

// describe configures huma: our errors, no foreign documentation page, no links
// to schemas inside answers.
func (a *API) describe() huma.Config {
	c := huma.DefaultConfig("Tocsin", tocsin.Version)
	c.Info.Description = "Reports, incidents, updates and the ledger. Lists take cursor and limit and give items and next; errors are RFC 9457 problem details."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.Transformers = []huma.Transformer{a.polish}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token made by an admin: tocsin tokens create."},
	}
	return c
}

// finish adds to the document what huma cannot see by itself: our problem type
// and the intake.
func (a *API) finish() {
	doc := a.huma.OpenAPI()
	schemas := doc.Components.Schemas
	problem := &huma.Response{
		Description: "A problem",
		Content:     map[string]*huma.MediaType{problemType: {Schema: schemas.Schema(reflect.TypeFor[Problem](), true, "")}},
	}
	doc.Paths[intakePath] = &huma.PathItem{Post: &huma.Operation{
		OperationID: "postIntake", Tags: []string{"intake"}, Summary: "Bring reports",
		Description: "Needs no token: the channel checks the signature of the sender.",
		Parameters:  []*huma.Param{{Name: "channel", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {}}},
		Responses: map[string]*huma.Response{strconv.Itoa(http.StatusAccepted): {
			Description: "Stored",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: schemas.Schema(reflect.TypeFor[Taken](), true, "")}},
		}},
	}}
	for _, replaced := range []string{"ErrorModel", "ErrorDetail"} {
		delete(schemas.Map(), replaced)
	}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Patch, item.Delete} {
			if op != nil {
				op.Responses["default"] = problem
			}
		}
	}
}

// document answers with the description, which is written once.
func document(doc *huma.OpenAPI) http.HandlerFunc {
	text, err := json.MarshalIndent(doc, "", "  ")
	return func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			http.Error(w, "The description cannot be written.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(text) // the client has gone: nothing is left to do
	}
}
