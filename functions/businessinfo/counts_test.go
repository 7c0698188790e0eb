//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	f := function{parts, rig.Knowledge()}
	return app.Step(f.router(), f.tasks())
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	save := rig.Call{By: rig.Admin, Method: "PUT", Path: path + "/business-info", Headers: map[string]string{"If-Match": `"0"`}, Body: map[string]any{"legalProfile": map[string]any{"legalName": "Contoso Ltd"}}}
	rig.CountCalls(t, "businessinfo", wired, []rig.Row{
		rig.Free("listCountries", rig.Get(rig.Admin, "/countries")),
		rig.Free("getCountryRules", rig.Get(rig.Admin, "/countries/GB")),
		rig.Read("getBusinessInfo", (*rig.Rig).Drafted, rig.Get(rig.Admin, path+"/business-info")),
		rig.Command("saveBusinessInfo", 200, 0, (*rig.Rig).Enrolled, save),
		rig.Command("submitBusinessInfo", 201, 1, rig.Waiting(wired, (*rig.Rig).Drafted), rig.Post(rig.Admin, path+"/business-info/submission", nil)),
	})
}
