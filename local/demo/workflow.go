package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// execution is one of the partner's, as its history tells.
type execution struct {
	name, arn   string
	child       bool // of the verification workflow
	started     time.Time
	status      types.ExecutionStatus
	state       string // entered last
	outcome     string // of one that has ended
	transitions int    // states entered
}

func (e execution) running() bool { return e.status == types.ExecutionStatusRunning }

func (e execution) String() string {
	if e.running() {
		return e.name + " waits in " + e.state
	}
	if e.outcome != "" {
		return fmt.Sprintf("%s has ended: %s (%s)", e.name, e.outcome, e.status)
	}
	return fmt.Sprintf("%s has ended: %s in %s", e.name, e.status, e.state)
}

// executions are those of a partner, oldest first.
func executions(ctx context.Context, s *stack.Stack, partner string) ([]execution, error) {
	var all []execution
	for _, machine := range []string{s.OnboardingStateMachine, s.VerificationStateMachine, s.DirectBillStateMachine} {
		pages := sfn.NewListExecutionsPaginator(s.StepFunctions(), &sfn.ListExecutionsInput{StateMachineArn: aws.String(machine)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("list the executions: %w", err)
			}
			for _, listed := range page.Executions {
				e := execution{name: aws.ToString(listed.Name), arn: aws.ToString(listed.ExecutionArn), status: listed.Status,
					started: aws.ToTime(listed.StartDate), child: machine != s.OnboardingStateMachine}
				if named := strings.HasPrefix(e.name, "onboarding-P-") || strings.HasPrefix(e.name, "verification-P-") || strings.HasPrefix(e.name, "directbill-P-") || strings.HasPrefix(e.name, "reverification-P-"); named && !strings.Contains(e.name, partner) {
					continue // another partner's
				}
				history, err := s.History(ctx, e.arn)
				if err != nil {
					return nil, fmt.Errorf("history of %s: %w", e.name, err)
				}
				if e.read(history, partner) {
					all = append(all, e)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b execution) int { return a.started.Compare(b.started) })
	return all, nil
}

// read takes from the history where the execution is, and says whether it is of
// the partner: one that was started by hand has any name.
func (e *execution) read(history []types.HistoryEvent, partner string) bool {
	of := strings.Contains(e.name, partner)
	for _, event := range history {
		if d := event.StateEnteredEventDetails; d != nil {
			e.state = aws.ToString(d.Name)
			e.transitions++
			of = of || strings.Contains(aws.ToString(d.Input), partner)
		}
		if d := event.ExecutionSucceededEventDetails; d != nil {
			var output struct{ Outcome string }
			_ = json.Unmarshal([]byte(aws.ToString(d.Output)), &output) // without an outcome the state is shown
			e.outcome = output.Outcome
		}
		if d := event.ExecutionFailedEventDetails; d != nil {
			e.outcome = strings.TrimSpace(aws.ToString(d.Error) + " " + aws.ToString(d.Cause))
		}
	}
	return of
}

const workflowDeadline = 30 * time.Second

// awaitWorkflow waits until the workflow is where it should be, and tells of it:
// in one of the states, or ended with one of the outcomes.
func (d *demo) awaitWorkflow(ctx context.Context, doing string, where ...string) error {
	var there []execution
	expected := "the workflow in " + strings.Join(where, " or ")
	err := d.await(ctx, doing, expected, workflowDeadline, d.lookAtExecutions(), func(ctx context.Context) (string, bool, error) {
		all, err := executions(ctx, d.stack, d.partner)
		if err != nil {
			return err.Error(), false, nil
		}
		there = all
		open := slices.DeleteFunc(slices.Clone(all), func(e execution) bool { return !e.running() })
		var seen []string
		for _, e := range all {
			seen = append(seen, e.String())
		}
		if len(seen) == 0 {
			seen = []string{"no execution of " + d.partner}
		}
		// The last of the running ones conducts; when none runs, the newest onboarding has just ended.
		at := ""
		if len(open) > 0 {
			at = open[len(open)-1].state
		} else if i := lastOnboarding(all); i >= 0 {
			at = all[i].outcome
		}
		return strings.Join(seen, "\n            "), slices.Contains(where, at), nil
	})
	if err != nil {
		return err
	}
	d.tellWorkflow(there)
	return nil
}

func lastOnboarding(all []execution) int {
	for i := len(all) - 1; i >= 0; i-- {
		if !all[i].child {
			return i
		}
	}
	return -1
}

// tellWorkflow tells of what runs, and of what has ended since it was told last.
func (d *demo) tellWorkflow(all []execution) {
	var lines []string
	for _, e := range all {
		if e.running() || !d.ended[e.arn] {
			lines = append(lines, e.String())
		}
		if !e.running() {
			d.ended[e.arn] = true
		}
	}
	if len(lines) > 0 {
		d.print.Entry(entry{label: "workflow", style: green, text: lines[0], more: lines[1:]})
	}
}

func (d *demo) lookAtExecutions() []string {
	return []string{
		d.command("go run ./local logs enrollment") + " (also businessinfo, verification, agreement, distributor: the steps' tasks)",
		d.aws("stepfunctions list-executions --state-machine-arn " + d.stack.OnboardingStateMachine),
	}
}
