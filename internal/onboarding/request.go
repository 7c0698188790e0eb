package onboarding

import (
	"strings"
	"time"
)

// What becomes of a request beside being answered (D2, D7): the distributor has
// it sent again or takes it back, the partner is reminded of it, or nobody
// answers and it expires.

const (
	requestReminderAhead = 3 * 24 * time.Hour // before a request expires
	requestResendPause   = 24 * time.Hour
	maxRequestResends    = 3
	maxRequestsMonth     = 5 // by one distributor to one partner within RequestValidity
)

// MailToDistributor as a recipient stands for a distributor's address in the
// directory.
func MailToDistributor(id string) string { return toDistributor + id }

const toDistributor = "distributor:"

// DistributorOf is the distributor that a recipient stands for.
func DistributorOf(to string) (id string, ok bool) { return strings.CutPrefix(to, toDistributor) }

// OfPartner says that a recipient is a person of the partner: neither staff nor
// a distributor.
func OfPartner(to string) bool { return to != MailToStaff && !strings.HasPrefix(to, toDistributor) }

// tell mails a relationship's distributor.
func (p Partner) tell(r Relationship, template MailTemplate, params map[string]string) Follow {
	f := send(template, MailToDistributor(r.DistributorID), params)
	delete(f.Mail.Params, "contactName") // the distributor isn't told whom it is at the partner
	return f
}

// RelationshipExpiredUnanswered tells that nobody answered a request in time (D2).
type RelationshipExpiredUnanswered struct {
	RelationshipID string `json:"relationshipId"`
}

// Type implements EventData.
func (RelationshipExpiredUnanswered) Type() EventType { return "relationship.expired" }

func (d RelationshipExpiredUnanswered) apply(p *Partner, e Event) {
	p.setRelationship(d.RelationshipID, func(r *Relationship) { r.close(RelationshipExpired, e.At, "") })
}

// expiring is the open request that expires first.
func (p Partner) expiring() (first Relationship, ok bool) {
	for _, r := range p.Relationships {
		if r.Status == RelationshipPending && (!ok || r.ExpiresAt.Before(first.ExpiresAt)) {
			first, ok = r, true
		}
	}
	return first, ok
}

func (p Partner) nextRequestExpiry() (time.Time, bool) {
	r, ok := p.expiring()
	return r.ExpiresAt, ok
}

// expireRequest ends a request that nobody answered; both sides are told (D2).
func (p Partner) expireRequest(s Stamp) Event {
	r, _ := p.expiring()
	params := p.relationshipParams(r)
	params["requestedAt"] = r.RequestedAt.UTC().Format(time.RFC3339)
	return p.event(s, RelationshipExpiredUnanswered{RelationshipID: r.ID}, send(MailRequestExpired, p.ContactEmail(), params), p.tell(r, MailResellerExpired, params))
}

// RelationshipReminded tells that the partner was told that a request is about to
// expire.
type RelationshipReminded struct {
	RelationshipID string `json:"relationshipId"`
}

// Type implements EventData.
func (RelationshipReminded) Type() EventType { return "relationship.reminded" }

func (d RelationshipReminded) apply(p *Partner, e Event) {
	p.setRelationship(d.RelationshipID, func(r *Relationship) { r.RemindedAt = e.At })
}

// unreminded is the open request whose reminder is due first. One that the
// partner could not accept isn't reminded of (D5).
func (p Partner) unreminded() (first Relationship, ok bool) {
	for _, r := range p.pendingRelationships(time.Time{}) {
		if r.RemindedAt.IsZero() && (!ok || r.ExpiresAt.Before(first.ExpiresAt)) {
			first, ok = r, true
		}
	}
	return first, ok
}

func (p Partner) nextRequestReminder() (time.Time, bool) {
	r, ok := p.unreminded()
	return r.ExpiresAt.Add(-requestReminderAhead), ok
}

