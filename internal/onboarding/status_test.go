package onboarding_test

import (
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestT3_EveryStatusHasAStableClass(t *testing.T) {
	for _, c := range []struct{ got, want Class }{
		{StepDone.Class(), ClassDone}, {StepCurrent.Class(), ClassAction}, {StepActionNeeded.Class(), ClassAction}, {StepWaiting.Class(), ClassWaiting}, {StepLocked.Class(), ClassStopped},
		{RelationshipActive.Class(), ClassDone}, {RelationshipPending.Class(), ClassAction}, {RelationshipDeclined.Class(), ClassStopped}, {RelationshipEnded.Class(), ClassStopped}, {RelationshipExpired.Class(), ClassStopped},
		{AgreementIsAccepted.Class(), ClassDone}, {AgreementReady.Class(), ClassAction}, {AgreementNotAvailable.Class(), ClassStopped},
		{WorkflowConducts.Class(), ClassWaiting}, {WorkflowStopped.Class(), ClassStopped}, {WorkflowIdle.Class(), ClassAction}, {WorkflowDone.Class(), ClassDone},
		{CheckPassed.Class(), ClassDone}, {CheckNeedsReview.Class(), ClassWaiting}, {CheckPending.Class(), ClassAction}, {CheckFailed.Class(), ClassStopped},
	} {
		if c.got != c.want {
			t.Errorf("%s, want %s", c.got, c.want)
		}
	}
}

func TestB1_APersonsNameIsWrittenOfWhatIsThere(t *testing.T) {
	for want, c := range map[string]Contact{"Erika Muster": {FirstName: "Erika", LastName: "Muster"}, "Erika": {FirstName: "Erika"}, "Muster": {LastName: "Muster"}, "": {}} {
		if got := c.Name(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestV10_MailsGoToTheContactOnceTheAddressIsProven(t *testing.T) {
	changed := begin(t).confirmed().rejected()
	info := contoso()
	info.Legal.PrimaryContact.Email, info.Legal.PrimaryContact.FirstName = "emil@contoso.example", "Emil"
	draft := changed.saved(info).p
	for _, c := range []struct {
		name          string
		p             Partner
		address, hail string
	}{
		{"V10 enrolled: the admin", begin(t).enrolled().p, "admin@contoso.example", ""},
		{"V10 unconfirmed: the admin", begin(t).submitted().p, "admin@contoso.example", ""},
		{"V10 confirmed: the contact", begin(t).confirmed().p, "erika@contoso.example", "Erika Muster"},
		{"V10 another contact in a draft: the proven address, without the new name", draft, "erika@contoso.example", ""},
		{"V10 another contact submitted: the admin", changed.submitted().p, "admin@contoso.example", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.p.ContactEmail() != c.address || c.p.ContactName() != c.hail {
				t.Errorf("%q <%s>", c.p.ContactName(), c.p.ContactEmail())
			}
		})
	}
	if got := begin(t).enrolled().p.LegalName(); got != "Contoso" {
		t.Errorf("before the legal name is known the company is %q", got)
	}
	if got := begin(t).submitted().p.LegalName(); got != "Contoso GmbH" {
		t.Errorf("the company is %q", got)
	}
}
