package onboarding

import "time"

// Queue names one of the operators' lists (O2).
type Queue string

// The queues.
const (
	QueueVerification Queue = "verification" // cases to be decided
	QueueDueToday     Queue = "dueToday"     // those of them and of the appeals that are due by the end of the business day
	QueueStuck        Queue = "stuck"        // executions that stopped, and consequences that go wrong again and again
	QueueOverdue      Queue = "overdue"      // cases whose promised days are over
	QueueAppeals      Queue = "appeals"      // rejections that a different reviewer must look at
	QueueDocuments    Queue = "documents"    // cases that wait for documents of the partner
	QueueDirectBill   Queue = "directBill"   // applications for direct bill, and tasks of staff that follow
	QueueAnswers      Queue = "answers"      // A8: companies that answered a suspension, which staff must look at
	QueueSuspended    Queue = "suspended"    // A8: companies that are suspended
	QueueWarned       Queue = "warned"       // A8: companies that will be
	QueueDormant      Queue = "dormant"      // applications that nobody goes on with
)

// Queues lists the operators' lists.
func Queues() []Queue {
	return []Queue{QueueVerification, QueueDueToday, QueueOverdue, QueueAppeals, QueueDocuments, QueueDirectBill, QueueStuck, QueueAnswers, QueueSuspended, QueueWarned, QueueDormant}
}

// OfTests is the list of the same kind that test partners are in: they never
// stand among the real ones.
func (q Queue) OfTests() Queue { return "test#" + q }

// QueueEntry is why and since when a partner is in a queue.
type QueueEntry struct {
	Queue  Queue
	Status string
	Since  time.Time
	By     time.Time // zero when there is no date

	Reviewer Assignee // who has claimed the case, if anybody
}

// Queued says in which operators' list the partner is; in none, when it needs
// no operator. What is stuck is listed beside: its cause has an entry of its own.
func (p Partner) Queued() (QueueEntry, bool) {
	q, ok := p.queued()
	if c := p.Case; c != nil && c.Claim != nil {
		q.Reviewer = c.Claim.Assignee
	}
	if ok && p.Test {
		q.Queue = q.Queue.OfTests()
	}
	return q, ok
}

func (p Partner) queued() (QueueEntry, bool) {
	u := p.suspension()
	if u != nil && u.Answer != nil {
		return QueueEntry{Queue: QueueAnswers, Status: string(u.Answer.Kind), Since: u.Answer.At, By: u.Answer.lookAt()}, true
	}
	if q, ok := p.queuedCase(); ok {
		return q, true
	}
	switch {
	case p.Programme.Departure != nil:
	case u.inForce():
		return QueueEntry{Queue: QueueSuspended, Status: string(u.Code), Since: u.Since}, true
	case u != nil:
		return QueueEntry{Queue: QueueWarned, Status: string(u.Code), Since: u.AnnouncedAt, By: u.From}, true
	case !p.DormantSince.IsZero():
		return QueueEntry{Queue: QueueDormant, Status: "Dormant", Since: p.DormantSince}, true
	}
	return QueueEntry{}, false
}

func (p Partner) queuedCase() (QueueEntry, bool) {
	switch v := p.Verification(); {
	case p.Case != nil && p.Case.Decision == nil && p.Case.decidesItself() && v == VerificationPending:
		return QueueEntry{}, false // V7: no reviewer is needed
	case v == VerificationDocumentsRequested || v == VerificationExpired:
		return QueueEntry{Queue: QueueDocuments, Status: string(v), Since: p.Case.PausedAt, By: p.Case.Request.ExpiresAt}, true
	case v == VerificationOverdue:
		return QueueEntry{Queue: QueueOverdue, Status: string(v), Since: p.Case.OpenedAt, By: p.Case.Latest}, true
	case p.Case != nil && p.Case.Appeal != nil && p.Case.Decision == nil:
		return QueueEntry{Queue: QueueAppeals, Status: string(v), Since: p.Case.Appeal.At, By: p.Case.Latest}, true
	case v == VerificationPending || v == VerificationUnderReview || v == VerificationCannotComplete:
		return QueueEntry{Queue: QueueVerification, Status: string(v), Since: p.Case.OpenedAt, By: p.Case.Latest}, true
	}
	return QueueEntry{}, false
}

// EndOfToday is the end of the business day that now lies in, or of the next one
// when none is under way.
func EndOfToday(days Calendar, now time.Time) time.Time {
	if end := days.After(now, 0); end.After(now) {
		return end
	}
	return days.After(now, 1) // shortened days end when they begin
}
