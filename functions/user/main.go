// Command user answers for the partner's users: who they are, their roles and
// invitations, and how work is handed over.
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
	return app.Step(function{parts}.router(), nil), nil
}

type function struct{ app.Parts }
