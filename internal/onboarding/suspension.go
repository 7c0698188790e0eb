package onboarding

import (
	"strings"
	"time"
)

// warningDays is how many days ahead a suspension is warned of: announced with
// the first rung that is to come, then once on each of the others (A8).
var warningDays = [...]int{30, 14, 3}

const (
	minNoticeDays = 3  // that staff gives at least
	maxNoticeDays = 90 // and at most

	maxSuspensionAnswers = 10 // of one suspension; a person is asked after that
)

// SuspendPartner is what staff says when it suspends a company.
type SuspendPartner struct {
	Code   SuspensionCode
	Text   string    // to the partner: what happened and what is asked for
	Note   string    // why, for staff (O3)
	From   time.Time // when it begins; zero: after the whole ladder of warnings
	AtOnce bool      // for severe codes
}

// SuspensionAnnounced tells that a company will be suspended unless it mends
// what it is for (A8).
type SuspensionAnnounced struct {
	Code      SuspensionCode `json:"code"`
	Text      string         `json:"text,omitzero"`
	Note      string         `json:"note,omitzero"`
	From      time.Time      `json:"from"`
	Rejection int            `json:"rejection,omitzero"` // sequence of the rejection that the rule acts on
	Parts     []Part         `json:"parts,omitempty"`
}

// Type implements EventData.
func (SuspensionAnnounced) Type() EventType { return "suspension.announced" }

func (d SuspensionAnnounced) apply(p *Partner, e Event) {
	p.endMended(e.At)
	s := &Suspension{Code: d.Code, Text: d.Text, AnnouncedAt: e.At, From: d.From, By: staffID(e.Actor), Rejection: d.Rejection, Parts: d.Parts}
	for s.Warned < len(warningDays) && !d.From.AddDate(0, 0, -warningDays[s.Warned]).After(e.At) {
		s.Warned++
	}
	p.Programme.Suspension = s
}

// endMended ends a suspension that was mended a moment ago, before another one
// takes its place.
func (p *Partner) endMended(at time.Time) {
	if s := p.Programme.Suspension; s != nil && !s.MendedAt.IsZero() {
		p.endSuspension(at)
	}
}

func staffID(a Actor) string {
	if a.Kind == ActorStaff {
		return a.UserID
	}
	return ""
}

// PartnerSuspended tells that the company can't transact any more: at once, or
// because the time that was announced has come (A8).
type PartnerSuspended struct {
	Code SuspensionCode `json:"code"`
	Text string         `json:"text,omitzero"`
	Note string         `json:"note,omitzero"`
}

// Type implements EventData.
func (PartnerSuspended) Type() EventType { return "partner.suspended" }

func (d PartnerSuspended) apply(p *Partner, e Event) {
	var s Suspension
	if e.Actor.Kind == ActorStaff { // at once: what was announced is replaced
		p.endMended(e.At)
		s = Suspension{Code: d.Code, Text: d.Text, AnnouncedAt: e.At, From: e.At, By: staffID(e.Actor), Warned: len(warningDays)}
	} else {
		s = *p.Programme.Suspension
	}
	s.Since = e.At
	p.Programme.Suspension = &s
}

// Suspend announces a suspension, or for severe codes puts it in force at once
// (A8). A severe one takes the place of another that is only announced.
func (p Partner) Suspend(c SuspendPartner, s Stamp) (Event, error) {
	if err := p.mayBeSuspended(c.AtOnce); err != nil {
		return Event{}, err
	}
	c.Text, c.Note = strings.TrimSpace(c.Text), strings.TrimSpace(c.Note)
	if err := Invalid(c.faults(s.at())); err != nil {
		return Event{}, err
	}
	if c.AtOnce {
		return p.event(s, PartnerSuspended{Code: c.Code, Text: c.Text, Note: c.Note}, p.tellOfSuspension(MailSuspended, c.Code, c.Text, s.at(), PartyPartner)...), nil
	}
	from := c.From.UTC().Truncate(time.Millisecond)
	if c.From.IsZero() {
		from = s.at().AddDate(0, 0, warningDays[0])
	}
	return p.event(s, SuspensionAnnounced{Code: c.Code, Text: c.Text, Note: c.Note, From: from}, p.tellOfSuspension(MailSuspensionAnnounced, c.Code, c.Text, from, PartyPartner)...), nil
}

