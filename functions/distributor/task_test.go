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
	rig.Waiting(wired, (*rig.Rig).Requested)(r)
	if _, err := r.Task(wired(r.Parts), nil); err != nil { // again: its answer had been lost
		t.Fatal(err)
	}
	waits := r.Record().Workflow.Waits
	if len(waits) != 1 || waits[onboarding.WaitDistributor].Token != token {
		t.Fatalf("waits %+v", waits)
	}
	r.Network.Reset()
	r.AcceptRequest()
	if signals := r.Network.Signals(); len(signals) != 1 || signals[0].Operation != "SendTaskSuccess" || signals[0].Input["taskToken"] != token || signals[0].Input["output"] != `{"outcome":"Active"}` {
		t.Errorf("signals %+v", signals)
	}
	if waits := r.Record().Workflow.Waits; len(waits) != 0 {
		t.Errorf("waits %+v", waits)
	}
}

func TestTheWorkflowThatArrivesLateIsAnsweredAtOnce(t *testing.T) {
	r := rig.New(t).Active()
	r.Network.Reset()
	if _, err := r.Task(wired(r.Parts), nil); err != nil {
		t.Fatal(err)
	}
	if signals := r.Network.Signals(); len(signals) != 1 || signals[0].Input["taskToken"] != token || signals[0].Input["output"] != `{"outcome":"Active"}` || len(r.Record().Workflow.Waits) != 0 {
		t.Errorf("signals %+v, waits %+v", signals, r.Record().Workflow.Waits)
	}
}
