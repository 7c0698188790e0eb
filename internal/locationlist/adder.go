// Package locationlist adds the locations of a list that a company asked for
// (L1): some at a time, each some once, whoever does it and however often it
// breaks.
package locationlist

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Lists is what this package needs of the store.
type Lists interface {
	LocationList(ctx context.Context, partnerID, id string) (store.ListedLocations, error)
	Unadded(ctx context.Context, l store.ListedLocations) (next []onboarding.Location, part string, err error)
	AddListed(ctx context.Context, l store.ListedLocations, next []onboarding.Location, ended string, now time.Time) (store.ListedLocations, error)
	LeaveList(ctx context.Context, l store.ListedLocations, now time.Time) error
}

// Adder adds lists of locations. It is safe for concurrent use.
type Adder struct {
	Lists    Lists
	Commands *command.Runner
	Now      func() time.Time
}

// Add goes on with a list from where it is, until it is done or stop says that
// no time is left. What is left, and what broke, the next call goes on with. It
// leaves a list alone that somebody else is adding at the same time.
func (a Adder) Add(ctx context.Context, partnerID, id string, stop func() bool) (store.ListedLocations, error) {
	l, err := a.Lists.LocationList(ctx, partnerID, id)
	for err == nil && l.Done < l.Locations {
		var next []onboarding.Location
		var part string
		if next, part, err = a.Lists.Unadded(ctx, l); err != nil {
			break
		}
		left := len(next)
		for some := range slices.Chunk(next, store.MostAdded) {
			if stop() {
				if err := a.Lists.LeaveList(ctx, l, a.Now().UTC()); err != nil && !errors.Is(err, store.ErrConflict) {
					return l, err
				}
				return l, nil
			}
			ended := ""
			if left -= len(some); left == 0 {
				ended = part
			}
			if l, err = a.Lists.AddListed(ctx, l, some, ended, a.Now().UTC()); err != nil {
				break
			}
		}
	}
	if errors.Is(err, store.ErrConflict) {
		return l, nil // somebody else goes on with it
	}
	if err != nil || l.ID == "" || !l.AddedAt.IsZero() {
		return l, err
	}
	return l, a.finish(ctx, l)
}

// finish ends a list whose locations are all there; once, whoever comes second.
func (a Adder) finish(ctx context.Context, l store.ListedLocations) error {
	_, err := a.Commands.Run(ctx, command.Command{
		PartnerID: l.PartnerID, By: onboarding.ListAdder, Authorize: onboarding.Known,
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.FinishLocations(l.ID, s)
		},
	})
	if onboarding.CodeOf(err) == onboarding.CodeNothingDue {
		return nil
	}
	return err
}
