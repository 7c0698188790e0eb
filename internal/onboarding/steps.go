package onboarding

import (
	"slices"
	"strings"
	"time"
)

// Step names one of the five steps.
type Step string

// The steps, in order.
const (
	StepEnrollment   Step = "enrollment"
	StepBusinessInfo Step = "businessInfo"
	StepVerification Step = "verification"
	StepAgreement    Step = "agreement"
	StepDistributor  Step = "distributor"
)

// Steps lists the five steps in order.
func Steps() []Step {
	return []Step{StepEnrollment, StepBusinessInfo, StepVerification, StepAgreement, StepDistributor}
}

// Title is the step's name for people.
func (s Step) Title() string {
	switch s {
	case StepEnrollment:
		return "Enroll in the programme"
	case StepBusinessInfo:
		return "Business and support information"
	case StepVerification:
		return "Business verification"
	case StepAgreement:
		return "Partner agreement"
	case StepDistributor:
		return "Partner with a distributor"
	}
	return string(s)
}

// StepStatus is where a step stands.
type StepStatus string

// Statuses of a step.
const (
	StepDone         StepStatus = "Done"
	StepCurrent      StepStatus = "Current"      // the partner can go on here
	StepActionNeeded StepStatus = "ActionNeeded" // something went wrong that the partner can mend
	StepWaiting      StepStatus = "Waiting"      // somebody else has the ball
	StepLocked       StepStatus = "Locked"       // an earlier step comes first
)

// Class is the stable class of a status (T3): a client that doesn't know a
// status can still treat it right.
type Class string

// The classes.
const (
	ClassWaiting Class = "waiting" // for somebody else
	ClassAction  Class = "action"  // the partner owes something
	ClassDone    Class = "done"
	ClassStopped Class = "stopped"
)

// Class is the stable class of a step's status.
func (s StepStatus) Class() Class {
	switch s {
	case StepDone:
		return ClassDone
	case StepCurrent, StepActionNeeded:
		return ClassAction
	case StepWaiting:
		return ClassWaiting
	}
	return ClassStopped
}

// Class is the stable class of a verification's status.
func (s VerificationStatus) Class() Class {
	switch s {
	case VerificationAuthorized:
		return ClassDone
	case VerificationUnderReview, VerificationOverdue, VerificationCannotComplete:
		return ClassWaiting
	case VerificationWithdrawn:
		return ClassStopped
	}
	return ClassAction
}

// Class is the stable class of a relationship's status.
func (s RelationshipStatus) Class() Class {
	switch s {
	case RelationshipActive:
		return ClassDone
	case RelationshipPending:
		return ClassAction
	}
	return ClassStopped
}

// StepState is a step with its status.
type StepState struct {
	Number int // 1 to 5
	Step   Step
	Status StepStatus
	Since  time.Time // of the status; zero when it has no beginning (Locked)
}

// StepStates lists the five steps as they stand at a time.
func (p Partner) StepStates(now time.Time) []StepState {
	states := make([]StepState, 0, 5)
	add := func(s Step, status StepStatus, since time.Time) {
		states = append(states, StepState{len(states) + 1, s, status, since})
	}
	if !p.Enrolled() {
		add(StepEnrollment, StepCurrent, time.Time{})
		for _, s := range Steps()[1:] {
			add(s, StepLocked, time.Time{})
		}
		return states
	}
	add(StepEnrollment, StepDone, p.EnrolledAt)
	v := p.Verification()
	switch {
	case p.rejected():
		add(StepBusinessInfo, StepActionNeeded, p.Case.Decision.At)
	case p.SubmittedAt.IsZero():
		add(StepBusinessInfo, StepCurrent, p.EnrolledAt)
	default:
		add(StepBusinessInfo, StepDone, p.SubmittedAt)
	}
	switch {
	case p.Authorized():
		add(StepVerification, StepDone, p.Verified.At) // also while a change is verified (V7)
	case p.ownershipPending():
		add(StepVerification, StepCurrent, p.Case.OpenedAt) // also when overdue: the partner still owes the confirmation (D8)
	case v == VerificationDocumentsRequested:
		add(StepVerification, StepCurrent, p.Case.PausedAt)
	case v == VerificationExpired:
		add(StepVerification, StepActionNeeded, p.Case.Request.ExpiredAt)
	case v == VerificationUnderReview:
		add(StepVerification, StepWaiting, p.reviewSince())
	case v == VerificationOverdue:
		add(StepVerification, StepWaiting, p.Case.EscalatedAt)
	case v == VerificationCannotComplete:
		add(StepVerification, StepWaiting, p.Case.SetAside.At)
	case v == VerificationRejected:
		add(StepVerification, StepActionNeeded, p.Case.Decision.At)
	default:
		add(StepVerification, StepLocked, time.Time{})
	}
	switch {
	case p.lapsed(now):
		add(StepAgreement, StepActionNeeded, p.Renewal.ReacceptBy)
	case p.signed() && p.reacceptanceOpen(now):
		add(StepAgreement, StepCurrent, p.Renewal.EffectiveFrom) // transacting goes on (A6)
	case p.signed():
		add(StepAgreement, StepDone, p.AcceptedAt(now).At)
	case p.Authorized():
		add(StepAgreement, StepCurrent, p.Verified.At)
	default:
		add(StepAgreement, StepLocked, time.Time{})
	}
	active, pending := p.servingRelationships(), p.pendingRelationships(now)
	switch {
	case len(active) > 0:
		add(StepDistributor, StepDone, active[0].AcceptedAt)
	case !p.signed() || p.lapsed(now):
		add(StepDistributor, StepLocked, time.Time{})
	case len(pending) > 0:
		add(StepDistributor, StepCurrent, pending[0].RequestedAt)
	default:
		add(StepDistributor, StepWaiting, p.Acceptance.At)
	}
	return states
}