func (p Partner) mayBeSuspended(atOnce bool) error {
	switch s := p.suspension(); {
	case p.ProgrammeStatus() == ProgrammeNotActive:
		return Refuse(CodeNotInProgramme, "The company isn't Active in the programme yet: there is nothing to suspend. Decide its verification instead.").At(p.path("verification"))
	case p.ProgrammeStatus() == ProgrammeLeft:
		return Refuse(CodeHasLeft, "The company has left the programme: it can't transact. Suspend it when it comes back.").At(p.path("standing"))
	case s.inForce():
		return Refuse(CodeSuspensionOpen, "The company is suspended already. Write a note, or reinstate it and suspend it for the other cause.").By(MayDo(ActionDecideSuspension)...).At(p.path("standing"))
	case s != nil && !atOnce:
		return Refuse(CodeSuspensionOpen, "A suspension is announced already. Take it back first, or put one for a severe cause in force at once.").By(MayDo(ActionDecideSuspension)...).At(p.path("standing"))
	}
	return nil
}

func (c SuspendPartner) faults(now time.Time) []Fault {
	var faults []Fault
	cause, known := SuspensionCauseOf(c.Code)
	switch {
	case c.Code == "":
		faults = append(faults, Fault{"/code", FaultRequired, "Name the cause: the company must learn what mends it."})
	case !known || cause.ByRule:
		faults = append(faults, Fault{"/code", FaultUnsupported, "Use one of the documented codes for staff."})
	case c.AtOnce && !cause.Severe:
		faults = append(faults, Fault{"/atOnce", FaultNotAllowed, "Only a severe cause is in force at once: announce this one."})
	}
	switch {
	case c.From.IsZero():
	case c.AtOnce:
		faults = append(faults, Fault{"/from", FaultNotAllowed, "Either at once, or from a date."})
	case c.From.Before(now.AddDate(0, 0, minNoticeDays)), c.From.After(now.AddDate(0, 0, maxNoticeDays)):
		faults = append(faults, Fault{"/from", FaultInvalid, "Give a date from 3 to 90 days ahead."})
	}
	faults = append(faults, reasonFault("/partnerReason", c.Text)...)
	return append(faults, reasonFault("/reason", c.Note)...)
}

// SuspensionAnswer is what the company says to a suspension.
type SuspensionAnswer struct {
	Kind    AnswerKind `json:"kind"`
	Message string     `json:"message"`
	At      time.Time  `json:"at"`
	LookBy  time.Time  `json:"lookBy"`          // by when staff looks
	Chased  int        `json:"chased,omitzero"` // how often staff was asked again
}

// lookAt is by when staff looks; with each time that passes it is asked again.
func (a SuspensionAnswer) lookAt() time.Time { return a.LookBy.AddDate(0, 0, chaseEvery*a.Chased) }

// AnswerKind says what the company answers.
type AnswerKind string

// The answers.
const (
	AnswerMended AnswerKind = "mended" // what was asked for is done
	AnswerAppeal AnswerKind = "appeal" // the suspension is wrong: another member of staff decides
)

// SuspensionAnswered tells that the company answered.
type SuspensionAnswered struct {
	Kind    AnswerKind `json:"kind"`
	Message string     `json:"message"`
	LookBy  time.Time  `json:"lookBy"`
}

// Type implements EventData.
func (SuspensionAnswered) Type() EventType { return "suspension.answered" }

func (d SuspensionAnswered) apply(p *Partner, e Event) {
	s := *p.Programme.Suspension
	s.Answer = &SuspensionAnswer{Kind: d.Kind, Message: d.Message, At: e.At, LookBy: d.LookBy}
	s.Answers++
	s.Appealed = s.Appealed || d.Kind == AnswerAppeal
	p.Programme.Suspension = &s
}

