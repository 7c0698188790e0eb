// Command reminder does what the passing of time asks for: it escalates the
// verification cases whose promised business days are over, and reminds whoever
// is waited for. A schedule starts it every minute; it reads
// only what is due.
package main

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	s := sweeper{deadlines: parts.Store, commands: parts.Commands, now: parts.Now}
	return func(ctx context.Context, _ json.RawMessage) (any, error) {
		sum, err := s.sweep(ctx)
		slog.InfoContext(ctx, "swept", "done", sum.Done, "settled", sum.Settled, "failed", sum.Failed)
		return sum, err
	}, nil
}
