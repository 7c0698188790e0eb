package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

const (
	lookBack = 26 * time.Hour  // how long ago an execution may have stopped to be met by a sweep
	spare    = 2 * time.Second // left before the function's deadline when a sweep stops
)

// executions is what Step Functions knows of executions.
type executions interface {
	sfn.ListExecutionsAPIClient
	DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

// stoppedSummary is what one sweep for stopped executions did.
type stoppedSummary struct {
	Met    int `json:"met"`    // executions compared with their partner's record
	Failed int `json:"failed"` // of them, those met again by the next sweep
}

// sweepStopped meets the executions of the onboarding that stopped lately, as if
// the event of each came now: Step Functions tells of them at best effort, and a
// partner whose execution died unheard would wait for nobody. It reads the lists of what
// failed, which are short, and not what runs.
func (f function) sweepStopped(ctx context.Context) (stoppedSummary, error) {
	var sum stoppedSummary
	machine := strings.TrimSuffix(f.Workflow.Onboarding, ":live")
	for _, status := range []types.ExecutionStatus{types.ExecutionStatusFailed, types.ExecutionStatusTimedOut, types.ExecutionStatusAborted} {
		pages := sfn.NewListExecutionsPaginator(f.executions, &sfn.ListExecutionsInput{StateMachineArn: &machine, StatusFilter: status, MaxResults: 1000})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return sum, fmt.Errorf("operators: list executions: %w", err)
			}
			for _, e := range page.Executions {
				if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < spare {
					return sum, errors.New("operators: more executions stopped than one sweep can meet")
				}
				if aws.ToTime(e.StopDate).Before(f.Now().Add(-lookBack)) {
					continue
				}
				sum.Met++
				if err := f.meetStopped(ctx, e); err != nil {
					sum.Failed++
					slog.ErrorContext(ctx, "a stopped execution could not be met", "execution", aws.ToString(e.ExecutionArn), "error", err)
				}
			}
		}
	}
	slog.InfoContext(ctx, "swept", "met", sum.Met, "failed", sum.Failed)
	return sum, nil
}

func (f function) meetStopped(ctx context.Context, e types.ExecutionListItem) error {
	out, err := f.executions.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: e.ExecutionArn})
	if err != nil {
		return err
	}
	var told executionEvent
	told.Detail.Execution, told.Detail.Status, told.Detail.Input = aws.ToString(out.ExecutionArn), string(out.Status), aws.ToString(out.Input)
	told.Detail.Error, told.Detail.Cause = aws.ToString(out.Error), aws.ToString(out.Cause)
	return f.executionChanged(ctx, told)
}
