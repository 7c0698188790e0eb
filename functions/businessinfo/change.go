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

// change changes what was submitted: it corrects the contact of an open
// verification (V10), or has verified details verified anew (V7).
func (f function) change(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.BusinessInfo](r)
	if err != nil {
		return store.Answer{}, err
	}
	revision, err := r.IfMatch()
	if err != nil {
		return store.Answer{}, err
	}
	info := view.FromBusinessInfo(body)
	k, err := f.knowingFor(r, onboarding.ActionChangeInfo, func(onboarding.Partner) onboarding.LegalProfile { return info.Legal })
	if err != nil {
		return store.Answer{}, err
	}
	k.TenantDomain = r.By.TenantDomain
	current := 0
	answer, err := r.Command(f.Commands, onboarding.ActionChangeInfo,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			current = p.InfoRevision
			return p.ChangeBusinessInfo(info, revision, k, app.NewID(app.CasePrefix, s.At), app.NewSecret(), s)
		}, f.changed)
	if onboarding.CodeOf(err) == onboarding.CodeStaleVersion {
		return store.Answer{Headers: map[string]string{"ETag": httpapi.ETag(current)}}, err
	}
	return answer, err
}

// changed answers with what is in force and what is proposed.
func (f function) changed(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
	return f.answer(p, func() onboarding.Knowledge { return f.knowledge })
}

// previewChange tells what a change would do, and saves nothing (V7).
func (f function) previewChange(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.BusinessInfo](r)
	if err != nil {
		return store.Answer{}, err
	}
	p, err := r.Partner(f.Store, onboarding.ActionChangeInfo, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	info := view.FromBusinessInfo(body)
	k := f.knowing(r.Context(), info.Legal)
	k.TenantDomain = r.By.TenantDomain
	now := p.Now(f.Now())
	return httpapi.JSON(http.StatusOK, view.ChangePreview(p.PreviewChange(info, k, now), k.Calendar.Name(), now))
}

// withdrawChange closes the case of a change: what is in force stays (V7).
func (f function) withdrawChange(r *httpapi.Request) (store.Answer, error) {
	return r.Command(f.Commands, onboarding.ActionWithdrawChange,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.WithdrawChange(s) }, f.changed)
}
