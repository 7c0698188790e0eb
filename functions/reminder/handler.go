package main

import (
	"context"
	"errors"
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
	pause = 5 * time.Minute // before what failed is tried again
)

type deadlines interface {
	Due(ctx context.Context, kind store.DueKind, now time.Time, limit int) ([]store.Due, error)
	Postpone(ctx context.Context, d store.Due, until time.Time) error
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
	Failed  int `json:"failed"`  // partners met again by a later sweep
}

// sweep does what time asks for: it escalates overdue cases (V6) and sends
// reminders (V9). The record decides, not the index: what was done meanwhile
// is left alone, and two sweeps at once do each thing once. A partner that
// fails doesn't hold up the others: it is put off, so that however many fail,
// those behind them in the index are reached.
func (s sweeper) sweep(ctx context.Context) (summary, error) {
	var sum summary
	seen := map[string]bool{}
	for {
		due, err := s.deadlines.Due(ctx, store.DueDeadline, s.now(), batch)
		if err != nil {
			return sum, err
		}
		moved := 0
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
				moved++ // there may be more of it: the next page shows
				continue
			case onboarding.CodeOf(err) == onboarding.CodeNothingDue:
				sum.Settled++
			default:
				sum.Failed++
				slog.ErrorContext(ctx, "a deadline could not be met", "partnerId", d.PartnerID, "error", err)
			}
			seen[d.PartnerID] = true
			switch err := s.deadlines.Postpone(ctx, d, s.now().Add(pause)); {
			case err == nil:
				moved++
			case !errors.Is(err, store.ErrConflict):
				slog.ErrorContext(ctx, "a deadline could not be put off", "partnerId", d.PartnerID, "error", err)
			}
		}
		if moved == 0 {
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
