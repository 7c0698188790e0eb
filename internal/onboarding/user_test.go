package onboarding_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// signedUp is somebody who signed up without a directory.
func signedUp(name string) Principal {
	id := "u-" + name
	return Principal{UserID: id, Email: name + "@newco.example", Name: name, TenantID: SignUpTenant(id), EmailVerified: true}
}

var agent = Principal{UserID: "u-agent", Email: "agent@contoso.example", TenantID: "t-contoso", TenantDomain: "contoso.example"}

// founded is a company without a directory.
func founded(t testing.TB) *story {
	s := begin(t)
	by := signedUp("sam")
	return s.tell(Partner{}.Enroll(Enroll{PartnerID: "P-2", WorkAccount: WorkAccountNew, WorkEmail: by.Email, CompanyName: "Newco", By: by}, s.stamp(by)))
}

// joined has a person invited by another, and the invitation accepted.
func (s *story) joined(by, who Principal, roles ...Role) *story {
	s.t.Helper()
	secret := fmt.Sprintf("invitation-%d", len(s.events))
	s.tell(s.p.Invite(Invite{ID: secret, Secret: secret, Email: who.Email, Roles: roles, By: by}, s.stamp(by)))
	return s.tell(s.p.AcceptInvitation(secret, who, s.stamp(who)))
}

func (s *story) role(by, of Principal, r Role) (Event, error) {
	return s.p.GiveRole(ChangeRole{UserID: of.UserID, Role: r, By: by}, s.stamp(by))
}

func (s *story) take(by, of Principal, r Role) (Event, error) {
	return s.p.TakeRole(ChangeRole{UserID: of.UserID, Role: r, By: by}, s.stamp(by))
}

func (s *story) remove(by, of Principal) (Event, error) {
	return s.p.Remove(RemoveUser{UserID: of.UserID, By: by}, s.stamp(by))
}

func (s *story) holds(who Principal, want ...Role) {
	s.t.Helper()
	if got := s.p.RolesOf(who); !slices.Equal(got, want) {
		s.t.Errorf("%s holds %v, want %v", who.Email, got, want)
	}
}

