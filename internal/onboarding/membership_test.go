package onboarding_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var authorizedThere = time.Date(2019, time.June, 3, 0, 0, 0, 0, time.UTC)

// onFile is a record that names no tenant; its contact's mail domain is the one
// that the tenant's directory has verified.
func onFile(edits ...func(*Membership)) Membership {
	m := Membership{ID: "4417023", Revision: 3, Legal: contoso().Legal, AuthorizedAt: authorizedThere}
	m.Legal.PrimaryContact.Phone = "+49301234567"
	for _, edit := range edits {
		edit(&m)
	}
	return m
}

func ofTenant(id string) func(*Membership) { return func(m *Membership) { m.TenantID = id } }

func contactAt(email string) func(*Membership) {
	return func(m *Membership) { m.Legal.PrimaryContact.Email = email }
}

func signedThere(version, sha string) func(*Membership) {
	return func(m *Membership) {
		m.Agreement = &SignedAgreement{Version: version, SHA256: sha, SignerName: "Erika Muster", SignerTitle: "CEO", At: authorizedThere}
	}
}

type agreements struct{ AgreementVersion }

func (a agreements) Current(string, time.Time) (AgreementVersion, bool) {
	return a.AgreementVersion, a.Version != ""
}

// claiming is an enrolment with an existing membership; what is claimed is what
// the record says, written in another way.
func claiming(m Membership, edits ...func(*MembershipClaim)) Enroll {
	c := enrolContoso()
	claim := MembershipClaim{PartnerID: " 4417023 ", LegalName: "CONTOSO  gmbh.", Country: "de", PostalCode: "10 115", ContactEmail: strings.ToUpper(m.Legal.PrimaryContact.Email)}
	if m.ID == "" {
		claim.ContactEmail = "erika@contoso.example"
	}
	for _, edit := range edits {
		edit(&claim)
	}
	c.Existing = &ExistingMembership{Claim: claim, Record: m, CaseID: "case-1", Secret: "secret-0", Regions: world{}, Agreements: agreements{current}}
	return c
}

func (s *story) enrolledWith(c Enroll) *story {
	s.t.Helper()
	return s.tell(Partner{}.Enroll(c, s.stamp(c.By)))
}

func (s *story) existing(m Membership) ExistingMembership {
	return ExistingMembership{Record: m, CaseID: "case-1", Regions: world{}, Agreements: agreements{current}}
}

func supportOnly() BusinessInfo {
	return BusinessInfo{Support: SupportProfile{Email: "help@contoso.example"}}
}

