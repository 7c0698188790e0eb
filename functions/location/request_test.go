//go:build stack

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/locationlist"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const requestsPath = "/partners/" + rig.PartnerID + "/location-requests"

// requested has a list of two locations that nobody adds yet.
func requested(r *rig.Rig) *rig.Rig {
	r.Active()
	var locations []onboarding.Location
	_, err := r.Parts.Commands.Run(context.Background(), command.Command{
		PartnerID: rig.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorPartner}, Authorize: onboarding.Known,
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (e onboarding.Event, err error) {
			list := []onboarding.LocationEntry{{Name: "Contoso Mitte", Address: onboarding.Address{Country: "DE", Lines: []string{"Friedrichstraße 7"}, Locality: "Berlin", PostalCode: "10117"}}}
			j := p.JudgeLocations(list, function{regions: region.Default()}.knowledge(), s)
			e, locations, err = p.RequestLocations("LR-1", []string{"L-1"}, j, nil, s)
			return e, err
		},
		Locations: func() []onboarding.Location { return locations },
	})
	if err != nil {
		panic(err)
	}
	return r
}

// branches is a list of locations, one in five of them in Japan.
func branches(n int) map[string]any {
	list := make([]any, n)
	for i := range list {
		l := berlin()
		if i%5 == 4 {
			l = tokyo()
		}
		l["name"] = fmt.Sprintf("Branch %04d", i)
		l["address"].(map[string]any)["lines"] = []string{fmt.Sprintf("Street %d", i)}
		list[i] = l
	}
	return map[string]any{"items": list}
}

func adder(r *rig.Rig) locationlist.Adder {
	return locationlist.Adder{Lists: r.Parts.Store, Commands: r.Parts.Commands, Now: r.Now}
}

func never() bool { return false }

