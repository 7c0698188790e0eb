// Command businessinfo is step 2: the company's business and support
// information. It is the one function that knows phone numbers.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/phone"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewPartsOf(clients())
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
	outside, err := newRegister()
	if err != nil {
		return nil, err
	}
	f := function{parts, onboarding.Knowledge{
		Countries: country.Table{}, Phones: phone.Numbers{}, Regions: region.Default(), Registry: registry.Default(), Calendar: days, Companies: registry.Companies{},
	}, outside}
	return app.Step(f.router(), f.tasks()), nil
}

type function struct {
	app.Parts
	knowledge onboarding.Knowledge
	register  register // nil for none
}
