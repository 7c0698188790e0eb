//go:build stack

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// What partners of such programmes complain about in public, each as the test
// that it can't be said of this one (V11).

// mustSayWho says that a turn names whose it is, what is owed and where.
func (c *company) mustSayWho(turn api.Turn, who api.Party, code string) {
	c.Helper()
	if turn.Who != who || turn.Code != code || turn.What == "" {
		c.Errorf("turn %+v, want the %s's: %s", turn, who, code)
	}
}

func (c *company) verification() api.Verification {
	c.Helper()
	return as[api.Verification](c.call(c.admin, "GET", c.path("/verification"), nil).is(200))
}

func (c *company) requirement(code string) api.Requirement {
	c.Helper()
	doc := as[api.Requirements](c.call(c.admin, "GET", c.path("/requirements"), nil).is(200))
	for _, r := range slices.Concat(doc.PastDue, doc.DueNow, doc.BeingVerified, doc.DueLater) {
		if r.Code == code {
			return r
		}
	}
	c.Fatalf("nothing is required with the code %s: %+v", code, doc)
	return api.Requirement{}
}

func TestComplaint1_PendingForDaysWithoutASummaryAReasonOrAWayOn(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	v := c.verification()
	if v.Status != api.VerificationStatusPending || v.OpenedAt.IsZero() || v.Expected == nil || v.Expected.Latest.IsZero() {
		t.Errorf("from the first second: %+v", v)
	}
	for _, check := range v.Checks {
		if check.Who == "" || check.Detail == "" || check.Since.IsZero() {
			t.Errorf("check %+v", check)
		}
	}
	c.mustSayWho(v.Turn, api.PartyPartner, "email_ownership")
	c.confirm()
	if v := c.verification(); v.Turn.By.IsZero() || v.Turn.Who != api.PartyReviewer {
		t.Errorf("turn %+v", v.Turn)
	}
	c.until("the escalation", func() bool {
		c.sweep("reminder")
		return c.verification().Status == api.VerificationStatusOverdue
	})
	late := c.requirement("verification_overdue")
	if late.Reason == "" || late.Since.IsZero() || late.Who != api.PartyReviewer || len(late.Alternatives) == 0 {
		t.Errorf("after the promised days: %+v", late)
	}
	c.call(c.admin, "POST", c.path("/verification/support-request"), map[string]any{"message": "What is it waiting for?"}).is(202)
}

func TestComplaint2_PermissionIsBlamedForWhatIsTheStatesFault(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	body := c.acceptance()
	early := as[api.Problem](c.call(c.admin, "POST", c.path("/agreement/acceptance"), body).is(409))
	if early.Code != "verification_not_authorized" || strings.Contains(strings.ToLower(early.Detail), "permission") || strings.Contains(early.Detail, "role") {
		t.Errorf("with the right role, too early: %+v", early)
	}
	role := as[api.Problem](c.call(c.colleague, "POST", c.path("/agreement/acceptance"), body).is(403))
	if role.Code != "role_required" || len(role.Actors) == 0 {
		t.Errorf("without the role: %+v", role)
	}
}

func TestComplaint3_ThePrimaryContactIsLostWhileAnotherCheckIsRejected(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	c.decide("Rejected", "address_mismatch")
	for _, check := range c.verification().Checks {
		if check.Check == api.CheckNameEmailOwnership && check.Status != api.CheckStatusPassed {
			t.Errorf("the confirmation is gone: %+v", check)
		}
	}
	c.save(c.info("/legalProfile/address/lines", []any{"2 High Street"}))
	if v := as[api.BusinessInfoView](c.call(c.admin, "GET", c.path("/business-info"), nil).is(200)); v.BusinessInfo.LegalProfile.PrimaryContact.Email != "ada@"+c.domain {
		t.Errorf("the contact is gone: %+v", v.BusinessInfo)
	}
	c.submit()
	tag := c.call(c.admin, "GET", c.path("/business-info"), nil).is(200).header.Get("ETag")
	frozen := as[api.Problem](c.call(c.admin, "PUT", c.path("/business-info"), c.info("/legalProfile/tradingName", "Ada's"), "If-Match", tag).is(409))
	if frozen.Code != "already_submitted" || frozen.Detail == "" || frozen.Where == "" {
		t.Errorf("a save neither persisted nor said why not: %+v", frozen)
	}
	for _, check := range c.verification().Checks {
		if check.Check == api.CheckNameEmailOwnership && check.Status != api.CheckStatusPassed {
			t.Errorf("the address is asked for again: %+v", check)
		}
	}
}