func TestE5_AnExistingMembershipIsCarriedOver(t *testing.T) {
	for name, m := range map[string]Membership{
		"the directory has verified the contact's mail domain":            onFile(),
		"the records name the tenant, whatever the contact's mail domain": onFile(ofTenant("t-contoso"), contactAt("erika@else.example")),
	} {
		t.Run("E5 "+name, func(t *testing.T) {
			s := begin(t).enrolledWith(claiming(m))
			if id, linked := s.p.LinkedMembership(); !linked || id != "4417023" {
				t.Fatalf("%+v", s.p.Membership)
			}
			if s.p.Info.Legal.LegalName != "Contoso GmbH" || s.p.Region != "europe" || s.p.ContactEmail() != m.Legal.PrimaryContact.Email {
				t.Errorf("not copied: %+v in %q", s.p.Info, s.p.Region)
			}
			if v := s.p.Verified; v == nil || *v.CarriedOver != (CarriedOver{From: "4417023", AuthorizedAt: authorizedThere}) || !v.At.Equal(monday) {
				t.Errorf("not carried over: %+v", v)
			}
			if s.p.Verification() != VerificationAuthorized || len(s.p.VerificationHistory()) != 2 || !strings.Contains(s.p.VerificationHistory()[1].Title, "3 June 2019") {
				t.Errorf("%s %+v", s.p.Verification(), s.p.VerificationHistory())
			}
			if got := mails(last(s)); !slices.Equal(got, []string{"enrolled admin@contoso.example", "membershipLinked " + m.Legal.PrimaryContact.Email}) {
				t.Errorf("mails %q", got)
			}
			if turn := s.p.Turn(s.now); turn.Code != "business_info" || turn.What != "Enter and submit the support contact information" {
				t.Errorf("next: %+v", turn)
			}
		})
	}
	t.Run("E5 only support contact information is asked for, then the agreement is next", func(t *testing.T) {
		s := begin(t).enrolledWith(claiming(onFile()))
		if left := s.p.Remaining(knowledge, s.now); len(left) != 1 || left[0].Pointer != "/supportProfile/email" {
			t.Errorf("still asked for: %v", left)
		}
		var steps []Step
		for _, c := range s.p.Checklist() {
			steps = append(steps, c.Step)
			if c.Step == StepBusinessInfo && (len(c.Items) != 1 || c.Items[0].Code != "support_contact") {
				t.Errorf("E7 at hand: %+v", c.Items)
			}
		}
		if !slices.Equal(steps, []Step{StepEnrollment, StepBusinessInfo, StepAgreement, StepDistributor}) {
			t.Errorf("E7 %v", steps)
		}
		s.saved(supportOnly())
		s.tell(s.p.Submit(knowledge, "case-2", "secret-2", s.stamp(globalAdmin)))
		if s.p.Cases != 1 || len(mails(last(s))) != 0 || s.p.Info.Legal.LegalName != "Contoso GmbH" {
			t.Errorf("submitting support information opened a case, or lost what is on file: %+v", s.p)
		}
		if turn := s.p.Turn(s.now); turn.Code != "agreement" {
			t.Errorf("next: %+v", turn)
		}
		for _, wait := range []WaitName{WaitBusinessInfo, WaitDecision} {
			if _, done := s.p.OutcomeOf(wait); !done {
				t.Errorf("the workflow would wait for %s", wait)
			}
		}
		s.accepted().onboarded()
		if e := s.p.Eligibility(EligibilityQuestion{DistributorID: "D-NORTH", Agreement: current, At: s.now}); !e.Eligible {
			t.Errorf("%+v", e)
		}
	})
	t.Run("E5 a signature of the version in force is carried over", func(t *testing.T) {
		s := begin(t).enrolledWith(claiming(onFile(signedThere(current.Version, strings.ToUpper(current.Documents[0].SHA256)))))
		a := s.p.Acceptance
		if a == nil || a.CarriedFrom != "4417023" || a.Region != "europe" || !a.At.Equal(authorizedThere) || a.EventID != last(s).ID || s.p.ProgrammeStatus() != ProgrammeActive {
			t.Fatalf("%+v", a)
		}
		s.saved(supportOnly()).tell(s.p.Submit(knowledge, "case-2", "secret-2", s.stamp(globalAdmin)))
		if turn := s.p.Turn(s.now); turn.Code != "distributor_request" {
			t.Errorf("next: %+v", turn)
		}
	})
	for name, edit := range map[string]func(*Membership){
		"another version": signedThere("2001-01", current.Documents[0].SHA256),
		"another text":    signedThere(current.Version, strings.Repeat("0", 64)),
	} {
		t.Run("E5 a signature of "+name+" is not", func(t *testing.T) {
			if s := begin(t).enrolledWith(claiming(onFile(edit))); s.p.Acceptance != nil {
				t.Errorf("%+v", s.p.Acceptance)
			}
		})
	}
	t.Run("E5 staff enrols on its behalf, for the tenant that the records name", func(t *testing.T) {
		s := begin(t)
		s.tell(Partner{}.EnrollOnBehalf(claiming(onFile(ofTenant("t-contoso"))), "t-contoso", s.stamp(reviewer)))
		if _, linked := s.p.LinkedMembership(); !linked {
			t.Error("not linked")
		}
	})
	t.Run("V7 a change of the details is verified like any other's", func(t *testing.T) {
		s := begin(t).enrolledWith(claiming(onFile())).saved(supportOnly())
		s.tell(s.p.Submit(knowledge, "case-2", "secret-2", s.stamp(globalAdmin)))
		info := s.p.Info
		info.Legal.Address.Lines = []string{"Unter den Linden 1"}
		s.tell(s.p.ChangeBusinessInfo(info, s.p.InfoRevision, knowledge, "case-3", "secret-3", s.stamp(globalAdmin)))
		if s.p.OpenChange() == nil || !s.p.Authorized() {
			t.Errorf("%+v", s.p.Case)
		}
	})
}

func TestE5_WhatWasCarriedOverCantBeEditedAsADraft(t *testing.T) {
	s := begin(t).enrolledWith(claiming(onFile()))
	info := contoso()
	info.Legal.LegalName, info.Legal.RegistrationNumber, info.Legal.Address.PostalCode, info.Legal.PrimaryContact.Email = "Other GmbH", "HRB 1", "20095", "eve@contoso.example"
	_, err := s.p.SaveBusinessInfo(info, s.p.InfoRevision, s.stamp(globalAdmin))
	wantFaults(t, err, "/legalProfile/legalName not_allowed", "/legalProfile/registrationNumber not_allowed", "/legalProfile/address not_allowed", "/legalProfile/primaryContact not_allowed")
	info = s.p.Info // repeated as it is
	info.Legal.TradingName, info.Support = "Contoso", contoso().Support
	s.saved(info)
	if s.p.Info.Legal.TradingName != "Contoso" || s.p.Info.Support.Website == "" {
		t.Errorf("%+v", s.p.Info)
	}
	if _, ok := s.p.Preview(knowledge); ok {
		t.Error("details that are verified are compared with the registry")
	}
}

