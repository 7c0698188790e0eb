package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

const machine = "arn:aws:states:us-east-1:000000000000:stateMachine:onboarding"

var noon = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

// machines lists executions page by page, one on each.
type machines struct {
	listed      []types.ExecutionListItem
	inputs      map[string]string // by ARN; one without can't be described
	unreachable bool
}

func (m machines) ListExecutions(_ context.Context, in *sfn.ListExecutionsInput, _ ...func(*sfn.Options)) (*sfn.ListExecutionsOutput, error) {
	if m.unreachable {
		return nil, errors.New("no route")
	}
	if *in.StateMachineArn != machine {
		return nil, errors.New("not the machine itself: " + *in.StateMachineArn)
	}
	for i, e := range m.listed {
		if e.Status == in.StatusFilter && (in.NextToken == nil || *e.ExecutionArn > *in.NextToken) {
			return &sfn.ListExecutionsOutput{Executions: m.listed[i : i+1], NextToken: e.ExecutionArn}, nil
		}
	}
	return &sfn.ListExecutionsOutput{}, nil
}

func (m machines) DescribeExecution(_ context.Context, in *sfn.DescribeExecutionInput, _ ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error) {
	input, ok := m.inputs[*in.ExecutionArn]
	if !ok {
		return nil, errors.New("throttled")
	}
	return &sfn.DescribeExecutionOutput{ExecutionArn: in.ExecutionArn, Status: types.ExecutionStatusFailed, Input: &input, Error: aws.String("States.Runtime")}, nil
}

func (m *machines) add(name string, status types.ExecutionStatus, stopped time.Time, input string) {
	arn := "arn:aws:states:us-east-1:000000000000:execution:onboarding:" + name
	m.listed = append(m.listed, types.ExecutionListItem{ExecutionArn: &arn, Status: status, StopDate: &stopped})
	if input != "" {
		m.inputs[arn] = input
	}
}

// partners holds partners by id.
type partners map[string]onboarding.Partner

func (p partners) Load(_ context.Context, id string, _ store.Request, _ time.Time) (store.Record, *store.Replay, error) {
	return store.Record{Partner: p[id]}, nil, nil
}

func (p partners) LoadTenant(context.Context, string, store.Request, time.Time) (string, *store.Replay, error) {
	return "", nil, nil
}

func (p partners) Commit(_ context.Context, c store.Change) (store.Record, onboarding.Event, error) {
	p[c.Event.PartnerID] = p[c.Event.PartnerID].Apply(c.Event)
	return store.Record{}, c.Event, nil
}

func TestO2_AnExecutionThatStoppedUnheardIsFoundBySweeping(t *testing.T) {
	known, m := partners{}, &machines{inputs: map[string]string{}}
	for _, id := range []string{"P-1", "P-2", "P-3", "P-4"} {
		known[id] = onboarding.Partner{ID: id, Version: 1, TenantID: "t-" + id, WorkEmail: "ada@contoso.example", Round: 1}
	}
	m.add("onboarding-P-1-1", types.ExecutionStatusFailed, noon.Add(-25*time.Hour), `{"partnerId":"P-1","round":1}`)
	m.add("onboarding-P-2-1", types.ExecutionStatusTimedOut, noon.Add(-time.Minute), `{"partnerId":"P-2","round":1}`)
	m.add("onboarding-P-3-1", types.ExecutionStatusFailed, noon.Add(-27*time.Hour), `{"partnerId":"P-3","round":1}`) // was met for a day
	m.add("onboarding-P-4-1", types.ExecutionStatusSucceeded, noon.Add(-time.Minute), `{"partnerId":"P-4","round":1}`)
	m.add("onboarding-P-5-1", types.ExecutionStatusAborted, noon.Add(-time.Minute), "") // can't be described now
	m.add("onboarding-P-6-1", types.ExecutionStatusAborted, noon.Add(-time.Minute), "not JSON")
	now := func() time.Time { return noon }
	f := function{
		Parts:      app.Parts{Workflow: &workflow.Client{Onboarding: machine + ":live"}, Commands: &command.Runner{Records: known, Now: now}, Now: now},
		executions: m,
	}
	for range 2 { // again changes nothing
		out, err := f.handle()(t.Context(), []byte(`{"sweep":"stopped"}`))
		if err != nil || out != (stoppedSummary{Met: 4, Failed: 1}) {
			t.Errorf("%+v, %v", out, err)
		}
	}
	for id, stopped := range map[string]bool{"P-1": true, "P-2": true, "P-3": false, "P-4": false} {
		if p := known[id]; (p.Failure != nil) != stopped || stopped && (p.Version != 2 || p.Failure.Error != "States.Runtime") {
			t.Errorf("%s: version %d, %+v", id, p.Version, p.Failure)
		}
	}
	m.unreachable = true
	if _, err := f.sweepStopped(t.Context()); err == nil {
		t.Error("an unreachable service was taken for an empty list")
	}
}
