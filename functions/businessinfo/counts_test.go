//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
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
	change := rig.Call{By: rig.Admin, Method: "POST", Path: path + "/business-info/change", Headers: map[string]string{"If-Match": `"3"`}, Body: changed()}
	changing := (*rig.Rig).Authorized
	return []rig.Row{
		rig.Free("listCountries", rig.Get(rig.Admin, "/countries")),
		rig.Free("getCountryRules", rig.Get(rig.Admin, "/countries/GB")),
		rig.Read("getBusinessInfo", (*rig.Rig).Drafted, rig.Get(rig.Admin, path+"/business-info")),
		rig.Command("saveBusinessInfo", 200, 0, (*rig.Rig).Enrolled, save),
		rig.Command("changeBusinessInfo", 200, 1, changing, change),
		rig.Read("previewBusinessInfoChange", changing, rig.Call{By: rig.Admin, Method: "POST", Path: path + "/business-info/change/preview", Body: changed()}),
		rig.Command("withdrawBusinessInfoChange", 200, 0, func(r *rig.Rig) *rig.Rig {
			changing(r).Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
				return p.ChangeBusinessInfo(view.FromBusinessInfo(changed()), p.InfoRevision, rig.Knowledge(), "C-2", rig.Secret, s)
			})
			return r
		}, rig.Post(rig.Admin, path+"/business-info/change/withdrawal", nil)),
		rig.Command("submitBusinessInfo", 201, 1, rig.Waiting(wired, (*rig.Rig).Drafted), rig.Post(rig.Admin, path+"/business-info/submission", nil)),
	}
}

// changed is the business information with another street.
func changed() api.BusinessInfo {
	info := rig.Info()
	info.Legal.Address.Lines = []string{"2 High Street"}
	return view.BusinessInfo(info)
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
