//go:build stack

package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestO2_QueuesListWhatIsDueFirstFirst(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var want []string
	for i := range 7 {
		id := fmt.Sprintf("P-%d", i)
		r := mustEnrol(t, s, id, "t-"+id, save("Contoso "+id))
		mustCommitAt(t, s, r, monday.Add(time.Duration(100-10*i)*time.Hour), submit)
		want = append([]string{id}, want...)
	}
	pages := func(t *testing.T, queue onboarding.Queue, limit int) (ids []string) {
		t.Helper()
		for cursor, n := "", 0; n < 20; n++ {
			items, next, err := s.Queue(t.Context(), QueueQuery{Queue: queue, Cursor: cursor, Limit: limit, DueBy: monday.Add(5 * 24 * time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			if len(items) > limit {
				t.Errorf("a page of %d holds %d", limit, len(items))
			}
			for _, i := range items {
				ids = append(ids, i.PartnerID)
			}
			if next == "" {
				return ids
			}
			cursor = next
		}
		t.Fatal("the pages never end")
		return nil
	}
	for _, limit := range []int{1, 3, 7, 100} {
		t.Run(fmt.Sprintf("O2 in pages of %d", limit), func(t *testing.T) {
			if got := pages(t, "verification", limit); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		})
	}
	t.Run("O2 a row says what a reviewer must know", func(t *testing.T) {
		items, _, err := s.Queue(t.Context(), QueueQuery{Queue: "verification", Limit: 1})
		p := mustLoad(t, s, want[0]).Partner
		if err != nil || len(items) != 1 || items[0] != (QueueItem{PartnerID: p.ID, CompanyName: "Contoso " + p.ID, Status: string(onboarding.VerificationPending), Since: p.Case.OpenedAt, DueBy: p.Case.Latest}) {
			t.Errorf("%+v, %v", items, err)
		}
	})
	t.Run("O2 an escalated case moves to the overdue, a decided one leaves", func(t *testing.T) {
		r := mustLoad(t, s, want[0])
		mustCommitAt(t, s, r, r.Partner.Case.Latest, escalate)
		r = mustLoad(t, s, want[1])
		mustCommitAt(t, s, r, monday.AddDate(0, 0, 30), reject)
		if got := pages(t, "verification", 100); !slices.Equal(got, want[2:]) {
			t.Errorf("verification holds %v", got)
		}
		if got := pages(t, "overdue", 100); !slices.Equal(got, want[:1]) {
			t.Errorf("overdue holds %v", got)
		}
	})
	t.Run("O2 a queue that isn't there is empty", func(t *testing.T) {
		if got := pages(t, "nonsense", 10); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}

func TestV8_TheTimelineIsReadNewestFirstInPages(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const events = 230
	r := mustEnrol(t, s, "P-1", "t-1")
	for r.Partner.Version < events {
		r = mustCommit(t, s, r, save(fmt.Sprint("Draft ", r.Partner.Version)))
	}
	mustEnrol(t, s, "P-2", "t-2", save("Another company's"))
	for _, limit := range []int{1, 7, 99, 100} {
		t.Run(fmt.Sprintf("V8 in pages of %d", limit), func(t *testing.T) {
			last := events + 1
			for before := 0; ; {
				record, page, next, err := s.Timeline(t.Context(), "P-1", before, limit)
				if err != nil {
					t.Fatal(err)
				}
				if record.Partner.Version != events || len(page) == 0 || len(page) > limit {
					t.Fatalf("version %d, %d events in a page of %d", record.Partner.Version, len(page), limit)
				}
				for _, e := range page {
					if e.Sequence != last-1 || e.PartnerID != "P-1" {
						t.Fatalf("event %d of %s follows %d", e.Sequence, e.PartnerID, last)
					}
					last = e.Sequence
				}
				if next == 0 {
					break
				}
				if next != last {
					t.Fatalf("the next page begins before %d, not %d", next, last)
				}
				if before = next; limit == 1 && last < events-5 {
					last = 1 // seen enough
					break
				}
			}
			if last != 1 {
				t.Errorf("the timeline ends at event %d", last)
			}
		})
	}
	t.Run("V8 a page before the first event is empty and the last", func(t *testing.T) {
		r, page, next, err := s.Timeline(t.Context(), "P-1", 1, 10)
		if err != nil || r.Partner.ID != "P-1" || len(page) != 0 || next != 0 {
			t.Errorf("%d events, next %d, %v", len(page), next, err)
		}
	})
	t.Run("V8 of a partner that isn't there there is none", func(t *testing.T) {
		for _, before := range []int{0, 5} {
			r, page, next, err := s.Timeline(t.Context(), "P-9", before, 10)
			if err != nil || r.Partner.Enrolled() || len(page) != 0 || next != 0 {
				t.Errorf("%+v, %d events, next %d, %v", r, len(page), next, err)
			}
		}
	})
	t.Run("O3 the audit reads all of them, in their order", func(t *testing.T) {
		all, err := s.Events(t.Context(), "P-1")
		if err != nil || len(all) != events {
			t.Fatalf("%d events, %v", len(all), err)
		}
		if err := VerifyChain(all); err != nil {
			t.Error(err)
		}
	})
}

func TestT3_APartnerIsReadAsItWas(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	r := mustEnrol(t, s, "P-1", "t-1", save("Contoso"))
	r, _ = mustCommitAt(t, s, r, monday.Add(24*time.Hour), submit)
	for name, c := range map[string]struct {
		at      time.Time
		version int
	}{
		"T3 before it enrolled":        {monday.Add(-time.Second), 0},
		"T3 before it submitted":       {monday.Add(23 * time.Hour), r.Partner.Version - 1},
		"T3 at the moment of an event": {monday.Add(24 * time.Hour), r.Partner.Version},
		"T3 in a time to come":         {monday.Add(999 * time.Hour), r.Partner.Version},
	} {
		t.Run(name, func(t *testing.T) {
			now, then, err := s.LoadAt(t.Context(), "P-1", c.at)
			if err != nil || now.Partner.Version != r.Partner.Version || then.Version != c.version {
				t.Errorf("now %d, then %d, want %d; %v", now.Partner.Version, then.Version, c.version, err)
			}
		})
	}
}
