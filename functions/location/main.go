// Command location answers where a company does business (L1 to L5), and which
// market lies in which region.
package main

import (
	"context"
	"encoding/json"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/locationlist"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	f := function{Parts: parts, regions: region.Default()}
	f.begin = locationlist.Adder{Lists: parts.Store, Commands: parts.Commands, Now: parts.Now}.Add
	return app.Step(f.router(), nil), nil
}

type function struct {
	app.Parts
	regions *region.Tables

	// begin adds the locations of a list as far as there is time; nil leaves it
	// all to the sweep.
	begin func(ctx context.Context, partnerID, id string, stop func() bool) (store.ListedLocations, error)
}

// knowledge is what the rules about locations ask of the world.
func (f function) knowledge() onboarding.Knowledge {
	return onboarding.Knowledge{Countries: country.Table{}, Regions: f.regions}
}
