//go:build stack

package statemachine_test

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// TestTheCasesOfEveryState plays the cases of every definition with TestState.
//
// The cases say what AWS does. The emulator's TestState differs, so each is
// played in up to two parts:
//
//   - it reads no variables but those in the context object, so they are sent in
//     both places;
//   - of a task it applies neither Arguments nor Output nor Assign (nor a Catch's
//     Output), and it overwrites the context's State. So these expressions are
//     evaluated as the Output of a Pass state, which it does apply, with what
//     $states holds moved into the input;
//   - it looks at Catch before Retry. So an error that is retried is played
//     without the Catch, as AWS looks at Retry first.
func TestTheCasesOfEveryState(t *testing.T) {
	s, err := stack.Load()
	if err != nil {
		t.Fatal(err)
	}
	tester := tester{s.StepFunctions()}
	for _, machine := range names {
		d, all := load(t, machine), cases(t, machine)
		for _, c := range all.Cases {
			variables := maps.Clone(all.Variables)
			maps.Copy(variables, c.Variables)
			context := overlay(all.Context, c.Context)
			play := player{tester, d.States[c.State], c, variables, context}
			failures := c.errors(t, all)
			if len(failures) == 0 {
				t.Run(machine+"/"+c.State+"/"+c.Name, func(t *testing.T) { play.once(t, "") })
			}
			for _, failure := range failures {
				t.Run(machine+"/"+c.State+"/"+c.Name+"/"+failure, func(t *testing.T) { play.once(t, failure) })
			}
		}
	}
}

// overlay lays one object over another, objects within objects too.
func overlay(under, over map[string]any) map[string]any {
	result := maps.Clone(under)
	for key, value := range over {
		below, isObject := result[key].(map[string]any)
		if above, both := value.(map[string]any); isObject && both {
			value = overlay(below, above)
		}
		result[key] = value
	}
	return result
}

type tester struct{ sfn *sfn.Client }

// test calls TestState. Its host prefix "sync-" is left away: there is no such
// host on this machine.
func (x tester) test(t *testing.T, in *sfn.TestStateInput) *sfn.TestStateOutput {
	t.Helper()
	in.RoleArn = aws.String("arn:aws:iam::000000000000:role/tests")
	out, err := x.sfn.TestState(t.Context(), in, func(o *sfn.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("NoHostPrefix",
				func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
					return next.HandleInitialize(smithyhttp.DisableEndpointHostPrefix(ctx, true), in)
				}), middleware.Before)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

type player struct {
	tester
	state     state
	c         testCase
	variables map[string]any
	context   map[string]any
}

func (p player) once(t *testing.T, failure string) {
	in := &sfn.TestStateInput{Input: aws.String("{}")}
	if p.c.Input != nil {
		in.Input = aws.String(string(p.c.Input))
	}
	definition := maps.Clone(p.state.raw)
	definition["QueryLanguage"] = "JSONata"
	switch {
	case failure != "":
		in.Mock = &types.MockInput{ErrorOutput: &types.MockErrorOutput{Error: &failure, Cause: aws.String("why")}}
		in.StateConfiguration = &types.TestStateConfiguration{RetrierRetryCount: aws.Int32(int32(p.c.Tries))}
		if p.c.Status == "RETRIABLE" {
			delete(definition, "Catch")
		}
	case p.c.Result != nil:
		in.Mock = &types.MockInput{Result: aws.String(string(p.c.Result)), FieldValidationMode: types.MockResponseValidationModeNone}
	}
	in.Definition, in.Variables, in.Context = aws.String(encode(t, definition)), aws.String(encode(t, p.variables)), aws.String(p.contextWithVariables(t))
	out := p.test(t, in)
	if string(out.Status) != p.c.Status || aws.ToString(out.NextState) != p.c.Next {
		t.Errorf("%s → %q, want %s → %q (%s: %s)", out.Status, aws.ToString(out.NextState), p.c.Status, p.c.Next, aws.ToString(out.Error), aws.ToString(out.Cause))
	}
	if p.c.CauseOfFail != nil && (aws.ToString(out.Error) != p.c.Error || aws.ToString(out.Cause) != *p.c.CauseOfFail) {
		t.Errorf("%s: %s\nwant %s: %s", aws.ToString(out.Error), aws.ToString(out.Cause), p.c.Error, *p.c.CauseOfFail)
	}
	if p.state.task() {
		p.same(t, "Arguments", p.c.Arguments, p.state.raw["Arguments"])
		p.same(t, "Output", p.c.Output, p.state.raw["Output"])
		p.same(t, "Assign", p.c.Assign, p.state.raw["Assign"])
		return
	}
	if p.c.Output != nil && !equal(t, []byte(aws.ToString(out.Output)), p.c.Output) {
		t.Errorf("output %s, want %s", aws.ToString(out.Output), p.c.Output)
	}
	for _, way := range p.state.Choices {
		if p.c.Assign != nil && way.Next == p.c.Next {
			p.same(t, "Assign", p.c.Assign, any(way.Assign))
		}
	}
}

// same evaluates an expression of the state and compares it with what the case
// wants of it.
func (p player) same(t *testing.T, what string, want json.RawMessage, expression any) {
	t.Helper()
	if want == nil {
		return
	}
	input := map[string]any{"context": p.context, "input": p.c.Input, "result": p.c.Result}
	pass := map[string]any{"QueryLanguage": "JSONata", "Type": "Pass", "End": true, "Output": moved(expression)}
	out := p.test(t, &sfn.TestStateInput{
		Definition: aws.String(encode(t, pass)), Input: aws.String(encode(t, input)),
		Variables: aws.String(encode(t, p.variables)), Context: aws.String(p.contextWithVariables(t)),
	})
	if out.Status != types.TestExecutionStatusSucceeded {
		t.Errorf("%s: %s: %s", what, aws.ToString(out.Error), aws.ToString(out.Cause))
	} else if !equal(t, []byte(aws.ToString(out.Output)), want) {
		t.Errorf("%s: %s, want %s", what, aws.ToString(out.Output), want)
	}
}

func (p player) contextWithVariables(t *testing.T) string {
	return encode(t, overlay(p.context, map[string]any{"variables": p.variables}))
}

var states = regexp.MustCompile(`\$states\.(context|input|result)`)

// moved reads what $states holds from the input.
func moved(v any) any {
	switch v := v.(type) {
	case string:
		if strings.HasPrefix(v, "{%") {
			return states.ReplaceAllString(v, "$$states.input.$1")
		}
	case map[string]any:
		result := map[string]any{}
		for key, value := range v {
			result[key] = moved(value)
		}
		return result
	}
	return v
}

func encode(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func equal(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatalf("%s: %v", a, err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	return reflect.DeepEqual(x, y)
}
