//go:build stack

package main

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

func TestO2_ClaimingAnOwnCaseAgainIsDoneAndAnothersIsRefused(t *testing.T) {
	r := claimed(rig.New(t))
	h := wired(r.Parts)
	version := r.Record().Partner.Version
	again := rig.Want[api.StaffCase](r, h, 200, rig.Post(rig.Reviewer, path+"/verification/claim", reason("Mine, still.")))
	if again.Claim == nil || again.Claim.UserID != "u-reviewer" || r.Record().Partner.Version != version {
		t.Errorf("%+v, version %d after %d", again.Claim, r.Record().Partner.Version, version)
	}
	problem := rig.Want[api.Problem](r, h, 409, rig.Post(other, path+"/verification/claim", reason("Mine.")))
	if problem.Code != "case_claimed" || !strings.Contains(problem.Detail, "rae@programme.example") || problem.Where != path+"/verification/reassignment" {
		t.Errorf("%+v", problem)
	}
}

func TestO3_OnlyStaffActsAsAnOperator(t *testing.T) {
	r := rig.New(t).Confirmed()
	h := wired(r.Parts)
	rows := append(commands(), rig.Row{Call: rig.Get(nil, path+"/verification/case")}, rig.Row{Call: rig.Post(nil, path+"/workflow/redrive", reason("x"))})
	for _, row := range rows {
		for status, caller := range map[int]rig.Caller{403: rig.Admin, 404: rig.Foreigner} {
			c := row.Call
			c.By = caller
			if got, _, body := r.Do(h, c); got != status {
				t.Errorf("%s %s: %d, want %d: %s", c.Method, c.Path, got, status, body)
			}
		}
	}
}

func TestO2_TheStaffViewTellsAllOfACaseButTokens(t *testing.T) {
	r := rig.New(t).Rejected()
	days := rig.Knowledge().Calendar
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Appeal("The register is out of date.", days, s)
	})
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Note("Rang Ada.", s)
	})
	record := r.Record()
	waits := map[onboarding.WaitName]store.Wait{onboarding.WaitDecision: {Token: "a secret token", EnteredAt: r.Now(), Execution: arn}}
	if err := r.Parts.Store.SetWorkflow(t.Context(), record, store.Workflow{Execution: arn, Round: record.Partner.Round, Waits: waits}); err != nil {
		t.Fatal(err)
	}
	h := wired(r.Parts)
	v := rig.Want[api.StaffCase](r, h, 200, rig.Get(rig.Reviewer, path+"/verification/case"))
	if v.Submitted.LegalName != "Contoso Ltd" || v.Comparison == nil || v.Appeal == nil || v.Appeal.Message == "" || v.Appeal.Against.Reason != "No record." || len(v.Notes) != 1 || v.Notes[0].Note != "Rang Ada." {
		t.Errorf("%+v", v)
	}
	if v.Workflow.Execution != arn || v.Workflow.Status != api.WorkflowStatusConducts || len(v.Workflow.Waits) != 1 {
		t.Errorf("%+v", v.Workflow)
	}
	_, _, body := r.Do(h, rig.Get(rig.Reviewer, path+"/verification/case"))
	if strings.Contains(string(body), "secret") {
		t.Errorf("a token is shown: %s", body)
	}
}

// tell sends the example event of an execution, with changes to its detail.
func tell(t *testing.T, r *rig.Rig, changes map[string]any) {
	t.Helper()
	text, err := os.ReadFile("event-execution.json")
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatal(err)
	}
	maps.Copy(event["detail"].(map[string]any), changes)
	text, err = json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wired(r.Parts)(t.Context(), text); err != nil {
		t.Errorf("%v: %v", changes, err)
	}
}

