package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/web/api"
)

// fail tells why a command failed: in a sentence, or as the problem that the API
// would answer where a program asked for JSON.
//
// It tells all of it, not only the sentence for users: who sits at a terminal is
// the operator, and no secret is ever in an error.
func fail(errs io.Writer, args []string, err error) {
	if !slices.Contains(args, "--json") {
		fmt.Fprintln(errs, "tocsin:", err)
		return
	}
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		err = tocsin.Wrap(tocsin.CodeInvalid, err, "")
	}
	p := api.ProblemOf(err)
	p.Detail = err.Error()
	for _, m := range mistakes {
		place := &config.Mistake{File: m.File, Line: m.Line, Key: m.Key}
		p.Fields = append(p.Fields, api.Field{Location: place.Error(), Message: m.Text})
	}
	e := json.NewEncoder(errs)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	_ = e.Encode(p) // nobody reads stderr: the exit code tells the rest
}
