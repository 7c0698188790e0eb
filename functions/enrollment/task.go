package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

func (f function) tasks() app.Tasks {
	return app.Tasks{"enroll": f.begin, "pause": f.pause}
}

// input is what an execution of the onboarding state machine is started with,
// by the API or by hand in the console (O1).
type input struct {
	PartnerID  string      `json:"partnerId"`
	Round      int         `json:"round"`
	Enrollment *enrollment `json:"enrollment"`

	// Step Functions' console adds these when one execution starts another.
	StartedBy string `json:"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"`
	Comment   string `json:"Comment"` // the console's own example input has one
}

// enrollment enrols a company on its behalf.
type enrollment struct {
	TenantID    string `json:"tenantId"`
	WorkAccount string `json:"workAccount"`
	WorkEmail   string `json:"workEmail"`
	CompanyName string `json:"companyName"`
	Operator    string `json:"operator"` // who types this
	Reason      string `json:"reason"`   // O3

	Membership *api.MembershipClaim `json:"membership"` // E5
}

// begun is what the first state hands on.
type begun struct {
	PartnerID string `json:"partnerId"`
	Round     int    `json:"round"`
	Outcome   string `json:"outcome"`             // Conducts, or AlreadyRunning
	Execution string `json:"execution,omitempty"` // the one that conducts
}

// begin is the workflow's first state: it checks the execution's input, enrols
// the company if asked to, and claims the partner for this execution. Where
// another execution is running for the partner, this one steps aside.
func (f function) begin(ctx context.Context, t workflow.Task) (any, error) {
	in, err := readInput(t.Input)
	if err != nil {
		return nil, err
	}
	id := in.PartnerID
	if in.Enrollment != nil {
		if id, err = f.enrollOnBehalf(ctx, *in.Enrollment); err != nil {
			return nil, err
		}
	}
	return f.claim(ctx, id, in.Round, t.Execution)
}

func readInput(raw json.RawMessage) (input, error) {
	var in input
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return in, onboarding.Refuse(onboarding.CodeWorkflowInput, `The input can't be read: `+strings.TrimPrefix(err.Error(), "json: ")+`. Give {"partnerId": "P-…"}, or {"enrollment": {"tenantId": …, "workAccount": "existing", "workEmail": …, "companyName": …, "operator": …, "reason": …}}.`)
	}
	if (in.PartnerID == "") == (in.Enrollment == nil) {
		return in, onboarding.Refuse(onboarding.CodeWorkflowInput, `Give either "partnerId", to conduct or resume a partner, or "enrollment", to enrol a company.`)
	}
	if in.Enrollment == nil {
		return in, nil
	}
	var faults []onboarding.Fault
	for _, f := range []struct{ name, value string }{{"tenantId", in.Enrollment.TenantID}, {"operator", in.Enrollment.Operator}, {"reason", in.Enrollment.Reason}} {
		if strings.TrimSpace(f.value) == "" {
			faults = append(faults, onboarding.Fault{Pointer: "/enrollment/" + f.name, Code: onboarding.FaultRequired, Message: "Enter this."})
		} else if len(f.value) > 500 {
			faults = append(faults, onboarding.Fault{Pointer: "/enrollment/" + f.name, Code: onboarding.FaultTooLong, Message: "Shorten this."})
		}
	}
	return in, onboarding.Invalid(faults)
}

func (f function) enrollOnBehalf(ctx context.Context, e enrollment) (partnerID string, err error) {
	existing := f.existing(e.TenantID, view.MembershipClaim(e.Membership))
	result, err := f.Commands.RunNew(ctx, e.TenantID, command.Command{
		By: onboarding.Actor{Kind: onboarding.ActorStaff, Name: e.Operator}, LoadTenant: existing.load, Tried: f.Store.CountTries,
		Authorize: func(onboarding.Partner) error { return nil }, // whoever may start executions is staff
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.EnrollOnBehalf(onboarding.Enroll{
				PartnerID: app.NewID(app.PartnerPrefix, s.At), WorkAccount: onboarding.WorkAccount(e.WorkAccount),
				WorkEmail: e.WorkEmail, CompanyName: e.CompanyName, Reason: e.Reason, Existing: existing.at(s.At),
			}, e.TenantID, s)
		},
	}, func(onboarding.Partner) (store.Answer, error) { return store.Answer{}, nil })
	return result.Partner.ID, err
}

