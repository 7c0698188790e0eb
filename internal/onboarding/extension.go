package onboarding

import (
	"strings"
	"time"
)

const (
	maxExtensions    = 2 // of one case
	maxExtensionDays = 5 // business days, of one extension
)

// Extension is a later date that a reviewer gave a case, and why (O2).
type Extension struct {
	At          time.Time `json:"at"`
	Days        int       `json:"days"` // business days
	From        time.Time `json:"from"` // the latest date before
	To          time.Time `json:"to"`
	Reason      string    `json:"reason"`               // for the partner
	EscalatedAt time.Time `json:"escalatedAt,omitzero"` // when the case had become overdue, if it was
}

// CaseExtended tells that a case got a later date.
type CaseExtended struct {
	CaseID  string    `json:"caseId"`
	Days    int       `json:"days"`
	DueSoon time.Time `json:"dueSoon"`
	Latest  time.Time `json:"latest"`
	Reason  string    `json:"reason"` // for the partner
	Note    string    `json:"note"`   // for staff (O3)
}

// Type implements EventData.
func (CaseExtended) Type() EventType { return "verification.extended" }

func (d CaseExtended) apply(p *Partner, e Event) {
	c := *p.Case
	c.Extensions = append(c.Extensions[:len(c.Extensions):len(c.Extensions)], Extension{e.At, d.Days, c.Latest, d.Latest, d.Reason, c.EscalatedAt})
	c.DueSoon, c.Latest = d.DueSoon, d.Latest
	c.EscalatedAt, c.RemindedAt, c.Chased = time.Time{}, time.Time{}, 0
	p.Case = &c
}

// Extend is a reviewer's wish for more time.
type Extend struct {
	Days   int    // business days
	Reason string // for the partner
	Note   string // for staff (O3)
}

// ExtendCase moves the latest date of an open case by up to five business days,
// twice a case at most, and tells the partner (O2). An overdue case is under
// review again: its days count from now if that gives the later date.
func (p Partner) ExtendCase(x Extend, days Calendar, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	if err := p.notClaimedByOther(c, s.By.UserID); err != nil {
		return Event{}, err
	}
	if err := p.notPaused(c); err != nil {
		return Event{}, err
	}
	if len(c.Extensions) >= maxExtensions {
		return Event{}, Refuse(CodeTooMany, "This case was given more time twice already. Decide it, or set it aside with a date to look again: the partner keeps the date it was told.").At(p.path("verification/decision"))
	}
	var faults []Fault
	if x.Days < 1 || x.Days > maxExtensionDays {
		faults = append(faults, Fault{"/businessDays", FaultInvalid, "Give 1 to 5 business days."})
	}
	faults = append(faults, reasonFault("/partnerReason", x.Reason)...)
	if err := Invalid(append(faults, reasonFault("/reason", x.Note)...)); err != nil {
		return Event{}, err
	}
	from := c.Latest.Add(-time.Millisecond) // received just before the last day closes
	if s.at().After(c.Latest) {
		from = s.at()
	}
	d := CaseExtended{CaseID: c.ID, Days: x.Days, Latest: days.After(from, x.Days).UTC().Truncate(time.Millisecond), DueSoon: days.After(from, x.Days-1).UTC().Truncate(time.Millisecond),
		Reason: strings.TrimSpace(x.Reason), Note: strings.TrimSpace(x.Note)}
	params := p.mailParams()
	params["caseId"], params["latest"], params["reason"] = c.ID, d.Latest.Format(time.RFC3339), d.Reason
	return p.event(s, d, send(MailVerificationExtended, p.ContactEmail(), params)), nil
}
