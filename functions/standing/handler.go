package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /partners/{partnerId}/standing", f.read)
	r.Handle("POST /partners/{partnerId}/suspension", f.suspend)
	r.Handle("POST /partners/{partnerId}/suspension/answer", f.answer)
	r.Handle("POST /partners/{partnerId}/suspension/decision", f.decide)
	r.Handle("GET /partners/{partnerId}/departure", f.preview)
	r.Handle("POST /partners/{partnerId}/departure", f.leave)
	r.Handle("POST /partners/{partnerId}/return", f.comeBack)
	return r
}

func (f function) read(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionViewStanding, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusOK, view.ProgrammeStanding(p, r.By))
}

// act carries out a command and answers the standing after it.
func (f function) act(r *httpapi.Request, action onboarding.Action, decide func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)) (store.Answer, error) {
	return r.Command(f.Commands, action, decide, func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
		return httpapi.JSON(http.StatusOK, view.ProgrammeStanding(p, r.By))
	})
}

func (f function) suspend(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.SuspensionRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	c := onboarding.SuspendPartner{Code: onboarding.SuspensionCode(body.Code), Text: body.PartnerReason, Note: body.Reason, From: body.From, AtOnce: body.AtOnce}
	return f.act(r, onboarding.ActionSuspend, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Suspend(c, s) })
}

func (f function) answer(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.SuspensionAnswerRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.act(r, onboarding.ActionAnswerSuspension, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.AnswerSuspension(onboarding.AnswerKind(body.Kind), body.Message, f.calendar, s)
	})
}

func (f function) decide(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.SuspensionDecisionRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.act(r, onboarding.ActionDecideSuspension, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.DecideSuspension(onboarding.SuspensionDecision(body.Decision), body.Reason, s)
	})
}

// preview tells what leaving or coming back would do before it is done.
func (f function) preview(r *httpapi.Request) (store.Answer, error) {
	now := f.Now()
	p, err := r.Partner(f.Store, onboarding.ActionView, now)
	if err != nil {
		return store.Answer{}, err
	}
	at := p.Now(now)
	current, _ := agreement.Table{}.Current(p.Region, at)
	return httpapi.JSON(http.StatusOK, view.DeparturePreview(p.PreviewDeparture(current, at)))
}

func (f function) leave(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DepartureRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.act(r, onboarding.ActionLeaveProgramme, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Leave(body.Reason, body.Understood, s)
	})
}

func (f function) comeBack(r *httpapi.Request) (store.Answer, error) {
	return f.act(r, onboarding.ActionReturn, onboarding.Partner.Return)
}
