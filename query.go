package tocsin

// The queries say which rows a list shows. A zero field does not filter. Lists
// are read page by page: pass the next that a call gave as Before or After of
// the following one; an empty next is the end. Limit 0 means the store's own.

// ReportQuery asks for reports, newest first.
type ReportQuery struct {
	Channel  string
	Incident int64
	Before   string
	Limit    int
}

// IncidentQuery asks for incidents, newest first.
type IncidentQuery struct {
	Open   *bool // nil: both open and closed ones
	Before string
	Limit  int
}

// PageQuery asks for pages, newest first.
type PageQuery struct {
	Incident int64
	State    PageState
	Before   string
	Limit    int
}

// AttemptQuery asks for the attempts of a page's notices, oldest first.
type AttemptQuery struct {
	Page  int64
	After string
	Limit int
}

// DeliveryQuery asks for lines of the ledger, oldest first.
type DeliveryQuery struct {
	Incident int64
	Update   int64
	State    DeliveryState
	After    string
	Limit    int
}
