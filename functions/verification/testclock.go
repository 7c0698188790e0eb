package main

import (
	"net/http"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// advanceClock moves a test partner's clock on. It belongs here because what
// days are business days is known here; what then happens is the rules'.
func (f function) advanceClock(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.TestClockRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	by := onboarding.Advance{To: body.AdvanceTo, By: body.AdvanceBy, BusinessDays: body.BusinessDays}
	result, err := f.Commands.Advance(r.Context(), command.Advance{
		PartnerID: r.PartnerID(), By: r.By.Actor(), Request: request,
		Authorize: func(p onboarding.Partner) error {
			return onboarding.Authorize(r.By, onboarding.ActionAdvanceTestClock, p)
		},
		Target: func(p onboarding.Partner, own time.Time) (time.Time, error) {
			return p.AdvanceTarget(by, f.calendar, own)
		},
		Answer: func(a command.Advanced) (store.Answer, error) {
			return httpapi.JSON(http.StatusOK, f.advanced(a, r.By.Staff))
		},
	})
	if result.Replayed {
		return httpapi.Replayed(result.Answer), err
	}
	return result.Answer, err
}

func (f function) advanced(a command.Advanced, staff bool) api.TestClockAdvance {
	p := a.Partner
	own := p.Now(f.Now())
	out := api.TestClockAdvance{
		PartnerID: p.ID, Test: p.Test, TestClock: view.TestClock(p, own), Target: view.Time(a.Target), Done: a.Done,
		Happened: []api.TimelineEvent{}, Turn: view.Turn(p.Turn(own)),
	}
	for _, e := range a.Happened {
		if e.Clock != nil && e.Clock.Target.IsZero() {
			continue // that the clock was moved is what the answer itself tells
		}
		out.Happened = append(out.Happened, view.TimelineEvent(e, staff))
	}
	return out
}
