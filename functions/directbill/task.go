package main

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

func (f function) tasks() app.Tasks {
	await := func(wait onboarding.WaitName) func(context.Context, workflow.Task) (any, error) {
		return func(ctx context.Context, t workflow.Task) (any, error) {
			return nil, f.Workflow.Await(ctx, f.Store, wait.Of(t.Application), t)
		}
	}
	return app.Tasks{
		"conductDirectBill":                f.conduct,
		"awaitDirectBillDecision":          await(onboarding.WaitDirectBillDecision),
		"awaitEscalatedDirectBillDecision": await(onboarding.WaitEscalatedDirectBillDecision),
		"awaitDirectBillTasks":             await(onboarding.WaitDirectBillTasks),
		"escalateDirectBill":               f.escalate,
	}
}

// input is what an execution is started with: by the outbox, or by hand with the
// partner's id alone (O1).
type input struct {
	PartnerID   string `json:"partnerId"`
	Application int    `json:"application"`
}

// conduct checks an execution's input and says whether it conducts the
// application. While another does, the new one steps aside.
func (f function) conduct(ctx context.Context, t workflow.Task) (any, error) {
	in, err := read(t.Input)
	if err != nil {
		return nil, err
	}
	record, _, err := f.Store.Load(ctx, in.PartnerID, store.Request{}, f.Now())
	if err != nil {
		return nil, err
	}
	if !record.Partner.Enrolled() {
		return nil, onboarding.Refuse(onboarding.CodeWorkflowInput, "There is no partner with the id "+strconv.Quote(in.PartnerID)+".")
	}
	application, err := record.Partner.ConductDirectBill(in.Application)
	if err != nil {
		return nil, err
	}
	result := conducted{Outcome: "Conducts", PartnerID: in.PartnerID, Application: application}
	for name, wait := range record.Workflow.Waits {
		if name.Conductor() != onboarding.WaitDirectBillDecision.Of(application).Conductor() || wait.Execution == t.Execution {
			continue
		}
		running, err := f.Workflow.Running(ctx, wait.Execution)
		if err != nil {
			return nil, err
		}
		if running {
			result.Outcome = "SteppedAside"
		}
	}
	return result, nil
}

type conducted struct {
	Outcome     string `json:"outcome"`
	PartnerID   string `json:"partnerId"`
	Application int    `json:"application"`
}

// read decodes an execution's input. Whatever is wrong with it is said in words
// that the Step Functions console shows.
func read(raw json.RawMessage) (input, error) {
	var in input
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	if err := decoder.Decode(&in); err != nil || in.PartnerID == "" || len(in.PartnerID) > maxID {
		return in, onboarding.Refuse(onboarding.CodeWorkflowInput, `Start this with {"partnerId": "P-…"}, and "application" with a number for another than the newest.`)
	}
	return in, nil
}

// maxID bounds ids that come from outside.
const maxID = 64

// escalate makes sure that an overdue application is escalated. The sweep that
// met the deadline has done it; this is for a wait that was ended by hand.
func (f function) escalate(ctx context.Context, t workflow.Task) (any, error) {
	_, err := f.Commands.Run(ctx, command.Command{
		PartnerID: t.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Step Functions"},
		Authorize: onboarding.Known,
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.EscalateDirectBill(s)
		},
	})
	switch onboarding.CodeOf(err) {
	case onboarding.CodeStaleVersion, onboarding.CodeDirectBillNotOpen, onboarding.CodeNotOverdue:
		err = nil // nothing left to escalate
	}
	return map[string]string{"outcome": "Escalated"}, err
}
