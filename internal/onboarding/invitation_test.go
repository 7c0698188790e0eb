package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func (s *story) invite(by Principal, email string, roles ...Role) (Event, error) {
	id := fmt.Sprintf("I-%d", len(s.events))
	return s.p.Invite(Invite{ID: id, Secret: "secret of " + id, Email: email, Roles: roles, By: by}, s.stamp(by))
}

// invitation is the newest one.
func (s *story) invitation() Invitation { return s.p.Invitations[len(s.p.Invitations)-1] }

func TestA7_AnInvitationIsALinkForOnePersonOnceAndFor72Hours(t *testing.T) {
	s := begin(t).enrolled()
	s.tell(s.invite(globalAdmin, "agent@contoso.example", RoleAdminAgent))
	secret := "secret of " + s.invitation().ID
	t.Run("A7 the secret is in the mail alone", func(t *testing.T) {
		m := last(s).Follow[0].Mail
		if m.To != "agent@contoso.example" || m.Params["link"] != "/invitation-links/"+InvitationToken("P-1", secret) || m.Params["next"] != "" || !m.Template.Secret() {
			t.Errorf("%+v", m)
		}
		if i := s.invitation(); i.Hash != HashSecret(secret) || strings.Contains(fmt.Sprintf("%+v", s.p)+fmt.Sprintf("%+v", last(s).Data), secret) {
			t.Errorf("%+v", i)
		}
	})
	t.Run("A7 looking changes nothing, and another secret opens nothing", func(t *testing.T) {
		for range 2 {
			if i, err := s.p.InvitationBySecret(secret); err != nil || i.StatusAt(s.now) != InvitationOpen {
				t.Errorf("%+v, %v", i, err)
			}
		}
		for _, other := range []string{"", "x", s.invitation().Hash} {
			wantCode(t, second2(s.p.InvitationBySecret(other)), CodeNotFound)
			wantCode(t, second(s.p.AcceptInvitation(other, agent, s.stamp(agent))), CodeNotFound)
		}
	})
	for name, c := range map[string]struct {
		by   func(Principal) Principal
		code Code
	}{
		"A7 another address":                      {func(p Principal) Principal { p.Email = "else@contoso.example"; return p }, CodeWrongAccount},
		"A7 another directory":                    {func(p Principal) Principal { p.TenantID = "t-other"; return p }, CodeWrongAccount},
		"A7 an account of his own":                {func(p Principal) Principal { p.TenantID = SignUpTenant(p.UserID); return p }, CodeWrongAccount},
		"A3 staff":                                {func(p Principal) Principal { p.Staff = true; return p }, CodeWrongAccount},
		"A3 a distributor":                        {func(p Principal) Principal { p.DistributorID = "D-1"; return p }, CodeWrongAccount},
		"A7 an address that nobody vouches for":   {func(p Principal) Principal { p.TenantDomain = "else.example"; return p }, CodeAddressUnproven},
		"A7 or that the provider hasn't verified": {func(p Principal) Principal { p.TenantDomain = ""; return p }, CodeAddressUnproven},
	} {
		t.Run(name+" can't accept", func(t *testing.T) {
			by := c.by(agent)
			_, err := s.p.AcceptInvitation(secret, by, s.stamp(by))
			wantCode(t, err, c.code)
			if strings.Contains(err.Error(), "agent@") {
				t.Errorf("it tells the invited address: %v", err)
			}
		})
	}
	t.Run("A7 the last moment counts, the next doesn't", func(t *testing.T) {
		late := *s
		late.now = s.invitation().ExpiresAt.Add(-time.Millisecond)
		if _, err := s.p.AcceptInvitation(secret, agent, late.stamp(agent)); err != nil || !s.invitation().ExpiresAt.Equal(s.now.Add(72*time.Hour)) {
			t.Error(err)
		}
		late.now = s.invitation().ExpiresAt
		wantCode(t, second(s.p.AcceptInvitation(secret, agent, late.stamp(agent))), CodeInvitationExpired)
	})
	t.Run("A7 accepted once, by whom is invited, in whatever case he writes it", func(t *testing.T) {
		by := agent
		by.Email = "Agent@Contoso.example"
		s.tell(s.p.AcceptInvitation(secret, by, s.stamp(by))).holds(by, RoleMember, RoleAdminAgent)
		m, _ := s.p.Member(by.UserID)
		if m.How(RoleAdminAgent).By.UserID != globalAdmin.UserID || s.invitation().StatusAt(s.now) != InvitationAccepted || s.invitation().UserID != by.UserID {
			t.Errorf("%+v, %+v", m, s.invitation())
		}
		if got := mails(last(s)); !slices.Equal(got, []string{"userChanged " + globalAdmin.Email}) {
			t.Errorf("mails %v", got)
		}
		wantCode(t, second(s.p.AcceptInvitation(secret, by, s.stamp(by))), CodeNothingChanged)
		other := by
		other.UserID = "u-else"
		wantCode(t, second(s.p.AcceptInvitation(secret, other, s.stamp(other))), CodeInvitationUsed)
		s.tell(s.remove(globalAdmin, by))
		wantCode(t, second(s.p.AcceptInvitation(secret, by, s.stamp(by))), CodeInvitationUsed)
	})
}