func TestO2_AStoppedExecutionIsQueuedOnceAndRedriven(t *testing.T) {
	r := stopped(rig.New(t))
	h := wired(r.Parts)
	before := r.Record().Partner.Version
	stuck := func() (statuses []string) {
		items, _, err := r.Parts.Store.Queue(t.Context(), store.QueueQuery{Queue: onboarding.QueueStuck, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			statuses = append(statuses, i.Status)
		}
		return statuses
	}
	for _, noise := range []map[string]any{
		{"status": "SUCCEEDED"}, {"executionArn": arn + "0"}, {"executionArn": ""}, {"input": "not JSON"}, {"input": ""}, {"input": `{"partnerId":"P-00000000000000000000000000"}`},
		{"input": `{"partnerId":"` + strings.Repeat("x", 3000) + `"}`}, {"input": `{"enrollment":{"tenantId":"t-nobody"}}`}, {"status": "RUNNING", "redriveCount": 1},
	} {
		tell(t, r, noise)
	}
	if got := r.Record().Partner.Version; got != before {
		t.Errorf("noise made %d events", got-before)
	}
	for range 3 { // told again and again
		tell(t, r, nil)
	}
	if p := r.Record().Partner; p.Version != before+1 || p.Failure == nil || p.Failure.Error != "Internal" {
		t.Fatalf("%d events, %+v", p.Version-before, p.Failure)
	}
	if got := stuck(); len(got) != 1 || got[0] != "FAILED" {
		t.Errorf("stuck holds %v", got)
	}
	if v := rig.Want[api.StaffCase](r, h, 200, rig.Get(rig.Reviewer, path+"/verification/case")); v.Workflow.Status != api.WorkflowStatusStopped || v.Workflow.Failure == nil {
		t.Errorf("%+v", v.Workflow)
	}
	again := rig.Post(rig.Reviewer, path+"/workflow/redrive", reason("The bug is mended."))
	if out := rig.Want[api.RedriveResult](r, h, 202, again); out.Outcome != api.RedriveOutcomeStarted || out.Round != 2 || !strings.HasSuffix(out.Execution, "-2") {
		t.Errorf("%+v", out)
	}
	if got := stuck(); len(got) != 0 {
		t.Errorf("stuck still holds %v", got)
	}
	if problem := rig.Want[api.Problem](r, h, 409, again); problem.Code != "workflow_running" {
		t.Errorf("%+v", problem)
	}
	tell(t, r, nil) // the first round's failure, told late
	if p := r.Record().Partner; p.Failure != nil {
		t.Errorf("an old execution's failure counts: %+v", p.Failure)
	}
}

func TestO2_AnExecutionThatSomebodyRedroveIsNotStuckAnyMore(t *testing.T) {
	for name, told := range map[string]func(r *rig.Rig){
		"by Step Functions' own event": func(r *rig.Rig) { tell(t, r, map[string]any{"status": "RUNNING", "redriveCount": 1}) },
		"by an operator who redrives it again": func(r *rig.Rig) {
			r.Network.SetExecution(arn, "RUNNING")
			out := rig.Want[api.RedriveResult](r, wired(r.Parts), 202, rig.Post(rig.Reviewer, path+"/workflow/redrive", reason("x")))
			if out.Outcome != api.RedriveOutcomeRunsAgain || out.Round != 1 {
				t.Errorf("%+v", out)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := stopped(rig.New(t))
			tell(t, r, map[string]any{"status": "TIMED_OUT"})
			told(r)
			items, _, err := r.Parts.Store.Queue(t.Context(), store.QueueQuery{Queue: onboarding.QueueStuck, Limit: 10})
			if p := r.Record().Partner; p.Failure != nil || p.Round != 1 || len(items) != 0 || err != nil {
				t.Errorf("%+v, round %d, %v, %v", p.Failure, p.Round, items, err)
			}
		})
	}
}

func TestO2_AVerificationThatStoppedStopsItsOnboarding(t *testing.T) {
	r := stopped(rig.New(t))
	tell(t, r, map[string]any{
		"executionArn": "arn:aws:states:us-east-1:000000000000:execution:verification:verification-1", "status": "ABORTED",
		"input": `{"partnerId":"` + rig.PartnerID + `","AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":"` + arn + `"}`,
	})
	tell(t, r, nil) // then the onboarding's own end
	if p := r.Record().Partner; p.Failure == nil || p.Failure.Execution != arn || p.Failure.Status != "ABORTED" {
		t.Errorf("%+v", p.Failure)
	}
}

func TestO1_AnExecutionStartedByHandWithAnEnrolmentIsFoundByItsTenant(t *testing.T) {
	r := rig.New(t).Confirmed()
	byHand := "arn:aws:states:us-east-1:000000000000:execution:onboarding:by-hand"
	if err := r.Parts.Store.SetWorkflow(t.Context(), r.Record(), store.Workflow{Execution: byHand, Round: r.Record().Partner.Round}); err != nil {
		t.Fatal(err)
	}
	tell(t, r, map[string]any{"executionArn": byHand, "input": `{"enrollment":{"tenantId":"t-contoso"}}`})
	if p := r.Record().Partner; p.Failure == nil {
		t.Error("not recorded")
	}
}

func TestO2_WhenStepFunctionsCanNotSayNothingIsStarted(t *testing.T) {
	r := stopped(rig.New(t))
	before := r.Record().Partner.Version
	r.Network.Reset()
	r.Network.Break(func(_ int, operation string) rig.Fault {
		if operation == "DescribeExecution" {
			return rig.Before
		}
		return rig.None
	})
	if status, header, body := r.Do(wired(r.Parts), rig.Post(rig.Reviewer, path+"/workflow/redrive", reason("x"))); status != 503 || header.Get("Retry-After") == "" || r.Record().Partner.Version != before {
		t.Errorf("%d: %s", status, body)
	}
}
