package view

import (
	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Membership renders the existing membership that a partner claimed, nil for a
// company that is new to the programme (E5). Of the records on file nothing is
// shown before they are the partner's own.
func Membership(p onboarding.Partner) *api.Membership {
	held := p.Membership
	if held == nil {
		return nil
	}
	m := api.Membership{PartnerID: held.ID, State: api.MembershipStateLinked, StatusClass: api.StatusClass(onboarding.ClassDone), LinkedAt: Time(held.LinkedAt)}
	if p.PendingMembership() != nil {
		m.State, m.StatusClass, m.LinkExpiresAt = api.MembershipStateAwaitsContact, api.StatusClass(onboarding.ClassAction), Time(held.Link.ExpiresAt)
	}
	return &m
}

// CarriedOver renders from which record the verification in force was carried
// over, nil for one that was made here (E5).
func CarriedOver(p onboarding.Partner) *api.CarriedOver {
	if p.Verified == nil || p.Verified.CarriedOver == nil {
		return nil
	}
	over := *p.Verified.CarriedOver
	return &api.CarriedOver{PartnerID: over.From, AuthorizedAt: Time(over.AuthorizedAt)}
}

// MembershipClaim reads from a request what claims an existing membership, nil
// when nothing does.
func MembershipClaim(r *api.MembershipClaim) *onboarding.MembershipClaim {
	if r == nil {
		return nil
	}
	return &onboarding.MembershipClaim{PartnerID: r.PartnerID, LegalName: r.LegalName, Country: r.Country, PostalCode: r.PostalCode, ContactEmail: r.ContactEmail}
}