func TestE5_WhatIsNotConfirmedIsRefusedWithOneAnswer(t *testing.T) {
	consumer := onFile(contactAt("erika@gmail.com"), ofTenant("t-other"))
	var answers []string
	for name, c := range map[string]Enroll{
		"an unknown id":                  claiming(Membership{}),
		"another tenant's":               claiming(onFile(ofTenant("t-other"))),
		"another's with a private mail":  claiming(consumer),
		"another legal name":             claiming(onFile(), func(c *MembershipClaim) { c.LegalName = "Contoso Holding GmbH" }),
		"another country":                claiming(onFile(), func(c *MembershipClaim) { c.Country = "AT" }),
		"another postal code":            claiming(onFile(), func(c *MembershipClaim) { c.PostalCode = "10116" }),
		"no postal code":                 claiming(onFile(), func(c *MembershipClaim) { c.PostalCode = "" }),
		"another contact":                claiming(onFile(), func(c *MembershipClaim) { c.ContactEmail = "eve@contoso.example" }),
		"another id":                     claiming(onFile(), func(c *MembershipClaim) { c.PartnerID = "4417024" }),
		"a record that isn't authorized": claiming(onFile(func(m *Membership) { m.AuthorizedAt = time.Time{} })),
		"a country that is in no region": claiming(onFile(func(m *Membership) { m.Legal.Address.Country = "AQ" }), func(c *MembershipClaim) { c.Country = "AQ" }),
	} {
		_, err := Partner{}.Enroll(c, begin(t).stamp(globalAdmin))
		wantCode(t, err, CodeMembershipUnconfirmed)
		var r *Refusal
		if errors.As(err, &r) {
			answers = append(answers, r.Message+r.Where)
			if len(r.Tries) != 2 || r.Tries[0].Key != "TENANT#t-contoso#2026-03-02" || r.Tries[0].Until != monday.Truncate(24*time.Hour).AddDate(0, 0, 1) {
				t.Errorf("%s counts towards %+v", name, r.Tries)
			}
		}
	}
	slices.Sort(answers)
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("the answers differ: %q", answers)
	}
	wantCode(t, MembershipTriesLimited(monday), CodeMembershipTriesLimited)
}

func TestE5_AFaultyClaimIsToldWhateverIsOnFile(t *testing.T) {
	for _, m := range []Membership{{}, onFile()} {
		c := claiming(m, func(c *MembershipClaim) {
			*c = MembershipClaim{PartnerID: "44 17", LegalName: "", Country: "Germany", PostalCode: strings.Repeat("1", 21), ContactEmail: "erika"}
		})
		c.WorkEmail, c.Test, c.TestAllowed = "admin@gmail.com", true, true
		_, err := Partner{}.Enroll(c, begin(t).stamp(globalAdmin))
		wantFaults(t, err, "/workEmail consumer_mail_domain", "/membership not_allowed", "/membership/partnerId invalid", "/membership/legalName required", "/membership/country invalid", "/membership/postalCode too_long", "/membership/contactEmail invalid")
	}
	for id, code := range map[string]string{"": "required", strings.Repeat("4", 65): "too_long"} {
		_, err := Partner{}.Enroll(claiming(onFile(), func(c *MembershipClaim) { c.PartnerID = id }), begin(t).stamp(globalAdmin))
		wantFaults(t, err, "/membership/partnerId "+code)
	}
}

// awaiting are claims that nothing but the contact on file can confirm.
func awaiting() map[string]Enroll {
	byTheirOwn := claiming(onFile())
	byTheirOwn.By, byTheirOwn.WorkAccount, byTheirOwn.WorkEmail = founder, WorkAccountNew, founder.Email
	noDomain := claiming(onFile())
	noDomain.By.TenantDomain = ""
	private := claiming(onFile(contactAt("erika@gmail.com")))
	private.By.TenantDomain = "gmail.com"
	return map[string]Enroll{
		"the domain is another": claiming(onFile(contactAt("erika@else.example"))), "the tenant is self-made": byTheirOwn,
		"the directory verified no domain": noDomain, "the contact's mail service is for private persons": private,
	}
}

