//go:build stack

package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/evidence"
)

// canadian is a test partner in Canada that may transact: there the agreement's
// next version takes effect on 1 January 2027.
func (w *world) canadian() *company {
	w.Helper()
	c := w.newCompany().forTests()
	c.save(c.info("/legalProfile/legalName", "Test Authorized", "/legalProfile/registrationNumber", "123456782", "/legalProfile/address", map[string]any{"country": "CA", "lines": []any{"1 Wellington St"}, "locality": "Ottawa", "subdivision": "ON", "postalCode": "K1A 0A9"},
		"/legalProfile/primaryContact/phone", "+1 613 555 0123"))
	c.submit()
	c.sign()
	c.call(c.admin, "POST", c.requested(adventure)+"/acceptance", nil).is(200)
	return c
}

func (c *company) agreement() api.Agreement {
	c.Helper()
	return as[api.Agreement](c.call(c.admin, "GET", c.path("/agreement"), nil).is(200))
}

func (c *company) eligible(query string) api.Eligibility {
	c.Helper()
	return as[api.Eligibility](c.call(adventure, "GET", c.path("/eligibility"+query), nil).is(200))
}

func unmet(e api.Eligibility) (codes []string) {
	for _, k := range e.Checks {
		if !k.Met {
			codes = append(codes, k.Code)
		}
	}
	return codes
}

