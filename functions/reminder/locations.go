package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// addLocations goes on with the lists of locations that nobody is adding (L1),
// each from where it is. One that fails is put off: by this, or by what of it
// was added, which leaves it alone for a while.
func (s sweeper) addLocations(ctx context.Context) (added, failed int, err error) {
	due, err := s.deadlines.Due(ctx, store.DueLocations, s.now(), batch)
	if err != nil {
		return 0, 0, err
	}
	late := func() bool {
		deadline, ok := ctx.Deadline()
		return ok && time.Until(deadline) < spare
	}
	for _, d := range due {
		if late() {
			return added, failed, nil // the next sweep goes on
		}
		l, err := s.addList(ctx, d, late)
		if err == nil {
			if l.Done == l.Locations {
				added++
			}
			continue
		}
		failed++
		slog.ErrorContext(ctx, "a list of locations could not be added", "partnerId", d.PartnerID, "list", d.List, "added", l.Done, "error", err)
		if err := s.deadlines.Postpone(ctx, d, s.now().Add(pause)); err != nil && !errors.Is(err, store.ErrConflict) {
			slog.ErrorContext(ctx, "a list of locations could not be put off", "partnerId", d.PartnerID, "error", err)
		}
	}
	return added, failed, nil
}

func (s sweeper) addList(ctx context.Context, d store.Due, late func() bool) (l store.ListedLocations, err error) {
	defer func() {
		if p := recover(); p != nil { // one broken list must not stop the sweep
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return s.add(ctx, d.PartnerID, d.List, late)
}
