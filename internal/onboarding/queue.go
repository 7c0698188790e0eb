package onboarding

import "time"

// Queue names one of the operators' lists (O2).
type Queue string

// The queues.
const (
	QueueVerification Queue = "verification" // cases to be decided
	QueueOverdue      Queue = "overdue"      // cases whose promised days are over
	QueueAppeals      Queue = "appeals"      // rejections that a different reviewer must look at
	QueueDocuments    Queue = "documents"    // cases that wait for documents of the partner
	QueueDormant      Queue = "dormant"      // applications that nobody goes on with
)

// Queues lists the operators' lists.
func Queues() []Queue {
	return []Queue{QueueVerification, QueueOverdue, QueueAppeals, QueueDocuments, QueueDormant}
}

// QueueEntry is why and since when a partner is in a queue.
type QueueEntry struct {
	Queue  Queue
	Status string
	Since  time.Time
	By     time.Time // zero when there is no date
}

// Queued says in which operators' list the partner is; in none, when it needs
// no operator.
func (p Partner) Queued() (QueueEntry, bool) {
	switch v := p.Verification(); {
	case !p.DormantSince.IsZero():
		return QueueEntry{Queue: QueueDormant, Status: "Dormant", Since: p.DormantSince}, true
	case v == VerificationDocumentsRequested || v == VerificationExpired:
		return QueueEntry{Queue: QueueDocuments, Status: string(v), Since: p.Case.PausedAt, By: p.Case.Request.ExpiresAt}, true
	case v == VerificationOverdue:
		return QueueEntry{Queue: QueueOverdue, Status: string(v), Since: p.Case.OpenedAt, By: p.Case.Latest}, true
	case p.Case != nil && p.Case.Appeal != nil && p.Case.Decision == nil:
		return QueueEntry{Queue: QueueAppeals, Status: string(v), Since: p.Case.Appeal.At, By: p.Case.Latest}, true
	case v == VerificationPending || v == VerificationUnderReview:
		return QueueEntry{Queue: QueueVerification, Status: string(v), Since: p.Case.OpenedAt, By: p.Case.Latest}, true
	}
	return QueueEntry{}, false
}
