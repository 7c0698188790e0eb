//go:build stack

package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// dueNow lists what is due at a time; the index of DynamoDB Local is never
// behind.
func dueNow(t *testing.T, s *Store, kind DueKind, at time.Time) []Due {
	t.Helper()
	due, err := s.Due(t.Context(), kind, at, 100)
	if err != nil {
		t.Fatal(err)
	}
	return due
}

func TestAnEventIsDueFromTheMomentItIsCommitted(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mustEnrol(t, s, "P-1", "t-1", save("Contoso"))
	if due := dueNow(t, s, DueOutbox, monday.Add(-time.Second)); len(due) != 0 {
		t.Errorf("a second before, due was %+v", due)
	}
	due := dueNow(t, s, DueOutbox, monday)
	if len(due) != 1 || due[0].PartnerID != "P-1" || due[0].Sequence != 1 || !due[0].At.Equal(monday.Truncate(time.Millisecond)) {
		t.Fatalf("due is %+v: the enrolment, and not the draft from which nothing follows", due)
	}
	e, err := s.Claim(t.Context(), due[0], monday.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("claimed: whole, and with the try counted", func(t *testing.T) {
		if e.Attempts != 1 || len(e.Follow) != 3 || e.Data.Type() != "partner.enrolled" || !e.DueAt.Equal(monday.Add(time.Minute).Truncate(time.Millisecond)) {
			t.Errorf("%+v", e)
		}
	})
	t.Run("nobody else gets it meanwhile", func(t *testing.T) {
		if due := dueNow(t, s, DueOutbox, monday.Add(59*time.Second)); len(due) != 0 {
			t.Errorf("%+v", due)
		}
		if _, err := s.Claim(t.Context(), due[0], monday.Add(time.Hour)); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
	t.Run("a claim that nothing came of runs out", func(t *testing.T) {
		again := dueNow(t, s, DueOutbox, monday.Add(time.Minute))
		if len(again) != 1 {
			t.Fatalf("%+v", again)
		}
		next, err := s.Claim(t.Context(), again[0], monday.Add(2*time.Minute))
		if err != nil || next.Attempts != 2 {
			t.Fatalf("%+v, %v", next, err)
		}
		if err := s.Settle(t.Context(), e, nil, time.Time{}); !errors.Is(err, ErrConflict) {
			t.Errorf("the first sweep settled what the second one holds: %v", err)
		}
		e = next
	})
	t.Run("half done, the rest stays due", func(t *testing.T) {
		if err := s.Settle(t.Context(), e, e.Follow[1:], monday.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		due := dueNow(t, s, DueOutbox, monday.Add(time.Hour))
		if len(due) != 1 {
			t.Fatalf("%+v", due)
		}
		if e, err = s.Claim(t.Context(), due[0], monday.Add(2*time.Hour)); err != nil || len(e.Follow) != 2 || e.Follow[0].StartRound == nil || e.Follow[1].Publish == nil || e.Attempts != 3 {
			t.Errorf("%+v, %v", e, err)
		}
	})
	t.Run("done, it leaves the outbox with all that it carried; the chain holds", func(t *testing.T) {
		if err := s.Settle(t.Context(), e, nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if due := dueNow(t, s, DueOutbox, monday.AddDate(10, 0, 0)); len(due) != 0 {
			t.Errorf("%+v", due)
		}
		events, err := s.Events(t.Context(), "P-1")
		if err != nil || len(events[0].Follow) != 0 || VerifyChain(events) != nil {
			t.Errorf("%+v, %v, %v", events, err, VerifyChain(events))
		}
		if _, err := s.Claim(t.Context(), due[0], monday); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
}

func TestTwoSweepsSettleEachEventOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	const partners = 12
	for i := range partners {
		mustEnrol(t, s, fmt.Sprintf("P-%d", i), fmt.Sprintf("t-%d", i))
	}
	var settled, lost atomic.Int64
	var group sync.WaitGroup
	due := dueNow(t, s, DueOutbox, monday)
	if len(due) != partners {
		t.Fatalf("%d are due", len(due))
	}
	for range 2 {
		group.Go(func() {
			for _, d := range due {
				e, err := s.Claim(t.Context(), d, monday.Add(time.Hour))
				if errors.Is(err, ErrConflict) {
					lost.Add(1)
					continue
				}
				if err == nil {
					err = s.Settle(t.Context(), e, nil, time.Time{})
				}
				if err != nil {
					t.Error(err)
					return
				}
				settled.Add(1)
			}
		})
	}
	group.Wait()
	if settled.Load() != partners || lost.Load() != partners || len(dueNow(t, s, DueOutbox, monday.AddDate(1, 0, 0))) != 0 {
		t.Errorf("%d were settled, %d lost", settled.Load(), lost.Load())
	}
}

func TestAnOutboxCallWhoseAnswerIsLostDoesNoHarm(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mustEnrol(t, s, "P-1", "t-1")
	due := dueNow(t, s, DueOutbox, monday)
	t.Run("a lost claim comes back when it runs out", func(t *testing.T) {
		f := &fault{operation: "UpdateItem", lose: 1}
		if _, err := New(client(f), s.table).Claim(t.Context(), due[0], monday.Add(time.Minute)); !errors.Is(err, ErrConflict) || f.lost.Load() != 1 {
			t.Errorf("%v", err)
		}
		if due = dueNow(t, s, DueOutbox, monday.Add(time.Minute)); len(due) != 1 {
			t.Fatalf("%+v", due)
		}
	})
	t.Run("a lost settlement has settled", func(t *testing.T) {
		e, err := s.Claim(t.Context(), due[0], monday.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		f := &fault{operation: "UpdateItem", lose: 1}
		if err := New(client(f), s.table).Settle(t.Context(), e, nil, time.Time{}); err != nil && !errors.Is(err, ErrConflict) || f.lost.Load() != 1 {
			t.Errorf("%v", err)
		}
		if due := dueNow(t, s, DueOutbox, monday.AddDate(1, 0, 0)); len(due) != 0 {
			t.Errorf("%+v", due)
		}
	})
}

func TestV6_V9_APartnerIsDueWhenTimeAloneChangesIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	r := mustEnrol(t, s, "P-1", "t-1", save("Contoso"), submit)
	deadline := func(t *testing.T, r Record) time.Time {
		t.Helper()
		at, ok := r.Partner.NextDeadline()
		if !ok {
			t.Fatal("nothing will ever be due")
		}
		return at
	}
	tick := func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Tick(s) }
	for n := 0; r.Partner.Case.EscalatedAt.IsZero(); n++ {
		at := deadline(t, r)
		if due := dueNow(t, s, DueDeadline, at.Add(-time.Millisecond)); len(due) != 0 {
			t.Fatalf("V9 before the deadline %d, due was %+v", n, due)
		}
		due := dueNow(t, s, DueDeadline, at)
		if len(due) != 1 || due[0].PartnerID != "P-1" || due[0].Sequence != 0 || !due[0].At.Equal(at) {
			t.Fatalf("V9 at the deadline %d, due is %+v", n, due)
		}
		r, _ = mustCommitAt(t, s, r, at, tick)
		if n > 10 {
			t.Fatal("V6 the case is never escalated")
		}
	}
	t.Run("V6 the case was due at its latest date", func(t *testing.T) {
		if !r.Partner.Case.EscalatedAt.Equal(r.Partner.Case.Latest) {
			t.Errorf("escalated at %s, latest was %s", r.Partner.Case.EscalatedAt, r.Partner.Case.Latest)
		}
	})
	t.Run("the workflow coming and going leaves it due", func(t *testing.T) {
		other := mustEnrol(t, s, "P-2", "t-2", save("Contoso"), submit)
		mustSetWorkflow(t, s, other, waiting(onboarding.WaitDecision))
		due := dueNow(t, s, DueDeadline, deadline(t, other))
		if !slices.ContainsFunc(due, func(d Due) bool { return d.PartnerID == "P-2" }) {
			t.Errorf("%+v", due)
		}
	})
	t.Run("whoever owes nothing isn't due", func(t *testing.T) {
		done := mustEnrol(t, s, "P-3", "t-3", save("Contoso"), submit, confirm)
		mustCommitAt(t, s, done, monday.Add(day), authorize)
		for _, d := range dueNow(t, s, DueDeadline, monday.Add(2*day)) {
			if d.PartnerID == "P-3" {
				t.Errorf("%+v", d)
			}
		}
	})
}

const day = 24 * time.Hour

func TestDueIsReadOldestFirstAndBounded(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 10 {
		at := monday.Add(time.Duration(10-i) * time.Minute)
		e := enrol(t, fmt.Sprintf("P-%d", i), fmt.Sprintf("t-%d", i), fmt.Sprintf("e-%d", i), at)
		if _, _, err := s.Commit(t.Context(), Change{Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	due, err := s.Due(t.Context(), DueOutbox, monday.Add(5*time.Minute), 1)
	if err != nil || len(due) == 0 || len(due) > Shards {
		t.Fatalf("%d, %v", len(due), err)
	}
	for _, d := range due {
		if d.At.After(monday.Add(5 * time.Minute)) {
			t.Errorf("%+v", d)
		}
	}
	if all := dueNow(t, s, DueOutbox, monday.Add(5*time.Minute)); len(all) != 5 {
		t.Errorf("%d are due", len(all))
	}
}

func TestADeadlineThatIsPutOffIsDueAgainLaterAndNotOnceItHasMoved(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mustEnrol(t, s, "P-1", "t-1")
	late := monday.AddDate(0, 0, 4)
	due := dueNow(t, s, DueDeadline, late)
	if len(due) != 1 {
		t.Fatalf("due is %+v: the first reminder", due)
	}
	until := late.Add(5 * time.Minute)
	if err := s.Postpone(t.Context(), due[0], until); err != nil {
		t.Fatal(err)
	}
	if due := dueNow(t, s, DueDeadline, until.Add(-time.Second)); len(due) != 0 {
		t.Errorf("meanwhile due was %+v", due)
	}
	if due := dueNow(t, s, DueDeadline, until); len(due) != 1 {
		t.Errorf("afterwards due was %+v", due)
	}
	if err := s.Postpone(t.Context(), due[0], until); !errors.Is(err, ErrConflict) {
		t.Errorf("by an index that is behind: %v", err)
	}
	if r, _, err := s.Load(t.Context(), "P-1", Request{}, late); err != nil || r.Partner.Version != 1 {
		t.Errorf("version %d, %v: the partner itself is untouched", r.Partner.Version, err)
	}
}
