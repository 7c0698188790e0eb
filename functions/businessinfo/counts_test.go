//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	f := function{parts, rig.Knowledge(), nil}
	return app.Step(f.router(), f.tasks())
}

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	save := rig.Call{By: rig.Admin, Method: "PUT", Path: path + "/business-info", Headers: map[string]string{"If-Match": `"0"`}, Body: map[string]any{"legalProfile": map[string]any{"legalName": "Contoso Ltd"}}}
	return []rig.Row{
		rig.Free("listCountries", rig.Get(rig.Admin, "/countries")),
		rig.Free("getCountryRules", rig.Get(rig.Admin, "/countries/GB")),
		rig.Read("getBusinessInfo", (*rig.Rig).Drafted, rig.Get(rig.Admin, path+"/business-info")),
		rig.Command("saveBusinessInfo", 200, 0, (*rig.Rig).Enrolled, save),
		rig.Command("submitBusinessInfo", 201, 1, rig.Waiting(wired, (*rig.Rig).Drafted), rig.Post(rig.Admin, path+"/business-info/submission", nil)),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "businessinfo", wired, rows(t))
}

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Enrolled()
	r.Example(wired(r.Parts), 200)
}
