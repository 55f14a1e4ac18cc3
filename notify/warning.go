package notify

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// warnings are what an approver must know beside the recipients: what an approval
// would be refused for, and that a text goes out before anybody has vetted.
func (d *Desk) warnings(ctx context.Context, i tocsin.Incident, p tocsin.Preview) ([]string, error) {
	list := []string{}
	if p.Update.State != tocsin.UpdateDraft {
		return list, nil
	}
	for _, refused := range []error{d.refuseClaim(ctx, i, p.Update), refuseNobody(p)} {
		switch {
		case tocsin.CodeOf(refused) == tocsin.CodeConflict:
			list = append(list, tocsin.MessageOf(refused))
		case refused != nil:
			return list, refused
		}
	}
	if i.Verdict != tocsin.VerdictNone || p.Update.Kind != tocsin.UpdateAware {
		return list, nil
	}
	checks, err := d.Store.Checks(ctx, i.ID)
	if err != nil {
		return list, fmt.Errorf("list checks: %w", err)
	}
	untried := ""
	if len(checks) == 0 {
		untried = ", and nothing of its checklist was tried"
	}
	return append(list, fmt.Sprintf("Incident %d is only suspected%s: this is a holding text.", i.ID, untried)), nil
}

// refuseNobody keeps people from thinking that something was said which nobody hears.
func refuseNobody(p tocsin.Preview) error {
	if len(p.Told)+len(p.Held) > 0 {
		return nil
	}
	why := fmt.Sprintf("%s goes to the public only, and no channel posts in public", p.Update.Kind)
	switch {
	case p.Audience.ToldOnly:
		why = fmt.Sprintf("nobody got update %d", p.Update.Corrects)
	case p.Audience.Reporters:
		why = fmt.Sprintf("no reporter is both sure and untold (%d doubtful, %d left out)", len(p.Doubtful), len(p.LeftOut))
	case !p.Audience.Public:
		why = fmt.Sprintf("%s goes to the public only, and nothing is said there before the incident is confirmed", p.Update.Kind)
	}
	return tocsin.Errorf(tocsin.CodeConflict, "Nobody would hear it: %s.", why)
}
