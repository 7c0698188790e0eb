//go:build stack

package e2e

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// execution is the ARN of the company's execution of a round.
func (c *company) execution(round int) string {
	return strings.Replace(c.stack.OnboardingStateMachine, ":stateMachine:", ":execution:", 1) + ":onboarding-" + c.id + "-" + strconv.Itoa(round)
}

// ended waits for an execution to end and returns its status and output.
func (w *world) ended(arn string) (status types.ExecutionStatus, output map[string]any) {
	w.Helper()
	w.until("the end of "+arn, func() bool {
		out, err := w.stack.StepFunctions().DescribeExecution(w.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if err != nil || out.Status == types.ExecutionStatusRunning {
			return false
		}
		status = out.Status
		if out.Output != nil {
			if err := json.Unmarshal([]byte(*out.Output), &output); err != nil {
				w.Fatalf("output %s: %v", *out.Output, err)
			}
		}
		return true
	})
	return status, output
}

// mustEnd waits for an execution to succeed with an outcome.
func (w *world) mustEnd(arn, outcome string) {
	w.Helper()
	if status, output := w.ended(arn); status != types.ExecutionStatusSucceeded || output["outcome"] != outcome {
		w.Errorf("execution %s: %s, output %v; want %s", arn, status, output, outcome)
	}
}

// start starts the onboarding by hand, as in the console, and returns the
// execution's ARN.
func (w *world) start(input string) string {
	w.Helper()
	out, err := w.stack.StepFunctions().StartExecution(w.Context(), &sfn.StartExecutionInput{StateMachineArn: &w.stack.OnboardingStateMachine, Input: &input})
	if err != nil {
		w.Fatal(err)
	}
	return *out.ExecutionArn
}

// failure is the error and cause with which an execution ended.
func (w *world) failure(arn string) (name, cause string) {
	w.Helper()
	if status, output := w.ended(arn); status != types.ExecutionStatusFailed {
		w.Fatalf("execution %s: %s %v, want a failure", arn, status, output)
	}
	out, err := w.stack.StepFunctions().DescribeExecution(w.Context(), &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		w.Fatal(err)
	}
	return aws.ToString(out.Error), aws.ToString(out.Cause)
}

// entered lists the states that the company's execution of a round entered,
// and after them those of the verifications, oldest first.
func (c *company) entered(round int) []string {
	c.Helper()
	states := c.enteredOf(c.execution(round))
	pages := sfn.NewListExecutionsPaginator(c.stack.StepFunctions(), &sfn.ListExecutionsInput{StateMachineArn: &c.stack.VerificationStateMachine})
	var own []types.ExecutionListItem
	for pages.HasMorePages() {
		page, err := pages.NextPage(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		for _, e := range page.Executions {
			if strings.HasPrefix(aws.ToString(e.Name), "verification-"+c.id+"-") {
				own = append(own, e)
			}
		}
	}
	slices.SortFunc(own, func(a, b types.ExecutionListItem) int { return strings.Compare(*a.Name, *b.Name) })
	for _, e := range own {
		states = append(states, c.enteredOf(*e.ExecutionArn)...)
	}
	return states
}

func (w *world) enteredOf(arn string) (states []string) {
	w.Helper()
	history, err := w.stack.History(w.Context(), arn)
	if err != nil {
		w.Fatal(err)
	}
	for _, e := range history {
		if d := e.StateEnteredEventDetails; d != nil {
			states = append(states, aws.ToString(d.Name))
		}
	}
	return states
}

// waitsFor waits until the workflow stands still in a wait.
func (c *company) waitsFor(wait string) {
	c.Helper()
	c.until("the workflow's wait for "+wait, func() bool {
		_, waits := c.workflow()
		return waits[wait] != ""
	})
}

// workflow is what the table knows of the company's executions.
func (c *company) workflow() (execution string, waits map[string]string) {
	c.Helper()
	var w struct {
		Execution string
		Waits     map[string]struct {
			Token     string
			EnteredAt time.Time
		}
	}
	if err := json.Unmarshal([]byte(c.attribute("workflow")), &w); err != nil {
		c.Fatal(err)
	}
	waits = map[string]string{}
	for name, wait := range w.Waits {
		waits[name] = wait.Token
	}
	return w.Execution, waits
}
