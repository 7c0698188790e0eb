// Command enrollment is step 1: a company joins the programme. It also begins
// and ends the workflow's rounds.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	f := function{parts, os.Getenv("TEST_PARTNERS") == "true"}
	return app.Step(f.router(), f.tasks()), nil
}

type function struct {
	app.Parts
	testPartners bool // are allowed
}
