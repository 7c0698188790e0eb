//go:build stack

package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func request(d onboarding.Distributor, id string) command {
	return func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.RequestRelationship(d, id, "", s)
	}
}

func distributor(id string) onboarding.Distributor {
	return onboarding.Distributor{ID: id, Name: id, Regions: []string{"europe"}}
}

// resellers reads a distributor's whole list in pages of two.
func resellers(t *testing.T, s *Store, q ResellerQuery) (ids []string) {
	t.Helper()
	q.Limit = 2
	for range 50 {
		page, next, err := s.Resellers(t.Context(), q)
		if err != nil || len(page) > 2 {
			t.Fatal(len(page), err)
		}
		for _, r := range page {
			ids = append(ids, r.Partner.ID+" "+r.Relationship.ID)
		}
		if q.Cursor = next; next == "" {
			return ids
		}
	}
	t.Fatal("the pages never end")
	return nil
}

func TestD6_ADistributorsListHoldsItsRequestsNewestFirstAndNobodyElses(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var want []string
	for i := range 5 {
		at := monday.Add(time.Duration(i) * time.Hour)
		id := fmt.Sprintf("P-%d", i)
		r, _ := mustCommitAt(t, s, mustEnrol(t, s, id, "t-"+id), at, request(distributor("D-1"), fmt.Sprintf("R-%d", i)))
		if i == 2 {
			r, _ = mustCommitAt(t, s, r, at, request(distributor("D-2"), "R-other"))
			mustCommitAt(t, s, r, at, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
				return p.DeclineRelationship("R-2", "No.", s)
			})
		}
		want = append([]string{fmt.Sprintf("P-%d R-%d", i, i)}, want...)
	}
	if got := resellers(t, s, ResellerQuery{DistributorID: "D-1"}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := resellers(t, s, ResellerQuery{DistributorID: "D-1", After: monday.Add(2*time.Hour + time.Minute)}); !slices.Equal(got, want[:2]) {
		t.Errorf("lately %v", got)
	}
	if got := resellers(t, s, ResellerQuery{DistributorID: "D-2"}); !slices.Equal(got, []string{"P-2 R-other"}) {
		t.Errorf("the other's %v", got)
	}
	if got := resellers(t, s, ResellerQuery{DistributorID: "D-1", Tests: true}); len(got) > 0 {
		t.Errorf("test partners %v", got)
	}
	page, _, err := s.Resellers(t.Context(), ResellerQuery{DistributorID: "D-1", Limit: 100})
	if err != nil || page[2].Relationship.Status != onboarding.RelationshipDeclined {
		t.Errorf("the list is behind the partner: %+v, %v", page[2].Relationship, err)
	}
	for _, cursor := range []string{"x", "!", "YSNi"} {
		if _, _, err := s.Resellers(t.Context(), ResellerQuery{DistributorID: "D-1", Cursor: cursor, Limit: 2}); onboarding.CodeOf(err) != onboarding.CodeInvalid {
			t.Errorf("the cursor %q: %v", cursor, err)
		}
	}
}

func TestD6_WhatTheRecordForgetsLeavesTheList(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	at := monday
	r := mustEnrol(t, s, "P-1", "t-1")
	for i := range 31 {
		at = at.Add(7 * 24 * time.Hour)
		id := fmt.Sprintf("R-%d", i)
		r, _ = mustCommitAt(t, s, r, at, request(distributor("D-1"), id))
		r, _ = mustCommitAt(t, s, r, at, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.DeclineRelationship(id, "No.", s)
		})
	}
	got := resellers(t, s, ResellerQuery{DistributorID: "D-1"})
	if len(got) != 30 || slices.Contains(got, "P-1 R-0") || got[0] != "P-1 R-30" {
		t.Errorf("%d: %v", len(got), got)
	}
}

func TestD6_WhatIsAskedIsCountedUpToItsLimit(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	count := func(who string, at time.Time) bool {
		t.Helper()
		within, err := s.Count(t.Context(), onboarding.Try{Key: "CHECK#" + who + at.Format(time.RFC3339), Max: 2, Until: at.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		return within
	}
	for n, want := range []bool{true, true, false, false} {
		if got := count("D-1", monday); got != want {
			t.Errorf("question %d: %t", n+1, got)
		}
	}
	if !count("D-2", monday) || !count("D-1", monday.Add(time.Hour)) {
		t.Error("another's questions or an earlier hour's count")
	}
}
