package api_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestTheDescriptionIsCurrent compares the committed description with the one that
// is served: who reads it in a review sees what changes for the users of the API.
func TestTheDescriptionIsCurrent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	resp, text := h.do(call{}, "GET", "/openapi.json", "")
	require.Equal(t, http.StatusOK, resp.StatusCode)
	if *update {
		require.NoError(t, os.WriteFile("openapi.json", []byte(text), 0o644))
	}
	want, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	require.Equal(t, string(want), text, "run: go test ./web/api -run Current -update")
}

func TestTheDescriptionNamesNothingThatItDoesNotHold(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, text := h.do(call{}, "GET", "/openapi.json", "")
	var doc struct {
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &doc))
	names := regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(text, -1)
	require.NotEmpty(t, names)
	for _, name := range names {
		require.Contains(t, doc.Components.Schemas, name[1])
	}
	require.NotContains(t, doc.Components.Schemas, "ErrorModel", "problems are ours")
}
