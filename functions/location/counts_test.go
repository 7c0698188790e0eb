//go:build stack

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID + "/locations"

func wired(parts app.Parts) rig.Handler {
	f := function{Parts: parts, regions: region.Default()}
	return app.Step(f.router(), nil)
}

func berlin() map[string]any {
	return map[string]any{"name": "Contoso Berlin", "address": map[string]any{"country": "DE", "lines": []string{"Unter den Linden 1"}, "locality": "Berlin", "postalCode": "10117"}}
}

func tokyo() map[string]any {
	return map[string]any{"name": "Contoso Tokyo", "address": map[string]any{"country": "JP", "lines": []string{"1-1-2 Otemachi, Chiyoda-ku"}, "subdivision": "Tokyo", "postalCode": "100-0004"}}
}

const locationID = "L-1"

// located has a location of the legal region.
func located(r *rig.Rig) *rig.Rig {
	r.Active()
	a := onboarding.Address{Country: "DE", Lines: []string{"Friedrichstraße 7"}, Locality: "Berlin", PostalCode: "10117"}
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.AddLocation(locationID, "Contoso Mitte", a, function{regions: region.Default()}.knowledge(), s)
	})
	return r
}

func change(body any) rig.Call {
	return rig.Call{By: rig.Admin, Method: http.MethodPut, Path: path + "/" + locationID, Body: body, Headers: map[string]string{"If-Match": `"1"`}}
}

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	withLocation := func(r rig.Row) rig.Row { r.Cost.Reads++; return r } // it is no part of the partner
	return []rig.Row{
		rig.Free("listRegions", rig.Get(rig.Admin, "/regions")),
		withLocation(rig.Read("listLocations", located, rig.Get(rig.Admin, path+"?limit=10"))),
		withLocation(rig.Read("getLocation", located, rig.Get(rig.Admin, path+"/"+locationID))),
		rig.Command("addLocation", 201, 0, (*rig.Rig).Active, rig.Post(rig.Admin, path, berlin())),
		withLocation(rig.Command("changeLocation", 200, 0, located, change(berlin()))),
		withLocation(rig.Command("requestLocations", 201, 0, (*rig.Rig).Active, rig.Post(rig.Admin, requestsPath, map[string]any{"items": []any{berlin(), tokyo()}}))), // which addresses are taken
		withLocation(rig.Read("getLocationRequest", requested, rig.Get(rig.Admin, requestsPath+"/LR-1"))),
		withLocation(rig.Command("closeLocation", 200, 0, located, rig.Post(rig.Admin, path+"/"+locationID+"/closure", nil))),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "location", wired, rows(t))
}

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Active()
	r.Example(wired(r.Parts), 201)
}

func TestL2_TheListShowsTheLegalLocationFirstAndWhatEachNeeds(t *testing.T) {
	r := rig.New(t).Active()
	h := wired(r.Parts)
	for _, body := range []map[string]any{tokyo(), berlin()} {
		rig.Want[api.Location](r, h, 201, rig.Post(rig.Admin, path, body))
		r.Pass(time.Second)
	}
	page := rig.Want[api.LocationPage](r, h, 200, rig.Get(rig.Colleague, path))
	var names []string
	for _, l := range page.Items {
		names = append(names, l.Name)
		if want := l.Region == "eu-efta-uk"; l.MayTransact != want || (l.Needs.Code == "region_not_served") == want {
			t.Errorf("%s in %s: may transact %t, needs %+v", l.Name, l.Region, l.MayTransact, l.Needs)
		}
	}
	if want := []string{page.Items[0].Name, "Contoso Tokyo", "Contoso Berlin"}; !page.Items[0].Legal || !slices.Equal(names, want) || len(page.Regions) != 2 {
		t.Errorf("%v, regions %+v", names, page.Regions)
	}
	for query, want := range map[string]int{"?region=japan": 1, "?name=contoso b": 1, "?name=x": 0, "?region=eu-efta-uk&name=contoso": 2, "?region=brazil": 0} {
		if page := rig.Want[api.LocationPage](r, h, 200, rig.Get(rig.Reviewer, path+query)); len(page.Items) != want {
			t.Errorf("%s finds %d, want %d", query, len(page.Items), want)
		}
	}
	var seen []string
	for cursor := ""; ; {
		page := rig.Want[api.LocationPage](r, h, 200, rig.Get(rig.Admin, path+"?limit=1"+cursor))
		for _, l := range page.Items {
			seen = append(seen, l.Name)
		}
		if cursor = "&cursor=" + page.Next; page.Next == "" {
			break
		}
	}
	if !slices.Equal(seen, names) {
		t.Errorf("page by page %v", seen)
	}
	for _, by := range []rig.Caller{rig.Foreigner, rig.Distributor} {
		if status, _, _ := r.Do(h, rig.Get(by, path)); status < 403 {
			t.Errorf("%v sees the list: %d", by, status)
		}
	}
}

