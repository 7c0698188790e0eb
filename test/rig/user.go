package rig

import (
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// InvitationID is that of the invitation of an invited user.
const InvitationID = "I-01K6ZT4M9WB1N3P5R7T9V2X4YZ"

// AdminPrincipal is Admin as the rules see him.
func AdminPrincipal() onboarding.Principal { return admin }

var founder = onboarding.Principal{UserID: "u-founder", Email: "sam@newco.example", TenantID: onboarding.SignUpTenant("u-founder"), EmailVerified: true}

// FounderPrincipal is Founder as the rules see him.
func FounderPrincipal() onboarding.Principal { return founder }

// Founded makes the partner of a company without a directory.
func (r *Rig) Founded() *Rig {
	r.t.Helper()
	_, err := r.Parts.Commands.RunNew(r.t.Context(), founder.TenantID, command.Command{
		By: founder.Actor(), Authorize: func(onboarding.Partner) error { return nil },
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Enroll(onboarding.Enroll{PartnerID: PartnerID, WorkAccount: onboarding.WorkAccountNew, WorkEmail: founder.Email, CompanyName: "Newco", By: founder}, s)
		},
	}, func(onboarding.Partner) (store.Answer, error) { return store.Answer{}, nil })
	if err != nil {
		r.t.Fatal(err)
	}
	return r
}

// Invited has somebody invited with Secret, by the admin of the partner.
func (r *Rig) Invited(email string, by onboarding.Principal, roles ...onboarding.Role) *Rig {
	r.t.Helper()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		s.By = by.Actor()
		return p.Invite(onboarding.Invite{ID: InvitationID, Secret: Secret, Email: email, Roles: roles, OtherDomain: true, By: by}, s)
	})
	return r
}

// Joined has that invitation accepted.
func (r *Rig) Joined(who onboarding.Principal) *Rig {
	r.t.Helper()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		s.By = who.Actor()
		return p.AcceptInvitation(Secret, who, s)
	})
	return r
}

// ColleaguePrincipal is Colleague as the rules see him.
func ColleaguePrincipal() onboarding.Principal {
	return onboarding.Principal{UserID: "u-colleague", Email: "bob@contoso.example", TenantID: "t-contoso", TenantDomain: "contoso.example"}
}

// WithAgent has Colleague as an Admin Agent of the partner.
func (r *Rig) WithAgent() *Rig {
	r.t.Helper()
	return r.Enrolled().Invited("bob@contoso.example", admin, onboarding.RoleAdminAgent).Joined(ColleaguePrincipal())
}
