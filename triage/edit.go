package triage

import "github.com/tocsin/tocsin"

// edited finds the post of a report that its writer changed, while it is among the
// recent ones; nil for what is new or too old to matter.
func (e *Engine) edited(r *tocsin.Report) *post {
	if r.EditedAt.IsZero() {
		return nil
	}
	key := keyOf(r)
	for n := e.recent.next; n > e.recent.first; n-- {
		if p := e.recent.at(n - 1); p.key == key && !p.outdated {
			return p
		}
	}
	return nil
}

// supersede lets a post take the place of an earlier one of the same report. It
// stays in the cluster; the earlier one is evidence no more, and nobody is told of
// it, nor is the report counted again in what is usual.
func (e *Engine) supersede(old, p *post) {
	p.cluster, p.again = old.cluster, old.evidence() || !p.evidence()
	old.outdated, old.reason = true, reasonEdited
	delete(e.moved, old)
}
