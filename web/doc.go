// Package web is the HTTP side: the API in the folder below it, health, metrics,
// and a page that says so while there is no dashboard. It wraps all of them in what every request gets: an
// id, strict headers, protection against other origins, and a net below panics.
//
// The package must not know SQL, channels, or policy.
package web
