package onboarding

import (
	"slices"
	"time"
)

// InvitationLapsed tells that nobody accepted an invitation in time; who invited
// is told once, and may send it again (A7).
type InvitationLapsed struct {
	InvitationID string `json:"invitationId"`
	Email        string `json:"email"`
}

// Type implements EventData.
func (InvitationLapsed) Type() EventType { return "user.invitationExpired" }

func (d InvitationLapsed) apply(p *Partner, e Event) {
	p.changeInvitation(d.InvitationID, func(i *Invitation) { i.LapsedAt = e.At })
}

// nextUserLapse is when the next invitation or hand-over lapses unanswered.
func (p Partner) nextUserLapse() (at time.Time, ok bool) {
	add := func(t time.Time) {
		if !ok || t.Before(at) {
			at, ok = t, true
		}
	}
	for _, i := range p.Invitations {
		if i.lapses() {
			add(i.ExpiresAt)
		}
	}
	if p.Handover != nil {
		add(p.Handover.ExpiresAt)
	}
	return at, ok
}

// lapses says that somebody is told when the invitation isn't accepted in time.
func (i Invitation) lapses() bool { return i.pending() && i.LapsedAt.IsZero() }

// lapse tells of the one that lapsed first.
func (p Partner) lapse(s Stamp) Event {
	due, _ := p.nextUserLapse()
	if n := slices.IndexFunc(p.Invitations, func(i Invitation) bool { return i.lapses() && i.ExpiresAt.Equal(due) }); n >= 0 {
		i := p.Invitations[n]
		var told []Follow
		change := "Nobody accepted the invitation of " + i.Email + " within 72 hours: its link doesn't work any more. Send it again, or ask the person whether the address is right."
		for _, to := range p.tellInviter(i) {
			told = append(told, send(MailUserChanged, to, p.userParams(change, "", s)))
		}
		return p.event(s, InvitationLapsed{InvitationID: i.ID, Email: i.Email}, told...)
	}
	h := *p.Handover
	return p.event(s, HandoverEnded{HandoverID: h.ID, Lapsed: true}, p.tellHandover(h, h.To.Label()+" didn't answer the hand-over within 14 days: nothing changed.", false, s)...)
}

// tellInviter is who is told of an invitation's end: who invited, while he is a
// user, else the Global Admins.
func (p Partner) tellInviter(i Invitation) []string {
	if m, ok := p.Member(i.By.UserID); ok && m.Email != "" {
		return []string{m.Email}
	}
	return p.adminAddresses("")
}
