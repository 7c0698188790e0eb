//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const (
	path = "/partners/" + rig.PartnerID
	arn  = "arn:aws:states:us-east-1:000000000000:execution:onboarding:onboarding-" + rig.PartnerID + "-1"
)

func wired(parts app.Parts) rig.Handler {
	return rig.Handler(function{Parts: parts, calendar: rig.Knowledge().Calendar}.handle())
}

// other is a second reviewer.
var other = rig.Caller{"sub": "u-rolf", "email": "rolf@programme.example", "cognito:groups": "staff"}

func aside(r *rig.Rig) *rig.Rig {
	r.Confirmed().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.SetCaseAside(onboarding.CannotComplete{Code: "needs_specialist", Days: 1, Note: "x"}, rig.Knowledge().Calendar, s)
	})
	return r
}

// claimed has the case claimed by Reviewer.
func claimed(r *rig.Rig) *rig.Rig {
	r.Confirmed().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		s.By = onboarding.Actor{Kind: onboarding.ActorStaff, UserID: "u-reviewer", Email: "rae@programme.example"}
		return p.ClaimCase("Mine.", s)
	})
	return r
}

// stopped has the execution of the first round stopped.
func stopped(r *rig.Rig) *rig.Rig {
	r.Confirmed()
	r.Network.SetExecution(arn, "FAILED")
	return r
}

func reason(text string) map[string]any { return map[string]any{"reason": text} }

// commands are the operations that change something, each with a call to it and
// its cost (F3).
func commands() []rig.Row {
	to := map[string]any{"userId": "u-rolf", "email": "rolf@programme.example"}
	return []rig.Row{
		rig.Command("claimCase", 200, 0, (*rig.Rig).Confirmed, rig.Post(rig.Reviewer, path+"/verification/claim", reason("I know this register."))),
		rig.Command("reassignCase", 200, 0, claimed, rig.Post(other, path+"/verification/reassignment", map[string]any{"to": to, "reason": "Rae is away."})),
		rig.Command("releaseCase", 200, 0, claimed, rig.Post(rig.Reviewer, path+"/verification/release", reason("I am away."))),
		rig.Command("extendCase", 200, 0, (*rig.Rig).Confirmed, rig.Post(rig.Reviewer, path+"/verification/extension", map[string]any{"businessDays": 2, "partnerReason": "The register was closed.", "reason": "Outage."})),
		rig.Command("setCaseAside", 200, 0, (*rig.Rig).Confirmed, rig.Post(rig.Reviewer, path+"/verification/set-aside", map[string]any{"code": "registry_unavailable", "lookAgainIn": 2, "reason": "Outage."})),
		rig.Command("resumeCase", 200, 0, aside, rig.Post(rig.Reviewer, path+"/verification/resumption", reason("It answers again."))),
		rig.Command("addNote", 200, 0, (*rig.Rig).Enrolled, rig.Post(rig.Reviewer, path+"/notes", map[string]any{"note": "Spoke with Ada."})),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "operators", wired, append(commands(),
		rig.Row{Operation: "getCase", Status: 200, State: claimed, Call: rig.Get(rig.Reviewer, path+"/verification/case"), Cost: rig.Count{Reads: 3}}, // the case, then who has its number and its name (E8)
		// Step Functions is asked whether the execution runs, and told to start the next.
		rig.Command("redriveWorkflow", 202, 2, stopped, rig.Post(rig.Reviewer, path+"/workflow/redrive", reason("The bug is mended."))),
	))
}

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, commands())
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Confirmed()
	r.Example(wired(r.Parts), 200)
}
