// Command operators is what staff does beside deciding (O2, O3): it takes,
// gives away, extends and sets aside cases, writes notes and starts a stopped
// workflow anew. It also hears from Step Functions that an execution stopped,
// and asks each hour for what it wasn't told of.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	workflows := app.StepFunctions()
	parts, err := app.NewPartsOf(app.DynamoDB(), workflows)
	if err != nil {
		return nil, err
	}
	env, err := entry.Getenv("REVIEWING_REGION", "ONBOARDING_STATE_MACHINE_ARN")
	if err != nil {
		return nil, err
	}
	days, err := calendar.Parse(env[0], os.Getenv("BUSINESS_DAY_LENGTH"))
	if err != nil {
		return nil, err
	}
	return function{parts, days, workflows}.handle(), nil
}

type function struct {
	app.Parts
	calendar   onboarding.Calendar
	executions executions
}

// handle answers API calls, events of executions and the schedule's sweep.
func (f function) handle() func(context.Context, json.RawMessage) (any, error) {
	step := app.Step(f.router(), nil)
	return func(ctx context.Context, event json.RawMessage) (any, error) {
		var e struct {
			executionEvent
			Sweep string `json:"sweep"`
		}
		if err := json.Unmarshal(event, &e); err == nil {
			switch {
			case e.DetailType != "":
				return nil, f.executionChanged(ctx, e.executionEvent)
			case e.Sweep == "stopped":
				return f.sweepStopped(ctx)
			}
		}
		return step(ctx, event)
	}
}