func TestComplaint6_ItFailsWhenNameNumberOrAddressDifferFromTheRegisterAndNobodySaysWhich(t *testing.T) {
	c := newWorld(t).newCompany().enrol()
	c.save(c.info("/legalProfile/legalName", "Contoso Limited", "/legalProfile/address/lines", []any{"9 Other Street"}))
	v := as[api.BusinessInfoView](c.call(c.admin, "GET", c.path("/business-info"), nil).is(200))
	if v.RegistryPreview == nil || v.RegistryPreview.Result != api.ComparisonResultNear || len(v.RegistryPreview.Differences) == 0 {
		t.Fatalf("before anything is submitted: %+v", v.RegistryPreview)
	}
	for _, d := range v.RegistryPreview.Differences {
		if d.Field == "" || d.Submitted == d.Registered || d.Detail == "" || d.Field == "/legalName" && d.Kind != "writing" {
			t.Errorf("difference %+v (Limited and Ltd are the same, written differently)", d)
		}
	}
	c.submit() // and it doesn't block
}

func TestComplaint7_OnlyOnePersonCanResubmitAndOthersSeeNoButton(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	c.decide("Rejected", "address_mismatch")
	r := c.requirement("business_info_correction")
	if len(r.Roles) < 2 || r.Where == "" || r.Operation == "" {
		t.Errorf("who can correct it: %+v", r)
	}
	p := as[api.Problem](c.call(c.colleague, "POST", c.path("/business-info/submission"), nil).is(403))
	if p.Code != "role_required" || len(p.Actors) < 2 {
		t.Errorf("another user sees: %+v", p)
	}
	c.save(c.info("/legalProfile/address/lines", []any{"2 High Street"}))
	c.submit() // the Global Admin, who isn't the primary contact
}

func TestComplaint11_WhatIsNeededIsLearnedMidway(t *testing.T) {
	c := newWorld(t).newCompany()
	if before := as[api.Checklist](c.call(c.colleague, "GET", "/checklist", nil).is(200)); len(before.Steps) != 5 {
		t.Errorf("before enrolling: %+v", before)
	}
	checklist := as[api.Enrollment](c.call(c.admin, "POST", "/partners", c.enrolment()).is(201)).Checklist
	if len(checklist.Steps) != 5 {
		t.Fatalf("checklist %+v", checklist)
	}
	for _, step := range checklist.Steps {
		if step.Minutes <= 0 || step.Who == "" || len(step.Items) == 0 {
			t.Errorf("step %+v", step)
		}
	}
}

func TestComplaint12_SupportIsAskedWithoutTheCase(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	caseID := c.verification().CaseID
	c.until("the escalation", func() bool {
		c.sweep("reminder")
		return c.verification().Status == api.VerificationStatusOverdue
	})
	c.call(c.admin, "POST", c.path("/verification/support-request"), map[string]any{"message": "Please look at it."}).is(202)
	c.until("the mail to staff with the case in it", func() bool {
		c.sweep("outbox")
		return slices.ContainsFunc(c.mails(), func(m stack.Mail) bool {
			return strings.Contains(m.Text, "Please look at it.") && strings.Contains(m.Text, caseID) && strings.Contains(m.Text, c.id)
		})
	})
}

func (c *company) askedForDocuments() {
	c.Helper()
	c.call(reviewer, "POST", c.path("/verification/document-requests"), map[string]any{
		"groups": []any{
			map[string]any{"anyOf": []string{"proof_of_address", "bank_statement"}, "reason": "The register shows another street."},
			map[string]any{"anyOf": []string{"registration_extract"}, "reason": "The name is new."},
		}, "reason": "The address differs.",
	}).is(201)
}

func TestComplaint4_TheDemandForEvidenceIsAmbiguous(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	c.askedForDocuments()
	r := c.requirement("documents")
	if r.Who != api.PartyPartner || r.By.IsZero() || !strings.Contains(r.Reason, "any one of: Proof of the business address; Bank statement") && !strings.Contains(r.Reason, "Any one of: Proof of the business address; Bank statement") ||
		!strings.Contains(r.Reason, "The register shows another street.") || len(r.Alternatives) != 3 {
		t.Errorf("what is asked for: %+v", r)
	}
	list := as[api.DocumentList](c.call(c.admin, "GET", c.path("/verification/documents"), nil).is(200))
	if list.Request == nil || len(list.Request.Groups) != 2 || len(list.Request.Groups[0].AnyOf) != 2 || list.Request.Groups[0].Reason == "" {
		t.Fatalf("request %+v", list.Request)
	}
	for _, k := range list.Kinds {
		if len(k.Examples) == 0 || strings.Contains(k.Title, "/") {
			t.Errorf("kind %+v", k)
		}
	}
	var text string
	c.until("the mail that asks", func() bool {
		c.sweep("outbox")
		for _, m := range c.mails() {
			if strings.Contains(m.Subject, "Documents are needed") {
				text = strings.Join(strings.Fields(m.Text), " ")
			}
		}
		return text != ""
	})
	for _, want := range []string{"Any one of: Proof of the business address; Bank statement", "2. Extract from the company register", "Please upload them by"} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail doesn't say %q: %s", want, text)
		}
	}
}

