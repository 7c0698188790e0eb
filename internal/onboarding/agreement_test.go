package onboarding_test

import (
	"slices"
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestA1_TheAgreementIsReadFromTheStartAndSignedOnceAuthorized(t *testing.T) {
	for name, s := range map[string]*story{"A1 enrolled": begin(t).enrolled(), "A1 submitted": begin(t).submitted(), "A1 confirmed": begin(t).confirmed(), "A1 rejected": begin(t).rejected(), "A1 overdue": begin(t).escalated()} {
		t.Run(name, func(t *testing.T) {
			for _, by := range []Principal{globalAdmin, colleague, reviewer} {
				if err := Authorize(by, ActionReadAgreement, s.p); err != nil {
					t.Errorf("%s can't read it: %v", by.UserID, err)
				}
			}
			_, err := s.p.Accept(signature(), current, s.stamp(globalAdmin))
			wantCode(t, err, CodeNotAuthorized)
			if got := s.p.AgreementStatus(current, s.now); got != AgreementNotAvailable || got.Class() != ClassStopped {
				t.Errorf("status %s", got)
			}
		})
	}
	t.Run("A1 the region is the draft's until there is a submitted one", func(t *testing.T) {
		s := begin(t).enrolled()
		if region, ok := s.p.AgreementRegion(world{}, s.now); ok {
			t.Errorf("a region without an address: %q", region)
		}
		info := contoso()
		info.Legal.Address.Country = "US"
		if region, ok := s.saved(info).p.AgreementRegion(world{}, s.now); !ok || region != "us" {
			t.Errorf("%q, %t", region, ok)
		}
		if region, ok := s.saved(contoso()).submitted().p.AgreementRegion(world{}, s.now); !ok || region != "europe" {
			t.Errorf("%q, %t", region, ok)
		}
	})
}

func TestA2_AcceptingNeedsExactlyTheDocumentShown(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*AcceptAgreement)
		code   Code
		faults []string
	}{
		{"A2 nothing given", func(c *AcceptAgreement) { *c = AcceptAgreement{By: globalAdmin} }, CodeInvalid, []string{"/version required", "/sha256 required", "/signerName required", "/signerTitle required", "/consent must_be_true"}},
		{"A2 no consent", func(c *AcceptAgreement) { c.Consent = false }, CodeInvalid, []string{"/consent must_be_true"}},
		{"A2 a hostile signer", func(c *AcceptAgreement) { c.SignerName, c.SignerTitle = "Ada\r\nBcc: x", "https://evil.example" }, CodeInvalid, []string{"/signerName invalid", "/signerTitle looks_like_link"}},
		{"A2 an endless title", func(c *AcceptAgreement) { c.SignerTitle = strings.Repeat("x", 201) }, CodeInvalid, []string{"/signerTitle too_long"}},
		{"A2 an older version", func(c *AcceptAgreement) { c.Version = "2025-07" }, CodeAgreementStale, nil},
		{"A2 another document", func(c *AcceptAgreement) { c.SHA256 = sha("x") }, CodeAgreementStale, nil},
		{"A2 the document of an older version", func(c *AcceptAgreement) { c.SHA256 = agreementOf("2025-07").Documents[0].SHA256 }, CodeAgreementStale, nil},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			s := begin(t).authorized()
			sign := signature()
			c.change(&sign)
			_, err := s.p.Accept(sign, current, s.stamp(globalAdmin))
			wantCode(t, err, c.code)
			if c.faults != nil {
				wantFaults(t, err, c.faults...)
			}
		})
	}
	t.Run("A2 the evidence is complete", func(t *testing.T) {
		s := begin(t).authorized()
		by := globalAdmin
		by.UserAgent = strings.Repeat("é", 400)
		sign := signature()
		sign.SHA256, sign.SignerName, sign.By = strings.ToUpper(current.Documents[1].SHA256), " Ada Admin ", by
		s.tell(s.p.Accept(sign, current, s.stamp(by)))
		a := *s.p.Acceptance
		if len(a.UserAgent) > 500 || !strings.HasPrefix(by.UserAgent, a.UserAgent) {
			t.Errorf("the user agent is kept as %q", a.UserAgent)
		}
		a.UserAgent = ""
		want := Acceptance{Version: "2026-01", Region: "europe", SHA256: current.Documents[1].SHA256, MediaType: "application/pdf", SignerName: "Ada Admin", SignerTitle: "Managing Director",
			UserID: "u-admin", Email: "admin@contoso.example", TenantID: "t-contoso", IPAddress: "192.0.2.7", At: s.now, EventID: last(s).ID,
			CompanyName: "Contoso GmbH", Title: "Partner agreement", Consent: Consent, EffectiveFrom: current.EffectiveFrom}
		if a != want {
			t.Errorf("kept %+v\nwant %+v", a, want)
		}
		if !slices.Equal(mails(last(s)), []string{"agreementAccepted erika@contoso.example"}) {
			t.Errorf("mails %v", mails(last(s)))
		}
	})
	t.Run("A2 a version is accepted once, a new one again", func(t *testing.T) {
		s := begin(t).accepted()
		_, err := s.p.Accept(signature(), current, s.stamp(globalAdmin))
		wantCode(t, err, CodeAgreementAccepted)
		next := agreementOf("2026-07")
		sign := signature()
		sign.Version, sign.SHA256 = next.Version, next.Documents[0].SHA256
		if got := s.p.AgreementStatus(next, s.now); got != AgreementOutdated || got.Class() != ClassAction {
			t.Errorf("status %s", got)
		}
		s.tell(s.p.Accept(sign, next, s.stamp(globalAdmin)))
		if s.p.Acceptance.Version != "2026-07" || s.p.AgreementStatus(next, s.now) != AgreementIsAccepted {
			t.Errorf("accepted %+v", s.p.Acceptance)
		}
	})
}

