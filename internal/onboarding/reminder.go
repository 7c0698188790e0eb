package onboarding

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ladder is after how many days without an act of the partner it is reminded
// of the step that waits for it (V9). With the last reminder the application
// becomes dormant: never deleted, and awake again with the partner's next
// command.
var ladder = [...]int{3, 7, 14, 30}

// Reminded is how far a ladder of reminders got. It holds for one spell of
// waiting; the next one begins at the foot of the ladder.
type Reminded struct {
	Since time.Time `json:"since"` // when the spell began
	Count int       `json:"count"`
}

// PartnerReminded tells that the partner was reminded of what it owes.
type PartnerReminded struct {
	Code    string    `json:"code"` // of the requirement that is owed
	Since   time.Time `json:"since"`
	Count   int       `json:"count"` // 1 for the first
	Dormant bool      `json:"dormant,omitzero"`
}

// Type implements EventData.
func (PartnerReminded) Type() EventType { return "partner.reminded" }

func (d PartnerReminded) apply(p *Partner, e Event) {
	p.Reminded = Reminded{Since: d.Since, Count: d.Count}
	if d.Dormant {
		p.DormantSince, p.Idle = e.At, true
	}
}

// ReviewersReminded tells that staff was reminded of a case that is due soon.
type ReviewersReminded struct {
	CaseID string `json:"caseId"`
}

// Type implements EventData.
func (ReviewersReminded) Type() EventType { return "verification.reviewersReminded" }

func (ReviewersReminded) apply(p *Partner, e Event) {
	c := *p.Case
	c.RemindedAt = e.At
	p.Case = &c
}

// chaseDays is after how many days of being overdue staff is asked again for a
// decision; from the last one on it is asked every chaseEvery days (V6).
var chaseDays = [...]int{1, 3, 7}

const chaseEvery = 7

// ReviewersChased tells that staff was asked again for the decision on an
// overdue case.
type ReviewersChased struct {
	CaseID string `json:"caseId"`
	Count  int    `json:"count"` // 1 for the first time
}

// Type implements EventData.
func (ReviewersChased) Type() EventType { return "verification.reviewersChased" }

func (d ReviewersChased) apply(p *Partner, _ Event) {
	c := *p.Case
	c.Chased = d.Count
	p.Case = &c
}

// chaseAt is when staff is asked next for the decision on an overdue case.
func (c Case) chaseAt() time.Time {
	return chaseAfter(c.EscalatedAt, c.Chased)
}

// chaseAfter is when staff is asked again for what has been late since a moment.
func chaseAfter(since time.Time, chased int) time.Time {
	days := chaseDays[min(chased, len(chaseDays)-1)] + chaseEvery*max(0, chased-len(chaseDays)+1)
	return since.AddDate(0, 0, days)
}

func (p Partner) nextChase() (time.Time, bool) {
	if c := p.Case; c != nil && c.Decision == nil && !c.EscalatedAt.IsZero() && c.PausedAt.IsZero() {
		return c.chaseAt(), true
	}
	return time.Time{}, false
}

func (p Partner) chaseReviewers(s Stamp) Event {
	params := p.mailParams()
	params["caseId"], params["latest"] = p.Case.ID, p.Case.Latest.UTC().Format(time.RFC3339)
	return p.event(s, ReviewersChased{CaseID: p.Case.ID, Count: p.Case.Chased + 1}, send(MailCaseEscalated, MailToStaff, params))
}

// deadlines are what time alone asks for, the most urgent first: when each is
// due, and what is done then.
func (p Partner) deadlines() []deadline {
	if p.Programme.Departure != nil {
		return nil // A8: its time stands still until it comes back
	}
	sure := func(do func(Stamp) Event) func(Stamp) (Event, error) {
		return func(s Stamp) (Event, error) { return do(s), nil }
	}
	return append([]deadline{
		{p.nextMagic, p.doMagic},
		{p.nextEscalation, p.Escalate},
		{p.nextDocumentsExpiry, sure(p.expireDocuments)},
		{p.nextLookAgain, sure(p.lookAgain)},
		{p.nextReviewersReminder, sure(p.remindReviewers)},
		{p.nextRequestExpiry, sure(p.expireRequest)},
		{p.nextRequestReminder, sure(p.remindOfRequest)},
		{p.nextChase, sure(p.chaseReviewers)},
		{p.nextDocumentsReminder, sure(p.remindOfDocuments)},
		{p.nextRenewalNotice, sure(p.notifyOfRenewal)},
		{p.nextUserLapse, sure(p.lapse)},
		{p.nextReinstatement, sure(p.reinstateMended)},
		{p.nextAnnouncement, sure(p.announceByRule)},
		{p.nextWarning, sure(p.warn)},
		{p.nextSuspension, sure(p.suspendAsAnnounced)},
		{p.nextSuspensionLook, sure(p.chaseSuspension)},
		{p.nextPartnerReminder, sure(p.remindPartner)},
	}, p.directBillDeadlines()...)
}

type deadline struct {
	next func() (time.Time, bool)
	do   func(Stamp) (Event, error)
}

