//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

func wired(parts app.Parts) rig.Handler {
	f := function{parts}
	return app.Step(f.router(), f.tasks())
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "enrollment", wired, []rig.Row{
		rig.Free("getChecklist", rig.Get(rig.Admin, "/checklist")),
		rig.Command("enrollPartner", 201, 1, func(r *rig.Rig) *rig.Rig { return r },
			rig.Post(rig.Admin, "/partners", map[string]any{"workAccount": "existing", "workEmail": "ada@contoso.example", "companyName": "Contoso"})),
	})
}
