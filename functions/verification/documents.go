package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// requestDocuments asks the partner for documents (V3).
func (f function) requestDocuments(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DocumentRequestInput](r)
	if err != nil {
		return store.Answer{}, err
	}
	ask := onboarding.RequestDocuments{Note: body.Reason}
	for _, g := range body.Groups {
		group := onboarding.DocumentGroup{Reason: g.Reason}
		for _, kind := range g.AnyOf {
			group.AnyOf = append(group.AnyOf, onboarding.DocumentKind(kind))
		}
		ask.Groups = append(ask.Groups, group)
	}
	return r.Command(f.Commands, onboarding.ActionRequestDocuments,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.RequestDocuments(ask, app.NewID(app.RequestPrefix, s.At), f.calendar, s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return httpapi.JSONWith(http.StatusCreated, view.Verification(p, f.calendar, p.Now(f.Now())), "Location", "/partners/"+p.ID+"/verification")
		})
}

// reopenRequest opens a request of documents that has expired (V11).
func (f function) reopenRequest(r *httpapi.Request) (store.Answer, error) {
	return r.Command(f.Commands, onboarding.ActionReopenRequest,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.ReopenRequest(f.calendar, s)
		}, f.answer(http.StatusOK))
}
