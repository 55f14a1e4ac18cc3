// Command licences lists the licence of every module that the program is built
// from, and fails when one is missing, unknown or not on the list of those that
// an MIT program may be linked with.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are licences that ask for no more than their text and a notice.
// MPL-2.0 asks for the source of changed files, and we change none.
var allowed = []string{"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "0BSD", "Unlicense", "CC0-1.0", "MPL-2.0", "BlueOak-1.0.0"}

func main() {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}} {{.Dir}}{{end}}{{end}}", "./cmd/...").Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, "list modules:", err)
		os.Exit(1)
	}
	modules := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(modules)
	bad := 0
	for _, m := range slices.Compact(modules) {
		name, dir, ok := strings.Cut(m, " ")
		if !ok {
			continue
		}
		ids := licences(dir)
		verdict := ""
		if len(ids) == 0 || slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(allowed, id) }) {
			verdict, bad = "  <- not on the list of allowed licences", bad+1
		}
		fmt.Printf("%-70s %s%s\n", name, strings.Join(ids, ", "), verdict)
	}
	if bad > 0 {
		os.Exit(1)
	}
}

// licences gives the SPDX names found in a module's licence files.
func licences(dir string) []string {
	var ids []string
	for _, pattern := range []string{"LICEN[SC]E*", "COPYING*", "licen[sc]e*", "UNLICENSE*"} {
		files, _ := filepath.Glob(filepath.Join(dir, pattern)) // the pattern is well formed
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // a folder of licences: its modules have files of their own
			}
			for _, m := range licensecheck.Scan(text).Match {
				if !slices.Contains(ids, m.ID) {
					ids = append(ids, m.ID)
				}
			}
		}
	}
	return ids
}
