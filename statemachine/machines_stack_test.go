//go:build stack

package statemachine_test

import (
	"context"
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// machines are copies of both definitions, in the emulator and calling the
// stack's functions, in which a test may change what it needs: a guard of weeks
// becomes seconds.
type machines struct {
	*stack.Stack
	onboarding, verification string // ARNs
}

// change alters the states of a definition by its name.
type change func(machine string, states map[string]map[string]any)

// within gives states other guards.
func within(seconds int, names ...string) change {
	return func(_ string, states map[string]map[string]any) {
		for _, name := range names {
			if s, there := states[name]; there {
				s["TimeoutSeconds"] = seconds
			}
		}
	}
}

func copies(t *testing.T, changes ...change) machines {
	t.Helper()
	s, err := stack.Load()
	if err != nil {
		t.Fatal(err)
	}
	m := machines{Stack: s}
	m.verification = m.copy(t, "verification", s.VerificationStateMachine, changes)
	m.onboarding = m.copy(t, "onboarding", s.OnboardingStateMachine, changes)
	return m
}

// copy makes a machine of a file's definition; what its substitutions stand for
// is read from the deployed one.
func (m *machines) copy(t *testing.T, name, deployed string, changes []change) string {
	t.Helper()
	there, err := m.StepFunctions().DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: &deployed})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	var original struct{ States map[string]state }
	if err := json.Unmarshal([]byte(*there.Definition), &original); err != nil {
		t.Fatal(err)
	}
	for at, s := range load(t, name).States {
		for _, field := range []string{"FunctionName", "StateMachineArn"} {
			asked, _ := s.Arguments[field].(string)
			if given, ok := original.States[at].Arguments[field].(string); ok {
				names[asked] = given
			}
		}
	}
	if m.verification != "" {
		names["${VerificationStateMachine}"] = m.verification
	}
	content := string(text(t, name))
	for asked, given := range names {
		content = strings.ReplaceAll(content, asked, given)
	}
	var whole map[string]any
	if err := json.Unmarshal([]byte(content), &whole); err != nil {
		t.Fatal(err)
	}
	states := map[string]map[string]any{}
	for at, s := range whole["States"].(map[string]any) {
		states[at] = s.(map[string]any)
	}
	for _, change := range changes {
		change(name, states)
	}
	if start, given := states[""]; given { // a change of where it starts
		maps.Copy(whole, start)
		delete(whole["States"].(map[string]any), "")
	}
	out, err := m.StepFunctions().CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String(strings.ToLower(app.NewID("try-"+name+"-", time.Now()))), Definition: aws.String(encode(t, whole)), RoleArn: there.RoleArn,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = m.StepFunctions().DeleteStateMachine(context.WithoutCancel(t.Context()), &sfn.DeleteStateMachineInput{StateMachineArn: out.StateMachineArn})
	})
	return *out.StateMachineArn
}

func (m *machines) start(t *testing.T, machine string, input any) string {
	t.Helper()
	out, err := m.StepFunctions().StartExecution(t.Context(), &sfn.StartExecutionInput{StateMachineArn: &machine, Input: aws.String(encode(t, input))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // a wait of weeks shouldn't outlive its test
		_, _ = m.StepFunctions().StopExecution(context.WithoutCancel(t.Context()), &sfn.StopExecutionInput{ExecutionArn: out.ExecutionArn})
	})
	return *out.ExecutionArn
}

// end waits for an execution's end.
func (m *machines) end(t *testing.T, execution string) *sfn.DescribeExecutionOutput {
	t.Helper()
	var out *sfn.DescribeExecutionOutput
	eventually(t, "the execution ends", func() bool {
		var err error
		if out, err = m.StepFunctions().DescribeExecution(t.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &execution}); err != nil {
			t.Fatal(err)
		}
		return out.Status != types.ExecutionStatusRunning
	})
	return out
}

// ended waits for an execution's end and holds its output against the wanted.
func (m *machines) ended(t *testing.T, execution string, want any) {
	t.Helper()
	out := m.end(t, execution)
	if out.Status != types.ExecutionStatusSucceeded || !equal(t, []byte(aws.ToString(out.Output)), []byte(encode(t, want))) {
		t.Fatalf("%s: %s, want %s (%s: %s)", out.Status, aws.ToString(out.Output), encode(t, want), aws.ToString(out.Error), aws.ToString(out.Cause))
	}
}

// way lists the states that an execution went through, in order.
func (m *machines) way(t *testing.T, execution string) []string {
	t.Helper()
	events, err := m.History(t.Context(), execution)
	if err != nil {
		t.Fatal(err)
	}
	var way []string
	for _, e := range events {
		if e.StateEnteredEventDetails != nil {
			way = append(way, *e.StateEnteredEventDetails.Name)
		}
	}
	return way
}

// children are the executions of the verification copy.
func (m *machines) children(t *testing.T) []string {
	t.Helper()
	out, err := m.StepFunctions().ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: &m.verification})
	if err != nil {
		t.Fatal(err)
	}
	var arns []string
	for _, e := range out.Executions {
		arns = append(arns, *e.ExecutionArn)
	}
	return arns
}
