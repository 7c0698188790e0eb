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

// handOver offers another user what the principal does for the partner (A7).
func (f function) handOver(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.HandoverRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.change(r, onboarding.ActionHandOver, http.StatusAccepted, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.HandOver(onboarding.HandOver{ID: app.NewID(app.HandoverPrefix, s.At), To: body.UserID, Leave: body.Leave, By: r.By}, s)
	})
}

// acceptHandover takes over what was offered (A7).
func (f function) acceptHandover(r *httpapi.Request) (store.Answer, error) {
	return f.answerHandover(r, true)
}

// declineHandover leaves all as it is (A7).
func (f function) declineHandover(r *httpapi.Request) (store.Answer, error) {
	return f.answerHandover(r, false)
}

// answerHandover answers with what the principal is to the partner then: he may
// be nobody who sees the list of users.
func (f function) answerHandover(r *httpapi.Request, accept bool) (store.Answer, error) {
	return f.answered(r, onboarding.ActionAnswerHandover,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.AnswerHandover(accept, r.By, s)
		},
		func(p onboarding.Partner) (store.Answer, error) {
			return httpapi.JSON(http.StatusOK, view.Standing(p, r.By))
		})
}

// withdrawHandover takes an offer back (A7).
func (f function) withdrawHandover(r *httpapi.Request) (store.Answer, error) {
	return f.change(r, onboarding.ActionAnswerHandover, http.StatusOK, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.WithdrawHandover(r.By, s)
	})
}
