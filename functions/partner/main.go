// Command partner is the views of a partner: status, requirements, timeline,
// eligibility, legal information, and the operators' lists.
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
	env, err := entry.Getenv("PROGRAMME_NAME", "REVIEWING_REGION")
	if err != nil {
		return nil, err
	}
	days, err := calendar.Parse(env[1], os.Getenv("BUSINESS_DAY_LENGTH"))
	if err != nil {
		return nil, err
	}
	f := function{parts, env[0], days}
	return app.Step(f.router(), nil), nil
}

type function struct {
	app.Parts
	programme string
	calendar  onboarding.Calendar
}
