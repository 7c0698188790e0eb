package onboarding

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DirectBillReason says why an application was declined. Codes are stable.
type DirectBillReason string

var directBillReasons = []Reason{
	{Code: "tenure_not_shown", Text: "The record doesn't show enough months as an indirect reseller.", Remedy: "Go on transacting through a distributor and apply again once the months are over."},
	{Code: "revenue_not_shown", Text: "The revenue could not be confirmed.", Remedy: "Apply again with figures of twelve months that the programme's own records show, and name the report they are from."},
	{Code: "support_plan_missing", Text: "No active support plan of the required kind was found.", Remedy: "Buy or renew the plan, then apply again with its contract number."},
	{Code: "operations_not_ready", Text: "Billing, provisioning or support are not ready for customers of one's own.", Remedy: "Complete what the assessment found missing, then apply again with its result."},
	{Code: "security_incomplete", Text: "Mandatory security items are not fulfilled.", Remedy: "Fulfil every mandatory item, then apply again."},
	{Code: "designation_missing", Text: "No partner designation was found.", Remedy: "Earn a designation, then apply again."},
	{Code: "agreement_missing", Text: "The direct-bill agreement is not accepted.", Remedy: "Have a Global Admin accept it, then apply again."},
	{Code: "credit_not_sufficient", Text: "The company's credit doesn't allow direct bill at present.", Remedy: "Speak with the programme's credit team about securities, then apply again."},
	{Code: "evidence_insufficient", Text: "The evidence doesn't show what it should.", Remedy: "Apply again with evidence that shows each requirement."},
}

// DirectBillReasons lists every reason code with its meaning.
func DirectBillReasons() []Reason { return slices.Clone(directBillReasons) }

// DirectBillReasonOf finds the meaning of a code.
func DirectBillReasonOf(code DirectBillReason) (Reason, bool) {
	i := slices.IndexFunc(directBillReasons, func(r Reason) bool { return r.Code == ReasonCode(code) })
	if i < 0 {
		return Reason{}, false
	}
	return directBillReasons[i], true
}

// DirectBillDecision is how an application was decided (X4).
type DirectBillDecision struct {
	Application int                `json:"application"`
	Result      DirectBillStatus   `json:"result"` // Approved or Declined
	Reasons     []DirectBillReason `json:"reasons,omitempty"`
	ApplyAgain  time.Time          `json:"applyAgain,omitzero"` // of a decline
	Note        string             `json:"note"`                // the reviewer's reason, for staff (O3); all of it is in the event
	At          time.Time          `json:"at"`
	By          string             `json:"by"`
}

// directBillReview is the open review, refused without one.
func (p Partner) directBillReview() (DirectBillReview, error) {
	if p.DirectBill == nil || p.DirectBill.Status != DirectBillUnderReview {
		return DirectBillReview{}, Refuse(CodeDirectBillNotOpen, "No application for direct bill is under review.").At(p.path("direct-bill"))
	}
	return *p.DirectBill.Review, nil
}

// DirectBillClaimed tells that a reviewer took an application.
type DirectBillClaimed struct {
	Application int    `json:"application"`
	Reason      string `json:"reason"`
}

// Type implements EventData.
func (DirectBillClaimed) Type() EventType { return "directBill.claimed" }

func (d DirectBillClaimed) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		b.inReview().Claim = &Claim{Assignee{e.Actor.UserID, e.Actor.Name, e.Actor.Email}, e.At}
	})
}

// ClaimDirectBill takes an application under review, so that other reviewers see
// who is at work on it (O2). Nobody has to: it can be decided without. One that
// another reviewer has is taken over only on purpose, so that a claim of somebody
// who is away holds nothing up; an own one is refused with CodeClaimHeld, which
// callers treat as done.
func (p Partner) ClaimDirectBill(takeOver bool, reason string, s Stamp) (Event, error) {
	r, err := p.directBillReview()
	if err != nil {
		return Event{}, err
	}
	switch {
	case r.Claim != nil && r.Claim.UserID == s.By.UserID:
		return Event{}, claimHeld()
	case r.Claim != nil && !takeOver:
		return Event{}, p.directBillOfOther(r)
	}
	if err := Invalid(reasonFault("/reason", reason)); err != nil {
		return Event{}, err
	}
	return p.event(s, DirectBillClaimed{Application: p.DirectBill.Application, Reason: strings.TrimSpace(reason)}), nil
}

func (p Partner) directBillOfOther(r DirectBillReview) *Refusal {
	return Refuse(CodeCaseClaimed, "The application is claimed by "+r.Claim.String()+" since "+r.Claim.At.Format("2 January 2006, 15:04 UTC")+
		". Ask for it, or take it over with a reason.").At(p.path("direct-bill/claim"))
}

// DecideDirectBill is a reviewer's decision on an application (X4).
type DecideDirectBill struct {
	Result      DirectBillStatus   // Approved or Declined
	Reasons     []DirectBillReason // at least one for a decline
	ApplyAgain  time.Time          // of a decline: from when the company may apply again
	Note        string             // why, for the audit trail (O3)
	Application int                // that was looked at; 0 for the one that is open
}

