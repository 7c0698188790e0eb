//go:build stack

package e2e

import (
	"slices"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
)

func (c *company) standing(by string) api.Standing {
	c.Helper()
	return as[api.Standing](c.call(by, "GET", c.path("/standing"), nil).is(200))
}

// gate is the answer of the check of the standing, for whoever asks.
func (c *company) gate(by string) (eligible bool, standing api.EligibilityCheck) {
	c.Helper()
	e := as[api.Eligibility](c.call(by, "GET", c.path("/eligibility"), nil).is(200))
	return e.Eligible, e.Checks[len(e.Checks)-1]
}

func TestA8_ASuspensionIsWarnedOfBeginsAtItsTimeAndEndsWithNothingLost(t *testing.T) {
	c := newWorld(t).newCompany().forTests().named("Test Authorized")
	c.pass("PT1H")
	c.sign()
	c.partnered()
	before := as[api.RelationshipList](c.call(c.admin, "GET", c.path("/relationships"), nil).is(200))
	c.call(reviewer, "POST", c.path("/suspension"), map[string]any{"code": "payment_default", "partnerReason": "Invoices are open.", "reason": "Ticket 4711."}).is(200)
	if !c.queued("warned", true) {
		t.Error("staff doesn't find who is warned")
	}
	if ok, _ := c.gate(northwind); !ok {
		t.Error("warned, and may not transact")
	}
	types := c.pass("P31D")
	if i, j := slices.Index(types, "suspension.warned"), slices.Index(types, "partner.suspended"); i < 0 || j < i {
		t.Errorf("what happened: %v", types)
	}
	for _, by := range []string{c.admin, reviewer, northwind} {
		if s := c.standing(by); s.Status != "Suspended" || s.Suspension.Code != "payment_default" || (s.Suspension.Message == "") != (by == northwind) {
			t.Errorf("%s sees %+v", by, s)
		}
	}
	if ok, k := c.gate(northwind); ok || k.Code != "suspended" || k.Cause != "payment_default" || k.Who != "partner" {
		t.Errorf("the gate says %+v", k)
	}
	c.call(c.admin, "POST", c.path("/suspension/answer"), map[string]any{"kind": "mended", "message": "All is paid."}).is(200)
	if !c.queued("answers", true) {
		t.Error("staff doesn't find the answer")
	}
	s := as[api.Standing](c.call(reviewer, "POST", c.path("/suspension/decision"), map[string]any{"decision": "Reinstated", "reason": "Paid."}).is(200))
	if s.Status != "Active" || len(s.History) != 1 {
		t.Errorf("%+v", s)
	}
	after := as[api.RelationshipList](c.call(c.admin, "GET", c.path("/relationships"), nil).is(200))
	if ok, _ := c.gate(northwind); !ok || len(after.Items) != len(before.Items) || after.Items[0] != before.Items[0] {
		t.Errorf("eligible %t, %+v, was %+v", ok, after, before)
	}
	c.call(c.admin, "POST", c.path("/departure"), map[string]any{"understood": true}).is(200)
	if ok, k := c.gate(northwind); ok || k.Code != "left" {
		t.Errorf("left, and the gate says %+v", k)
	}
	c.call(c.admin, "POST", c.path("/return"), nil).is(200)
	if ok, _ := c.gate(northwind); !ok {
		t.Error("back, and may not transact")
	}
}
