package httpapi

import (
	"context"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Loader reads a partner.
type Loader interface {
	Load(ctx context.Context, partnerID string, request store.Request, now time.Time) (store.Record, *store.Replay, error)
}

// Partner reads the path's partner for a principal who may do an action. A
// partner of somebody else is not found, like one that doesn't exist.
func (r *Request) Partner(records Loader, action onboarding.Action, now time.Time) (onboarding.Partner, error) {
	record, _, err := records.Load(r.Context(), r.PartnerID(), store.Request{}, now)
	if err != nil {
		return onboarding.Partner{}, err
	}
	return record.Partner, onboarding.Authorize(r.By, action, record.Partner)
}

// Command carries out a command on the path's partner for a principal who may
// do an action, and answers with what render makes of the partner after it.
func (r *Request) Command(runner *command.Runner, action onboarding.Action,
	decide func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error),
	render func(onboarding.Partner, onboarding.Event) (store.Answer, error)) (store.Answer, error) {
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	result, err := runner.Run(r.Context(), command.Command{
		PartnerID: r.PartnerID(), By: r.By.Actor(), Request: request, Decide: decide, Answer: render,
		Authorize: func(p onboarding.Partner) error { return onboarding.Authorize(r.By, action, p) },
	})
	if result.Replayed {
		return Replayed(result.Answer), err
	}
	return result.Answer, err
}