func TestA7_RolesAreGivenAndTakenWithinLimitsThatMakeSense(t *testing.T) {
	sam, kim, ann, lee := signedUp("sam"), signedUp("kim"), signedUp("ann"), signedUp("lee")
	s := founded(t).joined(sam, kim, RoleAdminAgent).joined(sam, ann)
	t.Run("A7 an Admin Agent makes another one", func(t *testing.T) {
		s.tell(s.role(kim, ann, RoleAdminAgent)).holds(ann, RoleMember, RoleAdminAgent)
		if m, _ := s.p.Member(ann.UserID); m.How(RoleAdminAgent).By.UserID != kim.UserID || !m.How(RoleAdminAgent).At.Equal(s.now) {
			t.Errorf("it is not said who gave it: %+v", m)
		}
		if got := mails(last(s)); !slices.Equal(got, []string{"userChanged " + ann.Email}) {
			t.Errorf("mails %v", got)
		}
	})
	for name, c := range map[string]struct {
		do   func() (Event, error)
		code Code
	}{
		"A7 he can't make a Global Admin":                   {func() (Event, error) { return s.role(kim, ann, RoleGlobalAdmin) }, CodeRoleRequired},
		"A7 nor a legal authority":                          {func() (Event, error) { return s.role(kim, ann, RoleLegalAuthority) }, CodeInvalid},
		"A7 nor withdraw one":                               {func() (Event, error) { return s.take(kim, ann, RoleLegalAuthority) }, CodeRoleRequired},
		"A7 nor take something from a Global Admin":         {func() (Event, error) { return s.take(kim, sam, RoleAdminAgent) }, CodeRoleRequired},
		"A7 nor remove one":                                 {func() (Event, error) { return s.remove(kim, sam) }, CodeRoleRequired},
		"A7 what is held isn't given again":                 {func() (Event, error) { return s.role(sam, ann, RoleAdminAgent) }, CodeNothingChanged},
		"A7 what isn't held isn't taken":                    {func() (Event, error) { return s.take(sam, ann, RoleGlobalAdmin) }, CodeNothingChanged},
		"A7 somebody who isn't known can't be given a role": {func() (Event, error) { return s.role(sam, lee, RoleAdminAgent) }, CodeNotFound},
		"A7 nor removed":                                    {func() (Event, error) { return s.remove(sam, lee) }, CodeNotFound},
		"A7 nor have one taken":                             {func() (Event, error) { return s.take(sam, lee, RoleAdminAgent) }, CodeNotFound},
		"A7 the last Global Admin keeps the role":           {func() (Event, error) { return s.take(sam, sam, RoleGlobalAdmin) }, CodeLastGlobalAdmin},
		"A7 and stays":                                      {func() (Event, error) { return s.remove(sam, sam) }, CodeLastGlobalAdmin},
		"A7 no role":                                        {func() (Event, error) { return s.role(sam, ann, "") }, CodeInvalid},
		"A7 a role that isn't given":                        {func() (Event, error) { return s.role(sam, ann, RoleReviewer) }, CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.do()
			wantCode(t, err, c.code)
		})
	}
	t.Run("A7 a second Global Admin lets the first one go, and both are told", func(t *testing.T) {
		s.tell(s.role(sam, kim, RoleGlobalAdmin)).holds(kim, RoleMember, RoleAdminAgent, RoleGlobalAdmin)
		if got := mails(last(s)); !slices.Equal(got, []string{"userChanged " + kim.Email, "userChanged " + sam.Email}) {
			t.Errorf("mails %v", got)
		}
		s.tell(s.take(kim, sam, RoleGlobalAdmin)).holds(sam, RoleMember)
		s.tell(s.remove(kim, sam)).holds(sam)
		wantCode(t, AuthorizeEnrolment(sam, s.p), CodeFoundedPartner)
		wantCode(t, AuthorizeEnrolment(lee, s.p), CodeNotFound)
		if err := AuthorizeEnrolment(kim, s.p); err != nil {
			t.Error(err)
		}
	})
}

func TestA7_OfACompanyWithADirectoryTheDirectorySaysWhoIsGlobalAdmin(t *testing.T) {
	s := begin(t).enrolled().joined(globalAdmin, agent, RoleAdminAgent)
	for name, err := range map[string]error{
		"A7 given":    second(s.role(globalAdmin, agent, RoleGlobalAdmin)),
		"A7 taken":    second(s.take(globalAdmin, globalAdmin, RoleGlobalAdmin)),
		"A7 invited":  second(s.p.Invite(Invite{ID: "i", Secret: "s", Email: "new@contoso.example", Roles: []Role{RoleGlobalAdmin}, By: globalAdmin}, s.stamp(globalAdmin))),
		"O3 by staff": second(s.p.RecoverAdmin(RecoverAdmin{ID: "i", Secret: "s", Email: "new@contoso.example", Reason: "Seen."}, s.stamp(reviewer))),
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, err, CodeRoleOfDirectory)
			if !strings.Contains(err.Error(), "directory") {
				t.Error(err)
			}
		})
	}
	t.Run("A7 the only one that the record knows can't leave", func(t *testing.T) {
		_, err := s.remove(globalAdmin, globalAdmin)
		wantCode(t, err, CodeLastGlobalAdmin)
	})
	t.Run("A7 an Admin Agent doesn't remove one", func(t *testing.T) {
		_, err := s.remove(agent, globalAdmin)
		wantCode(t, err, CodeRoleRequired)
	})
	t.Run("A7 whom another one removes is one again when the directory says so later, and not before", func(t *testing.T) {
		other := Principal{UserID: "u-other", Email: "other@contoso.example", TenantID: "t-contoso", GlobalAdmin: true}
		s := *s
		s.tell(s.remove(other, globalAdmin))
		old := globalAdmin
		old.SignedInAt = s.now.Add(-time.Minute)
		s.holds(old)
		s.holds(globalAdmin) // nothing is known of the sign-in
		old.SignedInAt = s.now.Add(time.Minute)
		s.holds(old, RoleMember, RoleGlobalAdmin)
	})
}