func second2[T any](_ T, err error) error { return err }

func TestA7_AnInvitationIsSentAgainOrRevoked(t *testing.T) {
	s := begin(t).enrolled()
	s.tell(s.invite(globalAdmin, "agent@contoso.example"))
	id, first := s.invitation().ID, "secret of "+s.invitation().ID
	resend := func(secret string) error { return second(s.p.ResendInvitation(id, secret, s.stamp(globalAdmin))) }
	wantCode(t, resend("again"), CodeResendLimited)
	s.wait(100 * time.Hour) // expired
	s.tell(s.p.ResendInvitation(id, "again", s.stamp(globalAdmin)))
	wantCode(t, second2(s.p.InvitationBySecret(first)), CodeNotFound)
	if i, err := s.p.InvitationBySecret("again"); err != nil || i.StatusAt(s.now) != InvitationOpen || i.Sends != 2 {
		t.Errorf("%+v, %v", i, err)
	}
	for n := range 3 {
		s.wait(time.Hour).tell(s.p.ResendInvitation(id, fmt.Sprint("again-", n), s.stamp(globalAdmin)))
	}
	s.wait(time.Hour)
	wantCode(t, resend("sixth"), CodeResendLimited)
	wantCode(t, second(s.p.ResendInvitation("I-none", "x", s.stamp(globalAdmin))), CodeNotFound)
	wantCode(t, second(s.p.RevokeInvitation("I-none", s.stamp(globalAdmin))), CodeNotFound)
	s.tell(s.p.RevokeInvitation(id, s.stamp(globalAdmin)))
	wantCode(t, second(s.p.RevokeInvitation(id, s.stamp(globalAdmin))), CodeNothingChanged)
	wantCode(t, resend("x"), CodeInvitationRevoked)
	wantCode(t, second(s.p.AcceptInvitation("again-2", agent, s.stamp(agent))), CodeInvitationRevoked)
	s.joined(globalAdmin, agent)
	wantCode(t, second(s.p.RevokeInvitation(s.invitation().ID, s.stamp(globalAdmin))), CodeInvitationUsed)
	for status, class := range map[InvitationStatus]Class{InvitationOpen: ClassWaiting, InvitationAccepted: ClassDone, InvitationRevoked: ClassStopped, InvitationExpired: ClassAction} {
		if status.Class() != class {
			t.Errorf("%s is %s", status, status.Class())
		}
	}
}

