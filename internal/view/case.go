package view

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Workflow is what the table knows of a partner's execution, without tokens.
type Workflow struct {
	Execution string
	Waits     map[onboarding.WaitName]time.Time // since when each is open
}

// StaffCase renders a partner's newest case for staff (O2): all that the
// partner sees of it and what it doesn't.
func StaffCase(p onboarding.Partner, w Workflow, now time.Time) api.StaffCase {
	status := p.Verification()
	v := api.StaffCase{
		PartnerID: p.ID, CompanyName: p.LegalName(), Status: api.VerificationStatus(status), StatusClass: api.StatusClass(status.Class()),
		Extensions: []api.CaseExtension{}, Workflow: workflowState(p, w), Turn: Turn(p.Turn(now)),
	}
	c := p.Case
	if c == nil {
		return v
	}
	v.CaseID, v.EscalatedAt, v.Submitted, v.Comparison = c.ID, Time(c.EscalatedAt), LegalProfile(p.Info.Legal), Comparison(c.Comparison)
	v.Expected = &api.ExpectedDates{Earliest: Time(c.Earliest), Latest: Time(c.Latest), BusinessDays: []int{3, 5}, Calendar: c.Calendar}
	if k := c.Claim; k != nil {
		v.Claim = &api.CaseClaim{UserID: k.UserID, Name: k.Name, Email: k.Email, At: Time(k.At)}
	}
	if a := c.SetAside; a != nil {
		reason, _ := onboarding.SetAsideReasonOf(a.Code)
		v.SetAside = &api.CaseSetAside{At: Time(a.At), Code: api.SetAsideCode(a.Code), Text: reason.Text, LookAgain: Time(a.LookAgain)}
	}
	for _, x := range c.Extensions {
		v.Extensions = append(v.Extensions, api.CaseExtension{At: Time(x.At), BusinessDays: x.Days, From: Time(x.From), To: Time(x.To), PartnerReason: x.Reason})
	}
	if c.Decision != nil {
		d := staffDecision(*c.Decision)
		v.Decision = &d
	}
	if a := c.Appeal; a != nil {
		v.Appeal = &api.StaffAppeal{At: Time(a.At), Message: a.Message, Against: staffDecision(a.Against)}
	}
	if !c.SupportAt.IsZero() {
		v.Support = &api.StaffSupportRequest{At: Time(c.SupportAt), Message: c.Support}
	}
	return v
}

func staffDecision(d onboarding.Decision) api.StaffDecision {
	out := api.StaffDecision{Decision: api.DecisionValue(d.Result), At: Time(d.At), By: d.By, Reason: d.Note, ReasonCodes: []api.DecisionReasonCode{}}
	for _, code := range d.Reasons {
		out.ReasonCodes = append(out.ReasonCodes, api.DecisionReasonCode(code))
	}
	return out
}

func workflowState(p onboarding.Partner, w Workflow) api.WorkflowState {
	status := p.WorkflowStatus()
	v := api.WorkflowState{Execution: w.Execution, Round: p.Round, Status: api.WorkflowStatus(status), StatusClass: api.StatusClass(status.Class()), Waits: []api.WorkflowWait{}}
	for _, name := range slices.Sorted(maps.Keys(w.Waits)) {
		v.Waits = append(v.Waits, api.WorkflowWait{Wait: string(name), Since: Time(w.Waits[name])})
	}
	if f := p.Failure; f != nil {
		v.Failure = &api.WorkflowFailure{At: Time(f.At), Status: f.Status, Error: f.Error, Cause: f.Cause}
	}
	return v
}

// StaffNotes renders the notes among a partner's events, in their order.
func StaffNotes(events []onboarding.Event) []api.StaffNote {
	notes := []api.StaffNote{}
	for _, e := range events {
		if d, ok := e.Data.(*onboarding.StaffNoted); ok {
			notes = append(notes, api.StaffNote{EventID: e.ID, At: Time(e.At), By: cmp.Or(e.Actor.Name, e.Actor.Email), Note: d.Note})
		}
	}
	return notes
}
