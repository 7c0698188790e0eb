package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// publisher is the bus. It answers for each event; of one partner it gets one
// at a time, so that none is taken while the one before it is refused.
type publisher interface {
	Put(ctx context.Context, events []onboarding.PublicEvent) []error
}

// publish puts claimed events on the bus, each partner's in its order: an event
// waits until the public event before it, which it names, has been taken. One
// that the bus refuses holds up its partner's later ones, and nobody else's.
func (o outbox) publish(ctx context.Context, taken []*work, sum *summary) {
	var queue []*work
	for _, w := range taken {
		if w.publish {
			queue = append(queue, w)
		}
	}
	slices.SortFunc(queue, func(a, b *work) int {
		return cmp.Or(cmp.Compare(a.event.PartnerID, b.event.PartnerID), cmp.Compare(a.event.Sequence, b.event.Sequence))
	})
	published := map[string]int{} // by partner, in this call
	for len(queue) > 0 {
		var batch, next []*work
		var events []onboarding.PublicEvent
		for i, w := range queue {
			if i > 0 && queue[i-1].event.PartnerID == w.event.PartnerID {
				next = append(next, w) // once the one before it is taken
				continue
			}
			public, ok := w.event.Published()
			if !ok {
				sum.Done++ // nothing to tell
				continue
			}
			if atOnce, err := o.inOrder(ctx, public, published[w.event.PartnerID]); err != nil {
				atOnce = atOnce && len(w.remaining) == 0 && w.event.Attempts <= 3
				o.unpublished(ctx, w, err, sum)
				if atOnce {
					w.wait = soon
				}
				continue
			}
			batch, events = append(batch, w), append(events, public)
		}
		for i, err := range o.bus.Put(ctx, events) {
			w := batch[i]
			if err != nil {
				o.unpublished(ctx, w, err, sum)
				continue
			}
			sum.Done++
			published[w.event.PartnerID] = w.event.Sequence
			o.settle(ctx, w, sum)
		}
		queue = next
	}
}

// soon is when an event goes on whose predecessor another sweep is about to
// publish; three times at most, then it waits as after a refusal.
const soon = 2 * time.Second

// inOrder fails while the partner's public event before this one isn't taken;
// atOnce says that this needn't last: that one was hardly tried, and may itself
// have waited for the one before it.
func (o outbox) inOrder(ctx context.Context, e onboarding.PublicEvent, published int) (atOnce bool, err error) {
	if e.Previous == 0 || published >= e.Previous {
		return false, nil
	}
	done, tries, err := o.events.Published(ctx, e.PartnerID, e.Previous)
	if err == nil && !done {
		return tries <= 3, fmt.Errorf("event %d is not published yet", e.Previous)
	}
	return false, err
}

func (o outbox) unpublished(ctx context.Context, w *work, err error, sum *summary) {
	w.later(ctx, onboarding.Follow{Publish: &onboarding.Publish{}}, err, sum)
}