func TestE5_OtherwiseTheContactOnFileProvesTheMailbox(t *testing.T) {
	for name, c := range awaiting() {
		t.Run("E5 when "+name, func(t *testing.T) {
			m := c.Existing.Record
			s := begin(t).enrolledWith(c)
			if s.p.Authorized() || s.p.Case != nil || s.p.Info.Legal.LegalName != "" || s.p.PendingMembership() == nil {
				t.Fatalf("something was carried over before: %+v", s.p)
			}
			if got := mails(last(s)); !slices.Equal(got, []string{"enrolled " + c.WorkEmail, "membershipLink " + m.Legal.PrimaryContact.Email}) {
				t.Errorf("mails %q", got)
			}
			for _, f := range last(s).Follow {
				if f.Mail != nil && f.Mail.Template == MailMembershipLink && (f.Mail.Params["contactName"] != "" || f.Mail.Params["next"] != "" || !strings.HasSuffix(f.Mail.Params["link"], ".secret-0")) {
					t.Errorf("the link's mail says %v", f.Mail.Params)
				}
			}
			if turn := s.p.Turn(s.now); turn.Code != "membership_ownership" || turn.Who != PartyPartner || turn.By.IsZero() {
				t.Errorf("next: %+v", turn)
			}
			if state, err := s.p.OwnershipLink("secret-0", s.now); state != LinkOpen || err != nil || s.p.LinkOf("secret-0").Address != m.Legal.PrimaryContact.Email {
				t.Errorf("%s %v", state, err)
			}
			s.tell(s.p.ConfirmLink("secret-0", s.existing(m), s.stamp(Principal{})))
			if _, linked := s.p.LinkedMembership(); !linked || !s.p.Authorized() || s.p.Info.Legal.LegalName != "Contoso GmbH" {
				t.Errorf("nothing was carried over: %+v", s.p)
			}
			if got := mails(last(s)); !slices.Equal(got, []string{"membershipLinked " + m.Legal.PrimaryContact.Email, "membershipLinked " + c.WorkEmail}) {
				t.Errorf("mails %q", got)
			}
			_, err := s.p.ConfirmLink("secret-0", s.existing(m), s.stamp(Principal{}))
			wantCode(t, err, CodeOwnershipConfirmed)
		})
	}
	waiting := func(t *testing.T) *story { return begin(t).enrolledWith(awaiting()["the domain is another"]) }
	m := awaiting()["the domain is another"].Existing.Record
	t.Run("E5 a link sent again voids the one before, and there is a limit", func(t *testing.T) {
		s := waiting(t)
		_, err := s.p.ResendOwnershipLink("secret-x", s.stamp(globalAdmin))
		wantCode(t, err, CodeResendLimited)
		for range 4 {
			s.wait(2 * time.Minute).tell(s.p.ResendOwnershipLink("secret-1", s.stamp(globalAdmin)))
		}
		_, err = s.wait(2*time.Minute).p.ResendOwnershipLink("secret-2", s.stamp(globalAdmin))
		wantCode(t, err, CodeResendLimited)
		_, err = s.p.ConfirmLink("secret-0", s.existing(m), s.stamp(Principal{}))
		wantCode(t, err, CodeNotFound)
		_, err = s.p.ConfirmOwnership("secret-1", s.stamp(Principal{}))
		wantCode(t, err, CodeNotFound)
		s.tell(s.p.ConfirmLink("secret-1", s.existing(m), s.stamp(Principal{})))
	})
	t.Run("E5 an expired link confirms nothing", func(t *testing.T) {
		s := waiting(t).wait(72 * time.Hour)
		_, err := s.p.ConfirmLink("secret-0", s.existing(m), s.stamp(Principal{}))
		wantCode(t, err, CodeLinkExpired)
		if doc := s.p.Requirements(s.now); len(doc.PastDue) != 1 || doc.PastDue[0].Code != "membership_ownership" || len(doc.DueNow) == 0 {
			t.Errorf("%+v", doc)
		}
	})
	t.Run("E5 a record that changed, or was linked by another, confirms nothing any more", func(t *testing.T) {
		s := waiting(t)
		for _, now := range []Membership{{}, onFile(contactAt("erika@else.example"), func(m *Membership) { m.Revision++ })} {
			_, err := s.p.ConfirmLink("secret-0", s.existing(now), s.stamp(Principal{}))
			wantCode(t, err, CodeMembershipUnconfirmed)
		}
	})
	t.Run("V11 the company goes on without it", func(t *testing.T) {
		s := waiting(t).saved(contoso()).submitted()
		if s.p.Membership != nil || s.p.Case == nil || s.p.Authorized() {
			t.Errorf("%+v", s.p)
		}
		_, err := s.p.ConfirmLink("secret-0", s.existing(m), s.stamp(Principal{}))
		wantCode(t, err, CodeNotFound)
		s.confirmed().authorized()
	})
}
