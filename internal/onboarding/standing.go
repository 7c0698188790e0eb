package onboarding

import (
	"slices"
	"time"
)

// ProgrammeRecord is what stands against a partner's being Active, and what did
// before (A8). Nothing else of the partner changes with it: identity,
// verification, agreement and relationships stay as they are.
type ProgrammeRecord struct {
	Suspension *Suspension    `json:"suspension,omitempty"` // announced or in force
	Departure  *Departure     `json:"departure,omitempty"`  // the company has left
	Settled    int            `json:"settled,omitzero"`     // sequence of the rejection of a change that nobody is suspended for any more
	Since      time.Time      `json:"since,omitzero"`       // of being Active again; zero since the agreement was accepted
	Past       []PastStanding `json:"past,omitempty"`       // the newest few; the events keep all
}

// Suspension is one that was announced or is in force.
type Suspension struct {
	Code        SuspensionCode    `json:"code"`
	Text        string            `json:"text,omitzero"` // staff's words to the partner
	AnnouncedAt time.Time         `json:"announcedAt"`
	From        time.Time         `json:"from"`           // when it begins or began
	Since       time.Time         `json:"since,omitzero"` // of its being in force; zero while announced
	By          string            `json:"by,omitzero"`    // user id of the staff member; "" by the rule
	Rejection   int               `json:"rejection,omitzero"`
	Parts       []Part            `json:"parts,omitempty"`   // that were rejected
	Warned      int               `json:"warned,omitzero"`   // rungs of warningDays that are behind
	MendedAt    time.Time         `json:"mendedAt,omitzero"` // what it was for is mended: it ends by itself
	Answer      *SuspensionAnswer `json:"answer,omitempty"`  // that staff hasn't looked at yet
	Answers     int               `json:"answers,omitzero"`  // so far
	Appealed    bool              `json:"appealed,omitzero"` // once
}

// inForce says that the company can't transact because of it. It ends the
// moment that what it was for is mended; the event that says so follows.
func (s *Suspension) inForce() bool { return s != nil && !s.Since.IsZero() && s.MendedAt.IsZero() }

// suspension is the one that is announced or in force, nil when there is none
// or what it was for is mended.
func (p Partner) suspension() *Suspension {
	if s := p.Programme.Suspension; s != nil && s.MendedAt.IsZero() {
		return s
	}
	return nil
}

// endSuspension keeps of a suspension that it was.
func (p *Partner) endSuspension(at time.Time) {
	s := p.Programme.Suspension
	if s == nil {
		return
	}
	if !s.MendedAt.IsZero() {
		at = s.MendedAt
	}
	if !s.Since.IsZero() {
		p.Programme.over(PastStanding{Status: ProgrammeSuspended, Code: s.Code, From: s.Since, Until: at})
		p.Programme.Since = at
	}
	if p.changeRejected() {
		p.Programme.Settled = p.Case.Decision.Sequence
	}
	p.Programme.Suspension = nil
}

// Departure says that the company has left the programme.
type Departure struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitzero"`
}

// PastStanding is a suspension or an absence that is over.
type PastStanding struct {
	Status ProgrammeStatus `json:"status"` // Suspended, or Left
	Code   SuspensionCode  `json:"code,omitzero"`
	From   time.Time       `json:"from"`
	Until  time.Time       `json:"until"`
}

const maxPastStandings = 10

func (r *ProgrammeRecord) over(past PastStanding) {
	r.Past = append(slices.Clone(r.Past), past)
	if n := len(r.Past); n > maxPastStandings {
		r.Past = r.Past[n-maxPastStandings:]
	}
}

// ProgrammeStatus is the partner's standing today (A4, A8).
func (p Partner) ProgrammeStatus() ProgrammeStatus {
	switch {
	case p.Acceptance == nil:
		return ProgrammeNotActive
	case p.Programme.Departure != nil:
		return ProgrammeLeft
	case p.Programme.Suspension.inForce():
		return ProgrammeSuspended
	}
	return ProgrammeActive
}

// programmeSince is since when the partner has its standing.
func (p Partner) programmeSince() time.Time {
	switch p.ProgrammeStatus() {
	case ProgrammeNotActive:
		return p.EnrolledAt
	case ProgrammeLeft:
		return p.Programme.Departure.At
	case ProgrammeSuspended:
		return p.Programme.Suspension.Since
	}
	if s := p.Programme.Suspension; s != nil && !s.Since.IsZero() { // mended
		return s.MendedAt
	}
	if !p.Programme.Since.IsZero() {
		return p.Programme.Since
	}
	return p.Acceptance.At
}

// Class is the stable class of a standing.
func (s ProgrammeStatus) Class() Class {
	switch s {
	case ProgrammeActive:
		return ClassDone
	case ProgrammeLeft:
		return ClassStopped
	}
	return ClassAction
}

