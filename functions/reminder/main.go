// Command reminder does what the passing of time asks for: it escalates the
// verification cases whose promised business days are over, and reminds whoever
// is waited for, also for a new version of the agreement, and goes on with lists
// of locations that are being added. A schedule starts it
// every minute; it reads only what is due.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/locationlist"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	s := sweeper{deadlines: parts.Store, signed: parts.Store, versions: agreement.Table{}.Successors(), commands: parts.Commands, now: parts.Now}
	s.add = locationlist.Adder{Lists: parts.Store, Commands: parts.Commands, Now: parts.Now}.Add
	return func(ctx context.Context, _ json.RawMessage) (any, error) {
		sum, err := s.sweep(ctx)
		told, failed, unread := s.announce(ctx) // in the time that is left: no deadline waits for it
		lists, broken, unlisted := s.addLocations(ctx)
		sum.Told, sum.Lists, sum.Failed = told, lists, sum.Failed+failed+broken
		slog.InfoContext(ctx, "swept", "done", sum.Done, "settled", sum.Settled, "told", sum.Told, "lists", sum.Lists, "failed", sum.Failed)
		return sum, errors.Join(err, unread, unlisted)
	}, nil
}
