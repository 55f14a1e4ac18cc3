package ingest

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/tocsin/tocsin"
)

// stage is one step that each report goes through. It may change the report, or
// refuse it by naming a reason.
type stage struct {
	name string
	run  func(ctx context.Context, p *pass, r *tocsin.Report) (refusal, error)
}

// refusal says why something is no report; the zero value lets it through.
type refusal struct{ reason, detail string }

// pass is one batch on its way through the stages.
type pass struct {
	channel string
	seen    map[string]bool // external ids of the batch
}

// stages are gone through in this order: what is cheap and final comes first.
func (i *Ingest) stages() []stage {
	return []stage{
		{"whole", i.whole},
		{"own", i.own},
		{"clean", i.clean},
		{"empty", i.empty},
	}
}

// sift sends a batch through the stages. What is refused stands among its
// rejections afterwards. An error is the store's, and the batch can be tried again.
func (i *Ingest) sift(ctx context.Context, channel string, b tocsin.Batch) (tocsin.Batch, error) {
	p := &pass{channel: channel, seen: map[string]bool{}}
	sifted := b
	sifted.Reports = make([]tocsin.Report, 0, len(b.Reports))
	sifted.Rejections = nil
	for _, rejection := range b.Rejections {
		sifted.Rejections = append(sifted.Rejections, i.rejection(channel, rejection))
	}
	for _, r := range b.Reports {
		if p.seen[r.ExternalID] {
			continue // the store would drop it too; this spares the work
		}
		r.Channel = channel
		no, err := i.through(ctx, p, &r, i.stages())
		if err != nil {
			return tocsin.Batch{}, err
		}
		p.seen[r.ExternalID] = true
		if no.reason != "" {
			sifted.Rejections = append(sifted.Rejections, i.rejection(channel, tocsin.Rejection{
				ExternalID: r.ExternalID, Reason: no.reason, Detail: no.detail,
			}))
			continue
		}
		sifted.Reports = append(sifted.Reports, r)
	}
	sifted.Edits = i.reworded(ctx, p, b.Edits)
	return sifted, nil
}

// reworded cleans the new words of reports that their writers changed. One that
// our code cannot bear is left as it was.
func (i *Ingest) reworded(ctx context.Context, p *pass, edits []tocsin.Report) []tocsin.Report {
	var clean []tocsin.Report
	for _, r := range edits {
		r.Channel = p.channel
		if no, err := i.through(ctx, p, &r, []stage{{"clean", i.clean}}); err == nil && no.reason == "" {
			clean = append(clean, r)
		}
	}
	return clean
}

// through sends one report through stages. A stage that panics refuses it: one
// strange report must not keep the others out.
func (i *Ingest) through(ctx context.Context, p *pass, r *tocsin.Report, stages []stage) (no refusal, err error) {
	at := ""
	defer func() {
		if v := recover(); v != nil {
			i.metrics.panics.WithLabelValues(p.channel).Inc()
			i.log.Error("ingest stage panicked", "channel", p.channel, "stage", at, "external_id", r.ExternalID,
				"panic", v, "stack", string(debug.Stack()))
			no, err = refusal{tocsin.ReasonMalformed, "the stage " + at + " could not handle it"}, nil
		}
	}()
	for _, s := range stages {
		at = s.name
		if no, err = s.run(ctx, p, r); err != nil {
			return no, fmt.Errorf("%s report %q: %w", s.name, r.ExternalID, err)
		}
		if no.reason != "" {
			return no, nil
		}
	}
	return no, nil
}

// maxDetail is the length in runes of the longest detail of a rejection.
const maxDetail = 500

// rejection fills in what a rejection lacks.
func (i *Ingest) rejection(channel string, r tocsin.Rejection) tocsin.Rejection {
	r.Channel = channel
	r.Detail = word(r.Detail, maxDetail)
	if r.Reason == "" {
		r.Reason = tocsin.ReasonMalformed
	}
	if r.At.IsZero() {
		r.At = i.now()
	}
	return r
}
