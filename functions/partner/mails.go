package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// mails answers a page of the mails that were sent, with what became of each.
// The partner doesn't see those to staff.
func (f function) mails(r *httpapi.Request) (store.Answer, error) {
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	mails, next, err := f.Store.Mails(r.Context(), p.ID, r.By.Staff, r.HTTP.URL.Query().Get("cursor"), limit)
	if err != nil {
		return store.Answer{}, err
	}
	page := api.SentMailPage{Items: []api.SentMail{}, Next: next}
	for _, m := range mails {
		page.Items = append(page.Items, view.SentMail(p, m.SentMail, p.Now(f.Now())))
	}
	return httpapi.JSON(http.StatusOK, page)
}