func TestA7_InvitationsKeepToTheCompanysMailDomainsAndToLimits(t *testing.T) {
	s := begin(t).enrolled()
	for name, c := range map[string]struct {
		invite Invite
		fault  string
	}{
		"A7 another domain is asked about once": {Invite{Email: "x@elsewhere.com"}, "/email other_mail_domain"},
		"E4 never a private address":            {Invite{Email: "x@gmail.com", OtherDomain: true}, "/email consumer_mail_domain"},
		"A7 no address":                         {Invite{}, "/email required"},
		"A7 none that is one":                   {Invite{Email: "x"}, "/email invalid"},
		"A3 no legal authority":                 {Invite{Email: "x@contoso.example", Roles: []Role{RoleLegalAuthority}}, "/roles not_allowed"},
		"A7 no role of the programme":           {Invite{Email: "x@contoso.example", Roles: []Role{RoleReviewer}}, "/roles unsupported"},
		"A7 no role twice":                      {Invite{Email: "x@contoso.example", Roles: []Role{RoleAdminAgent, RoleAdminAgent}}, "/roles invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			c.invite.By = globalAdmin
			wantFaults(t, second(s.p.Invite(c.invite, s.stamp(globalAdmin))), c.fault)
		})
	}
	t.Run("A7 with a word it goes there, and the list warns of it", func(t *testing.T) {
		s := *s
		s.tell(s.p.Invite(Invite{ID: "I-1", Secret: "x", Email: "x@elsewhere.com", OtherDomain: true, By: globalAdmin}, s.stamp(globalAdmin)))
		if !s.invitation().OtherDomain {
			t.Error("no warning")
		}
	})
	t.Run("A7 a company without a directory invites whom it likes", func(t *testing.T) {
		s := founded(t)
		sam := signedUp("sam")
		if _, err := s.p.Invite(Invite{ID: "I-1", Secret: "x", Email: "x@gmail.com", OtherDomain: true, By: sam}, s.stamp(sam)); err != nil {
			t.Error(err)
		}
	})
	t.Run("A7 an Admin Agent invites no Global Admin", func(t *testing.T) {
		sam, kim := signedUp("sam"), signedUp("kim")
		s := founded(t).joined(sam, kim, RoleAdminAgent)
		wantCode(t, second(s.invite(kim, "ann@newco.example", RoleGlobalAdmin)), CodeRoleRequired)
	})
	t.Run("A7 one invitation an address, none to a user", func(t *testing.T) {
		s := begin(t).enrolled()
		s.tell(s.invite(globalAdmin, "agent@contoso.example"))
		wantCode(t, second(s.invite(globalAdmin, "AGENT@contoso.example")), CodeInvitationOpen)
		s.wait(80 * time.Hour).tell(s.invite(globalAdmin, "agent@contoso.example")) // the first one expired and gives way
		if s.p.Invitations[0].StatusAt(s.now) != InvitationRevoked {
			t.Errorf("%+v", s.p.Invitations)
		}
		s.tell(s.p.AcceptInvitation("secret of "+s.invitation().ID, agent, s.stamp(agent)))
		wantCode(t, second(s.invite(globalAdmin, agent.Email)), CodeNothingChanged)
	})
	t.Run("V5 none to an address that fails", func(t *testing.T) {
		s := begin(t).enrolled().failed("agent@contoso.example", AddressBounced)
		wantCode(t, second(s.invite(globalAdmin, "agent@contoso.example")), CodeAddressBroken)
	})
	t.Run("A7 twenty are open, twenty go out a day, fifty are users, and forty are kept", func(t *testing.T) {
		s := begin(t).enrolled()
		for n := range 20 {
			s.tell(s.invite(globalAdmin, fmt.Sprintf("a%d@contoso.example", n)))
		}
		wantCode(t, second(s.invite(globalAdmin, "more@contoso.example")), CodeTooMany)
		s.tell(s.p.RevokeInvitation(s.invitation().ID, s.stamp(globalAdmin)))
		wantCode(t, second(s.invite(globalAdmin, "more@contoso.example")), CodeTooMany)
		s.wait(25 * time.Hour).tell(s.invite(globalAdmin, "more@contoso.example"))
		for n := range 60 {
			who := agent
			who.UserID, who.Email = fmt.Sprint("u-", n), fmt.Sprintf("b%d@contoso.example", n)
			s.wait(80 * time.Hour)
			if len(s.p.Members) == 50 {
				wantCode(t, second(s.invite(globalAdmin, who.Email)), CodeTooMany)
				return
			}
			s.joined(globalAdmin, who)
			if len(s.p.Invitations) > 40 {
				t.Fatalf("%d are kept", len(s.p.Invitations))
			}
		}
		t.Error("there is no end to it")
	})
	t.Run("A7 what was invited before the partner was full waits", func(t *testing.T) {
		s := begin(t).enrolled()
		s.tell(s.invite(globalAdmin, agent.Email))
		secret := "secret of " + s.invitation().ID
		for n := range 49 {
			s.p.Members = append(s.p.Members, Member{UserID: fmt.Sprint("x", n)})
		}
		wantCode(t, second(s.p.AcceptInvitation(secret, agent, s.stamp(agent))), CodeTooMany)
	})
}