// reviewSince is when the reviewer got the ball: a confirmation carried over
// from an earlier case is older than the case.
func (p Partner) reviewSince() time.Time {
	if since := p.Case.Check(CheckEmailOwnership).Since; since.After(p.Case.OpenedAt) {
		return since
	}
	return p.Case.OpenedAt
}

// pendingRelationships are the open requests that the partner could accept: one
// from before the legal address was known may be of a distributor that doesn't
// serve it (D5).
func (p Partner) pendingRelationships(now time.Time) []Relationship {
	var pending []Relationship
	for _, r := range p.Relationships {
		if r.StatusAt(now) == RelationshipPending && (p.Region == "" || slices.Contains(r.Regions, p.Region)) {
			pending = append(pending, r)
		}
	}
	return pending
}

// Turn says who has the ball, what they owe and by when (V11, D8).
type Turn struct {
	Who  Party
	Code string // of the requirement that is owed, "" when nothing is
	What string // for people
	By   time.Time

	Roles []Role // of the party, that can do it
	Where string // API path, and the portal's

	late bool // By has passed
}

// Party is a side that can owe something.
type Party string

// The parties.
const (
	PartyPartner     Party = "partner"
	PartyReviewer    Party = "reviewer"
	PartyDistributor Party = "distributor"
	PartyNobody      Party = "nobody"
)

// Turn answers who has the ball now.
func (p Partner) Turn(now time.Time) Turn {
	doc := p.Requirements(now)
	for _, list := range [][]Requirement{doc.PastDue, doc.DueNow, doc.BeingVerified} {
		for _, r := range list {
			return Turn{Who: r.Who, Code: r.Code, What: r.Title, By: r.By, Roles: r.Roles, Where: r.Where, late: !r.By.IsZero() && !now.Before(r.By)}
		}
	}
	if p.Programme.Departure != nil {
		return Turn{Who: PartyNobody, What: "Nothing is owed: the company has left the programme. A Global Admin can bring it back at any time."}
	}
	return Turn{Who: PartyNobody, What: "Nothing is owed: the company may transact."}
}

// Sentence says in words what is next, for a mail to the partner (T2).
func (t Turn) Sentence() string {
	date := t.By.UTC().Format("2 January 2006, 15:04 UTC")
	by := "Please do it by " + date + "."
	switch {
	case t.By.IsZero():
		by = "There is no date by which it must be done."
	case t.late:
		by = "It was due by " + date + ": please do it now."
	}
	switch t.Who {
	case PartyPartner:
		return "What to do next: " + lowerFirst(t.What) + ". It can be done by: " + roleNames(t.Roles) + ". " + by
	case PartyReviewer:
		if strings.HasPrefix(t.Code, codeDirectBill) {
			return t.ofDirectBill()
		}
		if strings.HasSuffix(t.Code, "verification_overdue") {
			return "You don't need to do anything now. The promised days are over: staff has been told, and the case will still be decided. If it isn't by " + date + ", staff is asked again. If it is urgent, contact support from the page of the case."
		}
		if strings.HasSuffix(t.Code, codeLookAgain) {
			return "You don't need to do anything now: the case is set aside, and a reviewer of the programme looks at it again by " + date + "."
		}
		return "You don't need to do anything now: a reviewer of the programme is at work and is expected to decide by " + date + "."
	case PartyDistributor:
		return "Next, a distributor sends your company a request. Choose one in the directory and give it your partner ID."
	}
	return t.What
}

func lowerFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}
