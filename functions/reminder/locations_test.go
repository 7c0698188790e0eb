package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// lists are due lists of locations, by partner, with what becomes of each.
type lists struct {
	becomes   map[string]func() (store.ListedLocations, error)
	asked     []string
	postponed []string
}

func (l *lists) Due(_ context.Context, kind store.DueKind, _ time.Time, _ int) (due []store.Due, err error) {
	if kind != store.DueLocations {
		return nil, nil
	}
	for id := range l.becomes {
		due = append(due, store.Due{PartnerID: id, List: "LR-" + id})
	}
	slices.SortFunc(due, func(a, b store.Due) int { return len(a.PartnerID) - len(b.PartnerID) })
	return due, nil
}

func (l *lists) Postpone(_ context.Context, d store.Due, _ time.Time) error {
	l.postponed = append(l.postponed, d.PartnerID+" "+d.List)
	return nil
}

func (l *lists) add(_ context.Context, partnerID, list string, _ func() bool) (store.ListedLocations, error) {
	l.asked = append(l.asked, partnerID+" "+list)
	return l.becomes[partnerID]()
}

func TestL1_TheSweepGoesOnWithEveryListWhateverBecomesOfAnother(t *testing.T) {
	at := func(done int, err error) func() (store.ListedLocations, error) {
		return func() (store.ListedLocations, error) {
			return store.ListedLocations{LocationList: onboarding.LocationList{Locations: 9}, Done: done}, err
		}
	}
	l := &lists{becomes: map[string]func() (store.ListedLocations, error){
		"P": at(9, nil), "P1": at(3, errors.New("broken")), "P22": func() (store.ListedLocations, error) { panic("a broken list") }, "P333": at(4, nil), "P4444": at(9, nil),
	}}
	s := sweeper{deadlines: l, add: l.add, now: func() time.Time { return latest }}
	added, failed, err := s.addLocations(t.Context())
	if err != nil || added != 2 || failed != 2 || len(l.asked) != 5 || !slices.Equal(l.postponed, []string{"P1 LR-P1", "P22 LR-P22"}) {
		t.Errorf("%d added, %d failed, %v, asked %v, put off %v", added, failed, err, l.asked, l.postponed)
	}
	late, cancel := context.WithTimeout(t.Context(), spare/2)
	defer cancel()
	l.asked = nil
	if added, failed, err := s.addLocations(late); err != nil || added+failed+len(l.asked) != 0 {
		t.Errorf("without time left: %d, %d, %v, %v", added, failed, err, l.asked)
	}
}
