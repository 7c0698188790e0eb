//go:build stack

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// change asks for a change of what was submitted.
func (c *company) change(changes ...any) api.BusinessInfoView {
	c.Helper()
	tag := c.call(c.admin, "GET", c.path("/business-info"), nil).is(200).header.Get("ETag")
	return as[api.BusinessInfoView](c.call(c.admin, "POST", c.path("/business-info/change"), c.info(changes...), "If-Match", tag).is(200))
}

// reverification is the execution that waits for a change.
func (c *company) reverification(change string) string {
	return strings.Replace(strings.Replace(c.execution(1), "-onboarding:", "-verification:", 1), ":onboarding-"+c.id+"-1", ":reverification-"+c.id+"-"+change, 1)
}

// waitsForChange waits until the workflow waits for a change: in time, or overdue
// where business days last seconds.
func (c *company) waitsForChange(change string) {
	c.Helper()
	c.until("the workflow's wait for the change "+change, func() bool {
		_, waits := c.workflow()
		return waits["changeDecision-"+change]+waits["escalatedChangeDecision-"+change] != ""
	})
}

// newLink is the path of the ownership link that was mailed to an address.
func (c *company) newLink(to string) (path string) {
	c.Helper()
	c.until("the link to "+to, func() bool {
		c.sweep("outbox")
		for _, m := range c.mails() {
			if i := strings.Index(m.Text, "/ownership-links/"); i >= 0 && slices.Contains(m.To, to) {
				path, _, _ = strings.Cut(strings.Fields(m.Text[i:])[0], ">")
			}
		}
		return path != ""
	})
	return path
}

func TestAContactThatIsChangedAfterTheAuthorizationComesIntoForceByItsConfirmation(t *testing.T) { // V7, V10
	c := newWorld(t).newCompany().active()
	c.mustEnd(c.execution(1), "Onboarded")
	noor := []any{"/legalProfile/primaryContact/email", "noor@" + c.domain, "/legalProfile/primaryContact/firstName", "Noor"}
	preview := as[api.BusinessInfoChangePreview](c.call(c.admin, "POST", c.path("/business-info/change/preview"), c.info(noor...)).is(200))
	if preview.Effect != "ConfirmationEnough" || len(preview.Parts) != 1 || preview.Text == "" {
		t.Errorf("the preview says %+v", preview)
	}
	v := c.change(noor...)
	if v.Change == nil || v.Change.Status != "Pending" || v.BusinessInfo.LegalProfile.PrimaryContact.FirstName != "Ada" {
		t.Fatalf("in force %+v, proposed %+v", v.BusinessInfo.LegalProfile.PrimaryContact, v.Change)
	}
	c.waitsForChange("1")
	if e := as[api.Eligibility](c.call(northwind, "GET", c.path("/eligibility"), nil).is(200)); !e.Eligible {
		t.Errorf("transacting is held up: %+v", e)
	}
	old := c.newLink("noor@" + c.domain)
	c.change("/legalProfile/primaryContact/email", "nora@"+c.domain)
	c.waitsForChange("2")
	c.mustEnd(c.reverification("1"), "Withdrawn")
	c.call("", "POST", old, nil).is(404)
	c.call("", "POST", c.newLink("nora@"+c.domain), nil).is(200)
	c.mustEnd(c.reverification("2"), "Authorized")
	if got := as[api.BusinessInfoView](c.call(c.admin, "GET", c.path("/business-info"), nil).is(200)); got.Change != nil || got.BusinessInfo.LegalProfile.PrimaryContact.Email != "nora@"+c.domain {
		t.Errorf("in force %+v, proposed %+v", got.BusinessInfo.LegalProfile.PrimaryContact, got.Change)
	}
	c.mustBeActive()
}

func TestAnAddressThatIsRejectedLeavesTheOldOneAndTheOnboardingGoesOnMeanwhile(t *testing.T) { // V7
	c := newWorld(t).newCompany().authorized()
	c.waitsFor("agreement")
	street := []any{"/legalProfile/address/lines", []any{"2 High Street"}}
	c.change(street...)
	c.waitsForChange("1")
	if _, waits := c.workflow(); waits["agreement"] == "" {
		t.Errorf("the change took the onboarding's wait: %v", waits)
	}
	c.sign()
	c.waitsFor("distributor")
	if _, waits := c.workflow(); waits["changeDecision-1"]+waits["escalatedChangeDecision-1"] == "" {
		t.Errorf("the onboarding took the change's wait: %v", waits)
	}
	decide := func(decision string, reasonCodes ...string) answer {
		v := as[api.Verification](c.call(reviewer, "GET", c.path("/verification"), nil).is(200))
		body := map[string]any{"decision": decision, "reason": "Compared with the register.", "caseId": v.CaseID}
		if len(reasonCodes) > 0 {
			body["reasonCodes"] = reasonCodes
		}
		return c.call(reviewer, "POST", c.path("/verification/decision"), body)
	}
	c.call(reviewer, "POST", c.path("/verification/decision"), map[string]any{"decision": "Authorized", "reason": "Unseen."}).is(409)
	decide("Rejected", "address_mismatch").is(200)
	c.mustEnd(c.reverification("1"), "Rejected")
	v := as[api.BusinessInfoView](c.call(c.admin, "GET", c.path("/business-info"), nil).is(200))
	if v.BusinessInfo.LegalProfile.Address.Lines[0] != "1 High Street" || v.Change == nil || v.Change.Status != "Rejected" {
		t.Errorf("in force %+v, proposed %+v", v.BusinessInfo.LegalProfile.Address, v.Change)
	}
	c.change(street...)
	c.waitsForChange("2")
	decide("Authorized").is(200)
	c.mustEnd(c.reverification("2"), "Authorized")
	if v := as[api.BusinessInfoView](c.call(c.admin, "GET", c.path("/business-info"), nil).is(200)); v.BusinessInfo.LegalProfile.Address.Lines[0] != "2 High Street" {
		t.Errorf("in force %+v", v.BusinessInfo.LegalProfile.Address)
	}
	c.partnered()
	c.mustEnd(c.execution(1), "Onboarded")
	c.mustBeActive()
	c.change("/legalProfile/tradingName", "Contoso Cloud", "/legalProfile/address/lines", []any{"2 High Street"})
	c.change("/legalProfile/address/lines", []any{"3 High Street"})
	c.waitsForChange("3")
	c.call(c.admin, "POST", c.path("/business-info/change/withdrawal"), nil).is(200)
	c.mustEnd(c.reverification("3"), "Withdrawn")
	c.mustBeActive()
}

func TestAMistypedContactIsCorrectedWithoutARejection(t *testing.T) { // V10
	c := newWorld(t).newCompany().submitted()
	old := c.link()
	c.change("/legalProfile/primaryContact/email", "byron@"+c.domain)
	c.call("", "POST", old, nil).is(404)
	c.call("", "POST", c.newLink("byron@"+c.domain), nil).is(200)
	c.decide("Authorized")
	c.waitsFor("agreement")
}
