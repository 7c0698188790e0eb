// Command directbill is the authorization for direct bill, beside the five steps:
// from the checklist to the application, its review, the tasks that follow and the
// plan of what becomes of each customer.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/directbill"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	env, err := entry.Getenv("REVIEWING_REGION")
	if err != nil {
		return nil, err
	}
	days, err := calendar.Parse(env[0], os.Getenv("BUSINESS_DAY_LENGTH"))
	if err != nil {
		return nil, err
	}
	f := function{parts, days, directbill.Table{}}
	return app.Step(f.router(), f.tasks()), nil
}

type function struct {
	app.Parts
	calendar onboarding.Calendar
	sets     onboarding.DirectBillSets
}
