// Command verification is step 3: business verification, from the ownership
// link to the reviewer's decision and the appeal against it.
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
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	env, err := entry.Getenv("REVIEWING_REGION", "PORTAL_URL")
	if err != nil {
		return nil, err
	}
	days, err := calendar.Parse(env[0], os.Getenv("BUSINESS_DAY_LENGTH"))
	if err != nil {
		return nil, err
	}
	f := function{parts, days, env[1]}
	return app.Step(f.router(), f.tasks()), nil
}

type function struct {
	app.Parts
	calendar onboarding.Calendar
	portal   string // where the portal is
}