// claim makes an execution the partner's conductor. It steps aside for a newer
// round, and for a running execution of the same round; an older round's
// execution may still be on its way to its end, and doesn't count. round is 0
// for an execution that wasn't started for a certain one.
func (f function) claim(ctx context.Context, partnerID string, round int, execution string) (any, error) {
	for range 10 {
		record, _, err := f.Store.Load(ctx, partnerID, store.Request{}, f.Now())
		if err != nil {
			return nil, err
		}
		p := record.Partner
		if !p.Enrolled() {
			return nil, onboarding.Refuse(onboarding.CodeNotFound, "There is no partner with the id "+partnerID+".")
		}
		other := record.Workflow.Execution
		aside := begun{PartnerID: p.ID, Round: p.Round, Outcome: "AlreadyRunning", Execution: other}
		if round != 0 && round < p.Round {
			return aside, nil
		}
		if other != "" && other != execution && record.Workflow.Round == p.Round && !p.Idle {
			running, err := f.Workflow.Running(ctx, other)
			if err != nil {
				return nil, err
			}
			if running {
				return aside, nil
			}
		}
		if p.Idle {
			if err := f.adopt(ctx, p.ID, execution); err != nil && onboarding.CodeOf(err) != onboarding.CodeStaleVersion {
				return nil, err
			}
			round = 0 // this execution opened the round that it conducts
			continue
		}
		if other == execution && record.Workflow.Round == p.Round {
			return begun{PartnerID: p.ID, Round: p.Round, Outcome: "Conducts", Execution: execution}, nil
		}
		err = f.Store.SetWorkflow(ctx, record, record.Workflow.Conducted(execution, p.Round))
		if err == nil {
			return begun{PartnerID: p.ID, Round: p.Round, Outcome: "Conducts", Execution: execution}, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return nil, err
		}
	}
	return nil, store.ErrConflict
}

// adopt opens a round for an execution that was started by hand while none was
// meant to be open.
func (f function) adopt(ctx context.Context, partnerID, execution string) error {
	_, err := f.Commands.Run(ctx, command.Command{
		PartnerID: partnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Step Functions"},
		Authorize: onboarding.Known,
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Adopt("The execution "+execution+" was started by hand.", s)
		},
	})
	return err
}

// pause ends a round in which nothing has happened for long. When the step that
// was waited for is done after all, the workflow is sent to look again. The
// execution of an older round just ends: another one conducts.
func (f function) pause(ctx context.Context, t workflow.Task) (any, error) {
	record, _, err := f.Store.Load(ctx, t.PartnerID, store.Request{}, f.Now())
	if err != nil {
		return nil, err
	}
	if t.Round != record.Partner.Round {
		return map[string]string{"outcome": "Paused"}, nil
	}
	waits := record.Workflow.Onboarding()
	for name, wait := range waits {
		if _, done := record.Partner.OutcomeOf(name); done && wait.Execution == t.Execution {
			return map[string]string{"outcome": "LookAgain"}, nil
		}
	}
	if len(waits) == 0 { // the wait was finished by a command, and only its signal was lost
		return map[string]string{"outcome": "LookAgain"}, nil
	}
	_, err = f.Commands.Run(ctx, command.Command{
		PartnerID: t.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Step Functions"},
		Authorize: onboarding.Known,
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Pause(t.Round, s)
		},
	})
	if err != nil && onboarding.CodeOf(err) != onboarding.CodeStaleVersion {
		return nil, err
	}
	return map[string]string{"outcome": "Paused"}, nil
}
