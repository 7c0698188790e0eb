// Package command carries out what somebody asks of a partner: read, decide by
// the rules, commit in one transaction, then signal.
//
// State is committed before anything else learns of it. What must follow is in
// the same transaction and the outbox sends it until done; the signals sent
// here, right after the commit, only make it quick. A signal that fails is
// therefore logged and forgotten.
package command

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Records is what this package needs of the store.
type Records interface {
	Load(ctx context.Context, partnerID string, request store.Request, now time.Time) (store.Record, *store.Replay, error)
	LoadTenant(ctx context.Context, tenantID string, request store.Request, now time.Time) (string, *store.Replay, error)
	Commit(ctx context.Context, c store.Change) (store.Record, onboarding.Event, error)
}

// Signals tells Step Functions what was committed. A nil Signals leaves
// everything to the outbox.
type Signals interface {
	// Finish answers a wait of the workflow. Repeating it is harmless.
	Finish(ctx context.Context, f onboarding.FinishWait) error
	// Start starts an execution for a round of a partner. Repeating it is
	// harmless.
	Start(ctx context.Context, partnerID string, round int) error
	// StartReverification starts the execution that waits for the decision on a
	// change of a partner (V7). Repeating it is harmless.
	StartReverification(ctx context.Context, partnerID string, change int) error
	// StartDirectBill starts an execution of an application for direct bill
	// (X4). Repeating it is harmless.
	StartDirectBill(ctx context.Context, partnerID string, application, run int) error
}

// Runner carries out commands. It is safe for concurrent use.
type Runner struct {
	Records Records
	Signals Signals
	Now     func() time.Time
}

// ErrBusy says that others kept changing the partner: try again shortly.
var ErrBusy = errors.New("command: too many changes at once")

// Command is what is asked of a partner.
type Command struct {
	PartnerID string
	By        onboarding.Actor
	Request   store.Request

	// Authorize is asked before anything else, on every try and before a kept
	// answer is given again. It must refuse the zero Partner.
	Authorize func(onboarding.Partner) error
	// Look is given what was read, before Decide and on every try: for a rule
	// that asks how the workflow stands. nil looks at nothing.
	Look func(context.Context, store.Record) error
	// Decide is the rule: it may be called several times.
	Decide func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)
	// Answer renders the answer from the partner after the event; it is kept
	// with the request.
	Answer func(onboarding.Partner, onboarding.Event) (store.Answer, error)

	// Locations are those of the list that the decided event asks for: they are
	// written with it and are no part of it. nil for every other command.
	Locations func() []onboarding.Location

	// Tried counts what a refusal must not be tried for without end, before the
	// refusal is answered; its error takes the refusal's place.
	Tried func(context.Context, []onboarding.Try) error
	// LoadTenant is what RunNew reads with in place of the records' own, for a
	// rule that asks for more; nil is the records' own.
	LoadTenant func(ctx context.Context, request store.Request, now time.Time) (partnerID string, replay *store.Replay, err error)

	// keeps says whether the answer to this event ends the request and is kept
	// with it; nil is always.
	keeps func(onboarding.Event) bool
}

// Result is what came of a command.
type Result struct {
	Answer   store.Answer
	Replayed bool // the answer was given before
	Partner  onboarding.Partner

	event onboarding.Event
}

// ErrKeyReused says that an Idempotency-Key came again with another body.
var ErrKeyReused = errors.New("command: the key was used for another request")

const tries = 6

// Run carries out a command. Errors: a *onboarding.Refusal, ErrKeyReused,
// ErrBusy, or the database's.
func (r *Runner) Run(ctx context.Context, c Command) (Result, error) {
	result, err := r.run(ctx, c)
	if err == nil && !result.Replayed {
		r.settle(ctx, result.Partner)
	}
	return result, err
}

func (r *Runner) run(ctx context.Context, c Command) (Result, error) {
	for try := range tries {
		if err := pause(ctx, try); err != nil {
			return Result{}, err
		}
		now := r.Now().UTC()
		record, replay, err := r.Records.Load(ctx, c.PartnerID, c.Request, now)
		if err != nil {
			return Result{}, err
		}
		if err := c.Authorize(record.Partner); err != nil {
			return Result{}, err
		}
		if replay != nil {
			return replayed(replay, c.Request, record.Partner)
		}
		if c.Look != nil {
			if err := c.Look(ctx, record); err != nil {
				return Result{}, err
			}
		}
		result, err := r.attempt(ctx, c, record, now)
		if errors.Is(err, store.ErrConflict) {
			continue
		}
		return result, err
	}
	return Result{}, ErrBusy
}