// NextDeadline is the next moment at which time alone changes the partner: a
// case becomes overdue (V6), or somebody is to be reminded (V9). ok is false
// when there is none.
func (p Partner) NextDeadline() (at time.Time, ok bool) {
	for _, d := range p.deadlines() {
		if t, is := d.next(); is && (!ok || t.Before(at)) {
			at, ok = t, true
		}
	}
	return at, ok
}

// Tick does what the passing of time asks for: one thing at a time, the most
// urgent first. With nothing due it is refused with CodeNothingDue, so a sweep
// asks until then. Asked twice, twice at once, or late, everything is done once.
func (p Partner) Tick(s Stamp) (Event, error) {
	for _, d := range p.deadlines() {
		if at, ok := d.next(); ok && !s.at().Before(at) {
			return d.do(s)
		}
	}
	return Event{}, Refuse(CodeNothingDue, "No deadline has passed and no reminder is due.")
}

func (p Partner) nextEscalation() (time.Time, bool) {
	if c := p.Case; c != nil && c.Decision == nil && c.EscalatedAt.IsZero() && c.PausedAt.IsZero() {
		return c.Latest, true
	}
	return time.Time{}, false
}

// nextReviewersReminder is once for each case, unless it is overdue anyway.
func (p Partner) nextReviewersReminder() (time.Time, bool) {
	if c := p.Case; c != nil && c.Decision == nil && c.EscalatedAt.IsZero() && c.PausedAt.IsZero() && c.RemindedAt.IsZero() && !c.DueSoon.IsZero() && !c.decidesItself() {
		return c.DueSoon, true
	}
	return time.Time{}, false
}

// waiting is the requirement that the partner owes, and since when nothing was
// done about it.
func (p Partner) waiting() (r Requirement, since time.Time, ok bool) {
	if !p.Enrolled() || !p.DormantSince.IsZero() {
		return r, since, false
	}
	asOf := p.ActedAt
	for _, request := range p.Relationships {
		if request.Status == RelationshipPending && request.RequestedAt.After(asOf) {
			asOf = request.RequestedAt // an older one may have expired by then
		}
	}
	doc := p.Requirements(asOf)
	owed := slices.Concat(doc.PastDue, doc.DueNow)
	slices.SortStableFunc(owed, addressLast)
	for _, r := range owed {
		if r.Who == PartyPartner && !strings.HasPrefix(r.Code, "documents") && !strings.HasPrefix(r.Code, "suspension_") && r.Code != codeReacceptance { // those have ladders of their own
			since = r.Since
			if p.ActedAt.After(since) {
				since = p.ActedAt
			}
			return r, since, true
		}
	}
	return r, since, false
}

// addressLast puts a broken address after what a step waits for: a company that
// does nothing becomes dormant whether or not mails reach it, and one that is
// done doesn't become so for an address.
func addressLast(a, b Requirement) int {
	if a.Code == b.Code || a.Code != requiredAddress && b.Code != requiredAddress {
		return 0
	}
	if a.Code == requiredAddress {
		return 1
	}
	return -1
}

func (p Partner) nextPartnerReminder() (time.Time, bool) {
	r, since, ok := p.waiting()
	if !ok {
		return time.Time{}, false
	}
	count := 0
	if p.Reminded.Since.Equal(since) {
		count = p.Reminded.Count
	}
	if count >= len(ladder) {
		return time.Time{}, false
	}
	at := since.AddDate(0, 0, ladder[count])
	if r.Step == StepVerification && count == len(ladder)-1 {
		return time.Time{}, false // the case has its own deadline: it is escalated, never dormant
	}
	if r.Step == StepDistributor && !r.By.IsZero() && !at.Before(r.By) {
		return time.Time{}, false // the request will have expired
	}
	return at, true
}

func (p Partner) remindReviewers(s Stamp) Event {
	params := p.mailParams()
	params["caseId"], params["latest"] = p.Case.ID, p.Case.Latest.UTC().Format(time.RFC3339)
	return p.event(s, ReviewersReminded{CaseID: p.Case.ID}, send(MailCaseDueSoon, MailToStaff, params))
}

func (p Partner) remindPartner(s Stamp) Event {
	r, since, _ := p.waiting()
	count := 1
	if p.Reminded.Since.Equal(since) {
		count = p.Reminded.Count + 1
	}
	template := MailStepReminder
	switch {
	case strings.HasPrefix(r.Code, "change_"):
		template = MailChangeReminder
	case count == len(ladder):
		template = MailDormant
	}
	var mails []Follow
	for _, to := range p.contacts() {
		params := p.mailParams()
		params["days"] = strconv.Itoa(ladder[count-1])
		params["since"] = since.UTC().Format(time.RFC3339)
		mails = append(mails, send(template, to, params))
	}
	return p.event(s, PartnerReminded{Code: r.Code, Since: since, Count: count, Dormant: count == len(ladder)}, mails...)
}

// contacts are the addresses that reminders go to: the primary contact, once
// proven, and the admin who enrolled (V9).
func (p Partner) contacts() []string {
	if contact := p.ContactEmail(); !strings.EqualFold(contact, p.WorkEmail) {
		return []string{contact, p.WorkEmail}
	}
	return []string{p.WorkEmail}
}