// AnswerSuspension says that what was asked for is done, or appeals (A8, V11).
// Staff looks within the same business days as at a case; a suspension that is
// only announced doesn't begin before.
func (p Partner) AnswerSuspension(kind AnswerKind, message string, days Calendar, s Stamp) (Event, error) {
	if refusal := p.notHeldUp("answerSuspension"); refusal != nil {
		return Event{}, refusal
	}
	switch u := p.suspension(); {
	case u == nil:
		return Event{}, p.noSuspension()
	case u.Answer != nil:
		return Event{}, Refuse(CodeAnswerOpen, "Staff has an answer of the company already and looks at it by "+u.Answer.lookAt().UTC().Format("2 January 2006")+". Wait for that, then say more.").At(p.path("standing"))
	case u.Answers >= maxSuspensionAnswers:
		return Event{}, Refuse(CodeTooMany, "This suspension was answered many times. Contact support.").At(p.path("standing"))
	case kind == AnswerAppeal && u.Appealed:
		return Event{}, Refuse(CodeNothingToAppeal, "This suspension was appealed already. Do what mends it, then say so.").At(p.path("standing"))
	}
	message = strings.TrimSpace(message)
	faults := reasonFault("/message", message)
	if kind != AnswerMended && kind != AnswerAppeal {
		faults = append(faults, Fault{"/kind", FaultUnsupported, "Use mended or appeal."})
	}
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	d := SuspensionAnswered{Kind: kind, Message: message, LookBy: days.After(s.at(), maxBusinessDays).UTC()}
	params := p.mailParams()
	params["message"], params["latest"] = message, d.LookBy.Format(time.RFC3339)
	return p.event(s, d, send(MailSuspensionAnswered, MailToStaff, params)), nil
}

func (p Partner) noSuspension() *Refusal {
	return Refuse(CodeNoSuspension, "No suspension is announced or in force: there is nothing to do.").At(p.path("standing"))
}

// SuspensionUpheld tells that staff looked at an answer and the suspension
// stays.
type SuspensionUpheld struct {
	Reason string    `json:"reason"` // to the partner
	From   time.Time `json:"from"`
}

// Type implements EventData.
func (SuspensionUpheld) Type() EventType { return "suspension.upheld" }

func (d SuspensionUpheld) apply(p *Partner, _ Event) {
	s := *p.Programme.Suspension
	s.Answer, s.From = nil, d.From
	p.Programme.Suspension = &s
}

// PartnerReinstated tells that a suspension is over, or one that was announced
// is taken back (A8).
type PartnerReinstated struct {
	Reason string         `json:"reason,omitzero"` // of staff, to the partner; "" by the rule
	Code   SuspensionCode `json:"code"`
}

// Type implements EventData.
func (PartnerReinstated) Type() EventType { return "partner.reinstated" }

func (PartnerReinstated) apply(p *Partner, e Event) {
	p.endSuspension(e.At)
}

// SuspensionDecision is what staff decides about a suspension.
type SuspensionDecision string

// The decisions.
const (
	SuspensionOver   SuspensionDecision = "Reinstated"
	SuspensionStands SuspensionDecision = "Upheld"
)

// DecideSuspension is staff's decision, by its name.
func (p Partner) DecideSuspension(d SuspensionDecision, reason string, s Stamp) (Event, error) {
	switch d {
	case SuspensionOver:
		return p.Reinstate(reason, s)
	case SuspensionStands:
		return p.UpholdSuspension(reason, s)
	}
	return Event{}, Invalid([]Fault{{"/decision", FaultUnsupported, "Use Reinstated or Upheld."}})
}

// Reinstate ends a suspension, or takes one back that is only announced (A8).
// An appeal is decided by another member of staff than the one who suspended.
func (p Partner) Reinstate(reason string, s Stamp) (Event, error) {
	if err := p.mayDecideSuspension(reason, s); err != nil {
		return Event{}, err
	}
	return p.reinstated(strings.TrimSpace(reason), s), nil
}

func (p Partner) reinstated(reason string, s Stamp) Event {
	u := p.Programme.Suspension
	template := MailSuspensionLifted
	if !u.Since.IsZero() {
		template = MailReinstated
	}
	return p.event(s, PartnerReinstated{Reason: reason, Code: u.Code}, p.tellOfSuspension(template, u.Code, reason, s.at(), PartyNobody)...)
}

