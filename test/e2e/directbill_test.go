//go:build stack

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// reseller is a test partner that has been an indirect reseller for 13 months.
func (c *company) reseller() *company {
	c.Helper()
	c.forTests().named("Test Authorized")
	c.until("the authorization", func() bool { return c.verification().Status == api.VerificationStatusAuthorized })
	c.sign()
	c.partnered()
	c.advance(c.admin, "advanceBy", "P1Y")
	c.advance(c.admin, "advanceBy", "P1M")
	return c
}

func (c *company) directBill() (api.DirectBill, string) {
	c.Helper()
	a := c.call(c.admin, "GET", c.path("/direct-bill"), nil).is(200)
	return as[api.DirectBill](a), a.header.Get("ETag")
}

// wholeDraft saves a draft with which nothing stands against applying.
func (c *company) wholeDraft() api.DirectBill {
	c.Helper()
	own := as[api.PartnerStatus](c.call(c.admin, "GET", c.path(""), nil).is(200)).TestClock.Now
	v, tag := c.directBill()
	answers, declared := []any{}, []any{}
	for _, check := range v.Checks {
		answer := map[string]any{"item": check.Item, "evidence": "Record of " + check.Item}
		switch check.Kind {
		case api.DirectBillItemKindRevenue:
			answer["amountUsd"], answer["periodEnd"] = check.AtLeast, own.AddDate(0, 0, -10).Format(time.DateOnly)
		case api.DirectBillItemKindChoice:
			answer["choice"] = check.Options[0]
		case api.DirectBillItemKindConfirmation:
			answer["met"] = true
		default:
			continue
		}
		answers = append(answers, answer)
	}
	for _, d := range v.Declarations {
		declared = append(declared, d.ID)
	}
	return as[api.DirectBill](c.call(c.admin, "PUT", c.path("/direct-bill"), map[string]any{"answers": answers, "declarations": declared}, "If-Match", tag).is(200))
}

func (c *company) directBillExecution(application, run int) string {
	c.Helper()
	machine := strings.Split(c.stack.DirectBillStateMachine, ":")
	return strings.Join(append(append(machine[:5:5], "execution"), machine[6], fmt.Sprintf("directbill-%s-%d-%d", c.id, application, run)), ":")
}

// mustEligible fails unless the company may transact as before (X6).
func (c *company) mustEligible() {
	c.Helper()
	if e := as[api.Eligibility](c.call(northwind, "GET", c.path("/eligibility"), nil).is(200)); !e.Eligible {
		c.Errorf("the company may not transact any more: %+v", e)
	}
}

