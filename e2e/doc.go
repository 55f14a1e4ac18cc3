// Package e2e runs the whole program as its users do: the built binary, a real
// mail server, real databases, people who call its API. It holds tests only.
package e2e
