package web

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// dist is the built dashboard. In a fresh clone it holds nothing but .gitkeep, so
// that go build works without the dashboard's own tools.
//
//go:embed all:dist
var dist embed.FS

// missing is what a binary says that was built without the dashboard.
const missing = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Tocsin</title>
<h1>Tocsin is running</h1>
<p>This binary was built without the dashboard. To have it, run: <code>make build</code></p>
<p>Everything works without it: the API is at <code>/api/v1</code>, <a href="/api/v1/openapi.json">described here</a>,
and the command line uses it (<code>tocsin incidents</code>). <a href="/readyz">How the parts do</a>.</p>
</html>
`

// dashboard serves the built dashboard, and its index for every address that it
// knows itself.
func dashboard() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is embedded: this cannot be
	}
	return site(files)
}

// site serves the files of a build, or says that there is none.
func site(files fs.FS) http.Handler {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(missing)) // the client has gone: nothing is left to do
		})
	}
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This address is for reading.", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/")
		if info, err := fs.Stat(files, name); err != nil || info.IsDir() {
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(index))
			return
		}
		if strings.HasPrefix(name, "assets/") { // their names hold a checksum
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		server.ServeHTTP(w, r)
	})
}
