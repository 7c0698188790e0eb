package onboarding_test

import (
	"slices"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var waits = []WaitName{WaitBusinessInfo, WaitDecision, WaitEscalatedDecision, WaitAgreement, WaitDistributor}

// outcomes are the waits that a partner has passed.
func outcomes(p Partner) map[WaitName]Outcome {
	m := map[WaitName]Outcome{}
	for _, w := range waits {
		if o, done := p.OutcomeOf(w); done {
			m[w] = o
		}
	}
	return m
}

func TestO1_AWaitsOutcomeFollowsFromTheStateAlone(t *testing.T) {
	for _, c := range []struct {
		name string
		s    *story
		want map[WaitName]Outcome
	}{
		{"O1 nothing done", begin(t), nil},
		{"O1 enrolled", begin(t).enrolled(), nil},
		{"O1 drafted", begin(t).enrolled().saved(contoso()), nil},
		{"O1 submitted", begin(t).submitted(), map[WaitName]Outcome{WaitBusinessInfo: OutcomeSubmitted}},
		{"O1 confirmed", begin(t).confirmed(), map[WaitName]Outcome{WaitBusinessInfo: OutcomeSubmitted}},
		{"O1 overdue", begin(t).escalated(), map[WaitName]Outcome{WaitBusinessInfo: OutcomeSubmitted, WaitDecision: OutcomeOverdue}},
		{"O1 authorized", begin(t).authorized(), map[WaitName]Outcome{WaitBusinessInfo: OutcomeSubmitted, WaitDecision: OutcomeAuthorized, WaitEscalatedDecision: OutcomeAuthorized}},
		{"O1 authorized late", begin(t).confirmed().escalated().authorized(), map[WaitName]Outcome{WaitBusinessInfo: OutcomeSubmitted, WaitDecision: OutcomeAuthorized, WaitEscalatedDecision: OutcomeAuthorized}},
		{"O1 rejected", begin(t).rejected(), map[WaitName]Outcome{WaitDecision: OutcomeRejected, WaitEscalatedDecision: OutcomeRejected}},
		{"O1 resubmitted", begin(t).rejected().submitted(), map[WaitName]Outcome{WaitBusinessInfo: OutcomeSubmitted}},
		{"O1 accepted", begin(t).accepted(), map[WaitName]Outcome{WaitBusinessInfo: OutcomeSubmitted, WaitDecision: OutcomeAuthorized, WaitEscalatedDecision: OutcomeAuthorized, WaitAgreement: OutcomeAccepted}},
		{"O1 onboarded", begin(t).onboarded(), map[WaitName]Outcome{WaitBusinessInfo: OutcomeSubmitted, WaitDecision: OutcomeAuthorized, WaitEscalatedDecision: OutcomeAuthorized, WaitAgreement: OutcomeAccepted, WaitDistributor: OutcomeActive}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := outcomes(c.s.p)
			if len(got) != len(c.want) {
				t.Errorf("passed %v, want %v", got, c.want)
			}
			for w, o := range c.want {
				if got[w] != o {
					t.Errorf("%s: %q, want %q", w, got[w], o)
				}
			}
		})
	}
	t.Run("O1 an unknown wait is never over", func(t *testing.T) {
		if o, done := begin(t).onboarded().p.OutcomeOf("nonsense"); done || o != "" {
			t.Errorf("%q, %t", o, done)
		}
	})
}

func TestO1_AnExecutionThatEndsIsFollowedByTheNextRound(t *testing.T) {
	t.Run("O1 a pause ends the round, the partner's next command begins the next", func(t *testing.T) {
		s := begin(t).enrolled()
		s.tell(s.p.Pause(1, s.system()))
		if !s.p.Idle || s.p.Round != 1 {
			t.Fatalf("idle %t, round %d", s.p.Idle, s.p.Round)
		}
		s.saved(contoso())
		e := last(s)
		if s.p.Idle || s.p.Round != 2 || e.Round != 2 || !slices.ContainsFunc(e.Follow, func(f Follow) bool { return f.StartRound != nil && f.StartRound.Round == 2 }) {
			t.Errorf("idle %t, round %d, event %+v", s.p.Idle, s.p.Round, e)
		}
		s.submitted()
		if s.p.Round != 2 || last(s).Round != 0 {
			t.Errorf("an open round was followed by round %d", s.p.Round)
		}
	})
	t.Run("O1 a late execution can't pause a newer round", func(t *testing.T) {
		s := begin(t).enrolled()
		for _, round := range []int{0, 2} {
			_, err := s.p.Pause(round, s.system())
			wantCode(t, err, CodeStaleVersion)
		}
		s.tell(s.p.Pause(1, s.system()))
		_, err := s.p.Pause(1, s.system())
		wantCode(t, err, CodeStaleVersion)
		s.saved(contoso())
		_, err = s.p.Pause(1, s.system())
		wantCode(t, err, CodeStaleVersion)
	})
	t.Run("O1 an execution started by hand takes over when none is open", func(t *testing.T) {
		s := begin(t).enrolled()
		_, err := s.p.Adopt("Started by hand.", s.stamp(reviewer))
		wantCode(t, err, CodeStaleVersion)
		s.tell(s.p.Pause(1, s.system()))
		s.tell(s.p.Adopt("Started by hand.", s.stamp(reviewer)))
		if e := last(s); s.p.Idle || s.p.Round != 2 || len(e.Follow) != 0 {
			t.Errorf("idle %t, round %d, follows %+v: the execution is there already", s.p.Idle, s.p.Round, e.Follow)
		}
	})
	t.Run("O1 who doesn't act starts nothing", func(t *testing.T) {
		s := begin(t).confirmed()
		s.tell(s.p.Pause(1, s.system()))
		s.escalated()
		s.authorized()
		s.requested(northwind)
		if s.p.Round != 1 || !s.p.Idle {
			t.Errorf("round %d", s.p.Round)
		}
		if s.accepted(); s.p.Round != 2 {
			t.Errorf("the partner acted, round %d", s.p.Round)
		}
	})
}

func TestApplyRefusesAGapInTheEvents(t *testing.T) {
	s := begin(t).submitted()
	for _, e := range []Event{s.events[0], s.events[len(s.events)-1]} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("event %d was applied to version %d", e.Sequence, s.p.Version)
				}
			}()
			s.p.Apply(e)
		}()
	}
}
