package triage

import (
	"slices"
)

// End lets go of an incident that a person closed. Its reports are evidence no
// more; what people write from now on about the same problem is a new incident.
// A key that is not open is left alone.
func (e *Engine) End(key string) {
	i := e.byKey[key]
	if i == nil {
		return
	}
	for _, m := range i.members {
		m.over = true
	}
	delete(e.byKey, key)
	e.open = slices.DeleteFunc(e.open, func(o *incident) bool { return o == i })
}