// RunNew carries out the command that creates a tenant's partner (E1). When the
// tenant has one already, existing is called with it instead, and nothing is
// written (E3).
func (r *Runner) RunNew(ctx context.Context, tenantID string, c Command, existing func(onboarding.Partner) (store.Answer, error)) (Result, error) {
	for try := range tries {
		if err := pause(ctx, try); err != nil {
			return Result{}, err
		}
		now := r.Now().UTC()
		id, replay, err := r.loadTenant(ctx, tenantID, c, now)
		if err != nil {
			return Result{}, err
		}
		if id != "" {
			record, _, err := r.Records.Load(ctx, id, store.Request{}, now)
			if err != nil {
				return Result{}, err
			}
			if err := c.Authorize(record.Partner); err != nil {
				return Result{}, err
			}
			if replay != nil {
				return replayed(replay, c.Request, record.Partner)
			}
			answer, err := existing(record.Partner)
			return Result{Answer: answer, Partner: record.Partner}, err
		}
		result, err := r.attempt(ctx, c, store.Record{}, now)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrTenantTaken) {
			continue
		}
		return result, err
	}
	return Result{}, ErrBusy
}

func (r *Runner) loadTenant(ctx context.Context, tenantID string, c Command, now time.Time) (string, *store.Replay, error) {
	if c.LoadTenant != nil {
		return c.LoadTenant(ctx, c.Request, now)
	}
	return r.Records.LoadTenant(ctx, tenantID, c.Request, now)
}

// refused counts a refusal that must not be tried for without end.
func (c Command) refused(ctx context.Context, err error) error {
	var refusal *onboarding.Refusal
	if !errors.As(err, &refusal) || len(refusal.Tries) == 0 {
		return err
	}
	if failed := c.Tried(ctx, refusal.Tries); failed != nil {
		return failed
	}
	return err
}

func replayed(replay *store.Replay, request store.Request, p onboarding.Partner) (Result, error) {
	if replay.BodyHash != request.BodyHash {
		return Result{}, ErrKeyReused
	}
	return Result{Answer: replay.Answer, Replayed: true, Partner: p}, nil
}

func (r *Runner) attempt(ctx context.Context, c Command, before store.Record, now time.Time) (Result, error) {
	event, err := c.Decide(before.Partner, onboarding.Stamp{EventID: ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), At: before.Partner.Now(now), By: c.By})
	if err != nil {
		return Result{}, c.refused(ctx, err)
	}
	after := before.Partner.Apply(event)
	var answer store.Answer
	if c.Answer != nil {
		if answer, err = c.Answer(after, event); err != nil {
			return Result{}, err
		}
	}
	change := store.Change{Before: before, Event: event}
	if c.keeps == nil || c.keeps(event) {
		change.Request, change.Answer = c.Request, answer
	}
	if c.Locations != nil {
		change.Locations = c.Locations()
	}
	_, event, err = r.Records.Commit(ctx, change)
	if err != nil {
		return Result{}, c.refused(ctx, err)
	}
	r.signal(ctx, event)
	return Result{Answer: answer, Partner: after, event: event}, nil
}

func (r *Runner) signal(ctx context.Context, e onboarding.Event) {
	if r.Signals == nil {
		return
	}
	for _, f := range e.Follow {
		var err error
		switch {
		case f.FinishWait != nil:
			err = r.Signals.Finish(ctx, *f.FinishWait)
		case f.StartRound != nil:
			err = r.Signals.Start(ctx, e.PartnerID, f.StartRound.Round)
		case f.StartReverification != nil:
			err = r.Signals.StartReverification(ctx, e.PartnerID, f.StartReverification.Change)
		case f.StartDirectBill != nil:
			err = r.Signals.StartDirectBill(ctx, e.PartnerID, f.StartDirectBill.Application, f.StartDirectBill.Run)
		}
		if err != nil {
			slog.WarnContext(ctx, "a signal was left to the outbox", "partnerId", e.PartnerID, "eventId", e.ID, "error", err)
		}
	}
}

// pause waits before a repeated try: a few milliseconds, growing, with jitter.
func pause(ctx context.Context, try int) error {
	if try == 0 {
		return nil
	}
	timer := time.NewTimer(time.Duration(1+rand.IntN(10<<try)) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
