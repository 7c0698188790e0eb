package main

import (
	"net/http"
	"strconv"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// events answers a page of the partner's public events, oldest first: the same
// that the bus gets.
func (f function) events(r *httpapi.Request) (store.Answer, error) {
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	after := 0
	if text := r.HTTP.URL.Query().Get("after"); text != "" {
		if after, err = strconv.Atoi(text); err != nil || after < 0 || after > 1_000_000_000 {
			return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/after", Code: onboarding.FaultInvalid, Message: "Use the next of the answer before, or the sequence of the last event that you have."}})
		}
	}
	record, events, more, err := f.Store.Feed(r.Context(), r.PartnerID(), after, limit)
	if err != nil {
		return store.Answer{}, err
	}
	if err := onboarding.Authorize(r.By, onboarding.ActionViewEvents, record.Partner); err != nil {
		return store.Answer{}, err
	}
	page := api.EventFeed{Items: []api.PublicEvent{}, Next: after, More: more}
	for _, e := range events {
		page.Next = e.Sequence
		public, ok := e.Published()
		if !ok || !record.Partner.MayRead(r.By, public) {
			continue
		}
		item, err := view.PublicEvent(public)
		if err != nil {
			return store.Answer{}, err
		}
		page.Items = append(page.Items, item)
		if r.By.Staff && e.Unpublished() {
			page.Unpublished = append(page.Unpublished, e.Sequence)
		}
	}
	return httpapi.JSON(http.StatusOK, page)
}
