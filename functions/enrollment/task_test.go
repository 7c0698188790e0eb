//go:build stack

package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const first, second = "arn:aws:states:us-east-1:000000000000:execution:onboarding:first", "arn:aws:states:us-east-1:000000000000:execution:onboarding:second"

// begins sends the first state's task of an execution.
func begins(t *testing.T, r *rig.Rig, execution string, input map[string]any) begun {
	t.Helper()
	out, err := r.Task(wired(r.Parts), map[string]any{"execution": execution, "input": input})
	if err != nil {
		t.Fatal(err)
	}
	return out.(begun)
}

func ofPartner(round int) map[string]any {
	if round == 0 {
		return map[string]any{"partnerId": rig.PartnerID}
	}
	return map[string]any{"partnerId": rig.PartnerID, "round": round}
}

func (b begun) is(t *testing.T, outcome string, round int, execution string) {
	t.Helper()
	if b.Outcome != outcome || b.Round != round || b.Execution != execution || b.PartnerID != rig.PartnerID {
		t.Errorf("begun %+v, want %s of round %d by %s", b, outcome, round, execution)
	}
}

// await leaves a wait's token, as a step's function does.
func await(t *testing.T, r *rig.Rig, wait onboarding.WaitName, execution string) {
	t.Helper()
	err := r.Parts.Workflow.Await(t.Context(), r.Parts.Store, wait, workflow.Task{PartnerID: rig.PartnerID, TaskToken: "token of " + string(wait), EnteredAt: r.Now(), Execution: execution})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheExampleTaskIsThatOfTheFirstExecution(t *testing.T) {
	r := rig.New(t).Enrolled()
	out, err := r.Task(wired(r.Parts), nil)
	if err != nil {
		t.Fatal(err)
	}
	out.(begun).is(t, "Conducts", 1, "arn:aws:states:us-east-1:123456789012:execution:onboarding-onboarding:onboarding-"+rig.PartnerID+"-1")
}

func TestO1_OneExecutionConductsAndAnotherStepsAsideWhileItRuns(t *testing.T) {
	r := rig.New(t).Enrolled()
	begins(t, r, first, ofPartner(1)).is(t, "Conducts", 1, first)
	revision := r.Record().Workflow.Revision
	begins(t, r, first, ofPartner(1)).is(t, "Conducts", 1, first) // its answer had been lost
	if got := r.Record().Workflow.Revision; got != revision {
		t.Errorf("written again: revision %d after %d", got, revision)
	}
	for range 2 {
		begins(t, r, second, ofPartner(0)).is(t, "AlreadyRunning", 1, first)
	}
	r.Network.SetExecution(first, "FAILED")
	begins(t, r, second, ofPartner(0)).is(t, "Conducts", 1, second)
	if w := r.Record().Workflow; w.Execution != second || len(w.Waits) != 0 {
		t.Errorf("workflow %+v", w)
	}
}

func TestO1_AnExecutionThatTakesOverForgetsTheWaitsOfTheOneThatDied(t *testing.T) {
	r := rig.New(t).Enrolled()
	begins(t, r, first, ofPartner(1))
	await(t, r, onboarding.WaitBusinessInfo, first)
	r.Network.SetExecution(first, "ABORTED")
	begins(t, r, second, ofPartner(0)).is(t, "Conducts", 1, second)
	if waits := r.Record().Workflow.Waits; len(waits) != 0 {
		t.Errorf("waits %+v", waits)
	}
}

func TestTheNextRoundIsConductedWhileTheLastOnesExecutionStillEnds(t *testing.T) { // V4
	r := rig.New(t).Submitted()
	begins(t, r, first, ofPartner(1))
	r.Reject()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.SaveBusinessInfo(rig.Info(), p.InfoRevision, s)
	})
	if p := r.Record().Partner; p.Round != 2 || p.Idle {
		t.Fatalf("round %d, idle %v", p.Round, p.Idle)
	}
	begins(t, r, second, ofPartner(2)).is(t, "Conducts", 2, second) // the first is still RUNNING
	begins(t, r, first, ofPartner(1)).is(t, "AlreadyRunning", 2, second)
}

