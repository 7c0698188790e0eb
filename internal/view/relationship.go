package view

import (
	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Relationship renders how a relationship stands to one of its sides (D8).
func Relationship(s onboarding.Standing, side onboarding.Party) api.Relationship {
	r := s.Relationship
	return api.Relationship{
		RelationshipID: r.ID, DistributorID: r.DistributorID, DistributorName: r.DistributorName, Message: r.Message, Reason: r.Reason, PLAID: r.PLAID,
		Status: api.RelationshipStatus(s.Status), StatusClass: api.StatusClass(s.Class(side)), Since: Time(s.Since),
		RequestedAt: Time(r.RequestedAt), ExpiresAt: Time(r.ExpiresAt), AcceptedAt: Time(r.AcceptedAt), EndedAt: Time(r.ClosedAt),
		InvitationID: r.InvitationID, SentAt: Time(r.SentAt), Resends: r.Resends, RemindedAt: Time(r.RemindedAt), MayTransact: s.MayTransact, WaitingFor: WaitingFor(s.Turn, side),
	}
}

// WaitingFor renders whom something waits for, to one side (D8).
func WaitingFor(t onboarding.Turn, side onboarding.Party) api.WaitingFor {
	return api.WaitingFor{Who: api.Party(t.Who), You: t.Who == side, Code: t.Code, What: t.What, By: Time(t.By)}
}

// MailFate renders what became of a mail, without saying to whom it went.
func MailFate(m onboarding.SentMail) api.MailFate {
	return api.MailFate{State: api.MailState(m.State), StateClass: api.StatusClass(m.State.Class()), At: Time(m.StateAt), Text: m.State.Explain()}
}

// Reseller renders a company as its distributor sees it (D6): field by field, so
// that nothing else of it slips out.
func Reseller(p onboarding.Partner, s onboarding.Standing) api.Reseller {
	r := s.Relationship
	return api.Reseller{
		PartnerID: p.ID, CompanyName: p.LegalName(), Test: p.Test, RelationshipID: r.ID, Status: api.RelationshipStatus(s.Status),
		StatusClass: api.StatusClass(s.Class(onboarding.PartyDistributor)), Since: Time(s.Since), RequestedAt: Time(r.RequestedAt), ExpiresAt: Time(r.ExpiresAt),
		Reason: r.Reason, MayTransact: s.MayTransact, WaitingFor: WaitingFor(s.Turn, onboarding.PartyDistributor),
	}
}

// ResellerCheck renders all that a distributor is told of a company (D6).
func ResellerCheck(c onboarding.ResellerCheck) api.ResellerCheck {
	out := api.ResellerCheck{Answer: api.ResellerAnswer(c.Answer), Text: c.Answer.Explain(), Since: Time(c.Since), Test: c.Test}
	if s := c.Standing; s.Status != "" {
		out.Relationship, out.MayTransact, out.WaitingFor = api.RelationshipStatus(s.Status), s.MayTransact, WaitingFor(s.Turn, onboarding.PartyDistributor)
	}
	return out
}

// TerminationPreview renders what ending a relationship would do (D4).
func TerminationPreview(e onboarding.EndPreview) api.TerminationPreview {
	out := api.TerminationPreview{RelationshipID: e.Relationship.ID, At: Time(e.At), Last: e.Last, LostRegions: e.LostRegions, Through: e.Through, OpenRequests: e.OpenRequests, Consequences: []api.Consequence{}}
	for _, c := range e.Consequences {
		out.Consequences = append(out.Consequences, api.Consequence{Code: c.Code, Text: c.Text})
	}
	return out
}
