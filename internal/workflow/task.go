package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Task is what the state machines send to a step's function.
type Task struct {
	Task        string          `json:"task"`
	PartnerID   string          `json:"partnerId"`
	TaskToken   string          `json:"taskToken"` // of a wait; never leaves the server
	EnteredAt   time.Time       `json:"enteredAt"` // when the state was entered, or redriven
	Attempt     int             `json:"attempt"`   // 0 for the first; each retry of a wait has a token of its own
	Execution   string          `json:"execution"` // ARN of the execution that asks
	Round       int             `json:"round"`
	Change      int             `json:"change"`      // number of the change that the execution waits for, 0 for none (V7)
	Application int             `json:"application"` // for direct bill that the execution is about, 0 for none (X4)
	Input       json.RawMessage `json:"input"`       // of the execution, for the first state
}

// Records is what this package needs of the store.
type Records interface {
	Load(ctx context.Context, partnerID string, request store.Request, now time.Time) (store.Record, *store.Replay, error)
	SetWorkflow(ctx context.Context, before store.Record, next store.Workflow) error
}

// Await is how a step's function takes in a wait of the workflow: it answers at
// once when the step is done, else it keeps the token, beside those of other
// conductors. A newer token replaces
// an older one; an older one that comes late is dropped. Repeating it with the
// same token is harmless.
func (c *Client) Await(ctx context.Context, records Records, wait onboarding.WaitName, t Task) error {
	for range 10 {
		record, _, err := records.Load(ctx, t.PartnerID, store.Request{}, t.EnteredAt)
		if err != nil {
			return err
		}
		if !record.Partner.Enrolled() {
			return onboarding.Refuse(onboarding.CodeNotFound, "There is no partner with the id "+t.PartnerID+".")
		}
		if outcome, done := record.Partner.OutcomeOf(wait); done {
			return c.Finish(ctx, onboarding.FinishWait{Wait: wait, Token: t.TaskToken, Outcome: outcome})
		}
		open := record.Workflow.Waits[wait]
		kept := store.Wait{Token: t.TaskToken, EnteredAt: t.EnteredAt, Attempt: t.Attempt, Execution: t.Execution}
		if open.Token == t.TaskToken || open.NewerThan(kept) {
			return nil
		}
		next := record.Workflow.Awaiting(wait, kept)
		err = records.SetWorkflow(ctx, record, next)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return store.ErrConflict
}

// TaskError is how an error reaches a state machine: Step Functions knows an
// error by its name, and the name of a refusal is its code's. Anything that
// isn't a refusal is named "Internal" and says nothing of its insides.
func TaskError(err error) error {
	if err == nil {
		return nil
	}
	var refusal *onboarding.Refusal
	if errors.As(err, &refusal) {
		return messages.InvokeResponse_Error{Type: "Refused." + string(refusal.Code), Message: refusal.Error()}
	}
	if errors.Is(err, store.ErrConflict) {
		return messages.InvokeResponse_Error{Type: "Conflict", Message: "The partner is being changed by others. Try again."}
	}
	return messages.InvokeResponse_Error{Type: "Internal", Message: "Something went wrong inside. The function's log says what."}
}