func TestO1_AnExecutionStartedByHandOpensTheRoundThatItConducts(t *testing.T) {
	r := rig.New(t).Rejected()
	begins(t, r, first, ofPartner(0)).is(t, "Conducts", 2, first)
	record := r.Record()
	if record.Partner.Idle || record.Partner.Round != 2 || record.Workflow.Round != 2 {
		t.Errorf("round %d, idle %v, workflow %+v", record.Partner.Round, record.Partner.Idle, record.Workflow)
	}
	for _, s := range r.Network.Signals() {
		if s.Operation == "StartExecution" && strings.HasSuffix(s.Input["name"], "-2") {
			t.Error("a second execution was started for the round")
		}
	}
	begins(t, r, first, ofPartner(0)).is(t, "Conducts", 2, first) // once more: no further round
}

func TestO1_AWrongInputIsRefusedByNameAndNothingIsMade(t *testing.T) {
	r := rig.New(t)
	for name, input := range map[string]map[string]any{
		"Refused.not_found":              ofPartner(0),
		"Refused.workflow_input_invalid": {},
		"Refused.invalid":                {"enrollment": map[string]any{"tenantId": "t-1", "workAccount": "existing", "workEmail": "ada@gmail.com", "companyName": "Contoso", "operator": "Olga", "reason": "Asked for."}},
	} {
		_, err := r.Task(wired(r.Parts), map[string]any{"input": input})
		refused, ok := err.(messages.InvokeResponse_Error)
		if !ok || refused.Type != name || refused.Message == "" {
			t.Errorf("%s: %#v", name, err)
		}
	}
	if id, _, err := r.Parts.Store.LoadTenant(t.Context(), "t-1", store.Request{}, r.Now()); id != "" || err != nil {
		t.Errorf("tenant has %q, %v", id, err)
	}
}

func TestO1_EnrollingByHandTwiceIsOnePartner(t *testing.T) {
	r := rig.New(t)
	input := map[string]any{"enrollment": map[string]any{"tenantId": "t-1", "workAccount": "existing", "workEmail": "ada@contoso.example", "companyName": "Contoso", "operator": "Olga", "reason": "Asked for."}}
	h := wired(r.Parts)
	var all []begun
	for _, execution := range []string{first, first, second} {
		out, err := r.Task(h, map[string]any{"execution": execution, "input": input})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out.(begun))
	}
	if all[0].Outcome != "Conducts" || all[1].Outcome != "Conducts" || all[2].Outcome != "AlreadyRunning" || all[0].PartnerID == "" || all[1].PartnerID != all[0].PartnerID || all[2].PartnerID != all[0].PartnerID {
		t.Errorf("begun %+v", all)
	}
	events, err := r.Parts.Store.Events(t.Context(), all[0].PartnerID)
	if err != nil || len(events) != 1 || events[0].Actor.Kind != onboarding.ActorStaff || events[0].Actor.Name != "Olga" || events[0].Data.(*onboarding.Enrolled).Reason != "Asked for." {
		t.Errorf("events %+v, %v", events, err)
	}
}

// paused sends the task of the state Pause.
func paused(t *testing.T, r *rig.Rig, round int, execution string) string {
	t.Helper()
	out, err := r.Task(wired(r.Parts), map[string]any{"task": "pause", "partnerId": rig.PartnerID, "round": round, "execution": execution})
	if err != nil {
		t.Fatal(err)
	}
	return out.(map[string]string)["outcome"]
}