func second(_ Event, err error) error { return err }

func TestA7_WhoIsRemovedHoldsNothingWhateverHisTokenSays(t *testing.T) {
	s := begin(t).enrolled().joined(globalAdmin, agent, RoleAdminAgent)
	t.Run("A7 a directory's user", func(t *testing.T) {
		s.tell(s.remove(globalAdmin, agent)).holds(agent)
		for _, a := range []Action{ActionView, ActionSubmit, ActionLeave} {
			wantCode(t, Authorize(agent, a, s.p), CodeNotFound)
		}
		if got := mails(last(s)); !slices.Equal(got, []string{"userChanged agent@contoso.example", "userChanged " + globalAdmin.Email}) {
			t.Errorf("mails %v", got)
		}
		later := agent
		later.SignedInAt = s.now.Add(time.Hour)
		s.holds(later)
	})
	t.Run("A7 comes back by a new invitation alone", func(t *testing.T) {
		s.joined(globalAdmin, agent).holds(agent, RoleMember)
	})
	t.Run("A7 everybody may leave", func(t *testing.T) {
		s.tell(s.remove(agent, agent)).holds(agent)
		if RemovalAction(agent, agent.UserID) != ActionLeave || RemovalAction(globalAdmin, agent.UserID) != ActionRemoveUser {
			t.Error("leaving isn't told from removing")
		}
	})
	t.Run("A7 an open invitation to the same address doesn't bring him back", func(t *testing.T) {
		s := founded(t)
		sam, kim := signedUp("sam"), signedUp("kim")
		s.joined(sam, kim, RoleGlobalAdmin)
		late := kim
		late.UserID, late.Email = "u-kim2", "KIM@newco.example"
		late.TenantID = SignUpTenant(late.UserID)
		s.tell(s.remove(sam, kim))
		s.tell(s.p.Invite(Invite{ID: "again", Secret: "again", Email: "kim@newco.example", By: sam}, s.stamp(sam)))
		s.tell(s.p.AcceptInvitation("again", late, s.stamp(late))) // another account of the same address: removed with its address
		s.tell(s.remove(sam, late)).holds(late)
		s.holds(kim)
	})
	t.Run("A7 two hundred removals are remembered, then the directory has to", func(t *testing.T) {
		s := begin(t).enrolled()
		for n := range 201 {
			who := agent
			who.UserID, who.Email = fmt.Sprint("u-", n), fmt.Sprintf("u%d@contoso.example", n)
			s.wait(2*time.Hour).joined(globalAdmin, who)
			e, err := s.remove(globalAdmin, who)
			if n == 200 {
				wantCode(t, err, CodeTooMany)
				break
			}
			s.tell(e, err)
		}
	})
}

