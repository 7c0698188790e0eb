package main

import (
	"context"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

func (f function) tasks() app.Tasks {
	await := func(wait, ofChange onboarding.WaitName) func(context.Context, workflow.Task) (any, error) {
		return func(ctx context.Context, t workflow.Task) (any, error) {
			if t.Change > 0 {
				return nil, f.Workflow.Await(ctx, f.Store, ofChange.Of(t.Change), t) // V7
			}
			return nil, f.Workflow.Await(ctx, f.Store, wait, t)
		}
	}
	return app.Tasks{
		"awaitDecision":          await(onboarding.WaitDecision, onboarding.WaitChangeDecision),
		"awaitEscalatedDecision": await(onboarding.WaitEscalatedDecision, onboarding.WaitEscalatedChangeDecision),
		"escalate":               f.escalate,
	}
}

// escalate makes sure that an overdue case is escalated (V6). The sweep that
// met the deadline has done it; this is for a wait that was ended by hand.
func (f function) escalate(ctx context.Context, t workflow.Task) (any, error) {
	_, err := f.Commands.Run(ctx, command.Command{
		PartnerID: t.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Step Functions"},
		Authorize: onboarding.Known,
		Decide:    func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Escalate(s) },
	})
	switch onboarding.CodeOf(err) {
	case onboarding.CodeStaleVersion, onboarding.CodeVerificationDecided, onboarding.CodeNotOverdue:
		err = nil // nothing left to escalate
	}
	return map[string]string{"outcome": "Escalated"}, err
}
