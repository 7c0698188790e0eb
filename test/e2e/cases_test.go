//go:build stack

package e2e

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/partner-onboarding/partner-onboarding/api"
)

const secondReviewer = "reviewer2@programme.example"

// listed says whether the company is in a queue of operators, and its entry.
func (c *company) listed(by, query string) (api.QueueItem, bool) {
	c.Helper()
	for cursor := ""; ; {
		page := as[api.QueuePage](c.call(by, "GET", "/partners?limit=100&"+query+cursor, nil).is(200))
		for _, i := range page.Items {
			if i.PartnerID == c.id {
				return i, true
			}
		}
		if page.Next == "" {
			return api.QueueItem{}, false
		}
		cursor = "&cursor=" + page.Next
	}
}

func (c *company) mustBeListed(by, query string, want bool) api.QueueItem {
	c.Helper()
	var item api.QueueItem
	c.until("queue "+query, func() bool { i, ok := c.listed(by, query); item = i; return ok == want })
	return item
}

func because(text string) map[string]any { return map[string]any{"reason": text} }

func TestTwoReviewersWorkOnACaseAndNobodyElseMay(t *testing.T) { // O2, O3
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	me := as[api.Me](c.call(secondReviewer, "GET", "/me", nil).is(200))
	claimed := as[api.StaffCase](c.call(reviewer, "POST", c.path("/verification/claim"), because("I know this register.")).is(200))
	if claimed.Claim == nil || claimed.Claim.Email != reviewer {
		t.Fatalf("claimed by %+v", claimed.Claim)
	}
	if item := c.mustBeListed(reviewer, "queue=verification&reviewer=me", true); !strings.Contains(item.Reviewer, reviewer) {
		t.Errorf("entry %+v", item)
	}
	c.mustBeListed(secondReviewer, "queue=verification&reviewer=me", false)
	c.refused(refusal{by: secondReviewer, method: "POST", path: c.path("/verification/decision"), body: map[string]any{"decision": "Authorized", "reason": "x"}, status: 409, code: "case_claimed"})
	c.call(reviewer, "POST", c.path("/notes"), map[string]any{"note": "A secret of staff."}).is(200)
	aside := as[api.StaffCase](c.call(reviewer, "POST", c.path("/verification/set-aside"), map[string]any{"code": "registry_unavailable", "lookAgainIn": 5, "reason": "Outage."}).is(200))
	if aside.Status != api.VerificationStatusCannotComplete && aside.Status != api.VerificationStatusOverdue {
		t.Errorf("set aside, and %s", aside.Status)
	}
	extended := as[api.StaffCase](c.call(reviewer, "POST", c.path("/verification/extension"), map[string]any{"businessDays": 5, "partnerReason": "The register was closed.", "reason": "Outage."}).is(200))
	if len(extended.Extensions) != 1 || !extended.Expected.Latest.After(claimed.Expected.Latest) {
		t.Errorf("extended to %+v", extended.Expected)
	}
	c.call(secondReviewer, "POST", c.path("/verification/reassignment"), map[string]any{"to": map[string]any{"userId": me.UserID, "email": me.Email}, "reason": "Rae is away."}).is(200)
	c.call(secondReviewer, "POST", c.path("/verification/decision"), map[string]any{"decision": "Rejected", "reasonCodes": []string{"address_mismatch"}, "reason": "Moved."}).is(200)
	c.call(c.admin, "POST", c.path("/verification/appeal"), map[string]any{"message": "We moved last week."}).is(202)
	c.refused(refusal{by: secondReviewer, method: "POST", path: c.path("/verification/claim"), body: because("Mine."), status: 403, code: "four_eyes_required"})
	c.call(reviewer, "POST", c.path("/verification/claim"), because("The other pair of eyes.")).is(200)
	view := as[api.StaffCase](c.call(reviewer, "GET", c.path("/verification/case"), nil).is(200))
	if view.Appeal == nil || view.Appeal.Against.By != me.UserID || len(view.Notes) != 1 || view.Workflow.Execution == "" {
		t.Errorf("the case %+v", view)
	}
	c.decide("Authorized")
	for by, hidden := range map[string]bool{c.admin: true, reviewer: false} {
		timeline := string(c.call(by, "GET", c.path("/timeline?limit=50"), nil).is(200).body)
		if strings.Contains(timeline, "A secret of staff") == hidden || strings.Contains(timeline, "Outage.") == hidden || strings.Contains(timeline, reviewer) == hidden {
			t.Errorf("%s sees in the timeline: %s", by, timeline)
		}
	}
	c.sweep("outbox")
	var told string
	for _, m := range c.mails() {
		told += m.Subject + "\n"
	}
	if !strings.Contains(told, "A new date for") || !strings.Contains(told, "can't complete the verification yet") {
		t.Errorf("mailed: %s", told)
	}
}

func TestAStoppedExecutionIsStuckUntilItIsRedrivenAndThenGoesOn(t *testing.T) { // O2
	c := newWorld(t).newCompany().enrol()
	c.waitsFor("businessInfo")
	c.refused(refusal{by: reviewer, method: "POST", path: c.path("/workflow/redrive"), body: because("x"), status: 409, code: "workflow_running"})
	first := c.execution(1)
	if _, err := c.stack.StepFunctions().StopExecution(t.Context(), &sfn.StopExecutionInput{ExecutionArn: &first, Error: new("Test"), Cause: new("Stopped by hand.")}); err != nil {
		t.Fatal(err)
	}
	c.until("the stop", func() bool {
		out, err := c.stack.StepFunctions().DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &first})
		return err == nil && out.Status == "ABORTED"
	})
	// The event may be lost: the sweep asks.
	found, err := c.stack.Invoke(t.Context(), "operators", map[string]any{"sweep": "stopped"})
	if err != nil {
		t.Fatal(err)
	}
	if item := c.mustBeListed(reviewer, "queue=stuck", true); item.Status != "ABORTED" {
		t.Errorf("entry %+v after the sweep %s", item, found)
	}
	// As EventBridge tells it, late and twice.
	for range 2 {
		if _, err := c.stack.Invoke(t.Context(), "operators", map[string]any{
			"source": "aws.states", "detail-type": "Step Functions Execution Status Change",
			"detail": map[string]any{"executionArn": first, "status": "ABORTED", "input": `{"partnerId":"` + c.id + `","round":1}`, "error": "Test", "cause": "Stopped by hand."},
		}); err != nil {
			t.Fatal(err)
		}
	}
	if item := c.mustBeListed(reviewer, "queue=stuck", true); item.Status != "ABORTED" {
		t.Errorf("entry %+v", item)
	}
	c.save(c.info()) // the partner goes on meanwhile
	c.submit()
	out := as[api.RedriveResult](c.call(reviewer, "POST", c.path("/workflow/redrive"), because("Stopped by mistake.")).is(202))
	if out.Outcome != api.RedriveOutcomeStarted || out.Round != 2 {
		t.Errorf("redriven: %+v", out)
	}
	c.mustBeListed(reviewer, "queue=stuck", false)
	c.confirm()
	c.decide("Authorized")
	c.sign()
	c.partnered()
	c.mustEnd(c.execution(2), "Onboarded")
	c.mustBeActive()
	c.refused(refusal{by: reviewer, method: "POST", path: c.path("/workflow/redrive"), body: because("x"), status: 409, code: "workflow_not_needed"})
}
