package onboarding_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestV10_TheOwnershipLinkIsConfirmedOnce(t *testing.T) {
	s := begin(t).submitted()
	t.Run("V10 looking at it changes nothing", func(t *testing.T) {
		for range 2 {
			if state, err := s.p.OwnershipLink(s.secret(), s.now); err != nil || state != LinkOpen {
				t.Errorf("%s, %v", state, err)
			}
		}
	})
	t.Run("V10 a wrong secret is not found", func(t *testing.T) {
		for _, secret := range []string{"", "secret-2", s.p.Case.Link.Hash} {
			_, err := s.p.OwnershipLink(secret, s.now)
			wantCode(t, err, CodeNotFound)
			_, err = s.p.ConfirmOwnership(secret, s.system())
			wantCode(t, err, CodeNotFound)
		}
		_, err := begin(t).enrolled().p.OwnershipLink("secret-1", monday)
		wantCode(t, err, CodeNotFound)
	})
	t.Run("V10 the secret itself isn't kept", func(t *testing.T) {
		if s.p.Case.Link.Hash != HashSecret("secret-1") || s.p.Case.Link.Hash == "secret-1" {
			t.Errorf("link %+v", s.p.Case.Link)
		}
	})
	t.Run("V10 an authorization needs it", func(t *testing.T) {
		_, err := s.p.Decide(Decide{Result: VerificationAuthorized, Note: "x"}, s.stamp(reviewer))
		wantCode(t, err, CodeOwnershipPending)
	})
	s.confirmed()
	t.Run("V10 confirmed: the reviewer's turn", func(t *testing.T) {
		if s.p.Verification() != VerificationUnderReview {
			t.Errorf("status %s", s.p.Verification())
		}
		if state, err := s.p.OwnershipLink(s.secret(), s.now.Add(100*day)); err != nil || state != LinkConfirmed {
			t.Errorf("%s, %v", state, err)
		}
		_, err := s.p.ConfirmOwnership(s.secret(), s.system())
		wantCode(t, err, CodeOwnershipConfirmed)
		_, err = s.p.ResendOwnershipLink("x", s.wait(time.Hour).stamp(globalAdmin))
		wantCode(t, err, CodeOwnershipConfirmed)
	})
}

func TestV10_ALinkLasts72HoursAndCanBeSentAgain(t *testing.T) {
	s := begin(t).submitted()
	expires := s.now.Add(72 * time.Hour)
	if !s.p.Case.Link.ExpiresAt.Equal(expires) {
		t.Fatalf("it expires at %s", s.p.Case.Link.ExpiresAt)
	}
	t.Run("V10 the last moment counts, the next doesn't", func(t *testing.T) {
		s.now = expires.Add(-time.Millisecond)
		if _, err := s.p.ConfirmOwnership(s.secret(), s.system()); err != nil {
			t.Error(err)
		}
		s.now = expires
		_, err := s.p.ConfirmOwnership(s.secret(), s.system())
		wantCode(t, err, CodeLinkExpired)
		var r *Refusal
		if !errors.As(err, &r) || len(r.Roles) == 0 || r.Where == "" {
			t.Errorf("who can act and where is not said: %+v", r)
		}
	})
	t.Run("V10 a new link voids the old one", func(t *testing.T) {
		s.tell(s.p.ResendOwnershipLink("fresh", s.stamp(globalAdmin)))
		if got := mails(last(s)); !slices.Equal(got, []string{"ownershipLink erika@contoso.example"}) {
			t.Errorf("mails %v", got)
		}
		_, err := s.p.OwnershipLink("secret-1", s.now)
		wantCode(t, err, CodeNotFound)
		if state, err := s.p.OwnershipLink("fresh", s.now); err != nil || state != LinkOpen {
			t.Errorf("%s, %v", state, err)
		}
	})
	t.Run("V10 not twice within a minute", func(t *testing.T) {
		_, err := s.p.ResendOwnershipLink("x", s.wait(59*time.Second).stamp(globalAdmin))
		wantCode(t, err, CodeResendLimited)
	})
	t.Run("V10 V11 five times while one is valid, and always once it expired", func(t *testing.T) {
		for s.p.Case.Link.Sends < 5 {
			s.wait(time.Minute).tell(s.p.ResendOwnershipLink(fmt.Sprint("again-", s.p.Case.Link.Sends), s.stamp(globalAdmin)))
		}
		_, err := s.p.ResendOwnershipLink("x", s.wait(time.Hour).stamp(globalAdmin))
		wantCode(t, err, CodeResendLimited)
		s.now = s.p.Case.Link.ExpiresAt
		s.tell(s.p.ResendOwnershipLink("sixth", s.stamp(globalAdmin)))
	})
	t.Run("V10 V11 a decided case sends nobody for a new link", func(t *testing.T) {
		s.rejected()
		if state, err := s.p.OwnershipLink("sixth", s.now); err != nil || state != LinkExpired {
			t.Errorf("%s, %v", state, err)
		}
		_, err := s.p.ConfirmOwnership("sixth", s.system())
		wantCode(t, err, CodeVerificationDecided)
		_, err = s.p.ResendOwnershipLink("x", s.wait(day).stamp(globalAdmin))
		wantCode(t, err, CodeVerificationDecided)
	})
}

