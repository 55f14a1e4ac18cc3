package config

import (
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
)

// areaKeys are the keys of an area.
type areaKeys struct {
	Name      string   `config:"name"`
	Title     string   `config:"title"`
	Phrases   []string `config:"phrases"`
	Team      string   `config:"team"`
	Policy    string   `config:"policy"`
	Component string   `config:"component"`
	Checklist []string `config:"checklist"`
	Runbook   string   `config:"runbook"`
}

// readAreas comes after the policies, whose names areas use.
func (c *Config) readAreas(parts []source) error {
	var errs []error
	for _, part := range parts {
		var a areaKeys
		errs = append(errs, part.decode(&a), part.strays(reflect.TypeOf(a)), c.checkArea(part, a))
		c.Areas = append(c.Areas, tocsin.Area(a))
	}
	return Join(errs...)
}

func (c *Config) checkArea(part source, a areaKeys) error {
	var errs []error
	if a.Policy != "" && !slices.Contains(c.policyNames(), a.Policy) {
		errs = append(errs, part.mistake("policy", "There is no policy "+a.Policy+". "+Suggest(a.Policy, c.policyNames())))
	}
	if slices.ContainsFunc(a.Phrases, func(p string) bool { return strings.TrimSpace(p) == "" }) {
		errs = append(errs, part.mistake("phrases", "One of the phrases is empty. Leave it out."))
	}
	if a.Runbook != "" && !isWebLink(a.Runbook) {
		errs = append(errs, part.mistake("runbook", "This is no link. Write it whole, such as https://wiki.example.org/sign-in."))
	}
	return Join(errs...)
}

func isWebLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
