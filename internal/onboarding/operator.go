package onboarding

import (
	"strings"
	"time"
)

// Assignee is the reviewer who has a case in hand (O2).
type Assignee struct {
	UserID string `json:"userId"`
	Name   string `json:"name,omitzero"`
	Email  string `json:"email"`
}

// String names the reviewer for staff.
func (a Assignee) String() string {
	switch {
	case a.Name == "":
		return a.Email
	case a.Email == "":
		return a.Name
	}
	return a.Name + " (" + a.Email + ")"
}

// Claim says that a reviewer has taken a case (O2). It ends with the decision.
type Claim struct {
	Assignee
	At time.Time `json:"at"`
}

// CaseClaimed tells that a reviewer took an open case.
type CaseClaimed struct {
	CaseID string `json:"caseId"`
	Reason string `json:"reason"`
}

// Type implements EventData.
func (CaseClaimed) Type() EventType { return "verification.claimed" }

func (d CaseClaimed) apply(p *Partner, e Event) {
	c := p.Case.resumed()
	c.Claim = &Claim{Assignee{e.Actor.UserID, e.Actor.Name, e.Actor.Email}, e.At}
	p.Case = c
}

// ClaimCase takes an open case, so that other reviewers see who is at work on
// it (O2). A case that another reviewer has is refused with CodeCaseClaimed,
// which says who; an own one with CodeClaimHeld, which callers treat as done.
// An appeal isn't for the reviewer whose decision was appealed (V11).
func (p Partner) ClaimCase(reason string, s Stamp) (Event, error) {
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
	if c.Claim != nil {
		return Event{}, claimHeld()
	}
	if err := Invalid(reasonFault("/reason", reason)); err != nil {
		return Event{}, err
	}
	return p.event(s, CaseClaimed{CaseID: c.ID, Reason: strings.TrimSpace(reason)}), nil
}

// CaseReassigned tells that a case was given to a reviewer.
type CaseReassigned struct {
	CaseID string   `json:"caseId"`
	To     Assignee `json:"to"`
	Reason string   `json:"reason"`
}

// Type implements EventData.
func (CaseReassigned) Type() EventType { return "verification.reassigned" }

func (d CaseReassigned) apply(p *Partner, e Event) {
	c := *p.Case
	c.Claim = &Claim{d.To, e.At}
	p.Case = &c
}

// ReassignCase gives an open case to a reviewer, whoever has it (O2): so a
// claim of somebody who is away or has left holds nothing up. An appeal can't
// be given to the reviewer whose decision was appealed (V11). A case that the
// reviewer has already is refused with CodeClaimHeld, which callers treat as
// done.
func (p Partner) ReassignCase(to Assignee, reason string, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	to = Assignee{strings.TrimSpace(to.UserID), strings.TrimSpace(to.Name), strings.TrimSpace(to.Email)}
	faults := textFaults("/to/userId", to.UserID, true, maxUserID)
	faults = append(faults, textFaults("/to/name", to.Name, false, maxName)...)
	faults = append(faults, emailFaults("/to/email", to.Email, true)...)
	if err := Invalid(append(faults, reasonFault("/reason", reason)...)); err != nil {
		return Event{}, err
	}
	if c.Appeal != nil && c.Appeal.Against.By == to.UserID {
		return Event{}, Refuse(CodeFourEyes, "This reviewer made the decision that was appealed. Give the appeal to another one.").By(RoleReviewer)
	}
	if c.Claim != nil && c.Claim.UserID == to.UserID {
		return Event{}, claimHeld()
	}
	return p.event(s, CaseReassigned{CaseID: c.ID, To: to, Reason: strings.TrimSpace(reason)}), nil
}

// CaseReleased tells that a reviewer gave a case back.
type CaseReleased struct {
	CaseID string `json:"caseId"`
	Reason string `json:"reason"`
}

// Type implements EventData.
func (CaseReleased) Type() EventType { return "verification.released" }

func (CaseReleased) apply(p *Partner, _ Event) {
	c := *p.Case
	c.Claim = nil
	p.Case = &c
}

// ReleaseCase gives an own case back to the queue (O2).
func (p Partner) ReleaseCase(reason string, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	if c.Claim == nil {
		return Event{}, Refuse(CodeNotClaimed, "Nobody has claimed this case: it is in the queue already.").At(p.path("verification/case"))
	}
	if err := p.notClaimedByOther(c, s.By.UserID); err != nil {
		return Event{}, err
	}
	if err := Invalid(reasonFault("/reason", reason)); err != nil {
		return Event{}, err
	}
	return p.event(s, CaseReleased{CaseID: c.ID, Reason: strings.TrimSpace(reason)}), nil
}

// maxUserID bounds the identity provider's subject.
const maxUserID = 128

func claimHeld() *Refusal {
	return Refuse(CodeClaimHeld, "This reviewer has the case already: there is nothing to do.")
}

// notClaimedByOther refuses an act on a case that another reviewer has taken.
func (p Partner) notClaimedByOther(c Case, userID string) error {
	if c.Claim == nil || c.Claim.UserID == userID {
		return nil
	}
	return Refuse(CodeCaseClaimed, "The case is claimed by "+c.Claim.String()+" since "+c.Claim.At.Format("2 January 2006, 15:04 UTC")+
		". Ask for it, or reassign it to yourself with a reason.").At(p.path("verification/reassignment"))
}

// notPaused refuses what makes no sense while the partner has the ball.
func (p Partner) notPaused(c Case) error {
	if c.requested() {
		return Refuse(CodeCasePaused, "The clock stands still until the documents are in that the partner was asked for: no date has to be kept meanwhile. Wait for them, or decide the case.").At(p.path("verification/documents"))
	}
	return nil
}

// StaffNoted tells what staff wrote down about a partner. The partner never
// sees it.
type StaffNoted struct {
	Note string `json:"note"`
}

// Type implements EventData.
func (StaffNoted) Type() EventType { return "staff.noted" }

func (StaffNoted) apply(*Partner, Event) {}

// Note writes something down about a partner, for staff alone (O3).
func (p Partner) Note(note string, s Stamp) (Event, error) {
	if err := Invalid(reasonFault("/note", note)); err != nil {
		return Event{}, err
	}
	return p.event(s, StaffNoted{Note: strings.TrimSpace(note)}), nil
}

// Internal says that an event is for staff alone: the partner's timeline
// doesn't list it.
func Internal(d EventData) bool { return d.Type() == StaffNoted{}.Type() }
