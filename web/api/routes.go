package api

import (
	"github.com/tocsin/tocsin"
)

// routes is every route with the least role that may call it. Calls that send
// something to people are marked: they need an Idempotency-Key.
func (a *API) routes() {
	const (
		viewer    = tocsin.RoleViewer
		support   = tocsin.RoleSupport
		responder = tocsin.RoleResponder
		admin     = tocsin.RoleAdmin
	)

	route(a, "GET /me", viewer, "Who am I", a.me)

	route(a, "GET /incidents", viewer, "List incidents, newest first", a.listIncidents)
	route(a, "GET /incidents/{id}", viewer, "Show an incident", a.showIncident)
	route(a, "GET /incidents/{id}/reports", viewer, "List its reports, oldest first", a.listMembers)
	route(a, "GET /incidents/{id}/timeline", viewer, "List what happened, oldest first", a.listEvents)
	route(a, "GET /incidents/{id}/checks", viewer, "List what was tried", a.listChecks)
	route(a, "GET /incidents/{id}/updates", viewer, "List its updates", a.listUpdates)
	route(a, "GET /incidents/{id}/owed", viewer, "List who has no answer yet", a.listOwed)
	route(a, "PUT /incidents/{id}/verdict", support, "Give a verdict", a.putVerdict)
	route(a, "PUT /incidents/{id}/phase", support, "Move to a phase", a.putPhase)
	route(a, "PUT /incidents/{id}/cause", support, "Name the cause", a.putCause)
	route(a, "POST /incidents/{id}/checks", support, "Record what trying an item showed", a.addCheck)
	route(a, "PUT /incidents/{id}/reports/{report}", support, "Attach a report", a.attach)
	drop(a, "DELETE /incidents/{id}/reports/{report}", support, "Detach a report", a.detach)
	route(a, "POST /incidents/{id}/close", support, "Close an incident that owes nobody an answer", a.closeIncident)
	route(a, "POST /incidents/{id}/reopen", support, "Open a closed incident again", a.reopenIncident)
	route(a, "POST /incidents/{id}/ack", responder, "Take every page of it", a.ackIncident)

	route(a, "POST /incidents/{id}/updates", support, "Draft an update", a.draftUpdate)
	route(a, "GET /updates/{id}", viewer, "Show an update", a.showUpdate)
	route(a, "PATCH /updates/{id}", support, "Change a draft", a.editUpdate)
	route(a, "GET /updates/{id}/preview", viewer, "Show who would get it, and who not", a.previewUpdate)
	route(a, "POST /updates/{id}/approve", support, "Approve: it goes out after the hold", a.approveUpdate, sends)
	route(a, "POST /updates/{id}/cancel", support, "Take an approval back during the hold", a.cancelUpdate)
	route(a, "POST /updates/{id}/discard", support, "Throw a draft away", a.discardUpdate)
	route(a, "POST /updates/{id}/stop", support, "Stop a broadcast", a.stopUpdate)
	route(a, "POST /updates/{id}/resume", support, "Go on with a stopped broadcast", a.resumeUpdate, sends)

	route(a, "GET /deliveries", viewer, "List the ledger, oldest first", a.listDeliveries)
	route(a, "GET /deliveries/{id}", viewer, "Show a line of the ledger", a.showDelivery)
	route(a, "POST /deliveries/{id}/retry", support, "Send what failed or was held", a.retryDelivery, sends)
	route(a, "POST /deliveries/{id}/by-hand", support, "Record that a person told them", a.deliverByHand)
	route(a, "POST /deliveries/{id}/skip", support, "Leave somebody out, for a reason", a.skipDelivery)

	route(a, "GET /pages", viewer, "List pages, newest first", a.listPages)
	route(a, "GET /pages/{id}", viewer, "Show a page and its notices", a.showPage)
	route(a, "GET /pages/{id}/attempts", viewer, "List each call that was made for it, oldest first", a.listAttempts)
	route(a, "POST /pages/{id}/ack", responder, "Take a page", a.ackPage)
	route(a, "POST /pages/{id}/snooze", responder, "Take a page for a while", a.snoozePage)
	route(a, "POST /pages/{id}/not-us", responder, "Hand a page to another team's policy", a.notUs, sends)
	route(a, "POST /pages/{id}/escalate", responder, "Call the next step now", a.escalatePage, sends)
	route(a, "POST /pages/{id}/everyone", responder, "Call everyone", a.callEveryone, sends)
	route(a, "GET /media", viewer, "List how the bells on each channel do", a.listMedia)

	route(a, "GET /reports", viewer, "List reports, newest first", a.listReports)
	route(a, "GET /reports/{id}", viewer, "Show a report", a.showReport)
	route(a, "GET /reports/{id}/raw", support, "Show a report as it came", a.showRaw)
	route(a, "GET /rejections", viewer, "List what came in and is no report, newest first", a.listRejections)
	route(a, "GET /channels", viewer, "List channels and how they do", a.listChannels)
	route(a, "POST /channels/{name}/import", admin, "Bring in old reports; they open no incident", a.importReports, large)
	route(a, "GET /channels/{name}", viewer, "Show a channel and how it does", a.showChannel)

	route(a, "GET /areas", viewer, "List areas", a.listAreas)
	route(a, "GET /areas/{name}", viewer, "Show an area", a.showArea)
	route(a, "PUT /areas/{name}", admin, "Make or replace an area", a.putArea)
	drop(a, "DELETE /areas/{name}", admin, "Delete an area", a.deleteArea)
	route(a, "GET /policies", viewer, "List policies", a.listPolicies)
	route(a, "GET /policies/{name}", viewer, "Show a policy", a.showPolicy)
	route(a, "PUT /policies/{name}", admin, "Make or replace a policy", a.putPolicy)
	drop(a, "DELETE /policies/{name}", admin, "Delete a policy", a.deletePolicy)
	route(a, "GET /people", viewer, "List people who can be paged", a.listPeople)
	route(a, "GET /people/{name}", viewer, "Show a person", a.showPerson)
	route(a, "GET /people/{name}/feed", viewer, "Tell the address of their calendar", a.personFeed)
	route(a, "PUT /people/{name}", responder, "Make or replace a person; others than oneself: admin", a.putPerson)
	drop(a, "DELETE /people/{name}", admin, "Delete a person", a.deletePerson)
	route(a, "GET /oncall", viewer, "List who is on call in each schedule", a.onCall)
	route(a, "GET /schedules", viewer, "List schedules", a.listSchedules)
	route(a, "GET /schedules/{name}", viewer, "Show a schedule", a.showSchedule)
	route(a, "GET /schedules/{name}/shifts", viewer, "List who is on call in it over a span", a.listShifts)
	route(a, "GET /schedules/{name}/outlook", viewer, "Show its gaps and what else is wrong ahead", a.showOutlook)
	route(a, "GET /schedules/{name}/feed", viewer, "Tell the address of its calendar", a.scheduleFeed)
	route(a, "PUT /schedules/{name}", admin, "Make or replace a schedule", a.putSchedule)
	drop(a, "DELETE /schedules/{name}", admin, "Delete a schedule", a.deleteSchedule)
	route(a, "GET /schedules/{name}/overrides", viewer, "List its overrides that have not ended", a.listOverrides)
	route(a, "POST /schedules/{name}/overrides", responder, "Put somebody on call for a while", a.addOverride)
	route(a, "POST /schedules/{name}/swap", responder, "Exchange two shifts", a.swap)
	drop(a, "DELETE /overrides/{id}", responder, "Take an override back", a.deleteOverride)

	route(a, "GET /tokens", admin, "List tokens", a.listTokens)
	route(a, "POST /tokens", admin, "Make a token; its secret is shown once", a.addToken)
	drop(a, "DELETE /tokens/{id}", admin, "Delete a token", a.deleteToken)
}
