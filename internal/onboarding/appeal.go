package onboarding

import (
	"slices"
	"strings"
	"time"
)

// Appeal is a partner's objection to a rejection (V11).
type Appeal struct {
	At      time.Time `json:"at"`
	Message string    `json:"message"`
	Against Decision  `json:"against"`
}

// AppealRequested tells that the partner appealed: the case is open again, for
// a different reviewer, with days of its own.
type AppealRequested struct {
	CaseID   string    `json:"caseId"`
	Message  string    `json:"message"`
	Earliest time.Time `json:"earliest"`
	DueSoon  time.Time `json:"dueSoon"`
	Latest   time.Time `json:"latest"`
	Change   int       `json:"change,omitzero"` // V7: the number under which a change is waited for now
}

// Type implements EventData.
func (AppealRequested) Type() EventType { return "verification.appealed" }

func (d AppealRequested) apply(p *Partner, e Event) {
	c := p.Case
	for _, k := range p.Case.Checks {
		if k.Status == CheckFailed {
			c = c.with(k.Name, CheckNeedsReview, e.At)
		}
	}
	if c == p.Case {
		again := *c
		c = &again
	}
	c.Appeal = &Appeal{At: e.At, Message: d.Message, Against: *c.Decision}
	c.Decision = nil
	c.Earliest, c.DueSoon, c.Latest = d.Earliest, d.DueSoon, d.Latest
	c.Chased = 0
	c.EscalatedAt, c.RemindedAt, c.SupportAt, c.Support = time.Time{}, time.Time{}, time.Time{}, ""
	c.PausedAt, c.Request, c.Requests = time.Time{}, nil, 0
	p.Case = c
	if c.Change == nil {
		p.SubmittedAt = e.At
		return
	}
	change := *c.Change
	change.Number, c.Change, p.Changes = d.Change, &change, d.Change
}

// CanAppeal says whether the newest case's rejection can be appealed: once,
// and only while the details that were rejected are unchanged. A partner that
// has changed them submits them instead, and one whose appeal was rejected can
// still correct and submit. Of a change, what was proposed stays as it was (V7).
func (p Partner) CanAppeal() bool {
	return p.Verification() == VerificationRejected && p.Case.Appeal == nil && (p.Case.Change != nil || p.InfoRevision < p.Case.Decision.Sequence)
}

// Appeal objects to a rejection (V11). A different reviewer decides, within the
// same number of business days.
func (p Partner) Appeal(message string, days Calendar, s Stamp) (Event, error) {
	if refusal := p.notHeldUp("appealVerification"); refusal != nil {
		return Event{}, refusal
	}
	switch {
	case p.Verification() != VerificationRejected:
		return Event{}, Refuse(CodeNothingToAppeal, "Only a rejection can be appealed.").At(p.path("verification"))
	case !p.CanAppeal():
		return Event{}, Refuse(CodeNothingToAppeal, "This rejection was appealed already, or the details were changed since. Correct them where needed and submit them again.").By(MayDo(ActionSubmit)...).At(p.path("business-info"))
	}
	message = strings.TrimSpace(message)
	if err := Invalid(reasonFault("/message", message)); err != nil {
		return Event{}, err
	}
	d := AppealRequested{
		CaseID: p.Case.ID, Message: message,
		Earliest: days.After(s.at(), minBusinessDays).UTC(), DueSoon: days.After(s.at(), dueSoonDays).UTC(), Latest: days.After(s.at(), maxBusinessDays).UTC(),
	}
	params := p.mailParams()
	params["caseId"], params["earliest"], params["latest"] = d.CaseID, d.Earliest.Format(time.RFC3339), d.Latest.Format(time.RFC3339)
	staff := p.mailParams()
	staff["caseId"], staff["latest"], staff["message"] = d.CaseID, d.Latest.Format(time.RFC3339), message
	follow := []Follow{send(MailAppealReceived, p.ContactEmail(), params), send(MailAppealOpened, MailToStaff, staff)}
	if p.Case.Change != nil {
		d.Change = p.Changes + 1
		follow = append(follow, Follow{StartReverification: &StartReverification{Change: d.Change}})
	}
	return p.progress(s, d, follow...), nil
}

// fourEyes refuses the reviewer who made the decision that was appealed.
func (c Case) fourEyes(reviewer string) error {
	if c.Appeal != nil && c.Appeal.Against.By == reviewer {
		return Refuse(CodeFourEyes, "You made the decision that was appealed: a different reviewer decides the appeal.").By(RoleReviewer)
	}
	return nil
}

// alternatives of correcting the details after a rejection.
func (p Partner) alternatives() []string {
	return slices.DeleteFunc([]string{"Appeal the decision: a different reviewer looks at it."}, func(string) bool { return !p.CanAppeal() })
}
