package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

const (
	requests = "/partners/{partnerId}/location-requests"

	maxList = 3 << 20 // bytes: packed, it must fit into one transaction (4 MiB)

	// atOnce is how long a list is added before its request is answered: a short
	// one is there with the answer.
	atOnce = 3 * time.Second
)

// request accepts a whole list of locations, or none of it (L1, L2, L5), and
// begins to add it.
func (f function) request(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.LocationRequestInput](r)
	if err != nil {
		return store.Answer{}, err
	}
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	list := make([]onboarding.LocationEntry, len(body.Items))
	for i, l := range body.Items {
		list[i] = onboarding.LocationEntry{Name: l.Name, Address: view.FromAddress(l.Address)}
	}
	var judged onboarding.JudgedLocations
	var taken map[string]string
	var locations []onboarding.Location
	result, err := f.Commands.Run(r.Context(), command.Command{
		PartnerID: r.PartnerID(), By: r.By.Actor(), Request: request,
		Authorize: func(p onboarding.Partner) error { return onboarding.Authorize(r.By, onboarding.ActionAddLocation, p) },
		Look: func(ctx context.Context, record store.Record) (err error) {
			if err := record.Partner.MayRequestLocations(); err != nil {
				return err
			}
			judged = record.Partner.JudgeLocations(list, f.knowledge(), onboarding.Stamp{At: record.Partner.Now(f.Now())})
			taken, err = f.Store.TakenAddresses(ctx, record.Partner.ID, judged.AddressKeys())
			return err
		},
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (e onboarding.Event, err error) {
			e, locations, err = p.RequestLocations(app.NewID(app.LocationRequestPrefix, s.At), app.NewIDs(app.LocationPrefix, s.At, len(list)), judged, taken, s)
			return e, err
		},
		Locations: func() []onboarding.Location { return locations },
		Answer: func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			l := store.ListedLocations{LocationList: *p.LocationList, PartnerID: p.ID}
			return httpapi.JSONWith(http.StatusCreated, view.LocationRequest(l), "Location", "/partners/"+p.ID+"/location-requests/"+l.ID)
		},
	})
	if err != nil {
		return store.Answer{}, err
	}
	if result.Replayed {
		return httpapi.Replayed(result.Answer), nil
	}
	if list := result.Partner.LocationList; f.begin != nil && list != nil {
		f.addNow(r.Context(), result.Partner.ID, list.ID)
	}
	return result.Answer, nil
}

// addNow adds of a list what can be added while the caller waits. Whatever
// becomes of it, the sweep does the rest.
func (f function) addNow(ctx context.Context, partnerID, id string) {
	until := time.Now().Add(atOnce)
	if l, err := f.begin(ctx, partnerID, id, func() bool { return time.Now().After(until) }); err != nil && !errors.Is(err, context.Canceled) {
		slog.WarnContext(ctx, "a list of locations was left to the sweep", "partnerId", partnerID, "list", id, "added", l.Done, "error", err)
	}
}

// readRequest says how far a list is.
func (f function) readRequest(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionViewLocations, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	id := r.HTTP.PathValue("locationRequestId")
	if !strings.HasPrefix(id, app.LocationRequestPrefix) {
		return store.Answer{}, onboarding.NotFound()
	}
	l, err := f.Store.LocationList(r.Context(), p.ID, id)
	if err != nil {
		return store.Answer{}, err
	}
	if l.ID == "" {
		return store.Answer{}, onboarding.NotFound()
	}
	return httpapi.JSON(http.StatusOK, view.LocationRequest(l))
}
