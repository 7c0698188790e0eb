//go:build stack

package e2e

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// A location in a region that is new to the company: it is added at once, the
// company is told what it needs there, and with a distributor that serves the
// region it may transact there, too (L2).
func TestALocationInANewRegionIsUsedWithADistributorThatServesIt(t *testing.T) {
	c := newWorld(t).newCompany().active()
	boston := map[string]any{"name": "Contoso Boston", "address": map[string]any{"country": "US", "lines": []string{"1 Beacon Street"}, "locality": "Boston", "subdivision": "MA", "postalCode": "02108"}}
	c.refused(refusal{by: adventure, method: "POST", path: c.path("/relationships"), body: map[string]any{}, status: 409, code: "region_not_served"}) // D5
	l := as[api.Location](c.call(c.admin, "POST", c.path("/locations"), boston).is(201))
	if l.Region != "united-states" || l.MayTransact || l.Needs.Code != "region_not_served" || l.Needs.Who != api.PartyPartner || l.Needs.Where != "/distributors" {
		t.Errorf("added as %+v", l)
	}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/locations"), body: boston, status: 409, code: "location_exists", where: c.path("/locations")}) // L5
	gate := func(by, query string) api.Eligibility {
		t.Helper()
		return as[api.Eligibility](c.call(by, "GET", c.path("/eligibility"+query), nil).is(200))
	}
	if gate(c.admin, "?locationId="+l.LocationID).Eligible || !gate(c.admin, "").Eligible || gate(northwind, "?locationId="+l.LocationID).Eligible {
		t.Error("before a distributor serves it, the location is used, or the legal address isn't")
	}
	c.call(c.admin, "POST", c.requested(adventure)+"/acceptance", nil).is(200)
	if e := gate(c.admin, "?locationId="+l.LocationID); !e.Eligible || e.DistributorID != "DIST-ADVENTURE" {
		t.Errorf("%+v", e)
	}
	if !gate(adventure, "?locationId="+l.LocationID).Eligible || gate(adventure, "").Eligible || !gate(c.admin, "?locationId=legal").Eligible {
		t.Error("a distributor serves where it doesn't, or doesn't where it does")
	}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/locations/legal/closure"), status: 409, code: "legal_location", where: c.path("/business-info/change")})
	if page := as[api.LocationPage](c.call(c.colleague, "GET", c.path("/locations"), nil).is(200)); len(page.Items) != 2 || !page.Items[0].Legal || !page.Items[1].MayTransact {
		t.Errorf("the list: %+v", page)
	}
	c.call(c.admin, "POST", c.path("/locations/"+l.LocationID+"/closure"), nil).is(200)
	if gate(c.admin, "?locationId="+l.LocationID).Eligible {
		t.Error("a closed location is used")
	}
}