func TestARoundInWhichNothingHappenedIsPausedAndTheNextCommandStartsTheNext(t *testing.T) {
	r := rig.New(t).Enrolled()
	begins(t, r, first, ofPartner(1))
	await(t, r, onboarding.WaitBusinessInfo, first)
	for range 2 { // again: its answer had been lost
		if outcome := paused(t, r, 1, first); outcome != "Paused" {
			t.Errorf("outcome %s", outcome)
		}
	}
	if p := r.Record().Partner; !p.Idle || p.Version != 2 {
		t.Errorf("idle %v, version %d", p.Idle, p.Version)
	}
	r.Network.Reset()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.SaveBusinessInfo(rig.Info(), p.InfoRevision, s)
	})
	started := slices.ContainsFunc(r.Network.Signals(), func(s rig.Signal) bool {
		return s.Operation == "StartExecution" && s.Input["name"] == workflow.ExecutionName(rig.PartnerID, 2)
	})
	if !started || r.Record().Partner.Round != 2 {
		t.Errorf("signals %+v", r.Network.Signals())
	}
}

func TestAWaitThatIsOverAfterAllIsLookedAtAgain(t *testing.T) {
	r := rig.New(t).Drafted()
	begins(t, r, first, ofPartner(1))
	await(t, r, onboarding.WaitBusinessInfo, first)
	r.Network.Break(func(_ int, operation string) rig.Fault { // the signal is lost
		if operation == "SendTaskSuccess" {
			return rig.Before
		}
		return rig.None
	})
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Submit(rig.Knowledge(), "C-1", rig.Secret, s)
	})
	r.Network.Reset()
	if outcome := paused(t, r, 1, first); outcome != "LookAgain" || r.Record().Partner.Idle {
		t.Errorf("outcome %s, idle %v", outcome, r.Record().Partner.Idle)
	}
}

func TestAnExecutionOfAnOlderRoundNeitherPausesTheNewerNorLooksAgain(t *testing.T) {
	r := rig.New(t).Submitted()
	begins(t, r, first, ofPartner(1))
	r.Reject()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.SaveBusinessInfo(rig.Info(), p.InfoRevision, s)
	})
	begins(t, r, second, ofPartner(2))
	if outcome := paused(t, r, 1, first); outcome != "Paused" { // the second hasn't come to its first wait yet
		t.Errorf("outcome %s: two executions would conduct", outcome)
	}
	await(t, r, onboarding.WaitBusinessInfo, second)
	if outcome := paused(t, r, 1, first); outcome != "Paused" {
		t.Errorf("outcome %s", outcome)
	}
	if p := r.Record().Partner; p.Idle || p.Round != 2 {
		t.Errorf("idle %v, round %d", p.Idle, p.Round)
	}
}

func TestATaskMeetsFaultsOfTheNetworkWithAnErrorThatIsTriedAgain(t *testing.T) {
	for call := range 3 {
		for _, fault := range []rig.Fault{rig.Before, rig.Lost} {
			r := rig.New(t).Enrolled()
			r.Network.Reset()
			r.Network.Break(func(n int, _ string) rig.Fault {
				if n == call {
					return fault
				}
				return rig.None
			})
			_, err := r.Task(wired(r.Parts), map[string]any{"execution": first, "input": ofPartner(1)})
			failed := messages.InvokeResponse_Error{}
			if err != nil && (!errors.As(err, &failed) || failed.Type != "Internal" && failed.Type != "Conflict") {
				t.Errorf("call %d %s: %v", call, fault, err)
			}
			r.Network.Reset()
			begins(t, r, first, ofPartner(1)).is(t, "Conducts", 1, first)
		}
	}
}

func TestAnUnknownTaskIsAnInternalError(t *testing.T) {
	r := rig.New(t)
	r.Pass(time.Minute)
	_, err := r.Task(wired(r.Parts), map[string]any{"task": "noSuchTask"})
	if failed, ok := err.(messages.InvokeResponse_Error); !ok || failed.Type != "Internal" {
		t.Errorf("error %#v", err)
	}
}