func TestA3_ALegalAuthorityIsRecordedWithEvidenceAndMaySign(t *testing.T) {
	s := begin(t).enrolled().joined(globalAdmin, agent).authorized()
	sign := signature()
	sign.By = agent
	wantCode(t, Authorize(agent, ActionSign, s.p), CodeRoleRequired)
	wantCode(t, Authorize(agent, ActionRecordAuthority, s.p), CodeRoleRequired)
	evidence := Authority{Document: " Board resolution 12 ", Date: "2026-02-01", Note: "Signed by both."}
	record := RecordAuthority{UserID: agent.UserID, Authority: evidence, By: globalAdmin}
	t.Run("A3 every fault at once", func(t *testing.T) {
		bad := record
		bad.Authority = Authority{Date: "1.2.2026", DocumentID: "D-1", Note: "see www.evil.example"}
		wantFaults(t, second(s.p.RecordAuthority(bad, s.stamp(globalAdmin))), "/document required", "/date invalid", "/documentId invalid", "/note looks_like_link")
		bad.Authority = Authority{Document: "x", Date: ""}
		wantFaults(t, second(s.p.RecordAuthority(bad, s.stamp(globalAdmin))), "/date required")
		bad.Authority.Date = "2026-03-04"
		wantFaults(t, second(s.p.RecordAuthority(bad, s.stamp(globalAdmin))), "/date invalid")
		bad.UserID, bad.Authority.Date = "u-none", "2026-03-01"
		wantCode(t, second(s.p.RecordAuthority(bad, s.stamp(globalAdmin))), CodeNotFound)
	})
	t.Run("A3 he may sign then, and the acceptance says by which evidence", func(t *testing.T) {
		s.tell(s.p.RecordAuthority(record, s.stamp(globalAdmin)))
		if err := Authorize(agent, ActionSign, s.p); err != nil {
			t.Fatal(err)
		}
		recorded := last(s).ID
		signed := *s
		signed.tell(s.p.Accept(sign, current, s.stamp(agent)))
		a := signed.p.Acceptance.Authority
		if a == nil || a.Document != "Board resolution 12" || a.Date != "2026-02-01" || a.RecordedBy.UserID != globalAdmin.UserID || a.EventID != recorded || !a.RecordedAt.Equal(s.now) {
			t.Errorf("evidence %+v", a)
		}
		signed = *s
		if signed.tell(s.p.Accept(signature(), current, s.stamp(globalAdmin))); signed.p.Acceptance.Authority != nil {
			t.Error("a Global Admin signs as one")
		}
	})
	t.Run("A3 the same again changes nothing, another document does", func(t *testing.T) {
		wantCode(t, second(s.p.RecordAuthority(record, s.stamp(globalAdmin))), CodeNothingChanged)
		record.Authority.Document = "Power of attorney"
		s.tell(s.p.RecordAuthority(record, s.stamp(globalAdmin)))
		if m, _ := s.p.Member(agent.UserID); m.Authority.Document != "Power of attorney" || len(m.Roles) != 1 {
			t.Errorf("%+v", m)
		}
	})
	t.Run("A3 withdrawn, he may not", func(t *testing.T) {
		s.tell(s.take(globalAdmin, agent, RoleLegalAuthority))
		wantCode(t, Authorize(agent, ActionSign, s.p), CodeRoleRequired)
		if m, _ := s.p.Member(agent.UserID); m.Authority != nil {
			t.Errorf("%+v", m.Authority)
		}
		if got := mails(last(s)); !slices.Equal(got, []string{"userChanged " + agent.Email, "userChanged " + globalAdmin.Email}) {
			t.Errorf("mails %v", got)
		}
	})
}

func TestA7_WhatIsSaidAboutUsersIsNothingButText(t *testing.T) {
	s := begin(t).enrolled().joined(globalAdmin, agent)
	wantFaults(t, second(s.p.GiveRole(ChangeRole{UserID: agent.UserID, Role: "King", Reason: "a\u202eb", By: globalAdmin}, s.stamp(globalAdmin))), "/role unsupported", "/reason invalid")
	wantFaults(t, second(s.p.GiveRole(ChangeRole{UserID: agent.UserID, By: globalAdmin}, s.stamp(globalAdmin))), "/role required")
	wantFaults(t, second(s.p.Remove(RemoveUser{UserID: agent.UserID, Reason: strings.Repeat("x", 2001), By: globalAdmin}, s.stamp(globalAdmin))), "/reason too_long")
	wantFaults(t, second(s.p.GiveRole(ChangeRole{UserID: agent.UserID, Role: RoleLegalAuthority, By: globalAdmin}, s.stamp(globalAdmin))), "/role not_allowed")
}

func TestA7_EveryRefusalAboutUsersSaysWhatToDoNext(t *testing.T) {
	for _, err := range refusalsAboutUsers(t) {
		var r *Refusal
		if !errors.As(err, &r) {
			t.Errorf("no refusal: %v", err)
			continue
		}
		if len(strings.Fields(r.Message)) < 6 || !strings.HasSuffix(r.Message, ".") || r.Where != "" && (!strings.HasPrefix(r.Where, "/") || strings.Contains(r.Where, "//")) {
			t.Errorf("%s says %q at %q", r.Code, r.Message, r.Where)
		}
	}
}
