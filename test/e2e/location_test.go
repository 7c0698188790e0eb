//go:build stack

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

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

// Two thousand locations in one request: one row that can't be is told and
// nothing is kept; mended, the list goes on by itself until all are there (L1).
func TestL1_ThousandsOfLocationsAreAddedByOneRequest(t *testing.T) {
	const n = 2000
	c := newWorld(t).newCompany().active()
	list := make([]any, n)
	for i := range list {
		list[i] = map[string]any{"name": fmt.Sprintf("Branch %d", i), "address": map[string]any{"country": "DE", "lines": []string{fmt.Sprintf("Hauptstraße %d", i)}, "locality": "Berlin", "postalCode": "10117"}}
	}
	address := list[1234].(map[string]any)["address"].(map[string]any)
	address["postalCode"] = "1"
	p := as[api.Problem](c.call(c.admin, "POST", c.path("/location-requests"), map[string]any{"items": list}).is(422))
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/items/1234/address/postalCode" {
		t.Fatalf("%+v", p)
	}
	address["postalCode"] = "10117"
	r := as[api.LocationRequest](c.call(c.admin, "POST", c.path("/location-requests"), map[string]any{"items": list}, "Idempotency-Key", "branches of "+c.id).is(201))
	again := as[api.LocationRequest](c.call(c.admin, "POST", c.path("/location-requests"), map[string]any{"items": list}, "Idempotency-Key", "branches of "+c.id).is(201))
	if r.Locations != n || again.RequestID != r.RequestID {
		t.Errorf("%+v, again %+v", r, again)
	}
	for end := time.Now().Add(3 * time.Minute); r.Status != api.LocationRequestStatusAdded; {
		if time.Now().After(end) {
			t.Fatalf("still %+v", r)
		}
		time.Sleep(500 * time.Millisecond)
		c.call(c.admin, "POST", c.path("/locations"), list[0])
		r = as[api.LocationRequest](c.call(c.colleague, "GET", c.path("/location-requests/"+r.RequestID), nil).is(200))
	}
	page := as[api.LocationPage](c.call(c.colleague, "GET", c.path("/locations?limit=3"), nil).is(200))
	if len(page.Items) != 3 || page.Items[1].Name != "Branch 0" || page.Items[2].Name != "Branch 1" || page.Regions[0].Locations != n+1 {
		t.Errorf("%+v", page)
	}
	var types []string
	for _, e := range as[api.Timeline](c.call(c.admin, "GET", c.path("/timeline"), nil).is(200)).Items {
		types = append(types, e.Type)
	}
	if told := strings.Join(types, " "); !strings.HasPrefix(told, "locations.added locations.requested ") {
		t.Errorf("the timeline: %s", told)
	}
}