func TestL5_AnAddressIsThereOnceAndFreeAgainWhenItsLocationIsClosedOrMoved(t *testing.T) {
	r := rig.New(t).Active()
	h := wired(r.Parts)
	refused := func(status int, code string, c rig.Call) api.Problem {
		t.Helper()
		p := rig.Want[api.Problem](r, h, status, c)
		if p.Code != code {
			t.Errorf("%s %s: %s, want %s", c.Method, c.Path, p.Code, code)
		}
		return p
	}
	first := rig.Want[api.Location](r, h, 201, rig.Post(rig.Admin, path, berlin()))
	other := berlin()
	other["name"], other["address"].(map[string]any)["lines"] = "Another", []string{"UNTER DEN LINDEN, 1"}
	if p := refused(409, "location_exists", rig.Post(rig.Admin, path, other)); p.Where != path {
		t.Errorf("sent to %q", p.Where)
	}
	closed := rig.Want[api.Location](r, h, 200, rig.Post(rig.Admin, path+"/"+first.LocationID+"/closure", nil))
	if closed.Status != api.LocationStatusClosed || closed.MayTransact || closed.ClosedAt.IsZero() {
		t.Errorf("%+v", closed)
	}
	refused(409, "location_closed", rig.Post(rig.Admin, path+"/"+first.LocationID+"/closure", nil))
	second := rig.Want[api.Location](r, h, 201, rig.Post(rig.Admin, path, other))
	moved := map[string]any{"name": "Moved", "address": map[string]any{"country": "DE", "lines": []string{"Marienplatz 1"}, "locality": "München", "postalCode": "80331"}}
	put := rig.Call{By: rig.Admin, Method: http.MethodPut, Path: path + "/" + second.LocationID, Body: moved, Headers: map[string]string{"If-Match": `"1"`}}
	rig.Want[api.Location](r, h, 200, put)
	if status, header, body := r.Do(h, put); status != 412 || header.Get("ETag") != `"2"` {
		t.Errorf("an outdated change: %d, %v, %s", status, header, body)
	}
	rig.Want[api.Location](r, h, 201, rig.Post(rig.Admin, path, berlin()))
	refused(409, "location_exists", rig.Post(rig.Admin, path, moved))
	put.Body, put.Headers = berlin(), map[string]string{"If-Match": `"2"`}
	refused(409, "location_exists", put)
	if l := rig.Want[api.Location](r, h, 200, rig.Get(rig.Admin, path+"/"+first.LocationID)); l.Status != api.LocationStatusClosed {
		t.Errorf("a closed location reads %+v", l)
	}
	legal := rig.Want[api.Location](r, h, 200, rig.Get(rig.Admin, path+"/legal"))
	if !legal.Legal || !legal.MayTransact {
		t.Errorf("%+v", legal)
	}
	refused(409, "legal_location", rig.Post(rig.Admin, path+"/legal/closure", nil))
	refused(404, "not_found", rig.Get(rig.Admin, path+"/L-unknown"))
	refused(404, "not_found", rig.Post(rig.Admin, path+"/x/closure", nil))
	refused(403, "role_required", rig.Post(rig.Colleague, path, tokyo()))
	refused(422, "country_unsupported", rig.Post(rig.Admin, path, map[string]any{"name": "Contoso Havana", "address": map[string]any{"country": "CU", "lines": []string{"Calle 1"}, "locality": "Havana"}}))
	page := rig.Want[api.LocationPage](r, h, 200, rig.Get(rig.Admin, path+"?closed=true"))
	if len(page.Items) != 4 {
		t.Errorf("with the closed ones there are %d", len(page.Items))
	}
}

func TestTheRegionsSayWhatHoldsAndWhatChanges(t *testing.T) {
	r := rig.New(t)
	table := rig.Want[api.RegionTable](r, wired(r.Parts), 200, rig.Get(rig.Admin, "/regions?at=2026-03-20T12:00:00Z"))
	brazil := slices.IndexFunc(table.Items, func(r api.Region) bool { return r.Region == "brazil" })
	if len(table.Items) != 15 || brazil < 0 || !slices.Equal(table.Items[brazil].Markets, []string{"BR"}) || table.Source == "" {
		text, _ := json.Marshal(table)
		t.Errorf("%s", text)
	}
	rig.Want[api.Problem](r, wired(r.Parts), 422, rig.Get(rig.Admin, "/regions?at=soon"))
}
