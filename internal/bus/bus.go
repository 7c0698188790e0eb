// Package bus puts public events on the EventBridge bus, each with a signature
// when a key is configured.
package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/awsjson"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Source is the events' source on the bus, by which rules know them.
const Source = "partner-onboarding"

// Limits of PutEvents.
const (
	maxEntries = 10
	maxBytes   = 256 << 10
)

// Caller makes a call of an AWS service; *awsjson.Client does.
type Caller interface {
	Call(ctx context.Context, o awsjson.Operation, in, out any) error
}

// Bus is an event bus. It is safe for concurrent use.
type Bus struct {
	Calls    Caller
	Name     string
	Endpoint string  // of EventBridge, "" for AWS's own
	Signer   *Signer // nil signs nothing
	Now      func() time.Time
}

type entry struct {
	EventBusName, Source, DetailType, Detail string
	Time                                     int64
}

func (e entry) size() int { return 14 + len(e.Source) + len(e.DetailType) + len(e.Detail) } // as EventBridge counts

// ErrTooLarge says that an event is larger than EventBridge takes.
var ErrTooLarge = errors.New("bus: the event is larger than 256 KB")

// Put publishes events, in any order: of one partner give one at a time. It
// answers for each what became of it, nil when the bus has it. EventBridge
// answers 200 also when it took some entries and others not.
func (b *Bus) Put(ctx context.Context, events []onboarding.PublicEvent) []error {
	results := make([]error, len(events))
	var batch []entry
	var of []int
	size := 0
	flush := func() {
		for i, err := range b.put(ctx, batch) {
			results[of[i]] = err
		}
		batch, of, size = nil, nil, 0
	}
	for i, event := range events {
		e, err := b.entry(ctx, event)
		if err == nil && e.size() > maxBytes {
			err = ErrTooLarge
		}
		if err != nil {
			results[i] = err
			continue
		}
		if len(batch) == maxEntries || size+e.size() > maxBytes {
			flush()
		}
		batch, of, size = append(batch, e), append(of, i), size+e.size()
	}
	flush()
	return results
}

func (b *Bus) entry(ctx context.Context, e onboarding.PublicEvent) (entry, error) {
	detail, err := json.Marshal(e)
	if err != nil {
		return entry{}, fmt.Errorf("bus: %w", err)
	}
	if b.Signer != nil {
		signature, err := b.Signer.Sign(ctx, detail, b.Now())
		if err != nil {
			return entry{}, err
		}
		detail = append(detail[:len(detail)-1], `,"signature":"`+signature+`"}`...)
	}
	return entry{b.Name, Source, e.Type, string(detail), e.Time.Unix()}, nil
}

func (b *Bus) put(ctx context.Context, batch []entry) []error {
	if len(batch) == 0 {
		return nil
	}
	results := make([]error, len(batch))
	var out struct {
		Entries []struct {
			EventID   string `json:"EventId"`
			ErrorCode string
		}
	}
	err := b.Calls.Call(ctx, awsjson.Operation{Service: "events", Endpoint: b.Endpoint, Target: "AWSEvents.PutEvents", Version: "1.1"}, map[string]any{"Entries": batch}, &out)
	if err == nil && len(out.Entries) != len(batch) {
		err = fmt.Errorf("bus: %d entries were answered of %d", len(out.Entries), len(batch))
	}
	for i := range batch {
		switch {
		case err != nil:
			results[i] = err
		case out.Entries[i].EventID == "":
			results[i] = fmt.Errorf("bus: refused: %s", out.Entries[i].ErrorCode)
		}
	}
	return results
}
