//go:build stack

package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func appeal(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.Appeal("Look again.", world{}, s)
}

func claim(by onboarding.Principal) command {
	return func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		s.By = by.Actor()
		return p.ClaimCase("Mine.", s)
	}
}

func fail(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.RecordFailure(onboarding.WorkflowFailed{Execution: "arn:x", Status: "FAILED"}, true, s)
}

func redrive(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.Redrive(false, "Mended.", s)
}

// listed reads a whole queue in pages.
func listed(t *testing.T, s *Store, q QueueQuery) (items []QueueItem) {
	t.Helper()
	for range 50 {
		page, next, err := s.Queue(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, page...)
		if q.Cursor = next; next == "" {
			return items
		}
	}
	t.Fatal("the pages never end")
	return nil
}

func ids(items []QueueItem) (list []string) {
	for _, i := range items {
		list = append(list, i.PartnerID)
	}
	return list
}

func TestO2_DueTodayIsTheBeginningOfTheOpenCases(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 4 {
		id := fmt.Sprintf("P-%d", i)
		r := mustEnrol(t, s, id, "t-"+id, save("Contoso"))
		mustCommitAt(t, s, r, monday.AddDate(0, 0, i), submit) // due five days later
	}
	r := mustEnrol(t, s, "P-A", "t-A", save("Contoso"), submit, reject)
	mustCommitAt(t, s, r, monday.AddDate(0, 0, 1), appeal)
	due := mustLoad(t, s, "P-1").Partner.Case.Latest
	for _, limit := range []int{1, 2, 100} {
		got := ids(listed(t, s, QueueQuery{Queue: onboarding.QueueDueToday, Limit: limit, DueBy: due}))
		if want := []string{"P-A", "P-0", "P-1"}; !slices.Equal(got, want) {
			t.Errorf("in pages of %d: %v, want %v", limit, got, want)
		}
		if got := listed(t, s, QueueQuery{Queue: onboarding.QueueDueToday, Limit: limit, DueBy: monday}); len(got) != 0 {
			t.Errorf("nothing is due yet, but %v", got)
		}
	}
}

func TestO2_AQueueNamesTheReviewerAndListsHisAlone(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	rolf := onboarding.Principal{UserID: "u-rolf", Name: "Rolf", Email: "rolf@programme.example", Staff: true}
	for i := range 5 {
		id := fmt.Sprintf("P-%d", i)
		r := mustEnrol(t, s, id, "t-"+id, save("Contoso"), submit)
		if i%2 == 1 {
			mustCommit(t, s, r, claim(rolf))
		}
	}
	got := listed(t, s, QueueQuery{Queue: "verification", Limit: 2, Reviewer: "u-rolf"})
	if want := []string{"P-1", "P-3"}; !slices.Equal(ids(got), want) || got[0].Reviewer != "Rolf (rolf@programme.example)" || got[0].ReviewerID != "u-rolf" {
		t.Errorf("%+v", got)
	}
	if got := listed(t, s, QueueQuery{Queue: "verification", Limit: 2}); len(got) != 5 || got[0].Reviewer != "" {
		t.Errorf("%+v", got)
	}
}

func TestO2_WhatIsStuckIsListedBesideTheCaseUntilItGoesOn(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	stuck := QueueQuery{Queue: onboarding.QueueStuck, Limit: 1}
	r := mustCommit(t, s, mustEnrol(t, s, "P-1", "t-1", save("Contoso"), submit), fail)
	got := listed(t, s, stuck)
	if len(got) != 1 || got[0].PartnerID != "P-1" || got[0].CompanyName != "Contoso" || got[0].Status != "FAILED" || got[0].Since.IsZero() {
		t.Errorf("%+v", got)
	}
	if got := ids(listed(t, s, QueueQuery{Queue: "verification", Limit: 10})); !slices.Equal(got, []string{"P-1"}) {
		t.Errorf("its case left the reviewers: %v", got)
	}
	t.Run("O2 so is an event that was tried too often", func(t *testing.T) {
		other := mustEnrol(t, s, "P-2", "t-2")
		var e StoredEvent
		at := monday
		for range StuckAfter {
			var err error
			at = at.Add(time.Hour)
			i := slices.IndexFunc(dueNow(t, s, DueOutbox, at), func(d Due) bool { return d.PartnerID == "P-2" })
			if e, err = s.Claim(t.Context(), dueNow(t, s, DueOutbox, at)[i], at.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if err := s.Settle(t.Context(), e, e.Follow, at.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		got := listed(t, s, stuck)
		if len(got) != 2 || got[0].PartnerID != "P-2" && got[1].PartnerID != "P-2" || !slices.ContainsFunc(got, func(i QueueItem) bool {
			return i.Status == StatusConsequencesFail && i.CompanyName == other.Partner.LegalName()
		}) {
			t.Errorf("%+v", got)
		}
		e.DueAt = at.Add(time.Minute).Truncate(time.Millisecond)
		if err := s.Settle(t.Context(), e, nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if got := ids(listed(t, s, stuck)); !slices.Equal(got, []string{"P-1"}) {
			t.Errorf("settled, and still listed: %v", got)
		}
	})
	t.Run("O2 a new execution takes it off the list, and the chain holds", func(t *testing.T) {
		r = mustCommit(t, s, r, redrive)
		if got := listed(t, s, stuck); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		events, err := s.Events(t.Context(), "P-1")
		if err != nil || VerifyChain(events) != nil {
			t.Errorf("%v, %v", err, VerifyChain(events))
		}
		mustCommit(t, s, r, fail)
		if got := listed(t, s, stuck); len(got) != 1 {
			t.Errorf("stopped again: %+v", got)
		}
	})
}