func TestA6_ANewVersionIsAnnouncedAskedForByADateAndTransactingStopsThereUntilItIsAccepted(t *testing.T) {
	c := newWorld(t).canadian()
	a := c.agreement()
	if a.Version == "2027-01-ca" {
		t.Skip("the next version is in force by now")
	}
	if a.Status != "Accepted" || a.Coming.Version != "2027-01-ca" || a.Coming.Status != "Ready" || a.Coming.AcceptBy.Format(time.DateOnly) != "2027-03-31" {
		t.Fatalf("signed: %+v", a)
	}
	for _, version := range []string{"2026-09", "2027-01-ca"} { // A1: both can be read
		document := c.call(c.colleague, "GET", c.path("/agreement/document?version="+version), nil, "Accept", "application/pdf").is(200)
		if !strings.Contains(document.header.Get("Content-Disposition"), version) {
			t.Errorf("%s: %v", version, document.header)
		}
	}
	c.call(c.admin, "GET", c.path("/agreement/document?version=1999-01"), nil).is(404)

	_, types := c.advance(reviewer, "advanceTo", "2027-01-02T00:00:00Z")
	if want := []string{"agreement.renewalNotified", "agreement.renewalNotified"}; !slices.Equal(types, want) {
		t.Errorf("until it is in force: %v", types)
	}
	status := as[api.PartnerStatus](c.call(c.admin, "GET", c.path(""), nil).is(200))
	if status.Turn.Who != api.PartyPartner || status.Turn.Code != "agreement_reacceptance" || status.Turn.By.Format(time.DateOnly) != "2027-03-31" || status.Steps[3].Status != api.StepStatusCurrent {
		t.Errorf("in force: turn %+v, step %+v", status.Turn, status.Steps[3])
	}
	if e := c.eligible(""); !e.Eligible {
		t.Errorf("in the grace: %v", unmet(e))
	}
	if a := c.agreement(); a.Version != "2027-01-ca" || a.Status != "Outdated" || a.AcceptedVersion != "2026-09" {
		t.Errorf("in the grace: %+v", a)
	}
	old := map[string]any{"version": a.Version, "sha256": a.Documents[0].SHA256, "signerName": "Ada Byron", "signerTitle": "Director", "consent": true}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/agreement/acceptance"), body: old, status: 409, code: "agreement_version_stale"})

	done, types := c.advance(reviewer, "advanceTo", "2027-03-31T23:00:00Z")
	if e := c.eligible(""); !e.Eligible || len(types) != 3 {
		t.Errorf("the last hour: %v, happened %v", unmet(e), types)
	}
	done, types = c.advance(reviewer, "advanceTo", "2027-04-02T00:00:00Z")
	if e := c.eligible(""); e.Eligible || !slices.Equal(unmet(e), []string{"agreement_version_outdated"}) || len(types) != 1 || done.Turn.Code != "agreement_reacceptance" {
		t.Errorf("after the date: %v, happened %v, turn %+v", unmet(e), types, done.Turn)
	}
	if r := as[api.Requirements](c.call(c.admin, "GET", c.path("/requirements"), nil).is(200)); len(r.PastDue) != 1 || r.PastDue[0].Code != "agreement_reacceptance" {
		t.Errorf("past due %+v", r.PastDue)
	}
	c.call(c.colleague, "POST", c.path("/agreement/acceptance"), c.acceptance()).is(403) // A3
	c.sign()
	if e := c.eligible(""); !e.Eligible {
		t.Errorf("accepted again: %v", unmet(e))
	}
	for at, want := range map[string]bool{"2027-03-31T12:00:00Z": true, "2027-04-01T12:00:00Z": false} { // T3
		if e := c.eligible("?at=" + at); e.Eligible != want {
			t.Errorf("at %s: %t", at, e.Eligible)
		}
	}
	list := as[api.AgreementAcceptances](c.call(reviewer, "GET", c.path("/agreement/acceptances"), nil).is(200))
	if len(list.Items) != 2 || list.Items[0].Version != "2027-01-ca" || list.Items[1].Version != "2026-09" || list.Items[1].Consent == "" {
		t.Errorf("%+v", list)
	}
	for _, a := range list.Items {
		path := c.path("/agreement/acceptances/" + a.EventID + "/evidence")
		_, checks := evidence.Verify(c.call(c.admin, "GET", path, nil).is(200).body, "")
		for _, k := range checks {
			if k.Err != nil {
				t.Errorf("the evidence of %s: %s: %v", a.Version, k.Name, k.Err)
			}
		}
		if certificate := c.call(reviewer, "GET", path, nil, "Accept", "application/pdf").is(200); !strings.HasPrefix(string(certificate.body), "%PDF-") {
			t.Errorf("the certificate of %s begins with %.10q", a.Version, certificate.body)
		}
		c.call(c.colleague, "GET", path, nil).is(403)
	}
	var subjects []string
	c.until("the notices", func() bool {
		c.sweep("outbox")
		subjects = nil
		for _, m := range c.mails() {
			if slices.Contains(m.To, c.admin) && (strings.Contains(m.Subject, "new version") || strings.Contains(m.Subject, "new partner agreement")) {
				subjects = append(subjects, m.Subject)
			}
		}
		return len(subjects) >= 6
	})
	if len(subjects) != 6 {
		t.Errorf("notices to the admin: %q", subjects)
	}
}

func TestA6_TheNextVersionIsAcceptedAheadAndCountsFromItsFirstDay(t *testing.T) {
	c := newWorld(t).canadian()
	a := c.agreement()
	if a.Version == "2027-01-ca" {
		t.Skip("the next version is in force by now")
	}
	ahead := map[string]any{"version": a.Coming.Version, "sha256": a.Coming.Documents[1].SHA256, "signerName": "Ada Byron", "signerTitle": "Director", "consent": true}
	c.call(c.admin, "POST", c.path("/agreement/acceptance"), ahead).is(201)
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/agreement/acceptance"), body: ahead, status: 409, code: "agreement_already_accepted"})
	if _, types := c.advance(reviewer, "advanceTo", "2027-06-01T00:00:00Z"); len(types) != 0 {
		t.Errorf("happened %v", types)
	}
	if e := c.eligible(""); !e.Eligible {
		t.Errorf("%v", unmet(e))
	}
	if a := c.agreement(); a.Version != "2027-01-ca" || a.Status != "Accepted" || a.AcceptedVersion != "2027-01-ca" {
		t.Errorf("%+v", a)
	}
}
