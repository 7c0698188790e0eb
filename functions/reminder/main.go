// Command reminder does what the passing of time asks for: it escalates the
// verification cases whose promised business days are over, and reminds whoever
// is waited for, also for a new version of the agreement. A schedule starts it
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
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	s := sweeper{deadlines: parts.Store, signed: parts.Store, versions: agreement.Table{}.Successors(), commands: parts.Commands, now: parts.Now}
	return func(ctx context.Context, _ json.RawMessage) (any, error) {
		sum, err := s.sweep(ctx)
		told, failed, unread := s.announce(ctx) // in the time that is left: no deadline waits for it
		sum.Told, sum.Failed = told, sum.Failed+failed
		slog.InfoContext(ctx, "swept", "done", sum.Done, "settled", sum.Settled, "told", sum.Told, "failed", sum.Failed)
		return sum, errors.Join(err, unread)
	}, nil
}