// remindOfRequest tells the partner once, three days before, that a request
// expires (V9). Each open request is reminded of.
func (p Partner) remindOfRequest(s Stamp) Event {
	r, _ := p.unreminded()
	var mails []Follow
	for _, to := range p.contacts() {
		params := p.relationshipParams(r)
		params["contactName"], params["expiresAt"] = p.nameAt(to), r.ExpiresAt.UTC().Format(time.RFC3339)
		mails = append(mails, send(MailRequestReminder, to, params))
	}
	return p.event(s, RelationshipReminded{RelationshipID: r.ID}, mails...)
}

// RelationshipResent tells that a distributor had its request sent again (D7).
type RelationshipResent struct {
	RelationshipID string `json:"relationshipId"`
	MailKey        string `json:"mailKey"`
}

// Type implements EventData.
func (RelationshipResent) Type() EventType { return "relationship.resent" }

func (d RelationshipResent) apply(p *Partner, e Event) {
	p.setRelationship(d.RelationshipID, func(r *Relationship) {
		r.Resends, r.SentAt, r.MailKey = r.Resends+1, e.At, d.MailKey
	})
}

// ResendRequest has the mail about an open request sent again (D7): once a day,
// three times at most. The request expires on the same date.
func (p Partner) ResendRequest(relationshipID string, by Principal, s Stamp) (Event, error) {
	r, err := p.requestOf(relationshipID, by, s.At)
	switch {
	case err != nil:
		return Event{}, err
	case r.Resends >= maxRequestResends:
		return Event{}, Refuse(CodeResendLimited, "This request was sent again three times already. Write to the company yourself, or wait until the request expires and send a new one.")
	case s.At.Before(r.SentAt.Add(requestResendPause)):
		return Event{}, Refuse(CodeResendLimited, "This request was sent less than a day ago. Try again after "+r.SentAt.Add(requestResendPause).UTC().Format("2 January 2006, 15:04 UTC")+".")
	}
	mail := p.requestMail(r)
	return p.event(s, RelationshipResent{RelationshipID: r.ID, MailKey: MailKey(s.EventID, *mail.Mail)}, mail), nil
}

// RelationshipTakenBack tells that a distributor took its request back (D7).
type RelationshipTakenBack struct {
	RelationshipID string `json:"relationshipId"`
}

// Type implements EventData.
func (RelationshipTakenBack) Type() EventType { return "relationship.cancelled" }

func (d RelationshipTakenBack) apply(p *Partner, e Event) {
	p.setRelationship(d.RelationshipID, func(r *Relationship) { r.close(RelationshipCancelled, e.At, "") })
}

// CancelRequest takes an open request back (D7); the partner is told.
func (p Partner) CancelRequest(relationshipID string, by Principal, s Stamp) (Event, error) {
	r, err := p.requestOf(relationshipID, by, s.At)
	if err != nil {
		return Event{}, err
	}
	return p.event(s, RelationshipTakenBack{RelationshipID: r.ID}, send(MailRequestCancelled, p.ContactEmail(), p.relationshipParams(r))), nil
}

// requestOf is an open request of the principal's own distributor.
func (p Partner) requestOf(id string, by Principal, now time.Time) (Relationship, error) {
	r, ok := p.Relationship(id)
	if !ok || r.DistributorID != by.DistributorID {
		return Relationship{}, NotFound()
	}
	switch r.StatusAt(now) {
	case RelationshipPending:
		return r, nil
	case RelationshipExpired:
		return Relationship{}, Refuse(CodeRequestExpired, "This request has expired. Send the company a new one.").By(RoleDistributor).At(p.path("relationships"))
	}
	return Relationship{}, Refuse(CodeRequestClosed, "This request has been answered or taken back already.").At(p.path("relationships"))
}

// tooOften says that a distributor has asked the partner so often lately that it
// must stop: declined requests and cancelled ones count.
func (p Partner) tooOften(distributorID string, now time.Time) bool {
	n := 0
	for _, r := range p.Relationships {
		if r.DistributorID == distributorID && now.Before(r.RequestedAt.Add(RequestValidity)) {
			n++
		}
	}
	return n >= maxRequestsMonth
}
