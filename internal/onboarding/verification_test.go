package onboarding_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestV1_SubmittingOpensACase(t *testing.T) {
	s := begin(t).submitted()
	c := s.p.Case
	if c == nil || c.ID != "case-1" || c.Number != 1 || c.Decision != nil || s.p.Region != "europe" || s.p.Verification() != VerificationPending {
		t.Fatalf("case %+v, region %q, status %s", c, s.p.Region, s.p.Verification())
	}
	if want := []string{"ownershipLink erika@contoso.example", "verificationOpened admin@contoso.example"}; !slices.Equal(mails(last(s)), want) {
		t.Errorf("mails %v, want %v", mails(last(s)), want)
	}
	t.Run("V1 without a submission there is nothing to verify", func(t *testing.T) {
		s := begin(t).enrolled().saved(contoso())
		_, err := s.p.Decide(Decide{Result: VerificationAuthorized, Note: "x"}, s.stamp(reviewer))
		wantCode(t, err, CodeNothingToVerify)
		_, err = s.p.ResendOwnershipLink("secret", s.stamp(globalAdmin))
		wantCode(t, err, CodeNothingToVerify)
		if s.p.Verification() != VerificationNotStarted {
			t.Errorf("status %s", s.p.Verification())
		}
	})
}

func TestV2_TheEarliestAndLatestDateAreKnownFromTheFirstSecond(t *testing.T) {
	s := begin(t).submitted()
	if !s.p.Case.Earliest.Equal(monday.Add(3*day)) || !s.p.Case.Latest.Equal(monday.Add(5*day)) || s.p.Case.Calendar != "Days of 24 hours" {
		t.Errorf("from %s to %s by %q", s.p.Case.Earliest, s.p.Case.Latest, s.p.Case.Calendar)
	}
	if at, ok := s.p.NextDeadline(); !ok || !at.Equal(monday.Add(3*day)) {
		t.Errorf("the deadline to watch is %s, %t", at, ok)
	}
}

