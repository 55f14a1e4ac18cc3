package discourse

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// description is Discourse's published one; nil without the folder that has it.
var description = sync.OnceValue(func() routers.Router {
	folder := os.Getenv("TOCSIN_SPECS")
	if folder == "" {
		return nil
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder, "discourse.json"))
	if err != nil {
		panic(err)
	}
	doc.Servers = openapi3.Servers{{URL: "/"}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		panic(err)
	}
	return router
})

// wholesome fills an answer with the fields that Discourse always gives and the
// stand-in has no use for, and leaves out what that call does not give.
func wholesome(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		if schema := answerOf(r); schema != nil && answer.Code == http.StatusOK {
			var value any
			if json.Unmarshal(body, &value) == nil {
				body, _ = json.Marshal(complete(schema, value)) // came from JSON
			}
		}
		for key, values := range answer.Header() {
			w.Header()[key] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(body)
	})
}

func answerOf(r *http.Request) *openapi3.Schema {
	router := description()
	if router == nil {
		return nil
	}
	route, _, err := router.FindRoute(r)
	if err != nil {
		return nil
	}
	answer := route.Operation.Responses.Value("200")
	if answer == nil || answer.Value.Content.Get("application/json") == nil {
		return nil
	}
	return answer.Value.Content.Get("application/json").Schema.Value
}

func complete(s *openapi3.Schema, value any) any {
	switch v := value.(type) {
	case map[string]any:
		closed := s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has
		for key, inner := range v {
			if p, ok := s.Properties[key]; ok {
				v[key] = complete(p.Value, inner)
			} else if closed {
				delete(v, key)
			}
		}
		for _, key := range s.Required {
			if _, ok := v[key]; !ok {
				v[key] = empty(s.Properties[key].Value)
			}
		}
	case []any:
		for i := range v {
			if s.Items != nil {
				v[i] = complete(s.Items.Value, v[i])
			}
		}
	}
	return value
}

func empty(s *openapi3.Schema) any {
	types := s.Type.Slice()
	switch {
	case slices.Contains(types, "null"):
		return nil
	case slices.Contains(types, "array"):
		return []any{}
	case slices.Contains(types, "boolean"):
		return false
	case slices.Contains(types, "string"):
		return ""
	case slices.Contains(types, "object"):
		return complete(s, map[string]any{})
	default:
		return 0
	}
}
