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

func main() {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}} {{.Dir}}{{end}}{{end}}", "./cmd/...").Output()
	if err != nil {
		fmt.Fprintln(os.Stderr, "list modules:", err)
		os.Exit(1)
	}
	modules := strings.Fields(strings.ReplaceAll(string(out), " ", "\x00"))
	slices.Sort(modules)
	bad := 0
	for _, m := range slices.Compact(modules) {
		name, dir, _ := strings.Cut(m, "\x00")
		ids := licences(dir)
		verdict := ""
		if len(ids) == 0 || !slices.ContainsFunc(ids, allowed) {
			verdict, bad = "  <- not on the list of allowed licences", bad+1
		}
		fmt.Printf("%-75s %s%s\n", name, strings.Join(ids, ", "), verdict)
	}
	if bad > 0 {
		os.Exit(1)
	}
}

// allowed tells whether a licence asks for no more than its text and a notice.
// MPL-2.0 asks for the source of changed files, and we change none. A module that
// offers several licences needs just one of these.
func allowed(id string) bool {
	return slices.Contains([]string{
		"MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "0BSD", "Unlicense", "CC0-1.0", "MPL-2.0", "BlueOak-1.0.0",
	}, id)
}

// licences gives the SPDX names found in a module's licence files.
func licences(dir string) []string {
	var ids []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.Contains(name, "LICEN") && !strings.Contains(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			fmt.Fprintln(os.Stderr, "read licence:", err)
			continue
		}
		for _, m := range licensecheck.Scan(text).Match {
			if !slices.Contains(ids, m.ID) {
				ids = append(ids, m.ID)
			}
		}
	}
	return ids
}
