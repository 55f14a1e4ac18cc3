package api_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/web/api"
)

// conform checks that an answer is what the description promises. Every answer of
// every test goes through it.
func conform(t *testing.T, doc *huma.OpenAPI, pattern string, resp *http.Response, text string) {
	t.Helper()
	method, path, ok := strings.Cut(pattern, " "+api.Prefix)
	item := doc.Paths[path]
	if !ok || item == nil {
		return // what no route matches, and the description itself
	}
	op := map[string]*huma.Operation{"GET": item.Get, "PUT": item.Put, "POST": item.Post, "PATCH": item.Patch, "DELETE": item.Delete}[method]
	promised := op.Responses[strconv.Itoa(resp.StatusCode)]
	if promised == nil {
		require.GreaterOrEqual(t, resp.StatusCode, http.StatusBadRequest, "%s: a success that is not described", pattern)
		promised = op.Responses["default"]
	}
	if len(promised.Content) == 0 {
		require.Empty(t, text)
		return
	}
	content := promised.Content[resp.Header.Get("Content-Type")]
	require.NotNil(t, content, "%s answers %s", pattern, resp.Header.Get("Content-Type"))
	var value any
	require.NoError(t, json.Unmarshal([]byte(text), &value))
	var wrong huma.ValidateResult
	huma.Validate(doc.Components.Schemas, content.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, &wrong)
	require.Empty(t, wrong.Errors, "%s: %s", pattern, text)
}
