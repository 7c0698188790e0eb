package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// export answers a part of everything that is stored of the partner; of most
// partners it is all of it.
func (f function) export(r *httpapi.Request) (store.Answer, error) {
	now := f.Now()
	p, err := r.Partner(f.Store, onboarding.ActionExport, now)
	if err != nil {
		return store.Answer{}, err
	}
	cursor := r.HTTP.URL.Query().Get("cursor")
	part, err := f.Store.Export(r.Context(), p.ID, cursor)
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSONWith(http.StatusOK, view.Export(p, part, cursor == "", now), "Content-Disposition", `attachment; filename="partner-`+p.ID+`.json"`)
}