func TestA3_OnlyAGlobalAdminOrALegalAuthoritySigns(t *testing.T) {
	s := begin(t).authorized()
	authority := colleague
	authority.UserID = "u-authority"
	s.p.Members = append(s.p.Members, Member{UserID: "u-authority", Roles: []Role{RoleLegalAuthority}}, Member{UserID: "u-colleague", Roles: []Role{RoleAdminAgent}},
		Member{UserID: "u-reviewer", Roles: []Role{RoleGlobalAdmin, RoleLegalAuthority}}, Member{UserID: "u-seller", Roles: []Role{RoleGlobalAdmin, RoleLegalAuthority}})
	staffOfTenant := reviewer
	staffOfTenant.TenantID, staffOfTenant.GlobalAdmin = "t-contoso", true
	sellerOfTenant := seller
	sellerOfTenant.TenantID, sellerOfTenant.GlobalAdmin = "t-contoso", true
	s.requested(northwind)
	formerAdmin := globalAdmin
	formerAdmin.GlobalAdmin = false
	for _, c := range []struct {
		name string
		by   Principal
		code Code
	}{
		{"A3 a Global Admin signs", globalAdmin, ""},
		{"A3 a recorded legal authority signs", authority, ""},
		{"A3 an Admin Agent doesn't", colleague, CodeRoleRequired},
		{"A3 one who no longer is a Global Admin doesn't", formerAdmin, CodeRoleRequired},
		{"A3 staff with every other role doesn't", staffOfTenant, CodeRoleRequired},
		{"A3 a distributor with every other role doesn't", sellerOfTenant, CodeRoleRequired},
		{"A3 a Global Admin of another tenant doesn't", stranger, CodeNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			if code := CodeOf(Authorize(c.by, ActionSign, s.p)); code != c.code {
				t.Errorf("%q, want %q", code, c.code)
			}
		})
	}
}

func TestA4_AcceptingMakesActiveAndTheSignerAnAdminAgent(t *testing.T) {
	s := begin(t).authorized()
	if s.p.ProgrammeStatus() != ProgrammeNotActive {
		t.Fatalf("%s before", s.p.ProgrammeStatus())
	}
	before := s.p
	s.accepted()
	if s.p.ProgrammeStatus() != ProgrammeActive {
		t.Errorf("%s after", s.p.ProgrammeStatus())
	}
	m, ok := s.p.Member("u-admin")
	if !ok || !slices.Equal(m.Roles, []Role{RoleAdminAgent}) {
		t.Errorf("the signer is %+v", m)
	}
	if m, _ := before.Member("u-admin"); len(m.Roles) != 0 {
		t.Errorf("the partner before the event changed: %+v", m)
	}
	t.Run("A4 a signer who wasn't known becomes a member", func(t *testing.T) {
		s := begin(t).authorized()
		other := globalAdmin
		other.UserID = "u-second"
		s.tell(s.p.Accept(signature(), current, s.stamp(other)))
		if m, ok := s.p.Member("u-second"); !ok || !slices.Contains(m.Roles, RoleAdminAgent) || m.Since != s.now {
			t.Errorf("%+v, %t", m, ok)
		}
	})
	t.Run("A4 signing again gives no role twice", func(t *testing.T) {
		next := agreementOf("2026-07")
		sign := signature()
		sign.Version, sign.SHA256 = next.Version, next.Documents[0].SHA256
		s.tell(s.p.Accept(sign, next, s.stamp(globalAdmin)))
		if m, _ := s.p.Member("u-admin"); !slices.Equal(m.Roles, []Role{RoleAdminAgent}) {
			t.Errorf("%+v", m)
		}
	})
}

func TestA5_WithoutTheAgreementNothingIsAcceptedOrTransacted(t *testing.T) {
	s := begin(t).authorized().requested(northwind)
	_, err := s.p.AcceptRelationship(s.newest(), current, "PLA-1", s.stamp(globalAdmin))
	wantCode(t, err, CodeAgreementMissing)
	if r, ok := err.(*Refusal); !ok || !slices.Equal(r.Roles, []Role{RoleGlobalAdmin, RoleLegalAuthority}) || r.Where == "" {
		t.Errorf("who signs and where is not said: %+v", err)
	}
	if s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Eligible {
		t.Error("eligible")
	}
	t.Run("A5 whatever else is done", func(t *testing.T) {
		s := begin(t).onboarded()
		s.p.Acceptance = nil
		if s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Eligible || s.p.Onboarded() {
			t.Error("eligible")
		}
	})
}

func TestA6_AnAcceptanceThatWasCarriedOverHasItsEvidenceElsewhere(t *testing.T) {
	wantCode(t, Acceptance{CarriedFrom: "4417023"}.Evidenced(), CodeEvidenceElsewhere)
	if err := (Acceptance{EventID: "e"}).Evidenced(); err != nil {
		t.Error(err)
	}
}
