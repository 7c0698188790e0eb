// Command partner is the views of a partner: status, requirements, timeline,
// eligibility, legal information, and the operators' lists.
package main

import (
	"context"
	"encoding/json"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	env, err := entry.Getenv("PROGRAMME_NAME")
	if err != nil {
		return nil, err
	}
	f := function{parts, env[0]}
	return app.Step(f.router(), nil), nil
}

type function struct {
	app.Parts
	programme string
}
