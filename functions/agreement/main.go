// Command agreement is step 4: the partner agreement is read and accepted.
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
	f := function{parts}
	return app.Step(f.router(), f.tasks()), nil
}

type function struct{ app.Parts }
