package tocsin

import "time"

// Job is work that must survive a crash. It is enqueued in the transaction of
// the row that it is about; the row is the truth, and a job that fires re-reads
// it. The store runs jobs; their kinds are stored and must not change.
type Job interface{ Kind() string }

// Effects is what a change of a row brings with it, in the same transaction.
type Effects struct {
	Events   []Event // Incident and At are filled in by the store where they are zero
	Attempts []Attempt
	Jobs     []Later
}

// Later is a job with the time before which it must not run; zero is at once.
type Later struct {
	Job Job
	At  time.Time
}

// AlertJob opens a page for an incident that earned a bell.
type AlertJob struct {
	Incident int64 `json:"incident"`
	Tier     Tier  `json:"tier"`
}

// Kind names the job in the queue.
func (AlertJob) Kind() string { return "alert" }

// NoticeJob carries one notice of a page to its target.
type NoticeJob struct {
	Notice int64 `json:"notice"`
	Early  int   `json:"early,omitempty"` // it was called forward: how many tries it had by then, plus one
}

// Kind names the job in the queue.
func (NoticeJob) Kind() string { return "notice" }

// RefreshJob looks what grown evidence or a decision means for the pages of an
// incident: some are brought up to date, some wake before their time.
type RefreshJob struct {
	Incident int64 `json:"incident"`
	Slot     int64 `json:"slot"` // tells jobs apart; all changes of some seconds share one
}

// Kind names the job in the queue.
func (RefreshJob) Kind() string { return "refresh" }

// RenewJob brings one notice that was sent up to date, where the medium can.
type RenewJob struct {
	Notice int64 `json:"notice"`
	Slot   int64 `json:"slot"`
}

// Kind names the job in the queue.
func (RenewJob) Kind() string { return "renew" }

// EscalateJob begins the next step of a page, unless somebody acknowledged.
type EscalateJob struct {
	Page int64 `json:"page"`
	Step int   `json:"step"` // the step that was current when the timer was set
}

// Kind names the job in the queue.
func (EscalateJob) Kind() string { return "escalate" }

// BroadcastJob begins to send an approved update when its hold is over.
type BroadcastJob struct {
	Update int64     `json:"update"`
	SendAt time.Time `json:"send_at,omitzero"` // the end of the hold that the approval gave it
}

// Kind names the job in the queue.
func (BroadcastJob) Kind() string { return "broadcast" }

// DeliverJob sends one delivery.
type DeliverJob struct {
	Delivery int64 `json:"delivery"`
}

// Kind names the job in the queue.
func (DeliverJob) Kind() string { return "deliver" }
