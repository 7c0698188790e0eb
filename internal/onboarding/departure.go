package onboarding

import (
	"strings"
	"time"
)

// PartnerLeft tells that the company left the programme (A8).
type PartnerLeft struct {
	Reason    string `json:"reason,omitzero"`
	Withdrawn string `json:"withdrawn,omitzero"` // id of the case of the change that was withdrawn with it
}

// Type implements EventData.
func (PartnerLeft) Type() EventType { return "partner.left" }

func (d PartnerLeft) apply(p *Partner, e Event) {
	p.Programme.Departure = &Departure{At: e.At, Reason: d.Reason}
	if s := p.Programme.Suspension; s != nil && s.Answer != nil {
		again := *s
		again.Answer, p.Programme.Suspension = nil, &again
	}
	if d.Withdrawn != "" {
		p.withdrawChange(e)
	}
}

// Leave takes the company out of the programme (A8). Nothing of it is lost: it
// comes back with the same Partner ID, history and relationships. understood
// says that the consequences were read.
func (p Partner) Leave(reason string, understood bool, s Stamp) (Event, error) {
	if refusal := p.mayLeave(); refusal != nil {
		return Event{}, refusal
	}
	reason = strings.TrimSpace(reason)
	var faults []Fault
	if reason != "" {
		faults = reasonFault("/reason", reason)
	}
	if !understood {
		faults = append(faults, Fault{"/understood", FaultMustBeTrue, "Read the preview of the consequences, then say that they are understood."})
	}
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	d := PartnerLeft{Reason: reason}
	if p.OpenChange() != nil {
		d.Withdrawn = p.Case.ID
	}
	return p.event(s, d, p.tellOfDeparture(MailLeftProgramme, s.at())...), nil
}

func (p Partner) mayLeave() *Refusal {
	switch p.ProgrammeStatus() {
	case ProgrammeNotActive:
		return Refuse(CodeNotInProgramme, "The company isn't Active in the programme yet: there is nothing to leave. An application that nobody goes on with rests by itself.").At("/partners/" + p.ID)
	case ProgrammeLeft:
		return Refuse(CodeHasLeft, "The company has left already. It can come back at any time.").By(MayDo(ActionReturn)...).At(p.path("return"))
	}
	return nil
}

// PartnerReturned tells that the company came back to the programme (A8).
type PartnerReturned struct{}

// Type implements EventData.
func (PartnerReturned) Type() EventType { return "partner.returned" }

func (PartnerReturned) apply(p *Partner, e Event) {
	left := p.Programme.Departure.At
	p.Programme.Departure = nil
	p.Programme.over(PastStanding{Status: ProgrammeLeft, From: left, Until: e.At})
	switch s := p.Programme.Suspension; {
	case s.inForce(): // it waited
	case s != nil:
		again := *s
		again.From = s.From.Add(e.At.Sub(left)) // its time stood still
		p.Programme.Suspension, p.Programme.Since = &again, e.At
	default:
		p.Programme.Since = e.At
	}
}

// Return brings the company back, as it left (A8).
func (p Partner) Return(s Stamp) (Event, error) {
	if p.ProgrammeStatus() != ProgrammeLeft {
		return Event{}, Refuse(CodeNotLeft, "The company hasn't left the programme: there is nothing to come back to.").At(p.path("standing"))
	}
	return p.event(s, PartnerReturned{}, p.tellOfDeparture(MailCameBack, s.at())...), nil
}

func (p Partner) tellOfDeparture(template MailTemplate, at time.Time) []Follow {
	var mails []Follow
	for _, to := range p.contacts() {
		params := p.mailParams()
		params["since"] = at.UTC().Format(time.RFC3339)
		mails = append(mails, send(template, to, params))
	}
	return append(mails, p.tellDistributors(template, "", at, PartyNobody)...)
}

// DeparturePreview tells before it is done what leaving does, or, of a company
// that has left, what coming back does (A8).
type DeparturePreview struct {
	Leaving      bool     // else it is about coming back
	Refused      *Refusal // why it would be refused, nil when it wouldn't be
	Consequences []Consequence
	Renew        []Requirement // what the company owes afterwards
}

// PreviewDeparture answers what Leave or Return would do.
func (p Partner) PreviewDeparture(current AgreementVersion, now time.Time) DeparturePreview {
	if p.ProgrammeStatus() == ProgrammeLeft {
		return p.previewReturn(current, now)
	}
	v := DeparturePreview{Leaving: true, Refused: p.mayLeave()}
	if v.Refused != nil {
		return v
	}
	add := func(code, text string) { v.Consequences = append(v.Consequences, Consequence{code, text}) }
	add("transacting_stops", "The company can't transact any more, from that moment on. What was ordered before goes on between company and distributor.")
	for _, r := range p.activeRelationships() {
		add("distributor_told", r.DistributorName+" is told. The relationship stays as it is and is in use again when the company comes back, unless one side ends it.")
	}
	if n := len(p.pendingRelationships(now)); n > 0 {
		add("requests_wait", "Open requests of distributors can't be accepted meanwhile; they expire by their dates.")
	}
	if p.OpenChange() != nil {
		add("change_withdrawn", "The change of the details that is being verified is withdrawn: the details in force stay.")
	}
	if p.suspension() != nil {
		add("suspension_waits", "The suspension isn't over by it: it is there again when the company comes back. The time of one that is announced stands still meanwhile.")
	}
	add("nothing_lost", "Partner ID, verification, agreement and history stay. A Global Admin can bring the company back at any time.")
	return v
}

func (p Partner) previewReturn(current AgreementVersion, now time.Time) DeparturePreview {
	var v DeparturePreview
	e, err := p.Return(Stamp{EventID: "preview", At: now})
	if err != nil {
		return v
	}
	after := p.Apply(e)
	v.Consequences = append(v.Consequences, Consequence{"same_partner", "The company comes back with the same Partner ID, history and relationships."})
	for _, r := range after.activeRelationships() {
		v.Consequences = append(v.Consequences, Consequence{"distributor_told", r.DistributorName + " is told, and the relationship is in use again."})
	}
	if after.Programme.Suspension.inForce() {
		v.Consequences = append(v.Consequences, Consequence{"suspended", "The company is suspended, as it was when it left."})
	}
	doc := after.Requirements(now)
	v.Renew = append(doc.PastDue, doc.DueNow...)
	if after.signed() && !after.agreementHolds(current, now) {
		v.Renew = append(v.Renew, Requirement{Code: "agreement", Title: "Accept the partner agreement in version " + current.Version, Step: StepAgreement, Who: PartyPartner, Roles: MayDo(ActionSign),
			Reason: "The version that was accepted isn't in force any more.", Where: p.path("agreement/acceptance"), Operation: "acceptAgreement"})
	}
	return v
}
