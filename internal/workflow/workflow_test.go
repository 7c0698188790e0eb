package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

// stepFunctions answers by functions; one that isn't set must not be called.
type stepFunctions struct {
	start    func(*sfn.StartExecutionInput) error
	success  func(*sfn.SendTaskSuccessInput) error
	failure  func(*sfn.SendTaskFailureInput) error
	describe func(*sfn.DescribeExecutionInput) (*sfn.DescribeExecutionOutput, error)
}

func (f stepFunctions) StartExecution(_ context.Context, in *sfn.StartExecutionInput, _ ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error) {
	return &sfn.StartExecutionOutput{}, f.start(in)
}

func (f stepFunctions) SendTaskSuccess(_ context.Context, in *sfn.SendTaskSuccessInput, _ ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error) {
	return &sfn.SendTaskSuccessOutput{}, f.success(in)
}

func (f stepFunctions) SendTaskFailure(_ context.Context, in *sfn.SendTaskFailureInput, _ ...func(*sfn.Options)) (*sfn.SendTaskFailureOutput, error) {
	return &sfn.SendTaskFailureOutput{}, f.failure(in)
}

func (f stepFunctions) DescribeExecution(_ context.Context, in *sfn.DescribeExecutionInput, _ ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error) {
	return f.describe(in)
}

// records holds one partner and plays the guard of the table: a write of
// somebody who read an older revision is refused.
type records struct {
	record    store.Record
	conflicts int // writes that meet somebody else's first
	between   func(*store.Record)
	writes    int
}

func (r *records) Load(context.Context, string, store.Request, time.Time) (store.Record, *store.Replay, error) {
	return r.record, nil, nil
}

func (r *records) SetWorkflow(_ context.Context, before store.Record, next store.Workflow) error {
	if r.between != nil {
		r.between(&r.record)
		r.between = nil
	}
	if r.conflicts > 0 {
		r.conflicts--
		return store.ErrConflict
	}
	if before.Partner.Version != r.record.Partner.Version || before.Workflow.Revision != r.record.Workflow.Revision {
		return store.ErrConflict
	}
	next.Revision++
	r.record.Workflow = next
	r.writes++
	return nil
}

var entered = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func task(token string, at time.Time) workflow.Task {
	return workflow.Task{Task: "awaitAgreement", PartnerID: "P-1", TaskToken: token, EnteredAt: at, Execution: "arn:execution"}
}

func waiting() store.Record {
	return store.Record{Partner: onboarding.Partner{ID: "P-1", Version: 4, Round: 1}, Workflow: store.Workflow{Revision: 3, Execution: "arn:execution", Round: 1}}
}

func accept(r *store.Record) { r.Partner.Acceptance = &onboarding.Acceptance{}; r.Partner.Version++ }

func TestTheWorkflowThatArrivesFirstLeavesItsToken(t *testing.T) {
	r := &records{record: waiting()}
	client := workflow.Client{API: stepFunctions{}} // nothing is sent
	if err := client.Await(t.Context(), r, onboarding.WaitAgreement, task("t-1", entered)); err != nil {
		t.Fatal(err)
	}
	want := map[onboarding.WaitName]store.Wait{onboarding.WaitAgreement: {Token: "t-1", EnteredAt: entered, Execution: "arn:execution"}}
	if !reflect.DeepEqual(r.record.Workflow.Waits, want) || r.record.Workflow.Execution != "arn:execution" || r.record.Workflow.Round != 1 {
		t.Errorf("workflow %+v", r.record.Workflow)
	}
}

