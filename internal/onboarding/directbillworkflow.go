package onboarding

import "strings"

// StartDirectBill starts the workflow's execution of an application for direct
// bill (X4).
type StartDirectBill struct {
	Application int `json:"application"`
	Run         int `json:"run"` // 1 for the first; each redrive is another
}

// The waits of an application's execution, each with the application's number
// (WaitName.Of).
const (
	WaitDirectBillDecision          WaitName = "directBillDecision"
	WaitEscalatedDirectBillDecision WaitName = "escalatedDirectBillDecision"
	WaitDirectBillTasks             WaitName = "directBillTasks"
)

// Outcomes of an application's waits; Withdrawn and Overdue are there, too.
const (
	OutcomeApproved Outcome = "Approved"
	OutcomeDeclined Outcome = "Declined"
)

// Conductor names whose wait it is: of the onboarding, of a change, or of an
// application for direct bill. Each waits in one place at a time, beside the
// others.
func (w WaitName) Conductor() string {
	name, number, _ := strings.Cut(string(w), "-")
	switch WaitName(name) {
	case WaitDirectBillDecision, WaitEscalatedDirectBillDecision, WaitDirectBillTasks:
		return "directBill-" + number
	case WaitChangeDecision, WaitEscalatedChangeDecision:
		return "change-" + number
	}
	return "onboarding"
}

// directBillOutcome answers for a wait of an application's execution. An
// application that another has followed is waited for no more.
func (p Partner) directBillOutcome(w WaitName, application int) (outcome Outcome, done, is bool) {
	switch w {
	case WaitDirectBillDecision, WaitEscalatedDirectBillDecision, WaitDirectBillTasks:
	default:
		return "", false, false
	}
	d := p.DirectBill
	switch {
	case d == nil || application > d.Application:
		return OutcomeWithdrawn, true, true // there is no such application
	case d.Decision != nil && d.Decision.Application == application && d.Decision.Result == DirectBillDeclined:
		return OutcomeDeclined, true, true
	case application < d.Application || d.Status == DirectBillWithdrawn || d.Status == DirectBillDraft:
		return OutcomeWithdrawn, true, true
	case d.Status == DirectBillActive && w == WaitDirectBillTasks:
		return OutcomeActive, true, true
	case w == WaitDirectBillTasks:
		return "", false, true
	case d.Status == DirectBillApproved || d.Status == DirectBillActive:
		return OutcomeApproved, true, true
	case w == WaitDirectBillDecision && !d.Review.EscalatedAt.IsZero():
		return OutcomeOverdue, true, true
	}
	return "", false, true
}

// ConductDirectBill says which application an execution conducts that was
// started with a number, or by hand with 0 for the newest one (O1). Without one
// that was submitted it is refused with CodeWorkflowInput.
func (p Partner) ConductDirectBill(application int) (int, error) {
	d := p.DirectBill
	switch {
	case d == nil || d.Run == 0 && application == 0:
		return 0, Refuse(CodeWorkflowInput, "The partner "+p.ID+" has no application for direct bill that was submitted: there is nothing to conduct.")
	case application < 0 || application > d.Application:
		return 0, Refuse(CodeWorkflowInput, "The partner "+p.ID+" has no such application for direct bill. Leave the number out for the newest one.")
	case application == 0:
		return d.Application, nil
	}
	return application, nil
}