func TestV10_AConfirmedAddressIsNotAskedForAgain(t *testing.T) {
	s := begin(t).confirmed().wait(day).rejected()
	t.Run("V10 the same address goes straight to review", func(t *testing.T) {
		again := *s
		again.wait(day).submitted()
		if again.p.Verification() != VerificationUnderReview || !slices.Equal(mails(last(&again)), []string{"verificationOpened erika@contoso.example"}) {
			t.Errorf("status %s, mails %v", again.p.Verification(), mails(last(&again)))
		}
		for _, step := range again.p.StepStates(again.now) {
			if step.Step == StepVerification && (step.Status != StepWaiting || step.Since.Before(again.p.Case.OpenedAt)) {
				t.Errorf("the step is %+v", step)
			}
		}
	})
	t.Run("V10 another address must be confirmed", func(t *testing.T) {
		info := contoso()
		info.Legal.PrimaryContact.Email = "emil@contoso.example"
		s.saved(info).submitted()
		if s.p.Verification() != VerificationPending || !slices.Contains(mails(last(s)), "ownershipLink emil@contoso.example") {
			t.Errorf("status %s, mails %v", s.p.Verification(), mails(last(s)))
		}
	})
}

func TestV10_EmploymentFollowsFromTheMailDomain(t *testing.T) {
	for _, c := range []struct {
		name, email, site string
		want              CheckStatus
	}{
		{"V10 the tenant's verified domain", "erika@contoso.example", "", CheckPassed},
		{"V10 the domain in another case", "Erika@CONTOSO.example", "", CheckPassed},
		{"V10 a subdomain of the tenant's is not it", "erika@mail.contoso.example", "", CheckNeedsReview},
		{"V10 the website's domain", "erika@fabrikam.com", "https://www.fabrikam.com/de", CheckPassed},
		{"V10 a subdomain of the website's", "erika@berlin.fabrikam.co.uk", "https://fabrikam.co.uk", CheckPassed},
		{"V10 another company under the same public suffix", "erika@fabrikam.co.uk", "https://contoso.co.uk", CheckNeedsReview},
		{"V10 a neighbour on a shared host", "erika@evil.github.io", "https://contoso.github.io", CheckNeedsReview},
		{"V10 a consumer mail service, whatever the website says", "erika@gmail.com", "https://gmail.com", CheckNeedsReview},
		{"V10 neither", "erika@elsewhere.com", "https://www.contoso.com", CheckNeedsReview},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := submitting(t, func(i *BusinessInfo) { i.Legal.PrimaryContact.Email, i.Support.Website = c.email, c.site })
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Case.Check(CheckEmployment).Status; got != c.want {
				t.Errorf("employment is %s, want %s", got, c.want)
			}
		})
	}
}

func TestV10_ALinksTokenNamesThePartner(t *testing.T) {
	if id, secret, ok := SplitOwnershipToken(OwnershipToken("P-1", "s.ecret")); !ok || id != "P-1" || secret != "s.ecret" {
		t.Errorf("%q, %q, %t", id, secret, ok)
	}
	for _, token := range []string{"", ".", "P-1", "P-1.", ".secret"} {
		if _, _, ok := SplitOwnershipToken(token); ok {
			t.Errorf("%q was taken for a token", token)
		}
	}
}

func TestV10_EveryCheckSaysWhoHasTheBall(t *testing.T) {
	for name, c := range map[string]struct {
		s    *story
		want map[CheckName]Party
	}{
		"V10 open":       {begin(t).submitted(), map[CheckName]Party{CheckEmailOwnership: PartyPartner, CheckEmployment: PartyNobody, CheckBusiness: PartyReviewer}},
		"V10 authorized": {begin(t).authorized(), map[CheckName]Party{CheckEmailOwnership: PartyNobody, CheckEmployment: PartyNobody, CheckBusiness: PartyNobody}},
		"V10 rejected":   {begin(t).confirmed().rejected(), map[CheckName]Party{CheckEmailOwnership: PartyNobody, CheckEmployment: PartyNobody, CheckBusiness: PartyPartner}},
	} {
		t.Run(name, func(t *testing.T) {
			for check, want := range c.want {
				k := c.s.p.Case.Check(check)
				if who, text := k.Explain(*c.s.p.Case, c.s.now); who != want || text == "" {
					t.Errorf("%s (%s): %s, %q", check, k.Status, who, text)
				}
				if k.Status.Class() == ClassDone != (k.Status == CheckPassed) {
					t.Errorf("%s is of the class %s", k.Status, k.Status.Class())
				}
			}
		})
	}
}

func TestV10_TheSubmittersDirectoryVouchesForACompanyThatStaffEnrolled(t *testing.T) {
	for name, c := range map[string]struct {
		domain string
		want   CheckStatus
	}{
		"V10 its verified domain is the contact's": {"Contoso.example", CheckPassed},
		"V10 its verified domain is another":       {"fabrikam.example", CheckNeedsReview},
		"V10 nothing is known of it":               {"", CheckNeedsReview},
	} {
		t.Run(name, func(t *testing.T) {
			s := &story{t: t, now: monday}
			s.tell(Partner{}.EnrollOnBehalf(enrolContoso(), "t-contoso", s.stamp(reviewer)))
			info := contoso()
			info.Support.Website = ""
			s.saved(info)
			k := knowledge
			k.TenantDomain = c.domain
			s.tell(s.p.Submit(k, "case-1", "secret-1", s.stamp(globalAdmin)))
			if got := s.p.Case.Check(CheckEmployment).Status; got != c.want {
				t.Errorf("employment is %s, want %s", got, c.want)
			}
		})
	}
}
