package notify

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// Owed lists the reporters of an incident to whom the last word for them has not
// come: nobody is forgotten when it is empty. The reason says where it hangs.
func (d *Desk) Owed(ctx context.Context, incident int64) ([]tocsin.Recipient, error) {
	i, err := d.Store.Incident(ctx, incident)
	if err != nil {
		return nil, err
	}
	lines, err := deliveriesOf(ctx, d.Store, tocsin.DeliveryQuery{Incident: incident})
	if err != nil {
		return nil, err
	}
	members, err := d.Store.Members(ctx, incident)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return owed(i, members, lines), nil
}

// owed finds the reporters whose latest line in the ledger is not settled, and
// those who have none: who heard that we know of it is still owed that it is
// fixed, once that was to be said to them. The doubtful are among them: a person
// has to look at what they wrote. Nobody is owed an answer by a flood, which has
// no victims, nor by a duplicate, whose reporters are answered as those of the
// other incident.
func owed(i tocsin.Incident, members []tocsin.Member, ledger []tocsin.Delivery) []tocsin.Recipient {
	if i.Verdict == tocsin.VerdictFlood || i.Verdict == tocsin.VerdictDuplicate {
		return nil
	}
	latest := map[string]tocsin.Delivery{}
	for _, line := range ledger { // it is in the order of approval
		if !withdrawn(line) {
			latest[line.Reporter.ID] = line
		}
	}
	var list []tocsin.Recipient
	for _, who := range persons(members) {
		line, found := latest[who.reporter.ID]
		if line.State.Settled() || who.staff() || who.reporter.Upstream() {
			continue
		}
		hangs := ""
		if found {
			hangs = fmt.Sprintf("%s %s", line.State, line.Reason)
		}
		switch sure, doubtful := who.sure(), who.doubtful(); {
		case len(sure) > 0:
			list = append(list, who.at(last(sure), hangs))
		case len(doubtful) > 0:
			list = append(list, who.at(last(doubtful), reasonDoubtful))
		}
	}
	return list
}
