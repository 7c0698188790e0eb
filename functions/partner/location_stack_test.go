//go:build stack

package main

import (
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

// located has a location in Japan, which its distributor doesn't serve.
func located(r *rig.Rig) *rig.Rig {
	r.Active()
	a := onboarding.Address{Country: "JP", Lines: []string{"1-1-2 Otemachi, Chiyoda-ku"}, Subdivision: "Tokyo", PostalCode: "100-0004"}
	r.Pass(time.Hour)
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.AddLocation("L-1", "Contoso Tokyo", a, rig.Knowledge(), s)
	})
	return r
}

func TestT1_TheGateIsAskedAboutALocation(t *testing.T) {
	r := located(rig.New(t))
	h := wired(r.Parts)
	ask := func(query string) (e api.Eligibility, unmet []string) {
		t.Helper()
		e = rig.Want[api.Eligibility](r, h, 200, rig.Get(rig.Admin, path+"/eligibility"+query))
		for _, c := range e.Checks {
			if !c.Met {
				unmet = append(unmet, c.Code)
			}
		}
		return e, unmet
	}
	if e, unmet := ask("?locationId=L-1"); e.Eligible || e.LocationID != "L-1" || len(unmet) != 1 || unmet[0] != "region_not_served" {
		t.Errorf("in a region that isn't served: %v", unmet)
	}
	for _, query := range []string{"", "?locationId=legal"} {
		if e, unmet := ask(query); !e.Eligible {
			t.Errorf("%q, at the legal address: %v", query, unmet)
		}
	}
	before := r.Now().Add(-time.Minute).Format(time.RFC3339)
	if e, unmet := ask("?locationId=L-1&at=" + before); e.Eligible || len(unmet) != 2 || unmet[1] != "location_not_added" {
		t.Errorf("T3 before it was added: %v", unmet)
	}
	rig.Want[api.Problem](r, h, 404, rig.Get(rig.Admin, path+"/eligibility?locationId=L-2"))
	rig.Want[api.Problem](r, h, 404, rig.Get(rig.Foreigner, path+"/eligibility?locationId=L-1"))
}
