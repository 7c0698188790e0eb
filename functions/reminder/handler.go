package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

const (
	batch = 25
	spare = 10 * time.Second
)

type deadlines interface {
	Due(ctx context.Context, kind store.DueKind, now time.Time, limit int) ([]store.Due, error)
}

type sweeper struct {
	deadlines deadlines
	commands  *command.Runner
	now       func() time.Time
}

// summary is what one sweep did.
type summary struct {
	Escalated int `json:"escalated"`
	Settled   int `json:"settled"` // nothing left to do: decided or escalated meanwhile
	Failed    int `json:"failed"`  // met again by the next sweep
}

// sweep escalates what is overdue (V6). The record decides, not the index: a
// case decided meanwhile is left alone, and two sweeps at once escalate a case
// once. One that fails doesn't hold up the others.
func (s sweeper) sweep(ctx context.Context) (summary, error) {
	var sum summary
	failed := map[string]bool{}
	for {
		due, err := s.deadlines.Due(ctx, store.DueDeadline, s.now(), batch)
		if err != nil {
			return sum, err
		}
		met := 0
		for _, d := range due {
			if failed[d.PartnerID] {
				continue
			}
			if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < spare {
				return sum, nil // the next sweep goes on
			}
			err := s.escalate(ctx, d.PartnerID)
			switch code := onboarding.CodeOf(err); {
			case err == nil:
				sum.Escalated++
				met++
			case code == onboarding.CodeStaleVersion || code == onboarding.CodeVerificationDecided || code == onboarding.CodeNotOverdue:
				sum.Settled++
				failed[d.PartnerID] = true // the index is a moment behind: not again in this sweep
			default:
				sum.Failed++
				failed[d.PartnerID] = true
				slog.ErrorContext(ctx, "a deadline could not be met", "partnerId", d.PartnerID, "error", err)
			}
		}
		if met == 0 {
			return sum, nil
		}
	}
}

func (s sweeper) escalate(ctx context.Context, partnerID string) (err error) {
	defer func() {
		if p := recover(); p != nil { // one broken record must not stop the sweep
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	_, err = s.commands.Run(ctx, command.Command{
		PartnerID: partnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Deadline"},
		Authorize: func(p onboarding.Partner) error {
			if !p.Enrolled() {
				return onboarding.NotFound()
			}
			return nil
		},
		Decide: func(p onboarding.Partner, stamp onboarding.Stamp) (onboarding.Event, error) { return p.Escalate(stamp) },
	})
	return err
}
