package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// MountForTest is Mount, and gives the description that is served.
func MountForTest(mux *http.ServeMux, o Options) *huma.OpenAPI { return build(mux, o).huma.OpenAPI() }