func TestV4_AReviewerDecides(t *testing.T) {
	t.Run("V4 Authorized passes every check", func(t *testing.T) {
		s := begin(t).authorized()
		for _, name := range []CheckName{CheckEmailOwnership, CheckEmployment, CheckBusiness} {
			if s.p.Case.Check(name).Status != CheckPassed {
				t.Errorf("%s is %s", name, s.p.Case.Check(name).Status)
			}
		}
		if !s.p.Authorized() || s.p.Editable() {
			t.Errorf("status %s, editable %t", s.p.Verification(), s.p.Editable())
		}
	})
	t.Run("V4 Rejected can be corrected and submitted again", func(t *testing.T) {
		s := begin(t).rejected("address_mismatch")
		if s.p.Verification() != VerificationRejected || !s.p.Editable() || !s.p.Idle || s.p.Case.Check(CheckBusiness).Status != CheckFailed {
			t.Fatalf("status %s, editable %t, idle %t", s.p.Verification(), s.p.Editable(), s.p.Idle)
		}
		s.saved(contoso())
		if s.p.Round != 2 || s.p.Idle || s.p.Verification() != VerificationRejected {
			t.Errorf("round %d, idle %t, status %s", s.p.Round, s.p.Idle, s.p.Verification())
		}
		s.submitted().confirmed().authorized()
		if s.p.Case.Number != 2 || s.p.Cases != 2 || !s.p.Authorized() {
			t.Errorf("case %+v", s.p.Case)
		}
	})
	t.Run("V4 the rejected details can be submitted again unchanged", func(t *testing.T) {
		s := begin(t).rejected().submitted()
		if s.p.Case.Number != 2 || s.p.Round != 2 {
			t.Errorf("case %d, round %d", s.p.Case.Number, s.p.Round)
		}
	})
	t.Run("V4 a case is decided once", func(t *testing.T) {
		for _, s := range []*story{begin(t).authorized(), begin(t).rejected()} {
			_, err := s.p.Decide(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "x"}, s.stamp(reviewer))
			wantCode(t, err, CodeVerificationDecided)
		}
	})
	for _, c := range []struct {
		name   string
		d      Decide
		faults []string
	}{
		{"V4 an empty decision", Decide{}, []string{"/decision required", "/reason required"}},
		{"V4 a decision that is none", Decide{Result: VerificationPending, Note: "x"}, []string{"/decision unsupported"}},
		{"V11 a rejection without a reason code", Decide{Result: VerificationRejected, Note: "x"}, []string{"/reasonCodes required"}},
		{"V4 a reason code that is none", Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch", "bad_mood"}, Note: "x"}, []string{"/reasonCodes/1 unsupported"}},
		{"V4 a reason code given twice", Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch", "address_mismatch"}, Note: "x"}, []string{"/reasonCodes/1 not_allowed"}},
		{"V4 more reason codes than there are", Decide{Result: VerificationRejected, Reasons: slices.Repeat([]ReasonCode{"x"}, 99), Note: "x"}, []string{"/reasonCodes too_long"}},
		{"V4 reason codes of an authorization", Decide{Result: VerificationAuthorized, Reasons: []ReasonCode{"address_mismatch"}, Note: "x"}, []string{"/reasonCodes not_allowed"}},
		{"O3 a decision without a reason", Decide{Result: VerificationAuthorized, Note: " \n"}, []string{"/reason required"}},
		{"O3 a reason beyond measure", Decide{Result: VerificationAuthorized, Note: fmt.Sprintf("%02001d", 0)}, []string{"/reason too_long"}},
	} {
		t.Run(c.name+" is refused", func(t *testing.T) {
			s := begin(t).confirmed()
			_, err := s.p.Decide(c.d, s.stamp(reviewer))
			wantFaults(t, err, c.faults...)
		})
	}
	t.Run("V11 every reason code says what mends it", func(t *testing.T) {
		if len(Reasons()) == 0 {
			t.Fatal("there are no reason codes")
		}
		for _, r := range Reasons() {
			if found, ok := ReasonOf(r.Code); !ok || found != r || r.Text == "" || r.Remedy == "" || r.Field == "" {
				t.Errorf("%+v", r)
			}
		}
	})
}

func TestV5_ThePrimaryContactIsToldOfEveryResult(t *testing.T) {
	for name, c := range map[string]struct {
		s    *story
		want string
	}{
		"V5 authorized":                  {begin(t).authorized(), "verificationAuthorized erika@contoso.example"},
		"V5 rejected":                    {begin(t).confirmed().rejected(), "verificationRejected erika@contoso.example"},
		"V5 authorized after escalation": {begin(t).confirmed().escalated().authorized(), "verificationAuthorized erika@contoso.example"},
		"V5 rejected after escalation":   {begin(t).confirmed().escalated().rejected(), "verificationRejected erika@contoso.example"},
		"V10 an address that nobody confirmed gets no mail: the admin who enrolled does": {begin(t).rejected(), "verificationRejected admin@contoso.example"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mails(last(c.s)); !slices.Equal(got, []string{c.want}) {
				t.Errorf("mails %v, want %s", got, c.want)
			}
		})
	}
	t.Run("V11 a rejection's mail carries the reasons", func(t *testing.T) {
		e := last(begin(t).rejected("address_mismatch"))
		if got := e.Follow[0].Mail.Params["reasons"]; got == "" || got == "[]" {
			t.Errorf("reasons %q", got)
		}
	})
}

