// Package app wires a step's function: clients from the environment, built once
// for each cold start, and one entry for API calls and workflow tasks.
package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

// Tasks are the workflow's tasks that a function answers, by name.
type Tasks map[string]func(context.Context, workflow.Task) (any, error)

// Step makes the handler of a function that answers API calls and, when tasks
// isn't nil, tasks of the workflow.
func Step(api *httpapi.Router, tasks Tasks) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, event json.RawMessage) (any, error) {
		ctx, cancel := withTimeToAnswer(ctx)
		defer cancel()
		var call struct {
			Task string `json:"task"`
			events.APIGatewayProxyRequest
		}
		if err := json.Unmarshal(event, &call); err != nil {
			return nil, fmt.Errorf("app: neither an API call nor a task: %w", err)
		}
		if call.Task == "" {
			return api.ServeEvent(ctx, call.APIGatewayProxyRequest)
		}
		do, ok := tasks[call.Task]
		if !ok {
			return nil, workflow.TaskError(fmt.Errorf("app: no such task: %q", call.Task))
		}
		var task workflow.Task
		if err := json.Unmarshal(event, &task); err != nil {
			return nil, workflow.TaskError(fmt.Errorf("app: task %s: %w", call.Task, err))
		}
		result, err := do(ctx, task)
		if err != nil {
			slog.WarnContext(ctx, "a task was refused", "task", task.Task, "partnerId", task.PartnerID, "execution", task.Execution, "error", err)
		}
		return result, workflow.TaskError(err)
	}
}

// withTimeToAnswer ends the work half a second before Lambda does, so that a
// slow dependency still gets an answer out.
func withTimeToAnswer(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-500*time.Millisecond))
	}
	return context.WithCancel(ctx)
}