// all reads every location that was added, page by page.
func all(t *testing.T, r *rig.Rig) (names []string) {
	t.Helper()
	for after := ""; ; {
		list, next, err := r.Parts.Store.Locations(t.Context(), rig.PartnerID, store.LocationQuery{After: after, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range list {
			names = append(names, l.Name)
		}
		if after = next; after == "" {
			return names
		}
	}
}

// Thousands of locations in one request, whoever adds them breaking off again
// and again, before a write or after it with its answer lost: each location is
// there once, in order, and counts.
func TestL1_AListOfThousandsIsAddedOnceHoweverOftenItBreaks(t *testing.T) {
	const n, breaks = 3000, 6
	r := rig.New(t).Active()
	h := wired(r.Parts)
	body := branches(n)
	text, _ := json.Marshal(body)
	start := time.Now()
	asked := rig.Want[api.LocationRequest](r, h, 201, rig.Post(rig.Admin, requestsPath, string(text)))
	accepted := time.Since(start)
	if asked.Status != api.LocationRequestStatusAdding || asked.Locations != n || asked.Added != 0 || asked.Who != api.PartyNobody || len(asked.Regions) != 2 {
		t.Fatalf("%+v", asked)
	}
	if p := rig.Want[api.Problem](r, h, 409, rig.Post(rig.Admin, path, berlin())); p.Code != "locations_being_added" || !strings.HasSuffix(p.Where, asked.RequestID) {
		t.Errorf("meanwhile: %+v", p)
	}
	if page := rig.Want[api.LocationPage](r, h, 200, rig.Get(rig.Colleague, path)); page.Adding != requestsPath+"/"+asked.RequestID || len(page.Items) != 1 {
		t.Errorf("meanwhile the list is %+v", page)
	}
	start = time.Now()
	broken := 0
	for try := 0; ; try++ {
		at, fault := 9+try%3, []rig.Fault{rig.Before, rig.Lost}[try%2]
		r.Network.Reset()
		if try < breaks {
			r.Network.Break(func(call int, _ string) rig.Fault {
				if call == at {
					return fault
				}
				return rig.None
			})
		}
		l, err := adder(r).Add(t.Context(), rig.PartnerID, asked.RequestID, never)
		if err != nil {
			broken++
		}
		if now := rig.Want[api.LocationRequest](r, h, 200, rig.Get(rig.Colleague, requestsPath+"/"+asked.RequestID)); now.Added < l.Done || now.Added != len(all(t, r)) {
			t.Fatalf("it is told that %d are there of %d", now.Added, len(all(t, r)))
		}
		if err == nil && try >= breaks {
			break
		}
		if try > 20 {
			t.Fatal(err)
		}
	}
	took := time.Since(start)
	names := all(t, r)
	for i, name := range names {
		if name != fmt.Sprintf("Branch %04d", i) {
			t.Fatalf("%s stands at %d", name, i)
		}
	}
	done := rig.Want[api.LocationRequest](r, h, 200, rig.Get(rig.Reviewer, requestsPath+"/"+asked.RequestID))
	if len(names) != n || done.Status != api.LocationRequestStatusAdded || done.Added != n || done.AddedAt.IsZero() || broken != breaks {
		t.Errorf("%d locations, broken %d times, %+v", len(names), broken, done)
	}
	p := r.Record().Partner
	if p.Locations["eu-efta-uk"] != n*4/5 || p.Locations["japan"] != n/5 || p.LocationList != nil {
		t.Errorf("it counts %v", p.Locations)
	}
	document, _ := json.Marshal(p)
	events, err := r.Parts.Store.Events(t.Context(), rig.PartnerID)
	if err != nil || events[len(events)-1].Data.Type() != "locations.added" || store.VerifyChain(events) != nil {
		t.Errorf("%v, the last event is %s", err, events[len(events)-1].Data.Type())
	}
	if due, err := r.Parts.Store.Due(t.Context(), store.DueLocations, r.Now().AddDate(1, 0, 0), 10); err != nil || len(due) != 0 {
		t.Errorf("still due: %v, %v", due, err)
	}
	if len(document) > 10<<10 {
		t.Errorf("the partner has %d bytes", len(document))
	}
	if p := rig.Want[api.Problem](r, h, 422, rig.Post(rig.Admin, requestsPath, body)); p.ErrorsTotal != n || len(p.Errors) != 100 || p.Errors[0].Pointer != "/items/0/address" || p.Errors[0].Code != "location_exists" {
		t.Errorf("sent again: %d errors of %d", len(p.Errors), p.ErrorsTotal)
	}
	rig.Want[api.Location](r, h, 201, rig.Post(rig.Admin, path, berlin()))
	t.Logf("%d locations in %d KB: accepted in %s, added in %s though broken off %d times; the partner has %d bytes", n, len(text)>>10, accepted.Round(time.Millisecond), took.Round(time.Millisecond), broken, len(document))
}

func TestL1_AShortListIsThereWithTheAnswerAndALeftOneIsFoundByTheSweep(t *testing.T) {
	r := rig.New(t).Active()
	f := function{Parts: r.Parts, regions: region.Default(), begin: adder(r).Add}
	h := rig.Handler(app.Step(f.router(), nil))
	call := rig.Post(rig.Admin, requestsPath, branches(100))
	call.Headers = map[string]string{"Idempotency-Key": "a list"}
	asked := rig.Want[api.LocationRequest](r, h, 201, call)
	if l := rig.Want[api.LocationRequest](r, h, 200, rig.Get(rig.Admin, requestsPath+"/"+asked.RequestID)); l.Status != api.LocationRequestStatusAdded || l.Added != 100 {
		t.Errorf("%+v", l)
	}
	if again := rig.Want[api.LocationRequest](r, h, 201, call); again.RequestID != asked.RequestID || len(all(t, r)) != 100 {
		t.Errorf("repeated: %+v", again)
	}
	rig.Want[api.Problem](r, h, 404, rig.Get(rig.Admin, requestsPath+"/LR-unknown"))
	rig.Want[api.Problem](r, h, 404, rig.Get(rig.Admin, requestsPath+"/x"))
	rig.Want[api.Problem](r, h, 403, rig.Post(rig.Colleague, requestsPath, branches(1)))
	rig.Want[api.Problem](r, h, 413, rig.Post(rig.Admin, requestsPath, `{"items": [`+strings.Repeat(" ", maxList)+`]}`))

	left := requested(rig.New(t))
	if due, err := left.Parts.Store.Due(t.Context(), store.DueLocations, left.Now(), 10); err != nil || len(due) != 0 {
		t.Errorf("who began is not left alone: %v, %v", due, err)
	}
	left.Pass(2 * time.Minute)
	due, err := left.Parts.Store.Due(t.Context(), store.DueLocations, left.Now(), 10)
	if err != nil || len(due) != 1 || due[0].PartnerID != rig.PartnerID || due[0].List != "LR-1" {
		t.Fatalf("%v, %v", due, err)
	}
	if err := left.Parts.Store.Postpone(t.Context(), due[0], left.Now().Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if due, _ := left.Parts.Store.Due(t.Context(), store.DueLocations, left.Now(), 10); len(due) != 0 {
		t.Errorf("put off, it is due: %v", due)
	}
	enough := func() bool { return true }
	if _, err := adder(left).Add(t.Context(), rig.PartnerID, "LR-1", enough); err != nil {
		t.Error(err)
	}
	if due, _ := left.Parts.Store.Due(t.Context(), store.DueLocations, left.Now(), 10); len(due) != 1 {
		t.Error("who has no time left keeps it")
	}
	done := make(chan error, 4)
	for range 4 { // at the same time
		go func() {
			_, err := adder(left).Add(t.Context(), rig.PartnerID, "LR-1", never)
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if _, err := adder(left).Add(t.Context(), rig.PartnerID, "LR-1", never); err != nil {
		t.Error(err)
	}
	if p := left.Record().Partner; p.Locations["eu-efta-uk"] != 1 || p.LocationList != nil {
		t.Errorf("%v", p.Locations)
	}
}

// The largest list there can be, of texts that hardly get smaller when packed,
// fits into its transaction.
func TestL1_TheLargestListIsAccepted(t *testing.T) {
	r := rig.New(t).Active()
	random := rand.New(rand.NewPCG(1, 2))
	body := branches(5000)
	for _, l := range body["items"].([]any) {
		name := make([]rune, 165)
		for i := range name {
			name[i] = rune(0x4E00 + random.IntN(0x5000))
		}
		l.(map[string]any)["name"] = string(name)
	}
	text, _ := json.Marshal(body)
	if len(text) > maxList || len(text) < maxList*9/10 {
		t.Fatalf("the body has %d bytes", len(text))
	}
	start := time.Now()
	asked := rig.Want[api.LocationRequest](r, wired(r.Parts), 201, rig.Post(rig.Admin, requestsPath, string(text)))
	took := time.Since(start)
	l, err := r.Parts.Store.LocationList(t.Context(), rig.PartnerID, asked.RequestID)
	if err != nil {
		t.Fatal(err)
	}
	next, _, err := r.Parts.Store.Unadded(t.Context(), l)
	if err != nil || len(next) < store.MostAdded {
		t.Errorf("a part has %d locations, %v", len(next), err)
	}
	t.Logf("%d KB accepted in %s; the first part has %d locations", len(text)>>10, took.Round(time.Millisecond), len(next))
}