func TestDirectBillFromApplicationToActiveWithAHybridPlan(t *testing.T) { // X1 to X6
	c := newWorld(t).newCompany().reseller()
	sets := as[api.DirectBillSetList](c.call(c.colleague, "GET", "/direct-bill-requirements", nil).is(200))
	if len(sets.Items) < 2 || !sets.Items[len(sets.Items)-1].InForce || sets.Items[0].EffectiveUntil != "2025-09-30" {
		t.Errorf("%+v", sets)
	}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/direct-bill/submission"), status: 409, code: "direct_bill_not_open"})
	if v := c.wholeDraft(); len(v.Remaining) != 0 || v.Status != api.DirectBillStatusDraft || v.Reseller.Months < 12 || !v.Declarations[0].Declared {
		t.Fatalf("%+v", v)
	}
	v := as[api.DirectBill](c.call(c.admin, "POST", c.path("/direct-bill/submission"), nil, "Idempotency-Key", "apply").is(200))
	if v.Status != api.DirectBillStatusUnderReview || v.Turn.Who != api.PartyReviewer || v.Turn.By.IsZero() || v.Expected == nil {
		t.Errorf("%+v", v)
	}
	c.waitsFor("directBillDecision-1")
	c.mustEligible()
	c.until("the queue", func() bool { return c.queued("directBill", true) })
	c.call(reviewer, "POST", c.path("/direct-bill/claim"), map[string]any{"reason": "Mine."}).is(200)
	c.call(reviewer, "POST", c.path("/direct-bill/decision"), map[string]any{"decision": "Approved", "reason": "All shown.", "application": 1}).is(200)
	c.waitsFor("directBillTasks-1")

	// O1: started by hand, while the other one conducts
	out, err := c.stack.StepFunctions().StartExecution(c.Context(), &sfn.StartExecutionInput{StateMachineArn: &c.stack.DirectBillStateMachine, Input: aws.String(`{"partnerId":"` + c.id + `"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if status, output := c.ended(*out.ExecutionArn); status != types.ExecutionStatusSucceeded || output["outcome"] != "SteppedAside" {
		t.Errorf("by hand: %s, %v", status, output)
	}

	plan := as[api.DirectBillCustomerPlan](c.call(c.admin, "POST", c.path("/direct-bill/customers"), map[string]any{"customers": []any{
		map[string]any{"id": "C-1", "name": "Fabrikam Ltd", "plan": "move"}, map[string]any{"id": "C-2", "name": "Adventure Works", "plan": "indirect"},
	}}).is(200)).Plan
	if plan.Customers != 2 || plan.Indirect != 1 || plan.Moving != 1 || !strings.Contains(plan.Note, "don't move by themselves") {
		t.Errorf("%+v", plan)
	}
	done := map[string]any{"status": "Done", "evidence": "Record 7"}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/direct-bill/tasks/credit"), body: done, status: 403, code: "role_required"})
	for task, by := range map[string]string{"billing": c.admin, "tax": c.admin, "credit": reviewer, "provisioning": reviewer} {
		c.call(by, "POST", c.path("/direct-bill/tasks/"+task), done).is(200)
	}
	if v, _ := c.directBill(); v.Status != api.DirectBillStatusActive || v.Turn.Code != "direct_bill_plan" {
		t.Errorf("%+v", v)
	}
	c.mustEnd(c.directBillExecution(1, 1), "Active")
	c.call(c.admin, "POST", c.path("/direct-bill/customers"), map[string]any{"customers": []any{map[string]any{"id": "C-1", "agreement": "Done", "provisioning": "Done"}}}).is(200)
	page := as[api.DirectBillCustomerPage](c.call(reviewer, "GET", c.path("/direct-bill/customers?plan=move"), nil).is(200))
	if len(page.Items) != 1 || !page.Items[0].Moved || page.Plan.Moved != 1 {
		t.Errorf("%+v", page)
	}
	if v, _ := c.directBill(); v.Turn.Who != api.PartyNobody {
		t.Errorf("turn %+v", v.Turn)
	}
	c.mustEligible()
	if c.until("the queue without it", func() bool { return !c.queued("directBill", true) }); c.queued("directBill", false) {
		t.Error("a test partner stands among the real ones")
	}
	c.until("the mails", func() bool {
		c.sweep("outbox")
		all := ""
		for _, m := range c.mails() {
			all += m.Subject + "\n"
		}
		return strings.Contains(all, "has applied for direct bill") && strings.Contains(all, "is approved for direct bill") && strings.Contains(all, "Direct bill of") && strings.Contains(all, "is active")
	})
}

func TestADeclinedApplicationMayComeAgainFromTheDateGivenAndAnOverdueOneIsTold(t *testing.T) { // X4
	c := newWorld(t).newCompany().reseller()
	c.wholeDraft()
	c.call(c.admin, "POST", c.path("/direct-bill/submission"), nil).is(200)
	_, types := c.advance(c.admin, "businessDays", 11)
	if all := strings.Join(types, " "); !strings.Contains(all, "directBill.reminded directBill.escalated") {
		t.Errorf("%v", types)
	}
	c.waitsFor("escalatedDirectBillDecision-1")
	v, _ := c.directBill()
	if v.Status != api.DirectBillStatusOverdue || v.Turn.Code != "direct_bill_overdue" {
		t.Errorf("%+v", v)
	}
	again := as[api.PartnerStatus](c.call(c.admin, "GET", c.path(""), nil).is(200)).TestClock.Now.AddDate(0, 1, 0)
	c.call(reviewer, "POST", c.path("/direct-bill/decision"), map[string]any{"decision": "Declined", "reasonCodes": []string{"revenue_not_shown"}, "applyAgainFrom": again, "reason": "Not shown."}).is(200)
	c.mustEnd(c.directBillExecution(1, 1), "Declined")
	v, _ = c.directBill()
	if v.Decision == nil || v.Decision.Reasons[0].Remedy == "" || v.Decision.Reason != "" || v.ApplyAgainFrom.IsZero() {
		t.Errorf("%+v", v.Decision)
	}
	c.wholeDraft()
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/direct-bill/submission"), status: 409, code: "direct_bill_too_early"})
	c.advance(c.admin, "advanceTo", again)
	c.wholeDraft()
	c.call(c.admin, "POST", c.path("/direct-bill/submission"), nil).is(200)
	c.waitsFor("directBillDecision-2")
	c.call(c.admin, "POST", c.path("/direct-bill/withdrawal"), map[string]any{}).is(200)
	c.mustEnd(c.directBillExecution(2, 1), "Withdrawn")
	c.mustEligible()
}
