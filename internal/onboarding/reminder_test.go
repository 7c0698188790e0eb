package onboarding_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// ticked lets time pass to the next deadline and do what it asks for.
func (s *story) ticked() *story {
	s.t.Helper()
	at, ok := s.p.NextDeadline()
	if !ok {
		s.t.Fatal("nothing will ever be due")
	}
	s.now = at
	return s.tell(s.p.Tick(s.system()))
}

func TestV9_ThePartnerIsRemindedOnDays3And7And14AndTheApplicationIsDormantOnDay30(t *testing.T) {
	for name, s := range map[string]*story{
		"V9 of the business information": begin(t).enrolled(),
		"V9 of a correction":             begin(t).confirmed().rejected(),
		"V9 of the agreement":            begin(t).authorized(),
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			since := s.now
			for i, days := range []int{3, 7, 14, 30} {
				s.ticked()
				if want := since.AddDate(0, 0, days); !s.now.Equal(want) {
					t.Fatalf("reminder %d comes at %s, want %s", i+1, s.now, want)
				}
				template := "stepReminder"
				if days == 30 {
					template = "dormant"
				}
				for _, m := range last(s).Follow {
					if m.Mail == nil || string(m.Mail.Template) != template {
						t.Errorf("day %d: %+v", days, m)
					}
				}
				if dormant := !s.p.DormantSince.IsZero(); dormant != (days == 30) {
					t.Errorf("day %d: dormant %t", days, dormant)
				}
			}
			if at, ok := s.p.NextDeadline(); ok {
				t.Errorf("a dormant application is looked at again at %s", at)
			}
			if s.p.Turn(s.now).Who != PartyPartner {
				t.Error("V11: a dormant application is nobody's")
			}
		})
	}
}

func TestV9_EachReminderIsSentOnce(t *testing.T) {
	s := begin(t).enrolled().ticked()
	_, err := s.p.Tick(s.system())
	wantCode(t, err, CodeNothingDue)
	t.Run("V9 a sweep that comes late sends one after the other, each once", func(t *testing.T) {
		s := begin(t).enrolled()
		s.now = s.now.AddDate(0, 0, 20)
		for range 3 {
			s.tell(s.p.Tick(s.system()))
		}
		_, err := s.p.Tick(s.system())
		wantCode(t, err, CodeNothingDue)
	})
}

func TestV9_AnActOfThePartnerBeginsTheLadderAnew(t *testing.T) {
	s := begin(t).enrolled().ticked().ticked()
	s.now = s.now.Add(time.Hour)
	s.saved(contoso())
	saved := s.now
	s.ticked()
	if want := saved.AddDate(0, 0, 3); !s.now.Equal(want) || s.p.Reminded.Count != 1 {
		t.Errorf("reminder %d at %s, want the first at %s", s.p.Reminded.Count, s.now, want)
	}
}

func TestV9_ADormantApplicationWakesWithThePartnersNextCommandAsTheNextRound(t *testing.T) {
	s := begin(t).enrolled()
	round := s.p.Round
	for range 4 {
		s.ticked()
	}
	if outcome, done := s.p.OutcomeOf(WaitBusinessInfo); !done || outcome != OutcomeDormant {
		t.Errorf("the workflow is told %s, %t", outcome, done)
	}
	s.saved(contoso())
	if s.p.Round != round+1 || s.p.Idle || !s.p.DormantSince.IsZero() {
		t.Errorf("round %d, idle %t, dormant since %s", s.p.Round, s.p.Idle, s.p.DormantSince)
	}
	if _, done := s.p.OutcomeOf(WaitBusinessInfo); done {
		t.Error("the next round doesn't wait")
	}
}

func TestV9_ReviewersAreRemindedOnceWhenACaseIsDueWithinOneBusinessDay(t *testing.T) {
	s := begin(t).confirmed()
	s.ticked()
	if !s.now.Equal(s.p.Case.DueSoon) || !slices.Equal(mails(last(s)), []string{"caseDueSoon staff"}) {
		t.Errorf("at %s: %v", s.now, mails(last(s)))
	}
	s.ticked()
	if s.p.Verification() != VerificationOverdue {
		t.Errorf("next comes %s", s.p.Verification())
	}
	t.Run("V9 but not of a case that is overdue already", func(t *testing.T) {
		s := begin(t).confirmed()
		s.now = s.p.Case.Latest
		s.tell(s.p.Tick(s.system()))
		_, err := s.p.Tick(s.system())
		wantCode(t, err, CodeNothingDue)
	})
}

func TestV9_ACaseInReviewIsNeverDormant(t *testing.T) {
	s := begin(t).submitted() // the primary contact never confirms
	for range 30 {
		s.ticked()
	}
	if !s.p.DormantSince.IsZero() || s.p.Reminded.Count != 3 || s.p.Verification() != VerificationOverdue {
		t.Errorf("dormant since %s after %d reminders, %s", s.p.DormantSince, s.p.Reminded.Count, s.p.Verification())
	}
}

func TestV9_ARequestIsRemindedOfAlsoWhenAnEarlierOneExpired(t *testing.T) {
	s := begin(t).accepted().wait(day).requested(northwind)
	asked := s.now
	for _, want := range []EventType{"partner.reminded", "partner.reminded", "partner.reminded", "relationship.reminded", "relationship.expired"} {
		if s.ticked(); last(s).Data.Type() != want {
			t.Errorf("%s at %s, want %s", last(s).Data.Type(), s.now, want)
		}
	}
	if at, ok := s.p.NextDeadline(); ok || !s.now.Equal(asked.Add(30*day)) {
		t.Fatalf("expired at %s, and something is due at %s", s.now, at)
	}
	s.wait(10 * day).requested(adventure)
	asked = s.now
	if s.ticked(); !s.now.Equal(asked.AddDate(0, 0, 3)) || s.p.Reminded.Count != 1 {
		t.Errorf("reminder %d at %s, want the first at %s", s.p.Reminded.Count, s.now, asked.AddDate(0, 0, 3))
	}
}
