package main

import (
	"context"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

func (f function) tasks() app.Tasks {
	return app.Tasks{"awaitBusinessInfo": func(ctx context.Context, t workflow.Task) (any, error) {
		return nil, f.Workflow.Await(ctx, f.Store, onboarding.WaitBusinessInfo, t)
	}}
}