// DirectBillDecided tells how an application was decided. An approval names the
// tasks that remain.
type DirectBillDecided struct {
	Application int                `json:"application"`
	Result      DirectBillStatus   `json:"result"`
	Reasons     []DirectBillReason `json:"reasons,omitempty"`
	ApplyAgain  time.Time          `json:"applyAgain,omitzero"`
	Note        string             `json:"note"`
	Tasks       []DirectBillTask   `json:"tasks,omitempty"`
}

// Type implements EventData.
func (DirectBillDecided) Type() EventType { return "directBill.decided" }

func (d DirectBillDecided) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		b.Decision = &DirectBillDecision{Application: d.Application, Result: d.Result, Reasons: d.Reasons, ApplyAgain: d.ApplyAgain, Note: kept(d.Note), At: e.At, By: e.Actor.UserID}
		b.Status, b.ApplyAgain, b.Tasks = d.Result, d.ApplyAgain, d.Tasks
		b.inReview().Claim = nil
	})
}

// DecideDirectBill ends a review (X4), before or after the promised days. A
// decline needs reasons and the date from which the company may apply again; an
// approval opens the tasks that remain (X5).
func (p Partner) DecideDirectBill(d DecideDirectBill, days Calendar, s Stamp) (Event, error) {
	r, err := p.directBillReview()
	if err != nil {
		return Event{}, err
	}
	if r.Claim != nil && r.Claim.UserID != s.By.UserID {
		return Event{}, p.directBillOfOther(r)
	}
	if err := Invalid(d.faults(s.at())); err != nil {
		return Event{}, err
	}
	if d.Application != 0 && d.Application != p.DirectBill.Application {
		return Event{}, Refuse(CodeDirectBillNotOpen, "The application that you looked at isn't the one under review. Read it again, then decide.").At(p.path("direct-bill"))
	}
	decided := DirectBillDecided{Application: p.DirectBill.Application, Result: d.Result, Note: strings.TrimSpace(d.Note)}
	if d.Result == DirectBillDeclined {
		decided.Reasons, decided.ApplyAgain = d.Reasons, d.ApplyAgain.UTC().Truncate(time.Millisecond)
		return p.event(s, decided, p.tellOfDirectBill(MailDirectBillDeclined, map[string]string{
			"reasons": directBillReasonsJSON(d.Reasons), "since": decided.ApplyAgain.Format(time.RFC3339),
		})...), nil
	}
	decided.Tasks = directBillTasks(days, s.at())
	return p.event(s, decided, p.tellOfDirectBill(MailDirectBillApproved, map[string]string{"request": taskLines(decided.Tasks)})...), nil
}

const (
	directBillAgainMin = 24 * time.Hour
	directBillAgainMax = 366 * 24 * time.Hour
)

func (d DecideDirectBill) faults(now time.Time) []Fault {
	var faults []Fault
	switch d.Result {
	case DirectBillApproved:
		if len(d.Reasons) > 0 {
			faults = append(faults, Fault{"/reasonCodes", FaultNotAllowed, "Reason codes belong to a decline."})
		}
		if !d.ApplyAgain.IsZero() {
			faults = append(faults, Fault{"/applyAgainFrom", FaultNotAllowed, "A date to apply again belongs to a decline."})
		}
	case DirectBillDeclined:
		if len(d.Reasons) == 0 {
			faults = append(faults, Fault{"/reasonCodes", FaultRequired, "Give at least one reason code: the company must learn what mends it."})
		}
		switch {
		case d.ApplyAgain.IsZero():
			faults = append(faults, Fault{"/applyAgainFrom", FaultRequired, "Give the date from which the company may apply again."})
		case d.ApplyAgain.Before(now.Add(directBillAgainMin)) || d.ApplyAgain.After(now.Add(directBillAgainMax)):
			faults = append(faults, Fault{"/applyAgainFrom", FaultInvalid, "Give a date from tomorrow on, within a year."})
		}
	case "":
		faults = append(faults, Fault{"/decision", FaultRequired, "Decide: Approved or Declined."})
	default:
		faults = append(faults, Fault{"/decision", FaultUnsupported, "Use Approved or Declined."})
	}
	if len(d.Reasons) > len(directBillReasons) {
		return append(faults, Fault{"/reasonCodes", FaultTooLong, "Give each reason code once."})
	}
	for i, code := range d.Reasons {
		if slices.Contains(d.Reasons[:i], code) {
			faults = append(faults, Fault{"/reasonCodes/" + strconv.Itoa(i), FaultNotAllowed, "Give each reason code once."})
		} else if _, ok := DirectBillReasonOf(code); !ok {
			faults = append(faults, Fault{"/reasonCodes/" + strconv.Itoa(i), FaultUnsupported, "Use one of the documented reason codes."})
		}
	}
	return append(faults, reasonFault("/reason", d.Note)...)
}

func directBillReasonsJSON(codes []DirectBillReason) string {
	list := make([]Reason, 0, len(codes))
	for _, code := range codes {
		if r, ok := DirectBillReasonOf(code); ok {
			list = append(list, r)
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // a list of texts always encodes
	}
	return string(text)
}
