package onboarding_test

import (
	"slices"
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestE1_ACompanyEnrolsWithAnExistingOrANewWorkAccount(t *testing.T) {
	t.Run("E1 existing: tenant and mail domain are the directory's", func(t *testing.T) {
		p := begin(t).enrolled().p
		if !p.Enrolled() || p.ID != "P-1" || p.TenantID != "t-contoso" || p.TenantDomain != "contoso.example" || p.WorkDomain != "contoso.example" || p.CompanyName != "Contoso" {
			t.Errorf("enrolled as %+v", p)
		}
		if len(p.Members) != 1 || slices.Contains(p.Members[0].Roles, RoleGlobalAdmin) {
			t.Errorf("the record claims what only the directory may say: %+v", p.Members)
		}
	})
	t.Run("E1 new: the first user is the Global Admin", func(t *testing.T) {
		s := begin(t)
		s.tell(Partner{}.Enroll(Enroll{PartnerID: "P-2", WorkAccount: WorkAccountNew, WorkEmail: "founder@newco.example", CompanyName: "Newco", By: founder}, s.stamp(founder)))
		if roles := s.p.RolesOf(founder); !slices.Contains(roles, RoleGlobalAdmin) {
			t.Errorf("the founder's roles are %v", roles)
		}
		if err := Authorize(founder, ActionSign, s.p); err != nil {
			t.Errorf("the founder can't sign: %v", err)
		}
	})
	t.Run("E1 the workflow starts and the admin is told", func(t *testing.T) {
		e := last(begin(t).enrolled())
		if e.Sequence != 1 || e.Round != 1 || !slices.Equal(mails(e), []string{"enrolled admin@contoso.example"}) {
			t.Errorf("sequence %d, round %d, mails %v", e.Sequence, e.Round, mails(e))
		}
	})
	t.Run("E1 a sign-up's tenant is stable, its own, and no directory's", func(t *testing.T) {
		if got := SignUpTenant("u-founder"); got != SignUpTenant("u-founder") || got == SignUpTenant("u-other") || len(got) != 36 || got[14] != '5' {
			t.Errorf("tenant %q", got)
		}
		if got, want := SignUpTenant("0d3c6e0e"), "a223828c-a0b7-5f70-b99d-a3c01e52e8b8"; got != want {
			t.Errorf("the tenant of a known user became %s, was %s: users who enrolled would lose their partner", got, want)
		}
	})
	t.Run("E1 all faults are listed at once", func(t *testing.T) {
		_, err := Partner{}.Enroll(Enroll{By: globalAdmin}, begin(t).stamp(globalAdmin))
		wantFaults(t, err, "/workAccount required", "/workEmail required", "/companyName required")
		_, err = Partner{}.Enroll(Enroll{WorkAccount: "rented", WorkEmail: "no address", CompanyName: strings.Repeat("x", 201), By: globalAdmin}, begin(t).stamp(globalAdmin))
		wantFaults(t, err, "/workAccount unsupported", "/workEmail invalid", "/companyName too_long")
	})
}

func TestE2_OnlyAGlobalAdminMayEnrol(t *testing.T) {
	agentOfDirectory := colleague
	for _, c := range []struct {
		name    string
		account WorkAccount
		by      Principal
	}{
		{"E2 a user of the directory without the role", WorkAccountExisting, agentOfDirectory},
		{"E2 a user of the directory who calls its tenant new", WorkAccountNew, agentOfDirectory},
		{"E2 a user who signed up and calls his account existing", WorkAccountExisting, founder},
		{"E2 a reviewer", WorkAccountExisting, reviewer},
		{"E2 a distributor", WorkAccountExisting, seller},
		{"E2 a reviewer who is a Global Admin elsewhere", WorkAccountExisting, Principal{UserID: "u", TenantID: "t", GlobalAdmin: true, Staff: true}},
		{"E2 a user without a tenant", WorkAccountNew, Principal{UserID: "u"}},
	} {
		t.Run(c.name+" is told who can", func(t *testing.T) {
			cmd := enrolContoso()
			cmd.WorkAccount, cmd.By = c.account, c.by
			_, err := Partner{}.Enroll(cmd, begin(t).stamp(c.by))
			wantCode(t, err, CodeRoleRequired)
			if r, ok := err.(*Refusal); !ok || !slices.Equal(r.Roles, []Role{RoleGlobalAdmin}) {
				t.Errorf("who could act is not said: %+v", err)
			}
		})
	}
	t.Run("E2 a directory's Global Admin can't make its tenant a new one", func(t *testing.T) {
		cmd := enrolContoso()
		cmd.WorkAccount = WorkAccountNew
		_, err := Partner{}.Enroll(cmd, begin(t).stamp(globalAdmin))
		wantFaults(t, err, "/workAccount not_allowed")
	})
}

func TestE3_ATenantThatHasEnrolledIsRefusedASecondPartner(t *testing.T) {
	s := begin(t).enrolled()
	_, err := s.p.Enroll(enrolContoso(), s.stamp(globalAdmin))
	wantCode(t, err, CodeAlreadyEnrolled)
	_, err = s.p.EnrollOnBehalf(enrolContoso(), "t-contoso", s.stamp(reviewer))
	wantCode(t, err, CodeAlreadyEnrolled)
}

func TestE4_AConsumerMailAddressIsNoWorkEmail(t *testing.T) {
	for _, c := range []struct {
		email, fault, domain string
	}{
		{"someone@gmail.com", "consumer_mail_domain", ""},
		{"Someone@GMail.COM", "consumer_mail_domain", ""},
		{"someone@yahoo.co.uk", "consumer_mail_domain", ""},
		{"someone@web.de", "consumer_mail_domain", ""},
		{"admin@Contoso.Example", "", "contoso.example"},
		{" admin@contoso.example ", "", "contoso.example"},
		{"o'neil+csp@contoso.example", "", "contoso.example"},
		{"admin@contoso", "invalid", ""},
		{"admin@[192.0.2.1]", "invalid", ""},
		{"Ada <admin@contoso.example>", "invalid", ""},
		{"admin@contoso.example, b@c.example", "invalid", ""},
		{"admin@contoso.example\r\nBcc: b@c.example", "invalid", ""},
		{strings.Repeat("a", 250) + "@contoso.example", "invalid", ""},
	} {
		t.Run("E4 "+c.email, func(t *testing.T) {
			cmd := enrolContoso()
			cmd.WorkEmail = c.email
			e, err := Partner{}.Enroll(cmd, begin(t).stamp(globalAdmin))
			if c.fault != "" {
				wantFaults(t, err, "/workEmail "+c.fault)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p := (Partner{}).Apply(e); p.WorkDomain != c.domain {
				t.Errorf("the domain kept is %q, want %q", p.WorkDomain, c.domain)
			}
		})
	}
	t.Run("E4 a new work account may begin with one", func(t *testing.T) {
		cmd := Enroll{PartnerID: "P-2", WorkAccount: WorkAccountNew, WorkEmail: "founder@gmail.com", CompanyName: "Newco", By: founder}
		if _, err := (Partner{}).Enroll(cmd, begin(t).stamp(founder)); err != nil {
			t.Error(err)
		}
	})
}

func TestE7_TheChecklistCoversEveryStep(t *testing.T) {
	list := Checklist()
	if len(list) != len(Steps()) {
		t.Fatalf("%d steps in the checklist, want %d", len(list), len(Steps()))
	}
	seen := map[string]bool{}
	for i, c := range list {
		if c.Step != Steps()[i] || c.Minutes <= 0 || len(c.Items) == 0 || c.Step.Title() == string(c.Step) {
			t.Errorf("step %d of the checklist is %+v", i+1, c)
		}
		for _, item := range c.Items {
			if item.Code == "" || item.Text == "" || seen[item.Code] {
				t.Errorf("the item %q is empty or listed twice", item.Code)
			}
			seen[item.Code] = true
		}
	}
	t.Run("E6 an old membership-centre sign-in is not asked for", func(t *testing.T) {
		for code := range seen {
			if strings.Contains(code, "membership") {
				t.Errorf("the checklist asks for %q", code)
			}
		}
	})
}

func TestO1_StaffEnrolsOnBehalfOfACompany(t *testing.T) {
	s := begin(t)
	s.tell(Partner{}.EnrollOnBehalf(enrolContoso(), " t-contoso ", s.stamp(reviewer)))
	t.Run("O1 the reviewer becomes nobody's member", func(t *testing.T) {
		if len(s.p.Members) != 0 || s.p.TenantDomain != "" {
			t.Errorf("members %v, verified domain %q", s.p.Members, s.p.TenantDomain)
		}
	})
	t.Run("O1 the tenant's own Global Admin goes on", func(t *testing.T) {
		if err := Authorize(globalAdmin, ActionSaveBusinessInfo, s.p); err != nil {
			t.Error(err)
		}
	})
	t.Run("O1 a bad input is refused with every fault", func(t *testing.T) {
		_, err := Partner{}.EnrollOnBehalf(Enroll{WorkAccount: WorkAccountNew, WorkEmail: "x@gmail.com"}, " ", s.stamp(reviewer))
		wantFaults(t, err, "/workAccount unsupported", "/tenantId required", "/companyName required")
	})
}
