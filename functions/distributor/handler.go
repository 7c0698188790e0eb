package main

import (
	"net/http"
	"slices"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /distributors", f.search)
	r.Handle("GET /partners/{partnerId}/relationships", f.list)
	r.Handle("POST /partners/{partnerId}/relationships", f.request)
	r.Handle("GET /partners/{partnerId}/relationships/{relationshipId}", f.one)
	r.Handle("POST /partners/{partnerId}/relationships/{relationshipId}/resend", f.resend)
	r.Handle("POST /partners/{partnerId}/relationships/{relationshipId}/cancellation", f.cancel)
	r.Handle("POST /partners/{partnerId}/relationships/{relationshipId}/acceptance", f.accept)
	r.Handle("POST /partners/{partnerId}/relationships/{relationshipId}/decline", f.decline)
	r.Handle("GET /partners/{partnerId}/relationships/{relationshipId}/termination", f.previewEnd)
	r.Handle("POST /partners/{partnerId}/relationships/{relationshipId}/termination", f.end)
	r.Handle("POST /relationship-invitations", f.invite)
	r.Handle("GET /relationship-invitations", f.invitations)
	r.Handle("POST /relationship-invitations/{resellerInvitationId}/cancellation", f.cancelInvitation)
	r.Handle("GET /relationship-invitation-links/{token}", f.showInvitation)
	r.Handle("POST /partners/{partnerId}/relationship-invitation-links/{token}/acceptance", f.useInvitation)
	r.Handle("GET /resellers", f.resellers)
	r.Handle("GET /reseller-check", f.check)
	return r
}

// search answers the directory (D1). For a partner it says which distributors
// can be chosen, and why not the others.
func (f function) search(r *httpapi.Request) (store.Answer, error) {
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	query := r.HTTP.URL.Query()
	var p onboarding.Partner
	if id := query.Get("partnerId"); id != "" {
		r.HTTP.SetPathValue("partnerId", id)
		if p, err = r.Partner(f.Store, onboarding.ActionView, f.Now()); err != nil {
			return store.Answer{}, err
		}
	}
	q := directory.Query{Country: query.Get("country"), Service: query.Get("service"), Language: query.Get("language"), Text: query.Get("q")}
	if query.Get("choosable") == "true" && p.Enrolled() {
		q.By, q.Choosable = p.ID, func(d onboarding.Distributor) bool { ok, _, _ := p.CanChoose(d); return ok }
	}
	found := directory.Search(q)
	page := api.DistributorPage{Items: []api.Distributor{}, Total: len(found), Facets: facets(found)}
	if cursor := query.Get("cursor"); cursor != "" {
		rest, ok := q.After(found, cursor)
		if !ok {
			return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged, with the same filters."}})
		}
		found = rest
	}
	if len(found) > limit {
		found, page.Next = found[:limit], q.Cursor(found[limit-1])
	}
	for _, d := range found {
		choosable, code, because := true, "", ""
		if p.Enrolled() {
			choosable, code, because = p.CanChoose(d)
		}
		page.Items = append(page.Items, api.Distributor{
			DistributorID: d.ID, Name: d.Name, Countries: d.Countries, Regions: d.Regions, Languages: d.Languages, Services: d.Services,
			Choosable: choosable, NotChoosableCode: api.DistributorNotChoosableCode(code), NotChoosableBecause: because,
		})
	}
	return httpapi.JSON(http.StatusOK, page)
}

// facets counts what was found, for filters that never lead to nothing.
func facets(found []onboarding.Distributor) api.DistributorFacets {
	render := func(counts []directory.Count) []api.FacetCount {
		out := make([]api.FacetCount, 0, len(counts))
		for _, c := range counts {
			out = append(out, api.FacetCount{Value: c.Value, Name: c.Name, Count: c.N})
		}
		return out
	}
	countries, languages, services := directory.Facets(found)
	return api.DistributorFacets{Countries: render(countries), Languages: render(languages), Services: render(services)}
}

func (f function) list(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionViewRelationships, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	list := api.RelationshipList{Items: []api.Relationship{}, Test: p.Test}
	for _, rel := range p.RelationshipsFor(r.By) {
		list.Items = append(list.Items, view.Relationship(f.standing(p, rel), r.By.Side()))
	}
	slices.Reverse(list.Items) // the newest first
	return httpapi.JSON(http.StatusOK, list)
}

// request is a distributor's request to a reseller (D2).
func (f function) request(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.RelationshipRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	d, known := directory.Find(r.By.DistributorID)
	var id string
	return r.Command(f.Commands, onboarding.ActionRequestPartnership,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			if !known {
				return onboarding.Event{}, onboarding.RoleRequired(onboarding.ActionRequestPartnership)
			}
			id = app.NewID(app.RelationshipPrefix, s.At)
			return p.RequestRelationship(d, id, body.Message, s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return f.answer(r, http.StatusCreated, p, id)
		})
}

func (f function) answer(r *httpapi.Request, status int, p onboarding.Partner, id string) (store.Answer, error) {
	rel, _ := p.Relationship(id)
	body := view.Relationship(f.standing(p, rel), r.By.Side())
	if status != http.StatusCreated {
		return httpapi.JSON(status, body)
	}
	return httpapi.JSONWith(status, body, "Location", "/partners/"+p.ID+"/relationships/"+id)
}

// change carries out a command on the path's relationship.
func (f function) change(r *httpapi.Request, action onboarding.Action, decide func(p onboarding.Partner, id string, s onboarding.Stamp) (onboarding.Event, error)) (store.Answer, error) {
	id := r.HTTP.PathValue("relationshipId")
	return r.Command(f.Commands, action,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return decide(p, id, s) },
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return f.answer(r, http.StatusOK, p, id)
		})
}

// accept accepts a request; the PLA is linked (D3).
func (f function) accept(r *httpapi.Request) (store.Answer, error) {
	return f.change(r, onboarding.ActionAnswerRequest, func(p onboarding.Partner, id string, s onboarding.Stamp) (onboarding.Event, error) {
		current, _ := agreement.Table{}.Current(p.Region, s.At)
		return p.AcceptRelationship(id, current, app.NewID(app.PLAPrefix, s.At), s)
	})
}

// decline declines a request (D3).
func (f function) decline(r *httpapi.Request) (store.Answer, error) {
	var body api.DeclineRequest
	if r.HasBody() {
		var err error
		if body, err = httpapi.Decode[api.DeclineRequest](r); err != nil {
			return store.Answer{}, err
		}
	}
	return f.change(r, onboarding.ActionAnswerRequest, func(p onboarding.Partner, id string, s onboarding.Stamp) (onboarding.Event, error) {
		return p.DeclineRelationship(id, body.Reason, s)
	})
}

// end ends a relationship, by either side (D4).
func (f function) end(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.TerminationRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.change(r, onboarding.ActionEndRelationship, func(p onboarding.Partner, id string, s onboarding.Stamp) (onboarding.Event, error) {
		return p.EndRelationship(id, body.Reason, r.By, s)
	})
}
