//go:build stack

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// forTests enrols the company as a test partner.
func (c *company) forTests() *company {
	c.Helper()
	body := c.enrolment()
	body["test"] = true
	p := as[api.Enrollment](c.call(c.admin, "POST", "/partners", body).is(201)).Partner
	if c.id = p.PartnerID; !p.Test || time.Since(p.TestClock.Now).Abs() > time.Minute {
		c.Errorf("enrolled %+v", p)
	}
	return c
}

// named submits the details with a legal name.
func (c *company) named(legalName string) *company {
	c.Helper()
	c.save(c.info("/legalProfile/legalName", legalName))
	c.submit()
	return c
}

// advance moves the company's clock on.
func (c *company) advance(by, member string, value any, headers ...string) (done api.TestClockAdvance, types []string) {
	c.Helper()
	done = as[api.TestClockAdvance](c.call(by, "POST", c.path("/test-clock"), map[string]any{member: value}, headers...).is(200))
	for _, e := range done.Happened {
		types = append(types, e.Type)
	}
	if !done.Done || !done.Test || done.TestClock.Now.Before(done.Target) {
		c.Errorf("advanced to %+v", done)
	}
	return done, types
}

// queued says whether a queue lists the company, among the test partners or the
// real ones.
func (c *company) queued(queue string, test bool) bool {
	c.Helper()
	path := "/partners?limit=100&queue=" + queue
	if test {
		path += "&test=true"
	}
	for next := ""; ; {
		page := as[api.QueuePage](c.call(reviewer, "GET", path+next, nil).is(200))
		if i := slices.IndexFunc(page.Items, func(i api.QueueItem) bool { return i.PartnerID == c.id }); i >= 0 {
			return page.Items[i].Test == test
		}
		if page.Next == "" {
			return false
		}
		next = "&cursor=" + page.Next
	}
}

func TestATestPartnersDaysPassOnCommandAndEverythingHappensInOrder(t *testing.T) { // V2, V6, V9
	c := newWorld(t).newCompany().forTests().named("Test Overdue")
	if v := c.verification(); v.Status != api.VerificationStatusUnderReview || !v.Test || v.Turn.Who != api.PartyReviewer {
		t.Fatalf("a second after submitting: %+v", v)
	}
	done, types := c.advance(c.admin, "businessDays", 6, "Idempotency-Key", "six-days")
	if !slices.Equal(types, []string{"verification.reviewersReminded", "verification.escalated"}) || done.Turn.Code != "verification_overdue" {
		t.Fatalf("%v, turn %+v", types, done.Turn)
	}
	if again, _ := c.advance(c.admin, "businessDays", 6, "Idempotency-Key", "six-days"); !again.Target.Equal(done.Target) {
		t.Errorf("the same request again moved the clock on, to %s", again.Target)
	}
	if v := c.verification(); v.Status != api.VerificationStatusOverdue || !v.EscalatedAt.Equal(v.Expected.Latest) {
		t.Errorf("escalated at %s, expected by %s", v.EscalatedAt, v.Expected.Latest)
	}
	c.until("the queue of overdue test partners", func() bool { return c.queued("overdue", true) })
	if c.queued("overdue", false) || c.queued("verification", true) {
		t.Error("a test partner stands in another queue, too")
	}
	c.waitsFor("escalatedDecision")
	c.decide("Authorized")
	c.waitsFor("agreement")

	done, types = c.advance(reviewer, "advanceBy", "P2M") // nobody signs
	if want := []string{"partner.reminded", "partner.reminded", "partner.reminded", "partner.reminded"}; !slices.Equal(types, want) {
		t.Fatalf("%v", types)
	}
	for i, days := range []int{3, 7, 14, 30} {
		if got := done.Happened[i].At.Sub(done.Happened[0].At); got != time.Duration(days-3)*24*time.Hour {
			t.Errorf("the reminder of day %d comes %s after the first", days, got)
		}
	}
	c.until("the queue of dormant test partners", func() bool { return c.queued("dormant", true) })
	if _, output := c.ended(c.execution(1)); output["outcome"] != "Paused" {
		t.Errorf("the execution ended with %v", output)
	}
	c.sign() // it wakes up
	c.partnered()
	status := as[api.PartnerStatus](c.call(c.admin, "GET", c.path(""), nil).is(200))
	if status.Turn.Who != api.PartyNobody || !status.Test || time.Until(status.TestClock.Now) < 55*24*time.Hour {
		t.Errorf("in the end %+v", status)
	}
	c.until("the mails", func() bool { c.sweep("outbox"); return len(c.mails()) >= 16 })
	var subjects []string
	for _, m := range c.mails() {
		if subjects = append(subjects, m.Subject); !strings.HasPrefix(m.Subject, "[Test] ") {
			t.Errorf("the subject %q", m.Subject)
		}
	}
	t.Logf("mails %q", subjects)
}

func TestAMagicValueDecidesWithinTheSameSecond(t *testing.T) { // V3, V4, V11
	c := newWorld(t).newCompany().forTests().named("Test Rejected address_mismatch")
	v := c.verification()
	if v.Status != api.VerificationStatusRejected || v.Decision.Reasons[0].Code != "address_mismatch" || !v.CanAppeal {
		t.Fatalf("%+v", v)
	}
	c.call(c.admin, "POST", c.path("/verification/appeal"), map[string]any{"message": "The register is out of date."}).is(202)
	if v := c.verification(); v.Status != api.VerificationStatusAuthorized {
		t.Errorf("after the appeal: %+v", v)
	}
	c.sign()
	c.partnered()
	c.mustEnd(c.execution(2), "Onboarded")
	d := newWorldOf(c).newCompany().forTests().named("test documents authorized")
	if v := d.verification(); v.Status != api.VerificationStatusDocumentsRequested || v.Turn.Code != "documents" {
		t.Errorf("%+v", v)
	}
}

func newWorldOf(c *company) *world { return &world{c.T, c.stack} }

func TestARealPartnersClockIsTheRealOneAndMagicNamesAreNames(t *testing.T) {
	c := newWorld(t).newCompany().enrol().named("Test Authorized")
	if v := c.verification(); v.Status == api.VerificationStatusAuthorized || v.Test {
		t.Fatalf("%+v", v)
	}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/test-clock"), body: map[string]any{"advanceBy": "P1D"}, status: 409, code: "not_a_test_partner"})
	status := as[api.PartnerStatus](c.call(c.admin, "GET", c.path(""), nil).is(200))
	if status.Test || !status.TestClock.Now.IsZero() {
		t.Errorf("%+v", status)
	}
}
