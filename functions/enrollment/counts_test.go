//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

func wired(parts app.Parts) rig.Handler {
	f := function{Parts: parts, testPartners: true}
	return app.Step(f.router(), f.tasks())
}

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	return []rig.Row{
		rig.Free("getChecklist", rig.Get(rig.Admin, "/checklist")),
		rig.Command("enrollPartner", 201, 1, func(r *rig.Rig) *rig.Rig { return r },
			rig.Post(rig.Admin, "/partners", map[string]any{"workAccount": "existing", "workEmail": "ada@contoso.example", "companyName": "Contoso"})),
		rig.Command("enrollPartner", 201, 1, onFile(t, record("4417023")), claim(rig.Admin, "4417023")),
		rig.Command("changeWorkEmail", 200, 0, (*rig.Rig).Enrolled, rig.Post(rig.Admin, "/partners/"+rig.PartnerID+"/work-email", map[string]any{"workEmail": "boss@contoso.example"})),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) { rig.CountCalls(t, "enrollment", wired, rows(t)) }

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t)
	r.Example(wired(r.Parts), 201)
}
