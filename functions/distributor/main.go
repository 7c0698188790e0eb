// Command distributor is step 5: the directory of distributors and the relationships with
// them.
package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	env, err := entry.Getenv("PORTAL_URL")
	if err != nil {
		return nil, err
	}
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	f := function{Parts: parts, portal: strings.TrimSuffix(env[0], "/")}
	return app.Step(f.router(), f.tasks()), nil
}

type function struct {
	app.Parts
	portal string // its address, with which an invitation's link begins
}
