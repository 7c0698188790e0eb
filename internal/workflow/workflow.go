// Package workflow is the bridge to Step Functions: it starts executions,
// answers their waits, and takes in the waits' tokens.
//
// A wait is level-triggered. When the workflow arrives, the partner's record is
// asked first: a step that is done already is answered at once, otherwise the
// token is kept with the record. A command that does the step finds the token
// there. Both sides write under the same guard, so neither order of arrival
// can lose the other.
package workflow

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// StepFunctions is what this package calls of service/sfn.
type StepFunctions interface {
	StartExecution(context.Context, *sfn.StartExecutionInput, ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
	SendTaskSuccess(context.Context, *sfn.SendTaskSuccessInput, ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error)
	SendTaskFailure(context.Context, *sfn.SendTaskFailureInput, ...func(*sfn.Options)) (*sfn.SendTaskFailureOutput, error)
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

// Client speaks to Step Functions.
type Client struct {
	API          StepFunctions
	Onboarding   string // ARN of the onboarding state machine, or of its alias; needed by Start only
	Verification string // the same of the verification state machine; needed by StartReverification only
	DirectBill   string // the same of the direct-bill state machine; needed by StartDirectBill only
}

// ExecutionName is the name of a partner's execution of a round. It is derived,
// so that starting twice meets the same name.
func ExecutionName(partnerID string, round int) string {
	return fmt.Sprintf("onboarding-%s-%d", partnerID, round)
}

// ReverificationName is the name of the execution that waits for the decision
// on a partner's change.
func ReverificationName(partnerID string, change int) string {
	return fmt.Sprintf("reverification-%s-%d", partnerID, change)
}

// ExecutionArn is the ARN that a round's execution has, started or not.
func (c *Client) ExecutionArn(partnerID string, round int) string {
	parts := strings.Split(c.Onboarding, ":") // arn:aws:states:REGION:ACCOUNT:stateMachine:NAME[:ALIAS]
	if len(parts) < 7 {
		return ""
	}
	return strings.Join(append(append(parts[:5:5], "execution"), parts[6], ExecutionName(partnerID, round)), ":")
}

// Conducts says whether an execution is the one that conducts a partner: the
// one that claimed the present round, or the one that was started for it and
// hasn't come to claim it.
func (c *Client) Conducts(r store.Record, execution string) bool {
	if r.Workflow.Execution != "" && r.Workflow.Round == r.Partner.Round {
		return execution == r.Workflow.Execution
	}
	return execution != "" && execution == c.ExecutionArn(r.Partner.ID, r.Partner.Round)
}

// Start starts the execution of a round. One that exists already is success.
func (c *Client) Start(ctx context.Context, partnerID string, round int) error {
	return c.start(ctx, c.Onboarding, ExecutionName(partnerID, round), fmt.Sprintf(`{"partnerId":%q,"round":%d}`, partnerID, round))
}

// StartReverification starts the execution that waits for the decision on a
// change (V7). One that exists already is success.
func (c *Client) StartReverification(ctx context.Context, partnerID string, change int) error {
	return c.start(ctx, c.Verification, ReverificationName(partnerID, change), fmt.Sprintf(`{"partnerId":%q,"change":%d}`, partnerID, change))
}

// DirectBillName is the name of a run of a partner's application for direct
// bill.
func DirectBillName(partnerID string, application, run int) string {
	return fmt.Sprintf("directbill-%s-%d-%d", partnerID, application, run)
}

// StartDirectBill starts a run of an application for direct bill (X4). One that
// exists already is success.
func (c *Client) StartDirectBill(ctx context.Context, partnerID string, application, run int) error {
	return c.start(ctx, c.DirectBill, DirectBillName(partnerID, application, run), fmt.Sprintf(`{"partnerId":%q,"application":%d}`, partnerID, application))
}

// start starts an execution. The input must be identical for every try.
func (c *Client) start(ctx context.Context, machine, name, input string) error {
	if machine == "" {
		return errors.New("workflow: this function doesn't start such executions")
	}
	_, err := c.API.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Name: aws.String(name), Input: &input})
	var exists *types.ExecutionAlreadyExists
	if err == nil || errors.As(err, &exists) {
		return nil
	}
	return fmt.Errorf("workflow: start %s: %w", name, err)
}

// Finish answers a wait. A wait that isn't open any more is success: whether
// the workflow went on is told by the record, which it reads again whenever a
// wait of its own ends without an answer. A dormant application's wait fails,
// with an error that the state machine catches to end cleanly.
func (c *Client) Finish(ctx context.Context, f onboarding.FinishWait) error {
	var err error
	if f.Outcome == onboarding.OutcomeDormant {
		_, err = c.API.SendTaskFailure(ctx, &sfn.SendTaskFailureInput{
			TaskToken: &f.Token, Error: aws.String(string(f.Outcome)), Cause: aws.String("Nothing came of any reminder. The partner's next command starts the next round."),
		})
	} else {
		_, err = c.API.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &f.Token, Output: aws.String(fmt.Sprintf(`{"outcome":%q}`, f.Outcome))})
	}
	var timedOut *types.TaskTimedOut
	var gone *types.TaskDoesNotExist
	var invalid *types.InvalidToken
	if err == nil || errors.As(err, &timedOut) || errors.As(err, &gone) || errors.As(err, &invalid) {
		return nil
	}
	return fmt.Errorf("workflow: finish the wait for %s: %w", f.Wait, err)
}

// Running says whether an execution is still running. One that Step Functions
// doesn't know isn't.
func (c *Client) Running(ctx context.Context, execution string) (bool, error) {
	out, err := c.API.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
	var unknown *types.ExecutionDoesNotExist
	var invalid *types.InvalidArn
	if errors.As(err, &unknown) || errors.As(err, &invalid) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("workflow: look at execution: %w", err)
	}
	return out.Status == types.ExecutionStatusRunning || out.Status == types.ExecutionStatusPendingRedrive, nil
}
