package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
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

type signed interface {
	Signed(ctx context.Context, region, version string) iter.Seq2[string, error]
}

type sweeper struct {
	deadlines deadlines
	signed    signed
	add       func(ctx context.Context, partnerID, list string, stop func() bool) (store.ListedLocations, error)
	versions  []onboarding.AgreementVersion // that take the place of another
	commands  *command.Runner
	now       func() time.Time
}

// summary is what one sweep did.
type summary struct {
	Done    int `json:"done"`    // deadlines met and reminders sent
	Settled int `json:"settled"` // partners with nothing left to do: the index was a moment behind
	Failed  int `json:"failed"`  // partners met again by a later sweep
	Told    int `json:"told"`    // partners told of a new version of the agreement
	Lists   int `json:"lists"`   // lists of locations that are all there
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

// announce tells the partners that have accepted a version of the agreement of
// the one that takes its place, once there is one (A6): what is due about it
// then, the sweep of deadlines finds. It reads those who aren't told yet, and
// nobody else.
func (s sweeper) announce(ctx context.Context) (told, failed int, err error) {
	for _, next := range s.versions {
		for id, err := range s.signed.Signed(ctx, next.Region, next.Follows) {
			if err != nil {
				return told, failed, err
			}
			if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < spare {
				return told, failed, nil // the next sweep goes on
			}
			switch err := s.run(ctx, id, func(p onboarding.Partner, stamp onboarding.Stamp) (onboarding.Event, error) {
				return p.Announce(next, stamp)
			}); {
			case err == nil:
				told++
			case onboarding.CodeOf(err) != onboarding.CodeNothingDue: // else the index was a moment behind
				failed++
				slog.ErrorContext(ctx, "a partner could not be told of a version of the agreement", "partnerId", id, "version", next.Version, "error", err)
			}
		}
	}
	return told, failed, nil
}

// tick does the most urgent thing that is due of a partner.
func (s sweeper) tick(ctx context.Context, partnerID string) error {
	return s.run(ctx, partnerID, func(p onboarding.Partner, stamp onboarding.Stamp) (onboarding.Event, error) { return p.Tick(stamp) })
}

func (s sweeper) run(ctx context.Context, partnerID string, decide func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)) (err error) {
	defer func() {
		if p := recover(); p != nil { // one broken record must not stop the sweep
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	_, err = s.commands.Run(ctx, command.Command{PartnerID: partnerID, By: onboarding.Deadline, Authorize: onboarding.Known, Decide: decide})
	return err
}