// testing enrols the company as one whose time is moved by the test.
func (c *company) testing() *company {
	c.Helper()
	body := c.enrolment()
	body["test"] = true
	c.id = as[api.Enrollment](c.call(c.admin, "POST", "/partners", body).is(201)).Partner.PartnerID
	c.save(c.info())
	c.submit()
	return c
}

// pass moves the company's time on and returns the types of what happened.
func (c *company) pass(duration string) (types []string) {
	c.Helper()
	for {
		a := as[api.TestClockAdvance](c.call(c.admin, "POST", c.path("/test-clock"), map[string]any{"advanceBy": duration}).is(200))
		for _, e := range a.Happened {
			types = append(types, e.Type)
		}
		if a.Done {
			return types
		}
	}
}

func TestComplaint9_WarningsGoToAMailboxThatNobodyReads(t *testing.T) {
	c := newWorld(t).newCompany().testing()
	c.confirm()
	c.decide("Authorized")
	c.pass("P4D")
	subjects := map[string]int{}
	c.until("the reminders", func() bool {
		c.sweep("outbox")
		clear(subjects)
		for _, m := range c.mails() {
			if strings.Contains(m.Subject, "waits for you") {
				subjects[strings.Join(m.To, ",")]++
			}
		}
		return len(subjects) >= 2
	})
	if subjects["ada@"+c.domain] != 1 || subjects[c.admin] != 1 {
		t.Errorf("reminders %v, want one to each of the contacts", subjects)
	}
	other := c.newCompany().submitted()
	ics := other.call(other.admin, "GET", other.path("/verification/calendar"), nil).is(200)
	if text := string(ics.body); !strings.Contains(text, "BEGIN:VEVENT") || !strings.Contains(ics.header.Get("Content-Type"), "text/calendar") {
		t.Errorf("the dates as a calendar file: %s", text)
	}
}

func TestComplaint10_ARequestThatTimesOutBecomesARejection(t *testing.T) {
	c := newWorld(t).newCompany().testing()
	c.confirm()
	c.askedForDocuments()
	if happened := c.pass("P300D"); !slices.Contains(happened, "verification.documentsExpired") || slices.Contains(happened, "verification.decided") {
		t.Errorf("what happened: %v", happened)
	}
	v := c.verification()
	if v.Status != api.VerificationStatusExpired || v.Decision != nil {
		t.Fatalf("%s, %+v", v.Status, v.Decision)
	}
	c.mustSayWho(v.Turn, api.PartyPartner, "documents_expired")
	v = as[api.Verification](c.call(c.admin, "POST", c.path("/verification/document-requests/reopening"), nil).is(200))
	if v.Status != api.VerificationStatusDocumentsRequested {
		t.Errorf("reopened: %s", v.Status)
	}
	c.mustSayWho(v.Turn, api.PartyPartner, "documents")
}

func TestComplaint8_AnEditSilentlyStartsTheVettingAnew(t *testing.T) {
	c := newWorld(t).newCompany().active()
	look := func(changes ...any) api.BusinessInfoChangePreview {
		c.Helper()
		return as[api.BusinessInfoChangePreview](c.call(c.admin, "POST", c.path("/business-info/change/preview"), c.info(changes...)).is(200))
	}
	c.unchanged(func() {
		if p := look("/legalProfile/address/lines", []any{"2 High Street"}); p.Expected == nil || !p.Expected.Latest.After(p.Expected.Earliest) || len(p.Checks) == 0 || !slices.Contains(p.Parts, "address") || p.Text == "" {
			t.Errorf("before an address is changed: %+v", p)
		}
		if p := look("/supportProfile/email", "hello@"+c.domain); len(p.Parts) != 0 || len(p.AtOnce) == 0 || p.Expected != nil {
			t.Errorf("before a support address is changed, which restarts nothing: %+v", p)
		}
	})
	if e := as[api.Eligibility](c.call(c.admin, "GET", c.path("/eligibility"), nil).is(200)); !e.Eligible {
		t.Errorf("looking took the eligibility: %+v", e)
	}
}
