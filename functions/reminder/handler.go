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
	Done    int `json:"done"`    // deadlines met and reminders sent
	Settled int `json:"settled"` // partners with nothing left to do: the index was a moment behind
	Failed  int `json:"failed"`  // partners met again by the next sweep
}

// sweep does what time asks for: it escalates overdue cases (V6) and sends
// reminders (V9). The record decides, not the index: what was done meanwhile
// is left alone, and two sweeps at once do each thing once. A partner that
// fails doesn't hold up the others.
func (s sweeper) sweep(ctx context.Context) (summary, error) {
	var sum summary
	seen := map[string]bool{}
	for {
		due, err := s.deadlines.Due(ctx, store.DueDeadline, s.now(), batch)
		if err != nil {
			return sum, err
		}
		met := 0
		for _, d := range due {
			if seen[d.PartnerID] {
				continue
			}
			if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < spare {
				return sum, nil // the next sweep goes on
			}
			switch err := s.tick(ctx, d.PartnerID); {
			case err == nil:
				sum.Done++
				met++ // there may be more of it: the next page shows
			case onboarding.CodeOf(err) == onboarding.CodeNothingDue:
				sum.Settled++
				seen[d.PartnerID] = true
			default:
				sum.Failed++
				seen[d.PartnerID] = true
				slog.ErrorContext(ctx, "a deadline could not be met", "partnerId", d.PartnerID, "error", err)
			}
		}
		if met == 0 {
			return sum, nil
		}
	}
}

// tick does the most urgent thing that is due of a partner.
func (s sweeper) tick(ctx context.Context, partnerID string) (err error) {
	defer func() {
		if p := recover(); p != nil { // one broken record must not stop the sweep
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	_, err = s.commands.Run(ctx, command.Command{
		PartnerID: partnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Deadline"},
		Authorize: onboarding.Known,
		Decide:    func(p onboarding.Partner, stamp onboarding.Stamp) (onboarding.Event, error) { return p.Tick(stamp) },
	})
	return err
}
