package tocsin_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/tocsin/tocsin"

// top are the folders that may stand at the top; see ARCHITECTURE.md.
var top = []string{"cmd", "config", "channel", "ingest", "triage", "notify", "store", "web", "docs", "testdata", "tools", "e2e"}

// TestImportsObeyTheRule reads every Go file and checks that data flows one way:
// the root imports the standard library only; a folder imports the root, config,
// and its own parents or children; only cmd imports across. A text folder may be
// imported by all. Test files may import kits (folders whose name ends in test).
func TestImportsObeyTheRule(t *testing.T) {
	t.Parallel()
	files := 0
	walkGo(t, func(path string, imports []string) {
		files++
		for _, imp := range imports {
			if !allowed(filepath.ToSlash(filepath.Dir(path)), imp, strings.HasSuffix(path, "_test.go")) {
				t.Errorf("%s must not import %s: see the import rule in ARCHITECTURE.md", path, imp)
			}
		}
	})
	require.Greater(t, files, 10, "the walk found no code: it checks nothing")
}

// TestTheRuleRefusesWrongImports proves that the rule can fail.
func TestTheRuleRefusesWrongImports(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		folder, imp string
		test, want  bool
	}{
		{".", "fmt", false, true},
		{".", "github.com/spf13/viper", false, false},
		{".", module + "/config", false, false},
		{"ingest", module, false, true},
		{"ingest", module + "/config", false, true},
		{"ingest", module + "/store", false, false},
		{"ingest", module + "/store/storetest", false, false},
		{"ingest", module + "/store/storetest", true, true},
		{"notify", module + "/triage/text", false, true},
		{"notify", module + "/triage", false, false},
		{"channel/x", module + "/channel", false, true},
		{"channel/x", module + "/channel/email", false, false},
		{"channel", module + "/channel/email", false, true},
		{"web/api", module + "/web", false, true},
		{"config", module + "/store", false, false},
		{"cmd/tocsin", module + "/store", false, true},
		{"store", "github.com/riverqueue/river", false, true},
	} {
		require.Equal(t, c.want, allowed(c.folder, c.imp, c.test), "%s imports %s", c.folder, c.imp)
	}
}

func TestNoFolderStandsOutsideTheHouse(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && e.Name() != "bin" && e.Name() != "deploy" {
			require.Contains(t, top, e.Name(), "a new top-level folder needs a place in ARCHITECTURE.md")
		}
	}
}

func allowed(folder, imp string, test bool) bool {
	if !strings.HasPrefix(imp+"/", module+"/") {
		return folder != "." || test || !strings.Contains(strings.SplitN(imp, "/", 2)[0], ".")
	}
	ours := strings.TrimPrefix(strings.TrimPrefix(imp, module), "/")
	switch {
	case folder == "cmd" || strings.HasPrefix(folder, "cmd/") || folder == "e2e":
		return true
	case ours == "":
		return true
	case folder == ".":
		return false
	case ours == "config" || strings.HasSuffix(ours, "/text"):
		return true
	case test && strings.HasSuffix(ours, "test"):
		return true
	default:
		return within(folder, ours) || within(ours, folder)
	}
}

// within tells whether inner is outer or a folder below it.
func within(inner, outer string) bool { return inner == outer || strings.HasPrefix(inner, outer+"/") }

func walkGo(t *testing.T, visit func(path string, imports []string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "tools" || d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		var imports []string
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			imports = append(imports, p)
		}
		visit(path, imports)
		return nil
	})
	require.NoError(t, err)
}
