package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// document is something that people edit as a whole: an area, a policy.
type document[T any] struct {
	noun, path string
	name       func(T) string
}

// show writes YAML that apply reads again without a change.
func (d document[T]) show() *cobra.Command {
	return command("show NAME", "Show one as YAML, ready to be edited and applied", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			var v T
			if err := s.get(ctx, path(d.path, url.PathEscape(args[0])), nil, &v); err != nil {
				return err
			}
			if s.json {
				return s.answer(v, nil)
			}
			return writeYAML(s.out, v)
		})
}

// apply puts each document that the file holds; it stops at the first that is
// refused and names it.
func (d document[T]) apply() *cobra.Command {
	return command("apply FILE", `Make or replace what a YAML file holds; "-" is standard input`, cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			all, err := d.read(s.in, args[0])
			if err != nil {
				return err
			}
			for _, v := range all {
				if err := s.call(ctx, http.MethodPut, path(d.path, url.PathEscape(d.name(v))), v, nil); err != nil {
					return fmt.Errorf("%s %s: %w", d.noun, d.name(v), err)
				}
			}
			return s.answer(all, func(p *sheet) {
				for _, v := range all {
					p.line("Applied %s %s.", d.noun, d.name(v))
				}
			})
		})
}

// remove deletes by name.
func (d document[T]) remove() *cobra.Command {
	return command("delete NAME", "Delete one", cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		if err := s.call(ctx, http.MethodDelete, path(d.path, url.PathEscape(args[0])), nil, nil); err != nil {
			return err
		}
		return s.done(map[string]string{"deleted": args[0]}, "Deleted %s %s.", d.noun, args[0])
	})
}

// read reads a file of one or more YAML documents, of which each may be a list.
func (d document[T]) read(in io.Reader, file string) ([]T, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "The file cannot be read")
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	var all []T
	for decoder := yaml.NewDecoder(in); ; {
		var raw yaml.Node
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "%s is no YAML", file)
		}
		some, err := d.each(&raw)
		if err != nil {
			return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "%s does not hold %s", file, article(d.noun))
		}
		all = append(all, some...)
	}
	if len(all) == 0 {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "%s holds no %s.", file, d.noun)
	}
	return all, nil
}

// each reads through JSON, whose tags our words carry. A key that is not known is
// a mistake and not ignored.
func (d document[T]) each(document *yaml.Node) ([]T, error) {
	list := document.Content // a document holds one value
	if len(list) == 1 && list[0].Kind == yaml.SequenceNode {
		list = list[0].Content
	}
	all := make([]T, len(list))
	for i, item := range list {
		var raw any
		if err := item.Decode(&raw); err != nil {
			return nil, err
		}
		text, err := json.Marshal(raw)
		if err != nil {
			return nil, err
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&all[i]); err != nil {
			return nil, misspelt[T](item, err)
		}
		if d.name(all[i]) == "" {
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "it has no name")
		}
	}
	return all, nil
}

// misspelt says of a key that is not known where it stands and what it may mean.
func misspelt[T any](item *yaml.Node, err error) error {
	key, quoted := strings.CutPrefix(err.Error(), `json: unknown field "`)
	if key = strings.TrimSuffix(key, `"`); !quoted {
		return err
	}
	for i := 0; i+1 < len(item.Content); i += 2 {
		if at := item.Content[i]; at.Value == key {
			return tocsin.Errorf(tocsin.CodeInvalid, "line %d: there is no key %s. %s", at.Line, key, config.Suggest(key, keysOf(reflect.TypeFor[T]())))
		}
	}
	return err // it stands deeper
}

// keysOf lists the keys of a struct as its JSON names them.
func keysOf(t reflect.Type) []string {
	var keys []string
	for f := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(f).Tag.Get("json"), ",")
		keys = append(keys, name)
	}
	return keys
}

// article puts a or an before a noun.
func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// writeYAML writes a value with the keys that its JSON has, in their order.
func writeYAML(out io.Writer, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	var node yaml.Node // JSON is YAML; a node keeps the order of its keys
	if err := yaml.Unmarshal(text, &node); err != nil {
		return fmt.Errorf("turn into YAML: %w", err)
	}
	block(&node)
	e := yaml.NewEncoder(out)
	e.SetIndent(2)
	return errors.Join(e.Encode(&node), e.Close())
}

// block takes the braces and quotes of JSON off.
func block(n *yaml.Node) {
	n.Style = 0
	for _, c := range n.Content {
		block(c)
	}
}
