package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// line is the bus: what was published, in order.
type line struct {
	took   []string
	calls  [][]int
	refuse func(onboarding.PublicEvent) error
}

func (l *line) Put(_ context.Context, events []onboarding.PublicEvent) []error {
	results := make([]error, len(events))
	var call []int
	for i, e := range events {
		call = append(call, e.Sequence)
		if l.refuse != nil {
			results[i] = l.refuse(e)
		}
		if results[i] == nil {
			l.took = append(l.took, fmt.Sprintf("%s %d", e.PartnerID, e.Sequence))
		}
	}
	if len(events) > 0 {
		l.calls = append(l.calls, call)
	}
	return results
}

// tell puts public events on the shelf; of each, the one before it is named.
func (s *shelf) tell(sequences ...int) {
	previous := 0
	for _, n := range sequences {
		s.put(n, onboarding.Follow{Publish: &onboarding.Publish{}})
		s.stored[n].Public = &onboarding.Public{Type: "partner.enrolled", Version: 1, Previous: previous, Data: json.RawMessage(`{}`)}
		previous = n
	}
}

func (s *shelf) pass(d time.Duration) { s.Lock(); s.now = s.now.Add(d); s.Unlock() }

func TestPublicEventsAreTakenInThePartnersOrderWhicheverIsRefused(t *testing.T) {
	sequences := []int{1, 3, 4, 7}
	for _, refused := range sequences {
		t.Run(fmt.Sprint("event ", refused), func(t *testing.T) {
			s := shelfWith()
			s.tell(sequences...)
			b := &line{}
			failing := true
			b.refuse = func(e onboarding.PublicEvent) error {
				if failing && e.Sequence == refused {
					return errors.New("refused")
				}
				return nil
			}
			o := newOutbox(t, s, &post{}, signals{})
			o.bus = b
			for range 3 { // whoever waits for it goes on waiting
				if _, err := o.sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
				s.pass(time.Hour)
			}
			var before []string
			for _, n := range sequences {
				if n < refused {
					before = append(before, fmt.Sprintf("P-1 %d", n))
				}
			}
			if !slices.Equal(b.took, before) {
				t.Fatalf("the bus has %q while %d is refused", b.took, refused)
			}
			failing = false
			for range 5 {
				if _, err := o.sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
				s.pass(time.Hour)
			}
			if want := []string{"P-1 1", "P-1 3", "P-1 4", "P-1 7"}; !slices.Equal(b.took, want) {
				t.Errorf("the bus has %q", b.took)
			}
			for n, e := range s.stored {
				if len(e.Follow) > 0 {
					t.Errorf("event %d is still to be published", n)
				}
			}
		})
	}
}

func TestAnEventWaitsAMomentForTheOneBeforeItThatAnotherSweepHas(t *testing.T) {
	s, b := shelfWith(), &line{}
	s.tell(1, 2)
	s.stored[1].Attempts, s.stored[1].DueAt = 1, s.now.Add(lease) // claimed by the other sweep
	o := newOutbox(t, s, &post{}, signals{})
	o.bus = b
	if sum, err := o.sweep(t.Context()); err != nil || sum.Later != 1 || len(b.took) != 0 {
		t.Fatalf("%+v, %v, the bus has %q", sum, err, b.took)
	}
	s.stored[1].Follow = nil // and it is done
	s.pass(soon)
	if sum, err := o.sweep(t.Context()); err != nil || sum.Done != 1 || !slices.Equal(b.took, []string{"P-1 2"}) {
		t.Errorf("%+v, %v, the bus has %q", sum, err, b.took)
	}
}

func TestOneCallHoldsOneEventOfAPartner(t *testing.T) {
	s, b := shelfWith(), &line{}
	s.tell(1, 2, 3)
	o := newOutbox(t, s, &post{}, signals{})
	o.bus = b
	if sum, err := o.sweep(t.Context()); err != nil || sum.Done != 3 {
		t.Fatalf("%+v, %v", sum, err)
	}
	if len(b.calls) != 3 || len(b.calls[0]) != 1 {
		t.Errorf("the calls held %v", b.calls)
	}
}

func TestAnEventWhoseTickWasLostIsPublishedAgainWithTheSameID(t *testing.T) {
	s, b := shelfWith(), &line{}
	s.tell(1)
	lost := true
	s.settle = func(_ store.StoredEvent, _ []onboarding.Follow) error {
		if lost {
			lost = false
			return errors.New("lost")
		}
		return nil
	}
	o := newOutbox(t, s, &post{}, signals{})
	o.bus = b
	for range 2 {
		if _, err := o.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.pass(lease + time.Second)
	}
	if !slices.Equal(b.took, []string{"P-1 1", "P-1 1"}) {
		t.Errorf("the bus has %q", b.took)
	}
}
