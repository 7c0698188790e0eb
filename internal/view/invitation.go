package view

import (
	"errors"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// ResellerInvitation renders an invitation to its distributor (D7).
func ResellerInvitation(i onboarding.ResellerInvitation, now time.Time) api.ResellerInvitation {
	status := i.StatusAt(now)
	return api.ResellerInvitation{
		ResellerInvitationID: i.ID, Status: api.ResellerInvitationStatus(status), StatusClass: api.StatusClass(status.Class()), Message: i.Message,
		PartnerID: i.PartnerID, MailDomain: i.Domain, CreatedAt: Time(i.CreatedAt), ExpiresAt: Time(i.ExpiresAt), OpenedAt: Time(i.OpenedAt),
		EndedAt: Time(i.EndedAt), AcceptedBy: i.AcceptedBy, RelationshipID: i.RelationshipID,
	}
}

// ResellerInvitationLink renders an invitation to whoever holds its link and is
// signed in: refused is why his company can't use it, p his company's partner.
func ResellerInvitationLink(i onboarding.ResellerInvitation, p onboarding.Partner, refused error, now time.Time) api.ResellerInvitationLink {
	status := i.StatusAt(now)
	out := api.ResellerInvitationLink{
		DistributorID: i.DistributorID, DistributorName: i.DistributorName, Message: i.Message, Status: api.ResellerInvitationStatus(status),
		StatusClass: api.StatusClass(status.Class()), ExpiresAt: Time(i.ExpiresAt), ForYou: refused == nil, PartnerID: p.ID,
	}
	var refusal *onboarding.Refusal
	switch {
	case errors.As(refused, &refusal):
		out.Code, out.Text = string(refusal.Code), refusal.Message
	case p.Enrolled():
		out.Text = "Use the invitation; the distributor's request then waits for your company's answer."
	default:
		out.Text = "Enrol your company first, then open this link again."
	}
	return out
}
