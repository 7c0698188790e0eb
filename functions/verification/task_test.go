//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

// token is that of the example event-task.json.
const token = "AAAAKgAAAAIAAAAAAAAAAexample"

func TestTheWorkflowThatArrivesFirstLeavesItsTokenAndIsAnsweredByTheCommand(t *testing.T) {
	r := rig.New(t)
	rig.Waiting(wired, (*rig.Rig).Confirmed)(r)
	if _, err := r.Task(wired(r.Parts), nil); err != nil { // again: its answer had been lost
		t.Fatal(err)
	}
	waits := r.Record().Workflow.Waits
	if len(waits) != 1 || waits[onboarding.WaitDecision].Token != token {
		t.Fatalf("waits %+v", waits)
	}
	r.Network.Reset()
	r.Authorize()
	if signals := r.Network.Signals(); len(signals) != 1 || signals[0].Operation != "SendTaskSuccess" || signals[0].Input["taskToken"] != token || signals[0].Input["output"] != `{"outcome":"Authorized"}` {
		t.Errorf("signals %+v", signals)
	}
	if waits := r.Record().Workflow.Waits; len(waits) != 0 {
		t.Errorf("waits %+v", waits)
	}
}

func TestTheWorkflowThatArrivesLateIsAnsweredAtOnce(t *testing.T) {
	r := rig.New(t).Authorized()
	r.Network.Reset()
	if _, err := r.Task(wired(r.Parts), nil); err != nil {
		t.Fatal(err)
	}
	if signals := r.Network.Signals(); len(signals) != 1 || signals[0].Input["taskToken"] != token || signals[0].Input["output"] != `{"outcome":"Authorized"}` || len(r.Record().Workflow.Waits) != 0 {
		t.Errorf("signals %+v, waits %+v", signals, r.Record().Workflow.Waits)
	}
}

func escalate(t *testing.T, r *rig.Rig) {
	t.Helper()
	out, err := r.Task(wired(r.Parts), map[string]any{"task": "escalate"})
	if err != nil || out.(map[string]string)["outcome"] != "Escalated" {
		t.Fatalf("%v, %v", out, err)
	}
}

func TestV6_EscalatingWhatIsEscalatedDecidedOrNotOverdueDoesNothing(t *testing.T) {
	for name, state := range map[string]func(*rig.Rig) *rig.Rig{"not overdue": (*rig.Rig).Confirmed, "escalated": (*rig.Rig).Overdue, "decided": (*rig.Rig).Authorized} {
		r := state(rig.New(t))
		before := r.Record().Partner.Version
		escalate(t, r)
		if after := r.Record().Partner.Version; after != before {
			t.Errorf("%s: version %d after %d", name, after, before)
		}
	}
}

func TestV6_AnOverdueCaseThatNoSweepMetIsEscalatedByTheWorkflow(t *testing.T) {
	r := rig.New(t).Confirmed()
	r.Pass(r.Record().Partner.Case.Latest.Sub(r.Now()))
	for range 2 {
		escalate(t, r)
	}
	events, err := r.Parts.Store.Events(t.Context(), rig.PartnerID)
	if err != nil || r.Record().Partner.Verification() != onboarding.VerificationOverdue {
		t.Fatalf("%s, %v", r.Record().Partner.Verification(), err)
	}
	if last := events[len(events)-1]; last.Data.Type() != "verification.escalated" || len(last.Follow) != 3 || last.Actor.Kind != onboarding.ActorSystem {
		t.Errorf("event %+v", last.Event)
	}
}

func TestV6_ADeadlineEndsTheFirstWaitAndTheDecisionTheSecond(t *testing.T) {
	r := rig.New(t)
	rig.Waiting(wired, (*rig.Rig).Confirmed)(r)
	r.Network.Reset()
	r.Pass(r.Record().Partner.Case.Latest.Sub(r.Now()))
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Escalate(s) })
	if signals := r.Network.Signals(); len(signals) != 1 || signals[0].Input["output"] != `{"outcome":"Overdue"}` {
		t.Fatalf("signals %+v", signals)
	}
	if _, err := r.Task(wired(r.Parts), map[string]any{"task": "awaitEscalatedDecision", "taskToken": "a second token"}); err != nil {
		t.Fatal(err)
	}
	r.Network.Reset()
	r.Authorize()
	if signals := r.Network.Signals(); len(signals) != 1 || signals[0].Input["taskToken"] != "a second token" || signals[0].Input["output"] != `{"outcome":"Authorized"}` {
		t.Errorf("signals %+v", signals)
	}
}
