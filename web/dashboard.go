package web

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// dist is the built dashboard. In a fresh clone it holds nothing but .gitkeep, so
// that go build works without the dashboard's own tools.
//
//go:embed all:dist
var dist embed.FS

// missing is what a server says that has no dashboard in it, with the command that
// shows what was asked for.
const missing = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Tocsin</title>
<h1>Tocsin is running</h1>
<p>This server has no dashboard in it yet. Use the tocsin command: <code>%s</code></p>
<p>The API is at <code>/api/v1</code>, <a href="/api/v1/openapi.json">described here</a>. <a href="/readyz">How the parts do</a>.</p>
</html>
`

// incidentPath is where the links lead that pages carry.
var incidentPath = regexp.MustCompile(`^/incidents/([1-9][0-9]{0,17})$`)

// plain answers where there is no dashboard. A page's link leads here too: whoever
// was woken by it must learn what to do.
func plain(w http.ResponseWriter, r *http.Request) {
	command := "tocsin incidents"
	if m := incidentPath.FindStringSubmatch(r.URL.Path); m != nil {
		command = "tocsin incidents show " + m[1]
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = fmt.Fprintf(w, missing, command) //nolint:gosec // digits are all it has of the request; a client that has gone misses nothing
}

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
		return http.HandlerFunc(plain)
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