func TestV6_AnUndecidedCaseIsEscalatedAndStaysOpen(t *testing.T) {
	s := begin(t).confirmed()
	t.Run("V6 not before the latest date", func(t *testing.T) {
		s.now = s.p.Case.Latest.Add(-time.Millisecond)
		_, err := s.p.Escalate(s.system())
		wantCode(t, err, CodeNotOverdue)
		_, err = s.p.RequestSupport("Hello?", s.stamp(globalAdmin))
		wantCode(t, err, CodeNotOverdue)
	})
	s.escalated()
	t.Run("V6 staff and partner are told", func(t *testing.T) {
		if want := []string{"verificationOverdue erika@contoso.example", "caseEscalated staff"}; !slices.Equal(mails(last(s)), want) || s.p.Verification() != VerificationOverdue {
			t.Errorf("mails %v, status %s", mails(last(s)), s.p.Verification())
		}
	})
	t.Run("V6 staff is asked again until it is decided, and the partner sees when", func(t *testing.T) {
		s := *s
		overdue := s.now
		for _, after := range []int{1, 3, 7, 14, 21} {
			by := s.p.Turn(s.now).By
			if at, ok := s.p.NextDeadline(); !ok || !at.Equal(overdue.AddDate(0, 0, after)) || !by.Equal(at) {
				t.Fatalf("asked again at %s, said to be by %s, want day %d", at, by, after)
			}
			s.now = by
			s.tell(s.p.Tick(s.system()))
			if want := []string{"caseEscalated staff"}; !slices.Equal(mails(last(&s)), want) {
				t.Errorf("mails %v", mails(last(&s)))
			}
		}
		s.authorized()
		if at, ok := s.p.NextDeadline(); ok && at.Before(s.now.AddDate(0, 0, 3)) {
			t.Errorf("decided, and staff is asked again at %s", at)
		}
	})
	t.Run("V6 once", func(t *testing.T) {
		_, err := s.p.Escalate(s.system())
		wantCode(t, err, CodeStaleVersion)
	})
	t.Run("V6 support can be asked, once, with words", func(t *testing.T) {
		_, err := s.p.RequestSupport("  ", s.stamp(globalAdmin))
		wantFaults(t, err, "/message required")
		s.tell(s.p.RequestSupport("Where do we stand?\nThe register: https://register.example", s.stamp(globalAdmin)))
		if !slices.Equal(mails(last(s)), []string{"supportRequested staff"}) || s.p.Case.SupportAt != s.now {
			t.Errorf("mails %v, case %+v", mails(last(s)), s.p.Case)
		}
		_, err = s.p.RequestSupport("Again!", s.stamp(globalAdmin))
		wantCode(t, err, CodeSupportAlreadyAsked)
	})
	t.Run("V6 a late decision counts", func(t *testing.T) {
		s.authorized()
		if !s.p.Authorized() {
			t.Errorf("status %s", s.p.Verification())
		}
		_, err := s.p.Escalate(s.system())
		wantCode(t, err, CodeVerificationDecided)
		_, err = s.p.RequestSupport("x", s.stamp(globalAdmin))
		wantCode(t, err, CodeVerificationDecided)
	})
}

func TestV8_EveryStatusHasAClassAndAHistory(t *testing.T) {
	for status, want := range map[VerificationStatus]Class{
		VerificationNotStarted: ClassAction, VerificationPending: ClassAction, VerificationDocumentsRequested: ClassAction, VerificationRejected: ClassAction,
		VerificationUnderReview: ClassWaiting, VerificationOverdue: ClassWaiting, VerificationAuthorized: ClassDone,
	} {
		if got := status.Class(); got != want {
			t.Errorf("%s is of the class %s, want %s", status, got, want)
		}
	}
	statuses := func(s *story) (list []VerificationStatus) {
		for i, h := range s.p.VerificationHistory() {
			if h.At.IsZero() || h.Title == "" || (i > 0 && h.At.Before(s.p.VerificationHistory()[i-1].At)) {
				t.Errorf("entry %d is %+v", i, h)
			}
			list = append(list, h.Status)
		}
		return list
	}
	s := begin(t).enrolled()
	if got := statuses(s); got != nil {
		t.Errorf("before the submission: %v", got)
	}
	s.submitted().wait(day).confirmed().escalated().wait(day).authorized()
	if got, want := statuses(s), []VerificationStatus{VerificationPending, VerificationUnderReview, VerificationOverdue, VerificationAuthorized}; !slices.Equal(got, want) {
		t.Errorf("history %v, want %v", got, want)
	}
	again := begin(t).confirmed().wait(day).rejected().wait(day).submitted() // the address was confirmed for the first case
	if got, want := statuses(again), []VerificationStatus{VerificationUnderReview}; !slices.Equal(got, want) {
		t.Errorf("history %v, want %v", got, want)
	}
	if got, want := statuses(begin(t).submitted().wait(day).rejected()), []VerificationStatus{VerificationPending, VerificationRejected}; !slices.Equal(got, want) {
		t.Errorf("history %v, want %v", got, want)
	}
}
