package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /checklist", f.checklist)
	r.Handle("POST /partners", f.enroll)
	r.Handle("POST /partners/{partnerId}/work-email", f.changeWorkEmail)
	return r
}

// checklist answers what to have at hand (E7).
func (f function) checklist(*httpapi.Request) (store.Answer, error) {
	return httpapi.JSON(http.StatusOK, view.Checklist(onboarding.Checklist()))
}

// enroll enrols the principal's company (E1), or answers with the partner that
// it has already (E3).
func (f function) enroll(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.EnrollmentRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	answer := func(status int) func(p onboarding.Partner) (store.Answer, error) {
		return func(p onboarding.Partner) (store.Answer, error) {
			return httpapi.JSONWith(status, api.Enrollment{Partner: view.Status(p, p.Now(f.Now())), Checklist: view.Checklist(p.Checklist())},
				"Location", "/partners/"+p.ID)
		}
	}
	claim := view.MembershipClaim(body.Membership)
	created, existing := answer(http.StatusCreated), f.existing(r.By.TenantID, claim)
	result, err := f.Commands.RunNew(r.Context(), r.By.TenantID, command.Command{
		By: r.By.Actor(), Request: request, LoadTenant: existing.load, Tried: f.Store.CountTries,
		Authorize: func(p onboarding.Partner) error { return onboarding.AuthorizeEnrolment(r.By, p) },
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Enroll(onboarding.Enroll{
				PartnerID: app.NewID(app.PartnerPrefix, s.At), WorkAccount: onboarding.WorkAccount(body.WorkAccount),
				WorkEmail: body.WorkEmail, CompanyName: body.CompanyName, Test: body.Test, TestAllowed: f.testPartners, By: r.By, Existing: existing.at(s.At),
			}, s)
		},
		Answer: func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) { return created(p) },
	}, answer(http.StatusOK))
	if result.Replayed {
		return httpapi.Replayed(result.Answer), err
	}
	return result.Answer, err
}

// changeWorkEmail sets where mails to the enrolling admin go (E4).
func (f function) changeWorkEmail(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.WorkEmailRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return r.Command(f.Commands, onboarding.ActionChangeWorkEmail,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.ChangeWorkEmail(body.WorkEmail, s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return httpapi.JSON(http.StatusOK, view.MailAddressList(p))
		})
}