func TestA7_AUserOfACompanyWithoutADirectoryHasAnAccountOfHisOwn(t *testing.T) {
	sam, kim := signedUp("sam"), signedUp("kim")
	s := founded(t).joined(sam, kim, RoleAdminAgent)
	s.holds(kim, RoleMember, RoleAdminAgent)
	stranger := signedUp("eve")
	s.holds(stranger)
	for name, by := range map[string]Principal{
		"A7 an account of a directory with the same id": {UserID: kim.UserID, Email: kim.Email, TenantID: "t-contoso"},
		"A7 the founder's tenant without being him":     {UserID: "u-eve", Email: kim.Email, TenantID: SignUpTenant(sam.UserID)},
		"A7 no tenant":                   {UserID: kim.UserID, Email: kim.Email},
		"A7 Global Admin by claim alone": {UserID: "u-eve", TenantID: SignUpTenant("u-eve"), GlobalAdmin: true},
	} {
		t.Run(name+" is nobody", func(t *testing.T) {
			if got := s.p.RolesOf(by); got != nil {
				t.Errorf("%v", got)
			}
		})
	}
	t.Run("A7 a directory's user can't accept, nor one whose address isn't verified", func(t *testing.T) {
		s.tell(s.invite(sam, "ann@newco.example"))
		secret := "secret of " + s.invitation().ID
		ann := signedUp("ann")
		ann.TenantID = "t-contoso"
		wantCode(t, second(s.p.AcceptInvitation(secret, ann, s.stamp(ann))), CodeWrongAccount)
		ann = signedUp("ann")
		ann.EmailVerified = false
		wantCode(t, second(s.p.AcceptInvitation(secret, ann, s.stamp(ann))), CodeAddressUnproven)
	})
}

func TestO3_StaffLetsANewGlobalAdminInWhenNoneIsLeft(t *testing.T) {
	s := founded(t)
	ann := signedUp("ann")
	recover := RecoverAdmin{ID: "I-r", Secret: "recovered", Email: ann.Email, Reason: "Register extract seen."}
	wantFaults(t, second(s.p.RecoverAdmin(RecoverAdmin{}, s.stamp(reviewer))), "/email required", "/reason required")
	s.tell(s.p.RecoverAdmin(recover, s.stamp(reviewer)))
	if got := mails(last(s)); !slices.Equal(got, []string{"userChanged sam@newco.example", "userInvited " + ann.Email}) || !s.invitation().Recovery {
		t.Errorf("mails %v, %+v", got, s.invitation())
	}
	for _, f := range last(s).Follow {
		if f.Mail != nil && strings.Contains(fmt.Sprint(f.Mail.Params), reviewer.Email) {
			t.Errorf("it names staff: %+v", f.Mail)
		}
	}
	wantCode(t, second(s.p.RecoverAdmin(recover, s.stamp(reviewer))), CodeInvitationOpen)
	s.tell(s.p.AcceptInvitation("recovered", ann, s.stamp(ann))).holds(ann, RoleMember, RoleGlobalAdmin)
	s.tell(s.remove(ann, signedUp("sam"))).holds(signedUp("sam"))
}

func TestV9_A7_WhoInvitedIsToldOnceThatNobodyCame(t *testing.T) {
	s := begin(t).enrolled()
	s.tell(s.invite(globalAdmin, "agent@contoso.example"))
	expires := s.invitation().ExpiresAt
	ticks := func() (types []EventType) {
		t.Helper()
		for {
			e, err := s.p.Tick(s.system())
			if err != nil {
				wantCode(t, err, CodeNothingDue)
				return types
			}
			s.tell(e, nil)
			types = append(types, e.Data.Type())
		}
	}
	s.now = expires.Add(-time.Millisecond)
	if got := ticks(); slices.Contains(got, InvitationLapsed{}.Type()) {
		t.Errorf("too early: %v", got)
	}
	s.now = expires
	if at, ok := s.p.NextDeadline(); !ok || at.After(expires) {
		t.Errorf("the sweep comes at %s", at)
	}
	if got := ticks(); !slices.Contains(got, InvitationLapsed{}.Type()) || !slices.Contains(mails(last(s)), "userChanged "+globalAdmin.Email) && !slices.Contains(mails(s.events[len(s.events)-2]), "userChanged "+globalAdmin.Email) {
		t.Errorf("%v, mails %v", got, mails(last(s)))
	}
	if got := ticks(); len(got) != 0 {
		t.Errorf("told again: %v", got)
	}
	s.tell(s.p.ResendInvitation(s.invitation().ID, "again", s.stamp(globalAdmin)))
	s.now = s.invitation().ExpiresAt
	if got := ticks(); !slices.Contains(got, InvitationLapsed{}.Type()) {
		t.Errorf("sent again it lapses again: %v", got)
	}
	s.joined(globalAdmin, agent)
	s.p.WorkEmail = globalAdmin.Email
	s.tell(s.handOver(globalAdmin, agent, false))
	s.now = s.p.Handover.ExpiresAt
	if got := ticks(); !slices.Contains(got, HandoverEnded{}.Type()) || s.p.Handover != nil {
		t.Errorf("a hand-over: %v", got)
	}
}
