package main

import (
	"net/http"
	"slices"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// standing answers how a relationship stands now.
func (f function) standing(p onboarding.Partner, r onboarding.Relationship) onboarding.Standing {
	now := p.Now(f.Now())
	current, _ := agreement.Table{}.Current(p.Region, now)
	return p.StandingOf(r, current, now)
}

// one answers a relationship with its facts (D7).
func (f function) one(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionViewRelationships, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	rel, err := p.RelationshipFor(r.By, r.HTTP.PathValue("relationshipId"))
	if err != nil {
		return store.Answer{}, err
	}
	answer := view.Relationship(f.standing(p, rel), r.By.Side())
	mail, known, err := f.Store.Mail(r.Context(), p.ID, rel.MailKey)
	if err != nil {
		return store.Answer{}, err
	}
	if known {
		answer.Mail = view.MailFate(mail.SentMail)
	}
	return httpapi.JSON(http.StatusOK, answer)
}

// resend has a request sent again (D7).
func (f function) resend(r *httpapi.Request) (store.Answer, error) {
	return f.change(r, onboarding.ActionManageRequest, func(p onboarding.Partner, id string, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ResendRequest(id, r.By, s)
	})
}

// cancel takes a request back (D7).
func (f function) cancel(r *httpapi.Request) (store.Answer, error) {
	return f.change(r, onboarding.ActionManageRequest, func(p onboarding.Partner, id string, s onboarding.Stamp) (onboarding.Event, error) {
		return p.CancelRequest(id, r.By, s)
	})
}

// previewEnd answers what ending a relationship would do (D4).
func (f function) previewEnd(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionEndRelationship, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	preview, err := p.PreviewEnd(r.HTTP.PathValue("relationshipId"), r.By, p.Now(f.Now()))
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusOK, view.TerminationPreview(preview))
}

// resellers answers a page of a distributor's list (D6).
func (f function) resellers(r *httpapi.Request) (store.Answer, error) {
	if err := onboarding.AsDistributor(r.By, onboarding.ActionViewResellers); err != nil {
		return store.Answer{}, err
	}
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	query := r.HTTP.URL.Query()
	status := onboarding.RelationshipStatus(query.Get("status"))
	if status != "" && !slices.Contains(onboarding.RelationshipStatuses(), status) {
		return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/status", Code: onboarding.FaultUnsupported, Message: "Name one of the documented statuses."}})
	}
	q := store.ResellerQuery{DistributorID: r.By.DistributorID, Cursor: query.Get("cursor"), Limit: limit, Tests: query.Get("test") == "true"}
	if status == onboarding.RelationshipPending && !q.Tests { // older ones have expired; a test partner's clock may be elsewhere
		q.After = f.Now().Add(-onboarding.RequestValidity)
	}
	list, next, err := f.Store.Resellers(r.Context(), q)
	if err != nil {
		return store.Answer{}, err
	}
	page := api.ResellerPage{Items: []api.Reseller{}, Next: next}
	for _, e := range list {
		if s := f.standing(e.Partner, e.Relationship); status == "" || s.Status == status {
			page.Items = append(page.Items, view.Reseller(e.Partner, s))
		}
	}
	return httpapi.JSON(http.StatusOK, page)
}

// check answers a distributor's question about a company (D6).
func (f function) check(r *httpapi.Request) (store.Answer, error) {
	if err := onboarding.AsDistributor(r.By, onboarding.ActionCheckReseller); err != nil {
		return store.Answer{}, err
	}
	d, known := directory.Find(r.By.DistributorID)
	if !known {
		return store.Answer{}, onboarding.RoleRequired(onboarding.ActionCheckReseller)
	}
	query := r.HTTP.URL.Query()
	id, tenant := query.Get("partnerId"), query.Get("tenantId")
	if err := onboarding.OneOf(id, tenant); err != nil {
		return store.Answer{}, err
	}
	within, err := f.Store.Count(r.Context(), onboarding.CheckTry(d.ID, f.Now().UTC()))
	if err != nil {
		return store.Answer{}, err
	}
	if !within {
		return store.Answer{}, onboarding.AskedTooOften("an hour")
	}
	if tenant != "" {
		if id, _, err = f.Store.LoadTenant(r.Context(), tenant, store.Request{}, f.Now()); err != nil {
			return store.Answer{}, err
		}
	}
	var p onboarding.Partner
	if id != "" {
		record, _, err := f.Store.Load(r.Context(), id, store.Request{}, f.Now())
		if err != nil {
			return store.Answer{}, err
		}
		p = record.Partner
	}
	now := p.Now(f.Now())
	current, _ := agreement.Table{}.Current(p.Region, now)
	return httpapi.JSON(http.StatusOK, view.ResellerCheck(p.CheckReseller(d, current, now)))
}
