package onboarding

import (
	"slices"
	"strings"
	"time"
)

// maxLookAgainDays is within how many business days a case that was set aside
// is looked at again.
const maxLookAgainDays = 5

// SetAsideCode says why a case was looked at and can't be completed yet. Codes
// are stable.
type SetAsideCode string

// SetAsideReason is what a code means to the partner.
type SetAsideReason struct {
	Code SetAsideCode
	Text string
}

var setAsideReasons = []SetAsideReason{
	{"registry_unavailable", "The official registry can't be reached at the moment, so the details can't be compared yet."},
	{"waiting_for_authority", "We have asked an authority about the registration and wait for its answer."},
	{"needs_specialist", "The case needs a colleague who knows this country's law or this kind of company."},
	{"needs_translation", "Records or documents have to be translated before they can be compared."},
	{"records_conflict", "Official records contradict each other, and we are finding out which one is right."},
}

// SetAsideReasons lists every code with its meaning.
func SetAsideReasons() []SetAsideReason { return slices.Clone(setAsideReasons) }

// SetAsideReasonOf finds the meaning of a code.
func SetAsideReasonOf(code SetAsideCode) (SetAsideReason, bool) {
	i := slices.IndexFunc(setAsideReasons, func(r SetAsideReason) bool { return r.Code == code })
	if i < 0 {
		return SetAsideReason{}, false
	}
	return setAsideReasons[i], true
}

// SetAside says that a reviewer looked at a case and can't complete it yet. It
// is no rejection: the promised date stays, and the reviewer looks again.
type SetAside struct {
	At        time.Time    `json:"at"`
	Code      SetAsideCode `json:"code"`
	LookAgain time.Time    `json:"lookAgain"`
}

// CaseSetAside tells that a case was looked at and can't be completed yet.
type CaseSetAside struct {
	CaseID    string       `json:"caseId"`
	Code      SetAsideCode `json:"code"`
	LookAgain time.Time    `json:"lookAgain"`
	Note      string       `json:"note"` // for staff (O3)
}

// Type implements EventData.
func (CaseSetAside) Type() EventType { return "verification.setAside" }

func (d CaseSetAside) apply(p *Partner, e Event) {
	c := *p.Case
	c.SetAside = &SetAside{At: e.At, Code: d.Code, LookAgain: d.LookAgain}
	p.Case = &c
}

// CannotComplete is what a reviewer says who looked at a case and can't
// complete it yet.
type CannotComplete struct {
	Code SetAsideCode
	Days int    // business days until somebody looks again
	Note string // for staff (O3)
}

// SetCaseAside records that an open case was looked at and can't be completed
// yet, why, and when somebody looks again (O2). The partner is told. The
// promised date stays: past it the case is escalated all the same (V6).
func (p Partner) SetCaseAside(a CannotComplete, days Calendar, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	if err := c.fourEyes(s.By.UserID); err != nil {
		return Event{}, err
	}
	if err := p.notClaimedByOther(c, s.By.UserID); err != nil {
		return Event{}, err
	}
	if err := p.notPaused(c); err != nil {
		return Event{}, err
	}
	if c.Check(CheckEmailOwnership).Status == CheckPending {
		return Event{}, Refuse(CodeOwnershipPending, "The primary contact hasn't confirmed the e-mail address yet: the case waits for the partner and not for a reviewer. Have the link sent again.").At(p.path("verification/ownership-link"))
	}
	var faults []Fault
	reason, known := SetAsideReasonOf(a.Code)
	switch {
	case a.Code == "":
		faults = append(faults, Fault{"/code", FaultRequired, "Say why the case can't be completed yet."})
	case !known:
		faults = append(faults, Fault{"/code", FaultUnsupported, "Use one of the documented codes."})
	}
	if a.Days < 1 || a.Days > maxLookAgainDays {
		faults = append(faults, Fault{"/lookAgainIn", FaultInvalid, "Give 1 to 5 business days."})
	}
	if err := Invalid(append(faults, reasonFault("/reason", a.Note)...)); err != nil {
		return Event{}, err
	}
	d := CaseSetAside{CaseID: c.ID, Code: a.Code, LookAgain: days.After(s.at(), a.Days).UTC().Truncate(time.Millisecond), Note: strings.TrimSpace(a.Note)}
	params := p.mailParams()
	params["caseId"], params["reason"] = c.ID, reason.Text
	params["lookAgain"], params["latest"] = d.LookAgain.Format(time.RFC3339), c.Latest.UTC().Format(time.RFC3339)
	return p.event(s, d, send(MailVerificationSetAside, p.ContactEmail(), params)), nil
}

// CaseResumed tells that a case that was set aside is looked at again.
type CaseResumed struct {
	CaseID string `json:"caseId"`
	Reason string `json:"reason,omitzero"` // of the reviewer; "" when its date came
}

// Type implements EventData.
func (CaseResumed) Type() EventType { return "verification.resumed" }

func (CaseResumed) apply(p *Partner, _ Event) { p.Case = p.Case.resumed() }

// resumed is the case without its having been set aside, in a copy.
func (c Case) resumed() *Case {
	c.SetAside = nil
	return &c
}

// ResumeCase goes on with a case that was set aside (O2). So do a claim, a
// decision and a request for documents.
func (p Partner) ResumeCase(reason string, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	if c.SetAside == nil {
		return Event{}, Refuse(CodeNotSetAside, "This case isn't set aside: a reviewer can decide it now.").At(p.path("verification/decision"))
	}
	if err := p.notClaimedByOther(c, s.By.UserID); err != nil {
		return Event{}, err
	}
	if err := Invalid(reasonFault("/reason", reason)); err != nil {
		return Event{}, err
	}
	return p.event(s, CaseResumed{CaseID: c.ID, Reason: strings.TrimSpace(reason)}), nil
}

// nextLookAgain is when a case that was set aside goes back to its reviewers.
func (p Partner) nextLookAgain() (time.Time, bool) {
	if c := p.Case; c != nil && c.Decision == nil && c.SetAside != nil {
		return c.SetAside.LookAgain, true
	}
	return time.Time{}, false
}

// lookAgain puts a case under review again when its date has come, and tells
// staff.
func (p Partner) lookAgain(s Stamp) Event {
	params := p.mailParams()
	params["caseId"], params["latest"] = p.Case.ID, p.Case.Latest.UTC().Format(time.RFC3339)
	return p.event(s, CaseResumed{CaseID: p.Case.ID}, send(MailCaseLookAgain, MailToStaff, params))
}
