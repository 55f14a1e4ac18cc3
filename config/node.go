package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"go.yaml.in/yaml/v3"
)

// node makes a YAML tree of a value in Go, as if a person had written it.
func node(value any) *yaml.Node {
	if secret, ok := value.(Secret); ok {
		return text(secret.Reveal())
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Invalid:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	case reflect.Map:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		items := map[string]any{}
		for _, key := range v.MapKeys() {
			items[fmt.Sprint(key.Interface())] = v.MapIndex(key).Interface()
		}
		for _, key := range slices.Sorted(maps.Keys(items)) {
			n.Content = append(n.Content, text(key), node(items[key]))
		}
		return n
	case reflect.Slice, reflect.Array:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for i := range v.Len() {
			n.Content = append(n.Content, node(v.Index(i).Interface()))
		}
		return n
	default:
		return text(fmt.Sprint(value))
	}
}

func text(value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
}
