// Command verification is step 3: business verification, from the ownership link to the
// reviewer's decision.
package main

import (
	"context"
	"encoding/json"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
)

func main() { app.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	f := function{parts}
	return app.Step(f.router(), f.tasks()), nil
}

type function struct{ app.Parts }