// heldUp is the one table of what a company can't do because of its standing,
// by the contract's operations. Everything else goes on: reading, ending a
// relationship, and whatever mends.
var heldUp = map[ProgrammeStatus][]string{
	ProgrammeSuspended: {"acceptRelationship", "submitDirectBill"},
	ProgrammeLeft:      {"acceptRelationship", "requestRelationship", "changeBusinessInfo", "appealVerification", "acceptAgreement", "answerSuspension", "submitDirectBill"},
}

// HeldUp lists the operations that a standing holds up.
func HeldUp(s ProgrammeStatus) []string { return slices.Clone(heldUp[s]) }

// notHeldUp refuses an operation that the partner's standing holds up.
func (p Partner) notHeldUp(operation string) *Refusal {
	status := p.ProgrammeStatus()
	if !slices.Contains(heldUp[status], operation) {
		return nil
	}
	if status == ProgrammeLeft {
		return Refuse(CodeHasLeft, "The company has left the programme. A Global Admin can bring it back, with the same Partner ID and history; then this goes on.").By(MayDo(ActionReturn)...).At(p.path("standing"))
	}
	return Refuse(CodeSuspended, "The company is suspended. What mends it is said in its standing; once it is reinstated, this goes on.").By(MayDo(ActionAnswerSuspension)...).At(p.path("standing"))
}

// requireStanding lists what mends a suspension that is announced or in force
// (A8, V11).
func (p Partner) requireStanding(d *Requirements) {
	s := p.suspension()
	if s == nil {
		return
	}
	cause := s.Code.cause()
	r := Requirement{Code: "suspension_answer", Title: "Answer the suspension: say what was done, or appeal", Step: StepAgreement, Who: PartyPartner, Roles: MayDo(ActionAnswerSuspension),
		Reason: cause.Text + " " + cause.Remedy, Where: p.path("suspension/answer"), Operation: "answerSuspension", Since: s.AnnouncedAt}
	if s.Text != "" {
		r.Reason += " " + s.Text
	}
	if cause.Mend == MendChange {
		r.Code, r.Title = "suspension_change", "Submit the corrected change of the verified details"
		r.Step, r.Roles, r.Where, r.Operation = StepVerification, MayDo(ActionChangeInfo), p.path("business-info/change"), "changeBusinessInfo"
		r.Alternatives = append(r.Alternatives, "Answer the suspension: say what was done, or appeal.")
	}
	if s.Rejection > 0 {
		r.Alternatives = append(r.Alternatives, "Withdraw the rejected change: the details in force stay, and the company confirms them.")
		if p.CanAppeal() {
			r.Alternatives = append(r.Alternatives, "Appeal the rejection: a different reviewer looks at it.")
		}
	}
	if s.inForce() {
		r.Since = s.Since
	} else {
		r.By = s.From
	}
	switch {
	case s.Answer != nil:
		r.Code, r.Title, r.Who, r.Roles = "suspension_review", "Look at the company's answer to the suspension and decide", PartyReviewer, MayDo(ActionDecideSuspension)
		r.Reason, r.Alternatives = "The company answered. Nothing begins before that is looked at.", nil
		r.Where, r.Operation, r.By, r.Since = p.path("suspension/decision"), "decideSuspension", s.Answer.lookAt(), s.Answer.At
		d.BeingVerified = append(d.BeingVerified, r)
	case cause.Mend == MendChange && p.OpenChange() != nil: // the change's own requirements say who has the ball
	default:
		d.DueNow = append(d.DueNow, r)
	}
}

// StandingView is a partner's standing as one party sees it (A8).
type StandingView struct {
	Status     ProgrammeStatus
	Since      time.Time
	Suspension *Suspension // announced or in force; of it a distributor sees code, dates and who must act
	Who        Party       // has the ball about the suspension
	Cause      SuspensionCause
	Reason     string // of a departure
	HeldUp     []string
	Past       []PastStanding
}

// StandingFor is the standing as a principal sees it: partner and staff all of
// it, a distributor with an active relationship the reason code, since when and
// who must act, another one the status alone.
func (p Partner) StandingFor(by Principal) StandingView {
	v := StandingView{Status: p.ProgrammeStatus(), Since: p.programmeSince()}
	concerned := by.DistributorID == "" || slices.ContainsFunc(p.activeRelationships(), func(r Relationship) bool { return r.DistributorID == by.DistributorID })
	if s := p.suspension(); s != nil && concerned {
		v.Who = PartyPartner
		if s.Answer != nil || s.Code.cause().Mend == MendChange && p.OpenChange() != nil {
			v.Who = PartyReviewer
		}
		v.Suspension, v.Cause = s, s.Code.cause()
		if by.DistributorID != "" {
			v.Suspension, v.Cause = &Suspension{Code: s.Code, From: s.From, Since: s.Since}, SuspensionCause{}
		}
	}
	if by.DistributorID != "" {
		return v
	}
	if d := p.Programme.Departure; d != nil {
		v.Reason = d.Reason
	}
	v.HeldUp, v.Past = HeldUp(v.Status), p.Programme.Past
	return v
}
