//go:build stack

package main

import (
	"encoding/json"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

// token is that of the example event-task.json.
const token = "AAAAKgAAAAIAAAAAAAAAAexample"

// tell carries out a command that may be refused.
func tell(t *testing.T, r *rig.Rig, decide func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)) (command.Result, error) {
	t.Helper()
	return r.Parts.Commands.Run(t.Context(), command.Command{PartnerID: rig.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorPartner}, Authorize: onboarding.Known, Decide: decide})
}

func TestTheWorkflowThatArrivesFirstLeavesItsTokenAndIsAnsweredByTheCommand(t *testing.T) {
	r := rig.New(t)
	rig.Waiting(wired, applied)(r)
	waits := r.Record().Workflow.Waits
	if len(waits) != 1 || waits[onboarding.WaitDirectBillDecision.Of(1)].Token != token {
		t.Fatalf("waits %+v", waits)
	}
	r.Network.Reset()
	if _, err := tell(t, r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.WithdrawDirectBill("", s)
	}); err != nil {
		t.Fatal(err)
	}
	if signals := r.Network.Signals(); len(signals) != 1 || signals[0].Operation != "SendTaskSuccess" || signals[0].Input["taskToken"] != token || signals[0].Input["output"] != `{"outcome":"Withdrawn"}` {
		t.Errorf("signals %+v", signals)
	}
}

func TestTheWorkflowThatArrivesLateIsAnsweredAtOnce(t *testing.T) {
	r := approved(rig.New(t))
	r.Network.Reset()
	if _, err := r.Task(wired(r.Parts), nil); err != nil {
		t.Fatal(err)
	}
	if signals := r.Network.Signals(); len(signals) != 1 || signals[0].Input["output"] != `{"outcome":"Approved"}` || len(r.Record().Workflow.Waits) != 0 {
		t.Errorf("signals %+v", signals)
	}
}

func TestX4_EscalatingWhatIsNotOverdueDoesNothing(t *testing.T) {
	for name, state := range map[string]func(*rig.Rig) *rig.Rig{"under review": applied, "approved": approved} {
		r := state(rig.New(t))
		before := r.Record().Partner.Version
		out, err := r.Task(wired(r.Parts), map[string]any{"task": "escalateDirectBill"})
		if err != nil || out.(map[string]string)["outcome"] != "Escalated" || r.Record().Partner.Version != before {
			t.Errorf("%s: %v, %v", name, out, err)
		}
	}
}

func TestO1_AnExecutionFindsItsApplicationOrSaysWhatToGive(t *testing.T) {
	r := applied(rig.New(t))
	h := wired(r.Parts)
	conduct := func(input string) (conducted, error) {
		out, err := r.Task(h, map[string]any{"task": "conductDirectBill", "input": json.RawMessage(input), "execution": "arn:second"})
		got, _ := out.(conducted)
		return got, err
	}
	for _, input := range []string{`{"partnerId":"` + rig.PartnerID + `"}`, `{"partnerId":"` + rig.PartnerID + `","application":1}`} {
		if got, err := conduct(input); err != nil || got != (conducted{"Conducts", rig.PartnerID, 1}) {
			t.Errorf("%s: %+v, %v", input, got, err)
		}
	}
	for _, input := range []string{`{}`, `[]`, `{"partnerId":"P-NOBODY"}`, `{"partnerId":"` + rig.PartnerID + `","application":7}`} {
		if _, err := conduct(input); err == nil {
			t.Errorf("%s is conducted", input)
		}
	}
	none := rig.New(t).Enrolled()
	if _, err := none.Task(wired(none.Parts), map[string]any{"task": "conductDirectBill", "input": json.RawMessage(`{"partnerId":"` + rig.PartnerID + `"}`)}); err == nil {
		t.Error("a partner without an application is conducted")
	}
}

func TestX4_TheQueueOfDirectBillStandsBesideTheOthers(t *testing.T) {
	r := applied(rig.New(t))
	listed := func() []store.QueueItem {
		t.Helper()
		items, _, err := r.Parts.Store.Queue(t.Context(), store.QueueQuery{Queue: onboarding.QueueDirectBill, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return items
	}
	if items := listed(); len(items) != 1 || items[0].PartnerID != rig.PartnerID || items[0].Status != "UnderReview" || items[0].DueBy.IsZero() {
		t.Errorf("%+v", items)
	}
	page, next, err := r.Parts.Store.Queue(t.Context(), store.QueueQuery{Queue: onboarding.QueueDirectBill, Limit: 1})
	if err != nil || len(page) != 1 {
		t.Fatal(page, err)
	}
	if next != "" {
		if page, _, err = r.Parts.Store.Queue(t.Context(), store.QueueQuery{Queue: onboarding.QueueDirectBill, Limit: 1, Cursor: next}); err != nil || len(page) != 0 {
			t.Errorf("the page after: %v, %v", page, err)
		}
	}
	due := listed()[0].DueBy
	if today, _, err := r.Parts.Store.Queue(t.Context(), store.QueueQuery{Queue: onboarding.QueueDueToday, Limit: 10, DueBy: due}); err != nil || len(today) != 1 {
		t.Errorf("due today: %v, %v", today, err)
	}
	if _, err := tell(t, r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.WithdrawDirectBill("", s)
	}); err != nil {
		t.Fatal(err)
	}
	if items := listed(); len(items) != 0 {
		t.Errorf("%+v", items)
	}
}
