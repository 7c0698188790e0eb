package command

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

const (
	maxAtOnce   = 10  // things that a command of a test partner brings about at once
	maxAdvanced = 100 // things that one call of Advance makes happen

	spare = 2 * time.Second
)

// settle does what is due of a test partner right after a command, so that a
// front-end's developer sees the outcome of a magic value within the same
// second. A real partner's deadlines are met by the sweep, which is the safety
// net here, too: what fails is logged and left to it.
func (r *Runner) settle(ctx context.Context, p onboarding.Partner) {
	for range maxAtOnce {
		if at, ok := p.NextDeadline(); !p.Test || !ok || at.After(p.Now(r.Now())) {
			return
		}
		result, err := r.run(ctx, Command{
			PartnerID: p.ID, By: onboarding.Deadline, Authorize: onboarding.Known,
			Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Tick(s) },
		})
		if err != nil {
			if onboarding.CodeOf(err) != onboarding.CodeNothingDue {
				slog.WarnContext(ctx, "a test partner was left to the sweep", "partnerId", p.ID, "error", err)
			}
			return
		}
		p = result.Partner
	}
}

// Advance moves a test partner's clock on.
type Advance struct {
	PartnerID string
	By        onboarding.Actor
	Request   store.Request
	Authorize func(onboarding.Partner) error
	// Target is where the clock is to stand in the end; it is asked once.
	Target func(p onboarding.Partner, own time.Time) (time.Time, error)
	Answer func(Advanced) (store.Answer, error)
}

// Advanced is how far a test partner's clock got.
type Advanced struct {
	Partner  onboarding.Partner
	Target   time.Time
	Happened []onboarding.Event // in order
	Done     bool               // the clock stands at the target; otherwise ask again
}

// Advance moves a test partner's clock on, step by step: everything that falls
// due until the target happens in order, each at its own moment and as a
// command of its own. What is broken off, by a fault, the end of the context or
// after a hundred things, has happened as far as it got; the next call goes on.
//
// The answer is kept with the request once the clock stands at the target. The
// errors are those of Run.
func (r *Runner) Advance(ctx context.Context, a Advance) (Result, error) {
	var d Advanced
	for len(d.Happened) == 0 || len(d.Happened) < maxAdvanced && timeLeft(ctx) {
		result, err := r.run(ctx, Command{
			PartnerID: a.PartnerID, By: a.By, Request: a.Request, Authorize: a.Authorize,
			Decide: func(p onboarding.Partner, s onboarding.Stamp) (e onboarding.Event, err error) {
				if d.Target.IsZero() {
					if d.Target, err = a.Target(p, s.At); err != nil {
						return e, err
					}
				}
				return p.AdvanceClock(d.Target, s)
			},
			Answer: func(p onboarding.Partner, e onboarding.Event) (store.Answer, error) {
				if !arrives(e) {
					return store.Answer{}, nil
				}
				return a.Answer(d.with(p, e))
			},
			keeps: arrives,
		})
		if err != nil || result.Replayed {
			return result, err
		}
		event, err := asRead(result.event)
		if err != nil {
			return result, err
		}
		if d = d.with(result.Partner, event); d.Done {
			return result, nil
		}
	}
	answer, err := a.Answer(d)
	return Result{Answer: answer, Partner: d.Partner}, err
}

func (d Advanced) with(p onboarding.Partner, e onboarding.Event) Advanced {
	return Advanced{Partner: p, Target: d.Target, Happened: append(slices.Clip(d.Happened), e), Done: arrives(e)}
}

// asRead is an event as it is read from the table, which is how events are
// rendered.
func asRead(e onboarding.Event) (onboarding.Event, error) {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return e, fmt.Errorf("command: encode event %s: %w", e.Data.Type(), err)
	}
	e.Data, err = onboarding.DecodeEventData(e.Data.Type(), data)
	return e, err
}

// arrives says that an event is the last one of an advance.
func arrives(e onboarding.Event) bool { return e.Data.Type() == onboarding.TestClockAdvanced{}.Type() }

// timeLeft says that there is time for another step and for the answer.
func timeLeft(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Until(deadline) > spare
}
