package notify

import (
	"context"
)

// Attach says that a report is one of the incident's: its writer is then sure
// enough to be answered. It takes the report away from where it was before.
func (d *Desk) Attach(ctx context.Context, actor string, report, incident int64) error {
	if _, err := d.open(ctx, incident); err != nil {
		return err
	}
	return d.Store.Assign(ctx, report, incident, true, actor)
}

// Detach says that a report is not one of any incident's.
func (d *Desk) Detach(ctx context.Context, actor string, report int64) error {
	return d.Store.Assign(ctx, report, 0, false, actor)
}