func TestTheWorkflowThatArrivesLateIsAnsweredAtOnce(t *testing.T) {
	r := &records{record: waiting()}
	accept(&r.record)
	var sent []string
	client := workflow.Client{API: stepFunctions{success: func(in *sfn.SendTaskSuccessInput) error {
		sent = append(sent, *in.TaskToken, *in.Output)
		return nil
	}}}
	if err := client.Await(t.Context(), r, onboarding.WaitAgreement, task("t-1", entered)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(sent, []string{"t-1", `{"outcome":"Accepted"}`}) || r.writes != 0 {
		t.Errorf("sent %v, wrote %d", sent, r.writes)
	}
}

func TestACommandBetweenTheWorkflowsReadAndItsWriteIsNotLost(t *testing.T) {
	r := &records{record: waiting(), between: accept}
	sent := 0
	client := workflow.Client{API: stepFunctions{success: func(*sfn.SendTaskSuccessInput) error { sent++; return nil }}}
	if err := client.Await(t.Context(), r, onboarding.WaitAgreement, task("t-1", entered)); err != nil {
		t.Fatal(err)
	}
	if sent != 1 || len(r.record.Workflow.Waits) != 0 {
		t.Errorf("sent %d, workflow %+v", sent, r.record.Workflow)
	}
}

func TestTheNewestTokenCountsWhicheverComesFirst(t *testing.T) {
	older, newer := task("t-old", entered), task("t-new", entered.Add(time.Minute))
	for name, order := range map[string][]workflow.Task{
		"in order":                {older, newer},
		"the older comes late":    {newer, older},
		"the newer twice":         {older, newer, newer},
		"each twice and shuffled": {newer, older, older, newer},
	} {
		r := &records{record: waiting()}
		for _, task := range order {
			if err := (&workflow.Client{API: stepFunctions{}}).Await(t.Context(), r, onboarding.WaitAgreement, task); err != nil {
				t.Fatal(name, err)
			}
		}
		if got := r.record.Workflow.Waits[onboarding.WaitAgreement].Token; got != "t-new" || len(r.record.Workflow.Waits) != 1 {
			t.Errorf("%s: %+v", name, r.record.Workflow.Waits)
		}
	}
}

func TestTheSameTokenTwiceIsWrittenOnce(t *testing.T) {
	r := &records{record: waiting()}
	for range 3 {
		if err := (&workflow.Client{API: stepFunctions{}}).Await(t.Context(), r, onboarding.WaitAgreement, task("t-1", entered)); err != nil {
			t.Fatal(err)
		}
	}
	if r.writes != 1 {
		t.Errorf("%d writes", r.writes)
	}
}

func TestOneWaitIsOpenAtATime(t *testing.T) {
	r := &records{record: waiting()}
	for i, wait := range []onboarding.WaitName{onboarding.WaitDecision, onboarding.WaitEscalatedDecision} {
		if err := (&workflow.Client{API: stepFunctions{}}).Await(t.Context(), r, wait, task(fmt.Sprint("t-", i), entered.Add(time.Duration(i)*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.record.Workflow.Waits) != 1 || r.record.Workflow.Waits[onboarding.WaitEscalatedDecision].Token != "t-1" {
		t.Errorf("waits %+v", r.record.Workflow.Waits)
	}
}

func TestV7_AChangeIsWaitedForBesideTheOnboardingAndEarlierChanges(t *testing.T) {
	r := &records{record: waiting()}
	r.record.Partner.Case = &onboarding.Case{Change: &onboarding.Change{Number: 2}}
	await := func(wait onboarding.WaitName, token string, minute int) {
		t.Helper()
		if err := (&workflow.Client{API: stepFunctions{}}).Await(t.Context(), r, wait, task(token, entered.Add(time.Duration(minute)*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	await(onboarding.WaitAgreement, "t-1", 0)
	await(onboarding.WaitChangeDecision.Of(2), "t-2", 1)
	await(onboarding.WaitDistributor, "t-3", 2)
	if w := r.record.Workflow.Waits; len(w) != 2 || w[onboarding.WaitChangeDecision.Of(2)].Token != "t-2" || w[onboarding.WaitDistributor].Token != "t-3" {
		t.Errorf("waits %+v", w)
	}
	await(onboarding.WaitEscalatedChangeDecision.Of(2), "t-4", 3)
	if w := r.record.Workflow.Waits; len(w) != 2 || w[onboarding.WaitEscalatedChangeDecision.Of(2)].Token != "t-4" {
		t.Errorf("waits %+v", w)
	}
	if next := r.record.Workflow.Conducted("arn:another", 2); len(next.Waits) != 1 || next.Execution != "arn:another" || len(next.Onboarding()) != 0 {
		t.Errorf("conducted by another: %+v", next)
	}
	var sent []string
	client := workflow.Client{API: stepFunctions{success: func(in *sfn.SendTaskSuccessInput) error { sent = append(sent, *in.Output); return nil }}}
	if err := client.Await(t.Context(), r, onboarding.WaitChangeDecision.Of(1), task("t-5", entered)); err != nil || !reflect.DeepEqual(sent, []string{`{"outcome":"Withdrawn"}`}) {
		t.Errorf("the change that was replaced: %v, %v", sent, err)
	}
}

func TestAwaitTriesConflictsAgainAndGivesUpInTheEnd(t *testing.T) {
	r := &records{record: waiting(), conflicts: 3}
	if err := (&workflow.Client{}).Await(t.Context(), r, onboarding.WaitAgreement, task("t-1", entered)); err != nil || r.writes != 1 {
		t.Errorf("after three conflicts: %v, %d writes", err, r.writes)
	}
	r = &records{record: waiting(), conflicts: 1000}
	if err := (&workflow.Client{}).Await(t.Context(), r, onboarding.WaitAgreement, task("t-1", entered)); !errors.Is(err, store.ErrConflict) || r.conflicts < 900 {
		t.Errorf("always conflicts: %v, %d left", err, r.conflicts)
	}
}

func TestAwaitRefusesAPartnerThatIsNotThere(t *testing.T) {
	err := (&workflow.Client{}).Await(t.Context(), &records{}, onboarding.WaitAgreement, task("t-1", entered))
	if onboarding.CodeOf(err) != onboarding.CodeNotFound || !strings.Contains(err.Error(), "P-1") {
		t.Errorf("error %v", err)
	}
}

func TestFinishingAWaitThatIsNotOpenIsSuccess(t *testing.T) {
	boom := errors.New("no connection")
	for name, c := range map[string]struct{ answer, want error }{
		"open":                     {nil, nil},
		"timed out":                {&types.TaskTimedOut{}, nil},
		"gone":                     {&types.TaskDoesNotExist{}, nil},
		"no token of this account": {&types.InvalidToken{}, nil},
		"wrapped by the SDK":       {fmt.Errorf("operation error SFN: %w", &types.TaskTimedOut{}), nil},
		"no answer":                {boom, boom},
		"an output it can't read":  {&types.InvalidOutput{}, &types.InvalidOutput{}},
	} {
		client := workflow.Client{API: stepFunctions{success: func(*sfn.SendTaskSuccessInput) error { return c.answer }}}
		err := client.Finish(t.Context(), onboarding.FinishWait{Wait: onboarding.WaitAgreement, Token: "secret-token", Outcome: onboarding.OutcomeAccepted})
		if (err == nil) != (c.want == nil) || err != nil && !errors.Is(err, c.answer) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret-token") {
			t.Errorf("%s: the token is in the error: %v", name, err)
		}
	}
}

func TestStartingARoundTwiceIsSuccessAndAsksForTheSame(t *testing.T) {
	var asked []string
	answers := []error{nil, &types.ExecutionAlreadyExists{}, fmt.Errorf("operation error SFN: %w", &types.ExecutionAlreadyExists{})}
	client := workflow.Client{Onboarding: "arn:machine", API: stepFunctions{start: func(in *sfn.StartExecutionInput) error {
		asked = append(asked, *in.StateMachineArn+" "+*in.Name+" "+*in.Input)
		return answers[len(asked)-1]
	}}}
	for range answers {
		if err := client.Start(t.Context(), "P-1", 2); err != nil {
			t.Fatal(err)
		}
	}
	want := `arn:machine onboarding-P-1-2 {"partnerId":"P-1","round":2}`
	for _, a := range asked {
		if a != want {
			t.Errorf("asked %s, want %s", a, want)
		}
	}
	failing := workflow.Client{Onboarding: "arn:machine", API: stepFunctions{start: func(*sfn.StartExecutionInput) error { return &types.ExecutionLimitExceeded{} }}}
	if err := failing.Start(t.Context(), "P-1", 2); err == nil {
		t.Error("a limit is no success")
	}
	if err := (&workflow.Client{}).Start(t.Context(), "P-1", 1); err == nil {
		t.Error("a function without the state machine's ARN can't start")
	}
}

func TestAnExecutionsNameFitsStepFunctions(t *testing.T) {
	name := workflow.ExecutionName("P-01K6ZT4M9V8Q2R7XW5N0B1CDEF", 123456)
	if len(name) > 80 || !regexp.MustCompile(`^[A-Za-z0-9_-]+$`).MatchString(name) {
		t.Errorf("%q", name)
	}
}

func TestOnlyAnExecutionThatCanGoOnIsRunning(t *testing.T) {
	for status, want := range map[types.ExecutionStatus]bool{
		types.ExecutionStatusRunning: true, types.ExecutionStatusPendingRedrive: true,
		types.ExecutionStatusSucceeded: false, types.ExecutionStatusFailed: false, types.ExecutionStatusTimedOut: false, types.ExecutionStatusAborted: false,
	} {
		client := workflow.Client{API: stepFunctions{describe: func(*sfn.DescribeExecutionInput) (*sfn.DescribeExecutionOutput, error) {
			return &sfn.DescribeExecutionOutput{Status: status}, nil
		}}}
		if got, err := client.Running(t.Context(), "arn:execution"); got != want || err != nil {
			t.Errorf("%s: %v, %v", status, got, err)
		}
	}
	for _, answer := range []error{&types.ExecutionDoesNotExist{}, &types.InvalidArn{}} {
		client := workflow.Client{API: stepFunctions{describe: func(*sfn.DescribeExecutionInput) (*sfn.DescribeExecutionOutput, error) { return nil, answer }}}
		if got, err := client.Running(t.Context(), "arn:execution"); got || err != nil {
			t.Errorf("%T: %v, %v", answer, got, err)
		}
	}
	client := workflow.Client{API: stepFunctions{describe: func(*sfn.DescribeExecutionInput) (*sfn.DescribeExecutionOutput, error) {
		return nil, errors.New("no connection")
	}}}
	if _, err := client.Running(t.Context(), "arn:execution"); err == nil {
		t.Error("no answer isn't an answer")
	}
}

func TestATaskFromTheStateMachineIsRead(t *testing.T) {
	var got workflow.Task
	if err := json.Unmarshal([]byte(`{"task":"pause","partnerId":"P-1","taskToken":"t","enteredAt":"2026-03-02T09:00:00.123Z","execution":"arn","round":2,"input":{"a":1}}`), &got); err != nil {
		t.Fatal(err)
	}
	want := workflow.Task{Task: "pause", PartnerID: "P-1", TaskToken: "t", EnteredAt: entered.Add(123 * time.Millisecond), Execution: "arn", Round: 2, Input: json.RawMessage(`{"a":1}`)}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestEveryErrorReachesAStateMachineByAStableName(t *testing.T) {
	for name, c := range map[string]struct {
		err      error
		want     string
		readable bool
	}{
		"a refusal":           {onboarding.NotFound(), "Refused.not_found", true},
		"a refusal inside":    {fmt.Errorf("while: %w", onboarding.Refuse(onboarding.CodeWorkflowInput, "Give an id.")), "Refused.workflow_input_invalid", true},
		"faults":              {onboarding.Invalid([]onboarding.Fault{{Pointer: "/workEmail", Code: "required", Message: "Enter this."}}), "Refused.invalid", true},
		"a conflict":          {fmt.Errorf("while: %w", store.ErrConflict), "Conflict", true},
		"anything else":       {errors.New("dial tcp 10.0.0.7: secret"), "Internal", false},
		"an error of the SDK": {&types.ExecutionLimitExceeded{Message: aws.String("secret")}, "Internal", false},
	} {
		// A type assertion, not errors.As: that is how the runtime looks.
		got, ok := workflow.TaskError(c.err).(messages.InvokeResponse_Error)
		if !ok || got.Type != c.want || got.Message == "" || strings.Contains(got.Message, "secret") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if err := workflow.TaskError(nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}

// TestEveryErrorThatAStateMachineNamesCanOccur holds the state machines to the
// names that functions emit.
func TestEveryErrorThatAStateMachineNamesCanOccur(t *testing.T) {
	known := regexp.MustCompile(`^(States\.(ALL|Timeout|TaskFailed|Permissions|Runtime)|Lambda\.[A-Za-z]+|StepFunctions\.[A-Za-z]+|Runtime\.ExitError|Sandbox\.Timedout|Conflict|Internal|Dormant|Refused\.[a-z_]+)$`)
	for _, file := range []string{"onboarding", "verification", "directbill"} {
		text, err := os.ReadFile("../../statemachine/" + file + ".asl.json")
		if err != nil {
			t.Fatal(err)
		}
		var machine struct {
			States map[string]struct {
				Retry, Catch []struct{ ErrorEquals []string }
			}
		}
		if err := json.Unmarshal(text, &machine); err != nil {
			t.Fatal(err)
		}
		found := 0
		for state, s := range machine.States {
			for _, handler := range append(s.Retry, s.Catch...) {
				for _, name := range handler.ErrorEquals {
					found++
					if !known.MatchString(name) {
						t.Errorf("%s, state %s: no function emits %q", file, state, name)
					}
				}
			}
		}
		if found == 0 {
			t.Errorf("%s names no error", file)
		}
	}
}

func TestV9_ADormantApplicationsWaitFailsWithTheErrorThatTheStateMachineCatches(t *testing.T) {
	var told string
	client := workflow.Client{API: stepFunctions{failure: func(in *sfn.SendTaskFailureInput) error {
		told = *in.TaskToken + " " + *in.Error
		return nil
	}}}
	if err := client.Finish(t.Context(), onboarding.FinishWait{Wait: onboarding.WaitAgreement, Token: "t-1", Outcome: onboarding.OutcomeDormant}); err != nil || told != "t-1 Dormant" {
		t.Errorf("told %q, %v", told, err)
	}
}
