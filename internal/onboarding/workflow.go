package onboarding

import (
	"strconv"
	"strings"
)

// WaitName names a place where the workflow waits for somebody.
type WaitName string

// The waits, in order. The decision is awaited twice: up to the deadline, and
// after the escalation.
const (
	WaitBusinessInfo      WaitName = "businessInfo"
	WaitDecision          WaitName = "decision"
	WaitEscalatedDecision WaitName = "escalatedDecision"
	WaitAgreement         WaitName = "agreement"
	WaitDistributor       WaitName = "distributor"
)

// The waits of an execution that waits for a change (V7). Beside the
// onboarding's, and beside another change's that it takes the place of, they
// have names of their own: with the change's number.
const (
	WaitChangeDecision          WaitName = "changeDecision"
	WaitEscalatedChangeDecision WaitName = "escalatedChangeDecision"
)

// Of is the name of a wait for a certain change.
func (w WaitName) Of(change int) WaitName { return w + "-" + WaitName(strconv.Itoa(change)) }

// Change takes the name of a wait for a change apart; ok is false for one of
// the onboarding.
func (w WaitName) Change() (wait WaitName, number int, ok bool) {
	name, text, ok := strings.Cut(string(w), "-")
	if number, err := strconv.Atoi(text); ok && err == nil {
		return WaitName(name), number, true
	}
	return w, 0, false
}

// Outcome is what a finished wait tells the workflow.
type Outcome string

// The outcomes.
const (
	OutcomeSubmitted  Outcome = "Submitted"
	OutcomeAuthorized Outcome = "Authorized"
	OutcomeRejected   Outcome = "Rejected"
	OutcomeOverdue    Outcome = "Overdue"
	OutcomeAccepted   Outcome = "Accepted"
	OutcomeActive     Outcome = "Active"
	OutcomeDormant    Outcome = "Dormant"   // V9: nobody comes; the execution ends
	OutcomeWithdrawn  Outcome = "Withdrawn" // V7: nobody waits for this change any more; another may have taken its place
)

// FinishWait tells the workflow that a wait is over.
type FinishWait struct {
	Wait    WaitName `json:"wait"`
	Token   string   `json:"token"` // of Step Functions; never leaves the server
	Outcome Outcome  `json:"outcome"`
}

// OutcomeOf answers whether what a wait waits for has happened. The answer
// depends on the partner's state alone and not on how it was reached, so it
// does not matter whether the workflow or the partner arrives first.
func (p Partner) OutcomeOf(w WaitName) (Outcome, bool) {
	if outcome, done := p.doneOf(w); done {
		return outcome, true
	}
	switch w {
	case WaitBusinessInfo, WaitAgreement, WaitDistributor:
		if !p.DormantSince.IsZero() {
			return OutcomeDormant, true
		}
	}
	return "", false
}

func (p Partner) doneOf(w WaitName) (Outcome, bool) {
	if wait, number, ok := w.Change(); ok {
		if outcome, done, is := p.directBillOutcome(wait, number); is {
			return outcome, done
		}
		return p.changeOutcome(wait, number)
	}
	first := p.Case != nil && p.Case.Change == nil
	switch w {
	case WaitBusinessInfo:
		return OutcomeSubmitted, !p.SubmittedAt.IsZero()
	case WaitDecision, WaitEscalatedDecision:
		switch {
		case p.Authorized():
			return OutcomeAuthorized, true // a change doesn't take it back
		case first && p.Case.Decision != nil:
			return OutcomeRejected, true
		case w == WaitDecision && first && !p.Case.EscalatedAt.IsZero():
			return OutcomeOverdue, true
		}
	case WaitAgreement:
		return OutcomeAccepted, p.Acceptance != nil
	case WaitDistributor:
		return OutcomeActive, len(p.activeRelationships()) > 0
	}
	return "", false
}

// changeOutcome answers for the wait of a change's execution (V7). A change
// that was withdrawn, or whose place another has taken, is waited for no more.
func (p Partner) changeOutcome(w WaitName, number int) (Outcome, bool) {
	c := p.Case
	switch {
	case w != WaitChangeDecision && w != WaitEscalatedChangeDecision:
		return "", false
	case c == nil || c.Change == nil || c.Change.Number != number:
		return OutcomeWithdrawn, true
	case c.Decision != nil:
		return Outcome(c.Decision.Result), true
	case w == WaitChangeDecision && !c.EscalatedAt.IsZero():
		return OutcomeOverdue, true
	}
	return "", false
}

// Onboarded says whether all five steps are done.
func (p Partner) Onboarded() bool {
	return p.Authorized() && p.signed() && len(p.servingRelationships()) > 0
}

// RoundPaused tells that an execution ended because nothing happened for long.
type RoundPaused struct {
	Round int `json:"round"`
}

// Type implements EventData.
func (RoundPaused) Type() EventType { return "workflow.paused" }

func (RoundPaused) apply(p *Partner, _ Event) { p.Idle = true }

// RoundStarted tells that the workflow was started anew by somebody.
type RoundStarted struct {
	Reason string `json:"reason"`
}

// Type implements EventData.
func (RoundStarted) Type() EventType { return "workflow.started" }

func (RoundStarted) apply(*Partner, Event) {} // Apply itself opens the round

// Pause records that the workflow's execution of a round ends while a step
// still waits. Pausing a round that is over already is refused with
// CodeStaleVersion, so a late execution can't pause a newer one.
func (p Partner) Pause(round int, s Stamp) (Event, error) {
	if p.Idle || round != p.Round {
		return Event{}, Refuse(CodeStaleVersion, "This round of the workflow is over already.")
	}
	return p.event(s, RoundPaused{Round: round}), nil
}

// Adopt records that an execution started by hand conducts the partner now,
// when no other was meant to (O1).
func (p Partner) Adopt(reason string, s Stamp) (Event, error) {
	if !p.Idle {
		return Event{}, Refuse(CodeStaleVersion, "A round of this partner's workflow is open already.")
	}
	e := p.event(s, RoundStarted{Reason: reason})
	e.Round = p.Round + 1
	return e, nil
}
