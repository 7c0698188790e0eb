//go:build stack

package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func waiting(names ...onboarding.WaitName) Workflow {
	w := Workflow{Execution: "arn:execution-1", Waits: map[onboarding.WaitName]Wait{}}
	for _, n := range names {
		w.Waits[n] = Wait{Token: "token-" + string(n), EnteredAt: monday.Truncate(time.Second), Execution: "arn:execution-1"}
	}
	return w
}

func mustSetWorkflow(t *testing.T, s *Store, r Record, w Workflow) Record {
	t.Helper()
	if err := s.SetWorkflow(t.Context(), r, w); err != nil {
		t.Fatal(err)
	}
	return mustLoad(t, s, r.Partner.ID)
}

func TestAWaitThatACommitSatisfiesIsFinishedWithIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	r := mustEnrol(t, s, "P-1", "t-1", save("Contoso"))
	r = mustSetWorkflow(t, s, r, waiting(onboarding.WaitBusinessInfo))
	if r.Workflow.Revision != 1 || r.Workflow.Waits[onboarding.WaitBusinessInfo].Token != "token-businessInfo" {
		t.Fatalf("the workflow is kept as %+v", r.Workflow)
	}
	t.Run("not by a commit that doesn't satisfy it", func(t *testing.T) {
		var e onboarding.Event
		r, e = mustCommitAt(t, s, r, monday, save("Contoso GmbH"))
		if finished(e) != nil || len(mustLoad(t, s, "P-1").Workflow.Waits) != 1 {
			t.Errorf("%+v", e.Follow)
		}
	})
	r, e := mustCommitAt(t, s, r, monday, submit)
	want := &onboarding.FinishWait{Wait: onboarding.WaitBusinessInfo, Token: "token-businessInfo", Outcome: onboarding.OutcomeSubmitted}
	t.Run("the event that is returned says so", func(t *testing.T) {
		if !reflect.DeepEqual(finished(e), want) {
			t.Errorf("%+v", e.Follow)
		}
	})
	t.Run("so does the stored one, and the wait is gone", func(t *testing.T) {
		events, err := s.Events(t.Context(), "P-1")
		if err != nil || !reflect.DeepEqual(finished(events[len(events)-1].Event), want) {
			t.Errorf("%v, %v", events, err)
		}
		if got := mustLoad(t, s, "P-1"); len(got.Workflow.Waits) != 0 || got.Workflow.Execution != "arn:execution-1" {
			t.Errorf("%+v", got.Workflow)
		}
		if err := VerifyChain(events); err != nil {
			t.Error(err)
		}
	})
	t.Run("V6 a deadline finishes the wait for the decision with Overdue, and leaves the next one", func(t *testing.T) {
		r := mustSetWorkflow(t, s, mustLoad(t, s, "P-1"), waiting(onboarding.WaitDecision))
		r, e := mustCommitAt(t, s, r, r.Partner.Case.Latest, escalate)
		if f := finished(e); f == nil || f.Outcome != onboarding.OutcomeOverdue {
			t.Errorf("%+v", e.Follow)
		}
		r = mustSetWorkflow(t, s, r, waiting(onboarding.WaitEscalatedDecision))
		if _, e = mustCommitAt(t, s, r, monday, reject); finished(e) == nil || finished(e).Outcome != onboarding.OutcomeRejected {
			t.Errorf("%+v", e.Follow)
		}
	})
	_ = r
}

func finished(e onboarding.Event) *onboarding.FinishWait {
	for _, f := range e.Follow {
		if f.FinishWait != nil {
			return f.FinishWait
		}
	}
	return nil
}

func TestTheWorkflowIsSetOnlyOverWhatWasRead(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	t.Run("a command in between is a conflict, and nothing of it is lost", func(t *testing.T) {
		r := mustEnrol(t, s, "P-1", "t-1", save("Contoso"))
		mustCommit(t, s, r, submit)
		if err := s.SetWorkflow(t.Context(), r, waiting(onboarding.WaitBusinessInfo)); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		if got := mustLoad(t, s, "P-1"); got.Partner.Version != 3 || len(got.Workflow.Waits) != 0 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("the workflow in between is a conflict for a command, which then finds the wait", func(t *testing.T) {
		r := mustEnrol(t, s, "P-2", "t-2", save("Contoso"))
		mustSetWorkflow(t, s, r, waiting(onboarding.WaitBusinessInfo))
		e, err := submit(r.Partner, stampOf("e-x", monday, admin("t-2")))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Commit(t.Context(), Change{Before: r, Event: e}); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		if _, e := mustCommitAt(t, s, mustLoad(t, s, "P-2"), monday, submit); finished(e) == nil {
			t.Errorf("%+v", e.Follow)
		}
	})
	t.Run("another execution in between is a conflict", func(t *testing.T) {
		r := mustEnrol(t, s, "P-3", "t-3")
		mustSetWorkflow(t, s, r, waiting(onboarding.WaitBusinessInfo))
		if err := s.SetWorkflow(t.Context(), r, Workflow{}); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
	t.Run("it doesn't make the author's version stale", func(t *testing.T) {
		r := mustEnrol(t, s, "P-4", "t-4", save("Contoso"))
		after := mustSetWorkflow(t, s, r, waiting(onboarding.WaitBusinessInfo))
		if after.Partner.Version != r.Partner.Version || after.Partner.InfoRevision != r.Partner.InfoRevision {
			t.Errorf("%+v", after.Partner)
		}
	})
	t.Run("a partner that isn't there is a conflict, and isn't made", func(t *testing.T) {
		if err := s.SetWorkflow(t.Context(), Record{Partner: onboarding.Partner{ID: "P-9"}}, Workflow{}); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		if mustLoad(t, s, "P-9").Partner.Enrolled() {
			t.Error("it was made")
		}
	})
	t.Run("after a lost answer the caller, who reads again, finds it done", func(t *testing.T) {
		r := mustEnrol(t, s, "P-5", "t-5")
		f := &fault{operation: "UpdateItem", lose: 1}
		err := New(client(f), s.table).SetWorkflow(t.Context(), r, waiting(onboarding.WaitBusinessInfo))
		if f.lost.Load() != 1 || err != nil && !errors.Is(err, ErrConflict) {
			t.Errorf("%v after %d lost answers", err, f.lost.Load())
		}
		if got := mustLoad(t, s, "P-5"); len(got.Workflow.Waits) != 1 || got.Workflow.Revision != 1 {
			t.Errorf("%+v", got.Workflow)
		}
	})
}
