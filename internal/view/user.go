package view

import (
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// programme is how a member of staff is called towards others (V8).
const programme = "The programme"

// Users renders the partner's users for one of them or for staff (A7).
func Users(p onboarding.Partner, by onboarding.Principal, now time.Time) api.UserList {
	list := api.UserList{PartnerID: p.ID, Test: p.Test, MailDomains: p.MailDomains(), Users: []api.User{}, Invitations: []api.Invitation{}, JoinRequests: []api.JoinRequest{}}
	if list.MailDomains == nil {
		list.MailDomains = []string{}
	}
	for _, m := range p.Members {
		list.Users = append(list.Users, user(m, by))
	}
	for _, i := range slices.Backward(p.Invitations) {
		list.Invitations = append(list.Invitations, invitation(p, i, by.Staff, now))
	}
	for _, j := range p.JoinRequests(now) {
		list.JoinRequests = append(list.JoinRequests, api.JoinRequest{RequestID: j.ID, Email: j.Email, Name: j.Name, AskedAt: Time(j.AskedAt), ExpiresAt: Time(j.ExpiresAt())})
	}
	if h, ok := p.OpenHandover(now); ok {
		list.Handover = &api.Handover{
			HandoverID: h.ID, From: who(h.From, by.Staff), To: who(h.To, by.Staff), ToUserID: h.To.UserID, ToYou: h.To.UserID == by.UserID, Roles: roles(h.Roles),
			WorkEmail: h.WorkEmail, Leave: h.Leave, ProposedAt: Time(h.ProposedAt), ExpiresAt: Time(h.ExpiresAt),
		}
	}
	return list
}

func user(m onboarding.Member, by onboarding.Principal) api.User {
	u := api.User{UserID: m.UserID, Email: m.Email, Name: m.Name, Since: Time(m.Since), You: m.UserID == by.UserID, Roles: []api.UserRole{}, LegalAuthority: LegalAuthority(m.Authority)}
	if !m.DirectoryAdmin.IsZero() {
		u.Roles = append(u.Roles, api.UserRole{Role: api.RoleGlobalAdmin, Source: api.RoleSourceDirectory, Since: Time(m.DirectoryAdmin)})
	}
	for _, r := range m.Roles {
		how := m.How(r)
		given := api.UserRole{Role: api.Role(r), Source: api.RoleSourceRecord, Since: Time(how.At)}
		if how.By.UserID != m.UserID {
			given.GivenBy = who(how.By, by.Staff)
		}
		u.Roles = append(u.Roles, given)
	}
	return u
}

// who names a person; the partner sees no name of staff.
func who(p onboarding.Person, staff bool) string {
	if p.Kind == onboarding.ActorStaff && !staff {
		return programme
	}
	return p.Label()
}

// LegalAuthority renders why somebody may sign (A3); nil for who is none.
func LegalAuthority(a *onboarding.Authority) *api.LegalAuthority {
	if a == nil {
		return nil
	}
	return &api.LegalAuthority{Document: a.Document, Date: a.Date, Note: a.Note, DocumentID: a.DocumentID, RecordedAt: Time(a.RecordedAt), RecordedBy: a.RecordedBy.Label(), EventID: a.EventID}
}

func invitation(p onboarding.Partner, i onboarding.Invitation, staff bool, now time.Time) api.Invitation {
	status := i.StatusAt(now)
	broken := p.MailAddress(i.Email)
	return api.Invitation{
		InvitationID: i.ID, Email: i.Email, Roles: roles(i.Roles), Status: api.InvitationStatus(status), StatusClass: api.StatusClass(status.Class()),
		OtherDomain: i.OtherDomain, Undeliverable: broken.Broken(), Recovery: i.Recovery, InvitedBy: who(i.By, staff),
		InvitedAt: Time(i.InvitedAt), SentAt: Time(i.SentAt), ExpiresAt: Time(i.ExpiresAt), Sends: i.Sends, EndedAt: Time(i.EndedAt),
	}
}

// InvitationLink renders what the holder of an invitation's link may know (A7).
func InvitationLink(p onboarding.Partner, i onboarding.Invitation, now time.Time) api.InvitationView {
	status := i.StatusAt(now)
	kind := api.SignInKindWorkAccount
	if p.WorkAccount == onboarding.WorkAccountNew {
		kind = api.SignInKindOwnAccount
	}
	return api.InvitationView{
		CompanyName: p.LegalName(), EmailMasked: Masked(i.Email), Test: p.Test, Roles: roles(i.Roles),
		State: api.InvitationStatus(status), StateClass: api.StatusClass(status.Class()), SignIn: kind, ExpiresAt: Time(i.ExpiresAt),
	}
}

// Standing renders what a principal is to the partner.
func Standing(p onboarding.Partner, by onboarding.Principal) api.UserStanding {
	return api.UserStanding{PartnerID: p.ID, CompanyName: p.LegalName(), Test: p.Test, Roles: roles(p.RolesOf(by))}
}

// GivenRoles reads roles from a request.
func GivenRoles(list []api.GivenRole) []onboarding.Role {
	var out []onboarding.Role
	for _, r := range list {
		out = append(out, onboarding.Role(r))
	}
	return out
}

// Masked hides most of an address: "jo…@contoso.com" → "j…@contoso.com".
func Masked(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	for _, first := range local {
		return string(first) + "…@" + domain
	}
	return "…@" + domain
}

// userEvent renders what happened among the users. Staff's reasons are for staff.
func userEvent(d onboarding.EventData, staff bool, set func(name, value string)) string {
	switch d := d.(type) {
	case *onboarding.RoleGiven:
		set("email", d.Email)
		set("role", string(d.Role))
		set("reason", d.Reason)
		if d.Authority != nil {
			set("document", d.Authority.Document)
			set("date", d.Authority.Date)
			set("documentId", d.Authority.DocumentID)
			return "A user was recorded as a legal authority"
		}
		return "A user got a role"
	case *onboarding.RoleTaken:
		set("email", d.Email)
		set("role", string(d.Role))
		set("reason", d.Reason)
		return "A role was taken from a user"
	case *onboarding.UserRemoved:
		set("email", d.Email)
		set("reason", d.Reason)
		if d.Himself {
			return "A user left"
		}
		return "A user was removed"
	case *onboarding.UserInvited:
		set("email", d.Invitation.Email)
		set("roles", roleList(d.Invitation.Roles))
		if staff {
			set("reason", d.Reason)
		}
		if d.Invitation.Recovery {
			return "A new Global Admin was invited by the programme, because none was left"
		}
		return "A person was invited"
	case *onboarding.InvitationResent:
		set("email", d.Email)
		return "An invitation was sent again"
	case *onboarding.InvitationLapsed:
		set("email", d.Email)
		return "Nobody accepted an invitation in time"
	case *onboarding.InvitationWithdrawn:
		set("email", d.Email)
		return "An invitation was revoked"
	case *onboarding.UserJoined:
		set("email", d.Email)
		set("roles", roleList(d.Roles))
		return "A person accepted the invitation"
	case *onboarding.HandoverProposed:
		handover(d.Handover, set)
		return "A hand-over was offered"
	case *onboarding.HandoverEnded:
		if d.Declined {
			return "The hand-over was declined"
		}
		if d.Lapsed {
			return "Nobody answered the hand-over in time"
		}
		return "The hand-over was withdrawn"
	case *onboarding.HandedOver:
		handover(d.Handover, set)
		return "The hand-over was accepted and is done"
	case *onboarding.JoinAsked: // in no partner's history
		return "Somebody asked to be added to a company"
	case *onboarding.JoinRequested:
		set("email", d.Email)
		return "Somebody asked to be added"
	case *onboarding.JoinDeclined:
		set("email", d.Email)
		return "The wish to be added was declined"
	}
	return ""
}

func handover(h onboarding.Handover, set func(name, value string)) {
	set("from", h.From.Label())
	set("to", h.To.Label())
	set("roles", roleList(h.Roles))
}

func roleList(list []onboarding.Role) string {
	names := make([]string, 0, len(list))
	for _, r := range list {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

// JoinAnswer renders the answer to who asks to be added (E8). It depends on who
// asks alone.
func JoinAnswer(by onboarding.Principal) api.JoinAnswer {
	proven := by.OwnsAddress()
	next := "If your company is enrolled and one of its administrators agrees, you get an invitation by mail. Otherwise you hear nothing; ask a colleague, or enrol the company."
	if !proven {
		next = "First confirm your address with the link that is mailed to it. " + next
	}
	return api.JoinAnswer{Email: by.Email, AddressProven: proven, Next: next}
}

// JoinLink renders what the holder of the link that proves a mailbox may know.
func JoinLink(j onboarding.Join, state onboarding.LinkState) api.JoinLink {
	return api.JoinLink{EmailMasked: Masked(j.Email), State: api.OwnershipLinkState(state), ExpiresAt: Time(j.LinkExpiresAt())}
}

// SameCompany renders other partners that are the same company, for reviewers
// alone (E8).
func SameCompany(twins []onboarding.Twin) []api.SameCompany {
	list := []api.SameCompany{}
	for _, t := range twins {
		status, since := t.Partner.Standing()
		v := api.SameCompany{
			PartnerID: t.Partner.ID, CompanyName: t.Partner.LegalName(), RegistrationNumber: t.Partner.Info.Legal.RegistrationNumber, Country: t.Partner.Info.Legal.Address.Country,
			EnrolledAt: Time(t.Partner.EnrolledAt), Status: api.VerificationStatus(status), StatusClass: api.StatusClass(status.Class()), Since: Time(since),
			ProgrammeStatus: api.ProgrammeStatus(t.Partner.ProgrammeStatus()), MailDomains: append([]string{}, t.Partner.MailDomains()...), SameBy: []api.SameCompanyBy{},
		}
		for _, by := range t.By {
			v.SameBy = append(v.SameBy, map[string]api.SameCompanyBy{"NUMBER": api.SameCompanyByRegistrationNumber, "NAME": api.SameCompanyByLegalName}[by])
		}
		list = append(list, v)
	}
	return list
}
