//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	f := function{parts, "Programme", rig.Knowledge().Calendar}
	return app.Step(f.router(), nil)
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "partner", wired, []rig.Row{
		rig.Read("getMe", (*rig.Rig).Enrolled, rig.Get(rig.Admin, "/me")),
		rig.Read("listPartners", (*rig.Rig).Submitted, rig.Get(rig.Reviewer, "/partners?queue=verification&limit=10")),
		rig.Read("listPartners", (*rig.Rig).Submitted, rig.Get(rig.Reviewer, "/partners?queue=stuck&reviewer=me")),
		{Operation: "listPartners", Status: 200, State: (*rig.Rig).Submitted, Call: rig.Get(rig.Reviewer, "/partners?queue=dueToday&limit=10"), Cost: rig.Count{Reads: 2}}, // appeals and cases
		rig.Read("getPartner", (*rig.Rig).Active, rig.Get(rig.Admin, path)),
		rig.Read("getRequirements", (*rig.Rig).Submitted, rig.Get(rig.Admin, path+"/requirements")),
		rig.Read("getTimeline", (*rig.Rig).Active, rig.Get(rig.Reviewer, path+"/timeline?limit=3")),
		rig.Read("getEligibility", (*rig.Rig).Active, rig.Get(rig.Distributor, path+"/eligibility")),
		rig.Read("getTimeline", (*rig.Rig).Active, rig.Get(rig.Admin, path+"/timeline?limit=3&cursor=4")),
		rig.Read("getEligibility", (*rig.Rig).Active, rig.Get(rig.Admin, path+"/eligibility?at=2026-01-01T00:00:00Z")),
		rig.Read("getLegalInfo", (*rig.Rig).Active, rig.Get(rig.Admin, path+"/legal-info")),
	})
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Active()
	r.Example(wired(r.Parts), 200)
}
