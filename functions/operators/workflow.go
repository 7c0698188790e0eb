package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

const (
	started   = "A new execution starts from the record. Unlike Step Functions' own redrive this works after 14 days and with a new definition, too."
	runsAgain = "The execution that had stopped runs again: somebody redrove it in Step Functions. Nothing was started."
)

// redrive starts a stopped workflow anew (O2). Step Functions is asked first
// whether the last execution still runs.
func (f function) redrive(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.ReasonRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	running := false
	result, err := f.Commands.Run(r.Context(), command.Command{
		PartnerID: r.PartnerID(), By: r.By.Actor(), Request: request,
		Authorize: func(p onboarding.Partner) error { return onboarding.Authorize(r.By, onboarding.ActionRedrive, p) },
		Look: func(ctx context.Context, read store.Record) (err error) {
			running, err = f.running(ctx, read)
			return err
		},
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Redrive(running, body.Reason, s)
		},
		Answer: func(p onboarding.Partner, e onboarding.Event) (store.Answer, error) {
			out := api.RedriveResult{PartnerID: p.ID, Outcome: api.RedriveOutcomeStarted, Round: p.Round, Execution: workflow.ExecutionName(p.ID, p.Round), Text: started}
			if e.Round == 0 {
				out.Outcome, out.Text = api.RedriveOutcomeRunsAgain, runsAgain
			}
			return httpapi.JSON(http.StatusAccepted, out)
		},
	})
	if result.Replayed {
		return httpapi.Replayed(result.Answer), err
	}
	return result.Answer, err
}

// running asks whether the execution of the present round runs. Which one it is
// says the record or, when it hasn't claimed the partner, its derived name.
func (f function) running(ctx context.Context, r store.Record) (bool, error) {
	execution := f.Workflow.ExecutionArn(r.Partner.ID, r.Partner.Round)
	if r.Workflow.Execution != "" && r.Workflow.Round == r.Partner.Round {
		execution = r.Workflow.Execution
	}
	running, err := f.Workflow.Running(ctx, execution)
	if err != nil {
		return false, fmt.Errorf("%w: %w", command.ErrBusy, err) // Step Functions can't say: try again
	}
	return running, nil
}

// executionEvent is EventBridge's "Step Functions Execution Status Change".
type executionEvent struct {
	DetailType string `json:"detail-type"`
	Detail     struct {
		Execution string `json:"executionArn"`
		Status    string `json:"status"`
		Input     string `json:"input"` // left out when it is large
		Error     string `json:"error"`
		Cause     string `json:"cause"`
		Redrives  int    `json:"redriveCount"`
	} `json:"detail"`
}

// executionChanged records on its partner that the execution which conducts it
// stopped, or runs again. Such events come late, twice, out of order or never:
// what isn't news changes nothing, and what is missed a sweep finds. Nothing in it
// is believed but compared with the record.
func (f function) executionChanged(ctx context.Context, e executionEvent) error {
	var in struct {
		PartnerID  string `json:"partnerId"`
		Enrollment *struct {
			TenantID string `json:"tenantId"`
		} `json:"enrollment"`
		Parent string `json:"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"` // of a verification: the onboarding's execution
	}
	if err := json.Unmarshal([]byte(cmp.Or(e.Detail.Input, "{}")), &in); err != nil {
		return nil // refused by the first state: nobody is conducted by it
	}
	if in.PartnerID == "" && in.Enrollment != nil && in.Enrollment.TenantID != "" && len(in.Enrollment.TenantID) <= maxID {
		id, _, err := f.Store.LoadTenant(ctx, in.Enrollment.TenantID, store.Request{}, f.Now())
		if err != nil {
			return err
		}
		in.PartnerID = id
	}
	if in.PartnerID == "" || len(in.PartnerID) > maxID {
		return nil
	}
	execution, conducts := e.Detail.Execution, false
	_, err := f.Commands.Run(ctx, command.Command{
		PartnerID: in.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Step Functions"}, Authorize: onboarding.Known,
		Look: func(_ context.Context, r store.Record) error {
			execution = e.Detail.Execution
			if conducts = f.Workflow.Conducts(r, execution); !conducts && in.Parent != "" {
				execution, conducts = in.Parent, f.Workflow.Conducts(r, in.Parent) // a part of it stopped, and it will, too
			}
			return nil
		},
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			if e.Detail.Status == "RUNNING" {
				return p.RecordRecovery(execution, s)
			}
			return p.RecordFailure(onboarding.WorkflowFailed{Execution: execution, Status: e.Detail.Status, Error: e.Detail.Error, Cause: e.Detail.Cause}, conducts, s)
		},
	})
	switch onboarding.CodeOf(err) {
	case onboarding.CodeStaleVersion, onboarding.CodeNotFound:
		slog.InfoContext(ctx, "an execution's change is no news", "partnerId", in.PartnerID, "execution", e.Detail.Execution, "status", e.Detail.Status)
		return nil
	}
	return err
}

// maxID bounds ids that come from outside.
const maxID = 64
