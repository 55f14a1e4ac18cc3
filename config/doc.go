// Package config reads what the operator wrote: one YAML file, environment
// variables over it, secrets from files. It is strict: each mistake is told, all
// of them at once, with the place where it was made and what to write instead.
//
// It knows the keys of the program, and it must not know any channel's: a
// channel's own settings stay raw until the channel decodes them by Settings.
//
// A struct says by tags which keys it has:
//
//	Host     string        `config:"host,required"`
//	Password config.Secret `config:"password"` // also password_file
//
// Every scalar is text until its field gives it a type, so that the file and the
// environment are read alike, and 0123 or +15551234 stay what was written.
package config
