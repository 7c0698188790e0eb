//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	return app.Step(function{parts, rig.Knowledge().Calendar}.router(), nil)
}

// staff is the stamp of the reviewer who suspends.
func staff(s onboarding.Stamp) onboarding.Stamp {
	s.By = onboarding.Actor{Kind: onboarding.ActorStaff, UserID: "u-other", Email: "other@programme.example"}
	return s
}

func suspended(r *rig.Rig) *rig.Rig {
	r.Active().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Suspend(onboarding.SuspendPartner{Code: "fraud_suspected", Text: "Call us.", Note: "Alert.", AtOnce: true}, staff(s))
	})
	return r
}

func left(r *rig.Rig) *rig.Rig {
	r.Active().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Leave("", true, s) })
	return r
}

func commands() []rig.Row {
	return []rig.Row{
		rig.Command("suspendPartner", 200, 0, (*rig.Rig).Active, rig.Post(rig.Reviewer, path+"/suspension", map[string]any{"code": "fraud_suspected", "partnerReason": "Call us.", "reason": "Alert.", "atOnce": true})),
		rig.Command("answerSuspension", 200, 0, suspended, rig.Post(rig.Admin, path+"/suspension/answer", map[string]any{"kind": "appeal", "message": "It was us."})),
		rig.Command("decideSuspension", 200, 0, suspended, rig.Post(rig.Reviewer, path+"/suspension/decision", map[string]any{"decision": "Reinstated", "reason": "It was them."})),
		rig.Command("leaveProgramme", 200, 0, (*rig.Rig).Active, rig.Post(rig.Admin, path+"/departure", map[string]any{"understood": true})),
		rig.Command("returnToProgramme", 200, 0, left, rig.Post(rig.Admin, path+"/return", nil)),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "standing", wired, append(commands(),
		rig.Read("getStanding", suspended, rig.Get(rig.Distributor, path+"/standing")),
		rig.Read("previewDeparture", (*rig.Rig).Active, rig.Get(rig.Admin, path+"/departure")),
	))
}

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, commands())
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Active()
	r.Example(wired(r.Parts), 200)
}

func TestA8_EachPartySeesOfASuspensionWhatConcernsIt(t *testing.T) {
	r := suspended(rig.New(t))
	h := wired(r.Parts)
	for name, by := range map[string]rig.Caller{"partner": rig.Admin, "staff": rig.Reviewer} {
		v := rig.Want[api.Standing](r, h, 200, rig.Get(by, path+"/standing"))
		if v.Status != "Suspended" || v.Suspension.Message != "Call us." || v.Suspension.Remedy == "" || len(v.HeldUp) == 0 || v.Suspension.Who != "partner" {
			t.Errorf("%s sees %+v", name, v)
		}
	}
	v := rig.Want[api.Standing](r, h, 200, rig.Get(rig.Distributor, path+"/standing"))
	if v.Status != "Suspended" || v.Suspension.Code != "fraud_suspected" || v.Suspension.Message != "" || v.Suspension.Cause != "" || v.Suspension.Who != "partner" || v.Suspension.Since.IsZero() {
		t.Errorf("the distributor sees %+v", v)
	}
	rig.Want[api.Problem](r, h, 404, rig.Get(rig.Foreigner, path+"/standing"))
	for status, call := range map[int]rig.Call{
		403: rig.Post(rig.Admin, path+"/suspension", map[string]any{"code": "fraud_suspected", "partnerReason": "x", "reason": "x"}),
		422: rig.Post(rig.Reviewer, path+"/suspension/decision", map[string]any{"decision": "Upheld", "reason": ""}),
		409: rig.Post(rig.Reviewer, path+"/suspension", map[string]any{"code": "fraud_suspected", "partnerReason": "x", "reason": "x"}),
	} {
		rig.Want[api.Problem](r, h, status, call)
	}
}
