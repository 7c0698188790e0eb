package onboarding_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func (s *story) appealed() *story {
	s.t.Helper()
	return s.tell(s.p.Appeal("The registry was updated last week.", knowledge.Calendar, s.stamp(globalAdmin)))
}

func (s *story) decidedBy(by Principal, d Decide) error {
	_, err := s.p.Decide(d, s.stamp(by))
	return err
}

func TestV11_ARejectionCanBeAppealed(t *testing.T) {
	s := begin(t).confirmed().rejected()
	round := s.p.Round
	s.now = s.now.Add(time.Hour)
	s.appealed()
	c := s.p.Case
	if s.p.Verification() != VerificationUnderReview || c.Appeal == nil || !c.Earliest.Equal(s.now.Add(3*day)) || !c.Latest.Equal(s.now.Add(5*day)) {
		t.Errorf("%s, %+v", s.p.Verification(), c)
	}
	if want := []string{"appealReceived erika@contoso.example", "appealOpened staff"}; !slices.Equal(slices.DeleteFunc(mails(last(s)), func(m string) bool { return m == "" }), want) {
		t.Errorf("mails %v, want %v", mails(last(s)), want)
	}
	if s.p.Round != round+1 || s.p.Idle {
		t.Errorf("round %d, idle %t: the workflow doesn't go on", s.p.Round, s.p.Idle)
	}
	if q, ok := s.p.Queued(); !ok || q.Queue != QueueAppeals {
		t.Errorf("queued %+v", q)
	}
	if turn := s.p.Turn(s.now); turn.Who != PartyReviewer || turn.By.IsZero() {
		t.Errorf("turn %+v", turn)
	}
	t.Run("V11 the history tells of it", func(t *testing.T) {
		var statuses []VerificationStatus
		for _, h := range s.p.VerificationHistory() {
			statuses = append(statuses, h.Status)
		}
		if want := []VerificationStatus{VerificationUnderReview, VerificationRejected, VerificationUnderReview}; !slices.Equal(statuses, want) {
			t.Errorf("%v, want %v", statuses, want)
		}
	})
	t.Run("V11 the reviewer who rejected can't decide it", func(t *testing.T) {
		wantCode(t, s.decidedBy(reviewer, Decide{Result: VerificationAuthorized, Note: "x"}), CodeFourEyes)
		wantCode(t, s.decidedBy(reviewer, Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "x"}), CodeFourEyes)
	})
	t.Run("V11 another reviewer can", func(t *testing.T) {
		if err := s.decidedBy(otherReviewer, Decide{Result: VerificationAuthorized, Note: "x"}); err != nil {
			t.Error(err)
		}
	})
	t.Run("V11 overdue appeals are escalated like any case", func(t *testing.T) {
		s := *s
		s.t = t
		s.escalated()
		if s.p.Verification() != VerificationOverdue {
			t.Error(s.p.Verification())
		}
	})
}

func TestV11_ARejectedAppealIsNoDeadEnd(t *testing.T) {
	s := begin(t).confirmed().rejected().appealed()
	s.tell(s.p.Decide(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "Still."}, s.stamp(otherReviewer)))
	_, err := s.p.Appeal("Again.", knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeNothingToAppeal)
	s.submitted()
	if s.p.Case.Appeal != nil || s.p.Verification() == VerificationRejected {
		t.Error("a new case carries the old appeal")
	}
}

func TestV11_WhatCanNotBeAppealedSaysWhatCanBeDone(t *testing.T) {
	for name, s := range map[string]*story{
		"V11 a case that isn't decided":                        begin(t).confirmed(),
		"V11 an authorization":                                 begin(t).authorized(),
		"V11 nothing at all":                                   begin(t).enrolled(),
		"V11 details that were changed: they can be submitted": begin(t).confirmed().rejected().saved(contoso()),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.p.Appeal("We differ.", knowledge.Calendar, s.stamp(globalAdmin))
			wantCode(t, err, CodeNothingToAppeal)
		})
	}
	t.Run("V11 an appeal says why", func(t *testing.T) {
		s := begin(t).confirmed().rejected()
		_, err := s.p.Appeal(" ", knowledge.Calendar, s.stamp(globalAdmin))
		wantFaults(t, err, "/message required")
	})
	t.Run("V11 the requirements offer it, while it is possible", func(t *testing.T) {
		s := begin(t).confirmed().rejected()
		if got := s.p.Requirements(s.now).DueNow[0].Alternatives; len(got) != 1 {
			t.Errorf("%v", got)
		}
		s.saved(contoso())
		if got := s.p.Requirements(s.now).DueNow[0].Alternatives; len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}