// UpholdSuspension says that an answer isn't enough: the suspension stays, and
// one that was announced begins three days later at the earliest (A8).
func (p Partner) UpholdSuspension(reason string, s Stamp) (Event, error) {
	if err := p.mayDecideSuspension(reason, s); err != nil {
		return Event{}, err
	}
	u := p.Programme.Suspension
	if u.Answer == nil {
		return Event{}, Refuse(CodeNoAnswer, "The company hasn't answered: there is nothing to uphold. The suspension stands as it is.").At(p.path("standing"))
	}
	from := u.From
	if soon := s.at().AddDate(0, 0, minNoticeDays); !u.inForce() && from.Before(soon) {
		from = soon
	}
	reason = strings.TrimSpace(reason)
	var mails []Follow
	for _, to := range p.contacts() {
		params := p.suspensionParams(u.Code, reason, from)
		delete(params, "cause")
		mails = append(mails, send(MailSuspensionUpheld, to, params))
	}
	return p.event(s, SuspensionUpheld{Reason: reason, From: from}, mails...), nil
}

func (p Partner) mayDecideSuspension(reason string, s Stamp) error {
	u := p.suspension()
	if u == nil {
		return p.noSuspension()
	}
	if u.Answer != nil && u.Answer.Kind == AnswerAppeal && u.By != "" && u.By == s.By.UserID {
		return Refuse(CodeFourEyes, "You suspended this company: another member of staff decides its appeal.").By(RoleReviewer)
	}
	return Invalid(reasonFault("/reason", reason))
}

// tellOfSuspension is the mails about a suspension: to the partner's contacts,
// and to its distributors the reason code alone and who must act.
func (p Partner) tellOfSuspension(template MailTemplate, code SuspensionCode, text string, at time.Time, who Party) []Follow {
	var mails []Follow
	for _, to := range p.contacts() {
		params := p.suspensionParams(code, text, at)
		if who == PartyNobody { // it is over: what it was for doesn't matter any more
			for _, name := range []string{"cause", "remedy", "code", "suspendedFrom"} {
				delete(params, name)
			}
		}
		mails = append(mails, send(template, to, params))
	}
	return append(mails, p.tellDistributors(template, code, at, who)...)
}

func (p Partner) suspensionParams(code SuspensionCode, text string, at time.Time) map[string]string {
	cause := code.cause()
	params := p.mailParams()
	params["cause"], params["remedy"], params["code"], params["suspendedFrom"] = cause.Text, cause.Remedy, string(code), at.UTC().Format(time.RFC3339)
	if text != "" {
		params["message"] = text
	}
	return params
}

// ofReseller is what a distributor is told, by what the partner is told.
var ofReseller = map[MailTemplate]string{
	MailSuspensionAnnounced: "will be suspended from the date below, unless it mends the cause first",
	MailSuspended:           "is suspended: it can't order through you until it is reinstated",
	MailSuspensionLifted:    "will not be suspended: the announcement is taken back",
	MailReinstated:          "is reinstated: it may transact again",
	MailLeftProgramme:       "has left the programme: it can't order through you",
	MailCameBack:            "has come back to the programme",
}

// tellDistributors is the mails to the distributors of active relationships.
func (p Partner) tellDistributors(template MailTemplate, code SuspensionCode, at time.Time, who Party) []Follow {
	var mails []Follow
	told := map[string]bool{}
	for _, r := range p.activeRelationships() {
		if told[r.DistributorID] {
			continue
		}
		told[r.DistributorID] = true
		params := map[string]string{"companyName": p.LegalName(), "partnerId": p.ID, "problem": p.LegalName() + " " + ofReseller[template] + ".", "since": at.UTC().Format(time.RFC3339)}
		if code != "" {
			params["code"] = string(code)
		}
		switch who {
		case PartyPartner:
			params["next"] = "The company must act. There is nothing for you to do."
		case PartyReviewer:
			params["next"] = "Staff of the programme must act. There is nothing for you to do."
		default:
			params["next"] = "There is nothing for you to do."
		}
		mails = append(mails, send(MailResellerStanding, MailToDistributor(r.DistributorID), params))
	}
	return mails
}
