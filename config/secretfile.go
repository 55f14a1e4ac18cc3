package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// fileSuffix makes the key of a secret's file out of the secret's own.
const fileSuffix = "_file"

// maxSecret is the size of the largest secret that is read from a file: a chain
// of certificates has some kilobytes.
const maxSecret = 64 << 10

const bothSet = "The secret and its file are both set. Keep one of the two."

// openSecret reads the file of a secret, if its key is set, and puts the text in
// the secret's place.
func (s source) openSecret(v *viper.Viper, key string, shape shape) error {
	own := strings.TrimSuffix(key, fileSuffix)
	name := v.GetString(key)
	if name == "" {
		return nil
	}
	if v.IsSet(own) {
		return s.mistake(key, bothSet)
	}
	secret, problem := readSecret(s.dir, name)
	if problem != "" {
		return s.mistake(key, problem)
	}
	v.Set(own, ofShape(shape, secret))
	return nil
}

// ofShape gives a list of secrets one for each line of its file that is not empty.
func ofShape(s shape, secret string) any {
	if s != scalars {
		return secret
	}
	lines := []any{}
	for line := range strings.Lines(secret) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// openSecrets does the same for a section in a list.
func (r *reader) openSecrets(n *yaml.Node, known []field, plain map[string]any, path string) {
	for _, f := range known {
		name, ok := plain[f.key].(string)
		if !f.file || !ok {
			continue
		}
		own := strings.TrimSuffix(f.key, fileSuffix)
		if plain[own] != nil {
			r.mistake(child(n, f.key), join(path, f.key), bothSet)
			continue
		}
		secret, problem := readSecret(r.dir, name)
		if problem != "" {
			r.mistake(child(n, f.key), join(path, f.key), "%s", problem)
		}
		plain[own] = ofShape(f.of, secret)
	}
}

// readSecret gives the text of a file, or what is wrong with it. A relative name
// starts at the configuration's folder. A line's end after the text is left out:
// editors put it there.
func readSecret(dir, name string) (secret, problem string) {
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return "", "The file " + name + " can't be read: " + reason(err) + "."
	case !info.Mode().IsRegular():
		return "", name + " is not a file. Name the file that holds the secret."
	case info.Size() > maxSecret:
		return "", "The file " + name + " is larger than 64 kB. Is it the secret?"
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return "", "The file " + name + " can't be read: " + reason(err) + "."
	}
	secret = strings.TrimRight(string(text), "\r\n")
	if secret == "" {
		return "", "The file " + name + " is empty. Put the secret into it."
	}
	return secret, ""
}

// reason leaves the file's name out of an error that is told beside it.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
