//go:build stack

package e2e

import (
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// maxTransitions is what a straight-through onboarding may cost of Step
// Functions, which charges by the state entered.
const maxTransitions = 20

func TestACompanyWithAWorkAccountGoesStraightThrough(t *testing.T) { // E1, B5, V4, A4, D3
	c := newWorld(t).newCompany()
	if me := as[api.Me](c.call(c.admin, "GET", "/me", nil).is(200)); me.PartnerID != "" || me.TenantID != c.tenant {
		t.Errorf("before enrolling: %+v", me)
	}
	c.enrol()
	if me := as[api.Me](c.call(c.colleague, "GET", "/me", nil).is(200)); me.PartnerID != c.id {
		t.Errorf("a colleague's partner: %+v", me)
	}
	again := as[api.Enrollment](c.call(c.admin, "POST", "/partners", c.enrolment()).is(200))
	if again.Partner.PartnerID != c.id {
		t.Errorf("enrolled again as %s (E3)", again.Partner.PartnerID)
	}
	c.waitsFor("businessInfo")
	c.save(c.info())
	if v := as[api.BusinessInfoView](c.call(c.admin, "GET", c.path("/business-info"), nil).is(200)); len(v.Remaining) != 0 {
		t.Errorf("remaining: %+v", v.Remaining)
	}
	c.submit()
	c.waitsFor("decision")
	c.confirm()
	if page := as[api.QueuePage](c.call(reviewer, "GET", "/partners?queue=verification&limit=100", nil).is(200)); !strings.Contains(string(mustJSON(t, page)), c.id) && page.Next == "" {
		t.Error("the case isn't in the reviewers' queue (O2)")
	}
	c.decide("Authorized")
	c.waitsFor("agreement")
	for accept, start := range map[string]string{"application/pdf": "%PDF-", "text/html": "<!"} {
		a := c.call(c.admin, "GET", c.path("/agreement/document"), nil, "Accept", accept).is(200)
		if !strings.HasPrefix(strings.ToLower(string(a.body)), strings.ToLower(start)) || !strings.HasPrefix(a.header.Get("Content-Type"), accept) {
			t.Errorf("the document as %s: %s %.20q", accept, a.header.Get("Content-Type"), a.body)
		}
	}
	c.sign()
	c.waitsFor("distributor")
	c.partnered()
	c.mustBeActive()
	c.mustEnd(c.execution(1), "Onboarded")

	states := c.entered(1)
	if len(states) > maxTransitions || len(states) < 11 {
		t.Errorf("%d transitions: %v", len(states), states)
	}
	t.Logf("%d transitions: %v", len(states), states)
	c.mustHaveMailed(8)

	evidence := as[api.AcceptanceEvidence](c.call(c.admin, "GET", c.path("/agreement/acceptance"), nil).is(200)) // A2
	if evidence.SignerName != "Ada Byron" || evidence.TenantID != c.tenant || evidence.IPAddress == "" || evidence.UserAgent == "" || len(evidence.SHA256) != 64 {
		t.Errorf("evidence %+v", evidence)
	}
	var types []string
	cursor := ""
	for {
		page := as[api.Timeline](c.call(c.admin, "GET", c.path("/timeline?limit=3"+cursor), nil).is(200))
		for _, e := range page.Items {
			types = append(types, e.Type)
			if e.Actor.Kind == api.ActorKindStaff && e.Actor.Name != "" {
				t.Errorf("the partner sees the reviewer's name: %+v", e)
			}
		}
		if page.Next == "" {
			break
		}
		cursor = "&cursor=" + page.Next
	}
	if want := c.version(); len(types) != want || types[len(types)-1] != "partner.enrolled" {
		t.Errorf("%d of %d events in the timeline: %v", len(types), want, types)
	}
}

func TestANewWorkAccountGoesStraightThrough(t *testing.T) { // E1
	w := newWorld(t)
	c := w.newCompany()
	c.admin = "founder@" + c.domain
	w.signUp(c.admin)
	me := as[api.Me](c.call(c.admin, "GET", "/me", nil).is(200))
	if me.TenantID == "" || me.TenantID == c.tenant || me.PartnerID != "" {
		t.Errorf("before enrolling: %+v", me)
	}
	body := c.enrolment()
	if p := as[api.Problem](c.call(c.admin, "POST", "/partners", body).is(403)); p.Code != "role_required" { // no directory says that it is a Global Admin
		t.Errorf("as an existing work account: %+v", p)
	}
	body["workAccount"] = "new"
	c.id = as[api.Enrollment](c.call(c.admin, "POST", "/partners", body).is(201)).Partner.PartnerID
	c.save(c.info("/supportProfile/website", "https://www."+c.domain)) // nothing else shows that the contact works there
	c.submit()
	c.confirm()
	c.decide("Authorized")
	c.sign()
	c.partnered()
	c.mustBeActive()
	c.mustEnd(c.execution(1), "Onboarded")
	c.mustHaveMailed(8)
}

func TestARejectedCompanyCorrectsItselfAndTheNextRoundAuthorizesIt(t *testing.T) { // V4, V11
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	c.decide("Rejected", "legal_name_mismatch", "address_mismatch")
	v := as[api.Verification](c.call(c.admin, "GET", c.path("/verification"), nil).is(200))
	if v.Status != api.VerificationStatusRejected || v.Decision == nil || len(v.Decision.Reasons) != 2 || v.Decision.Reasons[0].Remedy == "" || v.Decision.Reasons[0].Field != "/legalProfile/legalName" {
		t.Errorf("verification %+v", v)
	}
	c.mustEnd(c.execution(1), "Rejected")
	if status := as[api.PartnerStatus](c.call(c.admin, "GET", c.path(""), nil).is(200)); status.Turn.Who != api.PartyPartner {
		t.Errorf("the partner doesn't have the ball: %+v", status.Turn)
	}
	c.save(c.info("/legalProfile/legalName", "Contoso Holdings Ltd"))
	c.submit()
	c.decide("Authorized") // the address was confirmed in the first round
	c.sign()
	c.partnered()
	c.mustBeActive()
	c.mustEnd(c.execution(2), "Onboarded")
	c.mustHaveMailed(10)
}

func TestAnOverdueCaseIsEscalatedAndItsDecisionStillCounts(t *testing.T) { // V6
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	c.waitsFor("decision")
	support := map[string]any{"message": "The promised days are over."}
	if p := as[api.Problem](c.call(c.admin, "POST", c.path("/verification/support-request"), support).is(409)); p.Code != "verification_not_overdue" {
		t.Errorf("too early: %+v", p)
	}
	c.until("the escalation", func() bool {
		c.sweep("reminder")
		return as[api.Verification](c.call(c.admin, "GET", c.path("/verification"), nil).is(200)).Status == api.VerificationStatusOverdue
	})
	c.waitsFor("escalatedDecision")
	if page := c.call(reviewer, "GET", "/partners?queue=overdue&limit=100", nil).is(200); !strings.Contains(string(page.body), c.id) && as[api.QueuePage](page).Next == "" {
		t.Error("the case isn't in the operators' queue")
	}
	v := as[api.Verification](c.call(c.admin, "POST", c.path("/verification/support-request"), support).is(202))
	if v.SupportRequestedAt.IsZero() || v.EscalatedAt.IsZero() {
		t.Errorf("verification %+v", v)
	}
	if p := as[api.Problem](c.call(c.admin, "POST", c.path("/verification/support-request"), support).is(409)); p.Code != "support_already_requested" {
		t.Errorf("asked twice: %+v", p)
	}
	c.decide("Authorized")
	c.sign()
	c.partnered()
	c.mustBeActive()
	c.mustEnd(c.execution(1), "Onboarded")
	states := strings.Join(c.entered(1), " ")
	if !strings.Contains(states, "Escalate AwaitEscalatedDecision") {
		t.Errorf("states %s", states)
	}
	subjects := ""
	c.until("the mails to both sides", func() bool {
		c.sweep("outbox")
		subjects = ""
		for _, m := range c.mails() {
			subjects += strings.Join(m.To, ",") + ": " + m.Subject + "\n"
		}
		return strings.Count(subjects, "reviewers@programme.example") >= 2
	})
	for line := range strings.Lines(subjects) {
		if strings.Count(subjects, line) > 1 {
			t.Errorf("twice: %s", line)
		}
	}
}

func TestARejectionThatIsAppealedIsDecidedByAnotherReviewer(t *testing.T) { // V11
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	appeal := refusal{by: c.admin, method: "POST", path: c.path("/verification/appeal"), body: map[string]any{"message": "The register is out of date."}, status: 409, code: "nothing_to_appeal"}
	c.refused(appeal)
	c.decide("Rejected", "not_found_in_registry")
	c.mustEnd(c.execution(1), "Rejected")
	v := as[api.Verification](c.call(c.admin, "POST", appeal.path, appeal.body).is(202))
	if v.AppealedAt.IsZero() || v.CanAppeal || v.Expected == nil || !v.Expected.Latest.After(v.AppealedAt) {
		t.Errorf("verification %+v", v)
	}
	c.refused(appeal)
	c.refused(refusal{by: reviewer, method: "POST", path: c.path("/verification/decision"), body: map[string]any{"decision": "Authorized", "reason": "x"}, status: 403, code: "four_eyes_required"})
	c.call("reviewer2@programme.example", "POST", c.path("/verification/decision"), map[string]any{"decision": "Authorized", "reason": "A new extract was sent."}).is(200)
	c.sign()
	c.partnered()
	c.mustBeActive()
	c.mustEnd(c.execution(2), "Onboarded")
}
