package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

const root = "/partners/{partnerId}/locations"

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /regions", f.listRegions)
	r.Handle("GET "+root, f.list)
	r.Handle("POST "+root, f.add)
	r.HandleLarge("POST "+requests, maxList, f.request)
	r.Handle("GET "+requests+"/{locationRequestId}", f.readRequest)
	r.Handle("GET "+root+"/{locationId}", f.read)
	r.Handle("PUT "+root+"/{locationId}", f.change)
	r.Handle("POST "+root+"/{locationId}/closure", f.end)
	return r
}

// listRegions answers the table of regions that holds at a time.
func (f function) listRegions(r *httpapi.Request) (store.Answer, error) {
	at := f.Now()
	if text := r.HTTP.URL.Query().Get("at"); text != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, text); err != nil {
			return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/at", Code: onboarding.FaultInvalid, Message: "Use a time such as 2026-11-24T12:00:00Z."}})
		}
	}
	table := f.regions.At(at)
	out := api.RegionTable{Effective: view.Time(table.Effective()), Until: view.Time(table.Until()), Source: table.Source(), Items: []api.Region{}, Changes: []api.RegionChange{}}
	for _, r := range table.All() {
		out.Items = append(out.Items, api.Region{Region: r.ID, Name: r.Name, Markets: r.Markets})
	}
	for _, later := range f.regions.All() {
		if !later.Effective().After(at) {
			continue
		}
		for _, m := range later.Moves() {
			out.Changes = append(out.Changes, api.RegionChange{Effective: view.Time(later.Effective()), Source: later.Source(), Market: m.Market, From: somewhere(m.From), To: somewhere(m.To)})
		}
	}
	return httpapi.JSON(http.StatusOK, out)
}

func somewhere(id string) string {
	if id == region.Nowhere {
		return ""
	}
	return id
}

// list answers a page of the locations, the legal one first.
func (f function) list(r *httpapi.Request) (store.Answer, error) {
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	p, err := r.Partner(f.Store, onboarding.ActionViewLocations, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	query := r.HTTP.URL.Query()
	q := store.LocationQuery{Region: query.Get("region"), Name: query.Get("name"), After: query.Get("cursor"), Limit: limit, Closed: query.Get("closed") == "true"}
	page := api.LocationPage{Items: []api.Location{}, Test: p.Test, Regions: view.RegionCounts(p), Adding: view.Adding(p)}
	if q.After == "" {
		if legal, ok := p.LegalLocation(); ok && q.Finds(legal) {
			page.Items = append(page.Items, f.view(p, legal))
			q.Limit--
		}
	}
	if q.After == onboarding.LegalLocation {
		q.After = ""
	}
	if q.Limit == 0 {
		page.Next = onboarding.LegalLocation
		return httpapi.JSON(http.StatusOK, page)
	}
	locations, next, err := f.Store.Locations(r.Context(), p.ID, q)
	if err != nil {
		return store.Answer{}, err
	}
	for _, l := range locations {
		page.Items = append(page.Items, f.view(p, l))
	}
	page.Next = next
	return httpapi.JSON(http.StatusOK, page)
}

func (f function) view(p onboarding.Partner, l onboarding.Location) api.Location {
	now := p.Now(f.Now())
	current, _ := agreement.Table{}.Current(p.Region, now)
	return view.Location(p, l, current, now)
}

// add adds a location (L1, L2).
func (f function) add(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.LocationInput](r)
	if err != nil {
		return store.Answer{}, err
	}
	var added onboarding.Location
	return r.Command(f.Commands, onboarding.ActionAddLocation,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			e, err := p.AddLocation(app.NewID(app.LocationPrefix, s.At), body.Name, view.FromAddress(body.Address), f.knowledge(), s)
			if d, ok := e.Data.(onboarding.LocationAdded); ok {
				added = d.Location
			}
			return e, err
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return f.answer(http.StatusCreated, p, added)
		})
}

func (f function) answer(status int, p onboarding.Partner, l onboarding.Location) (store.Answer, error) {
	headers := []string{"ETag", httpapi.ETag(l.Revision)}
	if status == http.StatusCreated {
		headers = append(headers, "Location", "/partners/"+p.ID+"/locations/"+l.ID)
	}
	return httpapi.JSONWith(status, f.view(p, l), headers...)
}

func (f function) read(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionViewLocations, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	l, err := f.location(r.Context(), p, r.HTTP.PathValue("locationId"))
	if err != nil {
		return store.Answer{}, err
	}
	if l.ID == "" {
		return store.Answer{}, onboarding.NotFound()
	}
	return f.answer(http.StatusOK, p, l)
}

// location is a partner's location as it is, the zero one when there is none of
// this id.
func (f function) location(ctx context.Context, p onboarding.Partner, id string) (onboarding.Location, error) {
	if id == onboarding.LegalLocation {
		l, _ := p.LegalLocation()
		return l, nil
	}
	if !strings.HasPrefix(id, app.LocationPrefix) {
		return onboarding.Location{}, nil
	}
	return f.Store.Location(ctx, p.ID, id)
}

// change corrects a location.
func (f function) change(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.LocationInput](r)
	if err != nil {
		return store.Answer{}, err
	}
	revision, err := r.IfMatch()
	if err != nil {
		return store.Answer{}, err
	}
	return f.onLocation(r, onboarding.ActionChangeLocation, func(p onboarding.Partner, l onboarding.Location, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ChangeLocation(l, revision, body.Name, view.FromAddress(body.Address), f.knowledge(), s)
	})
}

// end closes a location.
func (f function) end(r *httpapi.Request) (store.Answer, error) {
	return f.onLocation(r, onboarding.ActionCloseLocation, func(p onboarding.Partner, l onboarding.Location, s onboarding.Stamp) (onboarding.Event, error) {
		return p.CloseLocation(l, s)
	})
}

// onLocation carries out a command on the path's location, which is read anew
// on every try. A location that somebody changed in between makes another try.
func (f function) onLocation(r *httpapi.Request, action onboarding.Action, decide func(onboarding.Partner, onboarding.Location, onboarding.Stamp) (onboarding.Event, error)) (store.Answer, error) {
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	var is, after onboarding.Location
	result, err := f.Commands.Run(r.Context(), command.Command{
		PartnerID: r.PartnerID(), By: r.By.Actor(), Request: request,
		Authorize: func(p onboarding.Partner) error { return onboarding.Authorize(r.By, action, p) },
		Look: func(ctx context.Context, record store.Record) (err error) {
			is, err = f.location(ctx, record.Partner, r.HTTP.PathValue("locationId"))
			return err
		},
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			e, err := decide(p, is, s)
			switch d := e.Data.(type) {
			case onboarding.LocationChanged:
				after = d.Location
			case onboarding.LocationEnded:
				after = d.Location
			}
			return e, err
		},
		Answer: func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return f.answer(http.StatusOK, p, after)
		},
	})
	if err != nil && onboarding.CodeOf(err) == onboarding.CodeStaleVersion {
		return store.Answer{Headers: map[string]string{"ETag": httpapi.ETag(is.Revision)}}, err
	}
	if result.Replayed {
		return httpapi.Replayed(result.Answer), err
	}
	return result.Answer, err
}
