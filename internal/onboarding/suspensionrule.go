package onboarding

import (
	"slices"
	"time"
)

// changeRejected says that the newest case was about a change and ended with a
// rejection.
func (p Partner) changeRejected() bool {
	c := p.Case
	return c != nil && c.Change != nil && c.Decision != nil && c.Decision.Result == VerificationRejected
}

// nextAnnouncement is the moment of a rejection that the rule suspends for: 30
// days later the company is suspended, if the change isn't mended by then (A8).
// A newer rejection begins anew, so that trying again is never worse than
// waiting.
func (p Partner) nextAnnouncement() (time.Time, bool) {
	if p.ProgrammeStatus() != ProgrammeActive || !p.changeRejected() || p.Case.Decision.Sequence == p.Programme.Settled {
		return time.Time{}, false
	}
	if s := p.Programme.Suspension; s != nil && (s.Rejection == 0 || s.Rejection == p.Case.Decision.Sequence) {
		return time.Time{}, false // staff's own counts, or it is announced already
	}
	return p.Case.Decision.At, true
}

func (p Partner) announceByRule(s Stamp) Event {
	d := SuspensionAnnounced{Code: causeRejected, From: p.noticed(p.Case.Decision.At.AddDate(0, 0, warningDays[0]), 0, s.at()), Rejection: p.Case.Decision.Sequence, Parts: p.Case.Change.Parts}
	return p.event(s, d, p.tellOfSuspension(MailSuspensionAnnounced, d.Code, "", d.From, PartyPartner)...)
}

// noticed is when a suspension begins of which a rung's warning goes out now:
// later than planned if the warning comes more than a day late, so that nobody
// is suspended with less notice than promised.
func (p Partner) noticed(from time.Time, rung int, now time.Time) time.Time {
	if promised := now.AddDate(0, 0, warningDays[rung]); from.Before(promised.AddDate(0, 0, -1)) {
		return promised
	}
	return from
}

// onHold says that a suspension that was announced doesn't go on meanwhile:
// staff has an answer to look at, a reviewer the change that would mend it, it
// is mended, or the company has left.
func (p Partner) onHold() bool {
	s := p.Programme.Suspension
	return s.Answer != nil || !s.MendedAt.IsZero() || p.Programme.Departure != nil || s.Code.cause().Mend == MendChange && p.OpenChange() != nil
}

// SuspensionWarned tells that the company and its distributors were warned
// again of a suspension to come (A8).
type SuspensionWarned struct {
	Days int       `json:"days"` // ahead
	From time.Time `json:"from"`
}

// Type implements EventData.
func (SuspensionWarned) Type() EventType { return "suspension.warned" }

func (d SuspensionWarned) apply(p *Partner, _ Event) {
	s := *p.Programme.Suspension
	s.Warned, s.From = slices.Index(warningDays[:], d.Days)+1, d.From
	p.Programme.Suspension = &s
}

func (p Partner) nextWarning() (time.Time, bool) {
	s := p.Programme.Suspension
	if s == nil || s.inForce() || p.onHold() || s.Warned >= len(warningDays) {
		return time.Time{}, false
	}
	return s.From.AddDate(0, 0, -warningDays[s.Warned]), true
}

// warn gives the last warning that is due; those before it that came to nothing
// are left out.
func (p Partner) warn(s Stamp) Event {
	u, rung := p.Programme.Suspension, p.Programme.Suspension.Warned
	for rung+1 < len(warningDays) && !u.From.AddDate(0, 0, -warningDays[rung+1]).After(s.at()) {
		rung++
	}
	d := SuspensionWarned{Days: warningDays[rung], From: p.noticed(u.From, rung, s.at())}
	return p.event(s, d, p.tellOfSuspension(MailSuspensionAnnounced, u.Code, u.Text, d.From, PartyPartner)...)
}

func (p Partner) nextSuspension() (time.Time, bool) {
	s := p.Programme.Suspension
	if s == nil || s.inForce() || p.onHold() || s.Warned < len(warningDays) {
		return time.Time{}, false
	}
	return s.From, true
}

func (p Partner) suspendAsAnnounced(s Stamp) Event {
	u := p.Programme.Suspension
	return p.event(s, PartnerSuspended{Code: u.Code}, p.tellOfSuspension(MailSuspended, u.Code, u.Text, s.at(), PartyPartner)...)
}

// mended takes note that a change came into force, or that the company
// withdrew it and so confirms the details in force: a suspension that was for
// it ends by itself.
func (r *ProgrammeRecord) mended(change Change, withdrawn bool, at time.Time) {
	s := r.Suspension
	if s == nil || s.Code.cause().Mend != MendChange {
		return
	}
	enough := !slices.ContainsFunc(s.Parts, func(t Part) bool { return !change.has(t) })
	if s.Rejection == 0 {
		enough = !withdrawn && (change.has(PartName) || change.has(PartAddress))
	}
	if enough {
		now := *s
		now.MendedAt, r.Suspension = at, &now
	}
}

func (p Partner) nextReinstatement() (time.Time, bool) {
	if s := p.Programme.Suspension; s != nil && !s.MendedAt.IsZero() && p.Programme.Departure == nil {
		return s.MendedAt, true
	}
	return time.Time{}, false
}

func (p Partner) reinstateMended(s Stamp) Event { return p.reinstated("", s) }

// SuspensionChased tells that staff was asked again to look at the company's
// answer.
type SuspensionChased struct {
	Count int `json:"count"` // 1 for the first time
}

// Type implements EventData.
func (SuspensionChased) Type() EventType { return "suspension.chased" }

func (d SuspensionChased) apply(p *Partner, _ Event) {
	s, a := *p.Programme.Suspension, *p.Programme.Suspension.Answer
	a.Chased = d.Count
	s.Answer = &a
	p.Programme.Suspension = &s
}

func (p Partner) nextSuspensionLook() (time.Time, bool) {
	if s := p.Programme.Suspension; s != nil && s.Answer != nil {
		return s.Answer.lookAt(), true
	}
	return time.Time{}, false
}

func (p Partner) chaseSuspension(s Stamp) Event {
	a := *p.Programme.Suspension.Answer
	d := SuspensionChased{Count: a.Chased + 1}
	a.Chased = d.Count
	params := p.mailParams()
	params["message"], params["latest"] = a.Message, a.lookAt().UTC().Format(time.RFC3339)
	return p.event(s, d, send(MailSuspensionAnswered, MailToStaff, params))
}

// suspendedForChange says that the newest case is a rejected change, and a
// suspension for it is announced or in force.
func (p Partner) suspendedForChange() bool {
	s := p.Programme.Suspension
	return s != nil && s.Rejection > 0 && s.MendedAt.IsZero() && p.changeRejected()
}
