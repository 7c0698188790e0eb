//go:build stack

package main

import (
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	f := function{parts}
	return app.Step(f.router(), f.tasks())
}

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	v, ok := agreement.Table{}.Current("eu-efta-uk", time.Now())
	if !ok {
		t.Fatal("no agreement")
	}
	acceptance := map[string]any{"version": v.Version, "sha256": v.Documents[0].SHA256, "signerName": "Ada Byron", "signerTitle": "Director", "consent": true}
	return []rig.Row{
		rig.Read("getAgreement", (*rig.Rig).Authorized, rig.Get(rig.Admin, path+"/agreement")),
		rig.Read("getAgreementDocument", (*rig.Rig).Authorized, rig.Get(rig.Admin, path+"/agreement/document")),
		rig.Command("acceptAgreement", 201, 1, rig.Waiting(wired, (*rig.Rig).Authorized), rig.Post(rig.Admin, path+"/agreement/acceptance", acceptance)),
		rig.Read("getAgreementDocument", (*rig.Rig).Authorized, rig.Get(rig.Admin, path+"/agreement/document?version=2027-01-ca")),
		{Operation: "listAgreementAcceptances", Status: 200, State: (*rig.Rig).Accepted, Call: rig.Get(rig.Admin, path+"/agreement/acceptances"), Cost: rig.Count{Reads: 2}}, // who may ask, then the acceptances
		rig.Read("getAgreementAcceptance", (*rig.Rig).Accepted, rig.Get(rig.Admin, path+"/agreement/acceptance")),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) { rig.CountCalls(t, "agreement", wired, rows(t)) }

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Authorized()
	r.Example(wired(r.Parts), 200)
}
