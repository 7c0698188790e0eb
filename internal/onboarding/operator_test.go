package onboarding_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

func (s *story) claimed(by Principal) *story {
	s.t.Helper()
	return s.tell(s.p.ClaimCase("Mine.", s.stamp(by)))
}

func TestO2_AClaimedCaseIsItsReviewers(t *testing.T) {
	s := begin(t).confirmed().claimed(reviewer)
	if c := s.p.Case.Claim; c == nil || c.UserID != reviewer.UserID || c.Email != reviewer.Email || !c.At.Equal(s.now) {
		t.Fatalf("claim %+v", c)
	}
	if q, ok := s.p.Queued(); !ok || q.Reviewer.UserID != reviewer.UserID {
		t.Errorf("the queue says %+v", q)
	}
	authorize := Decide{Result: VerificationAuthorized, Note: "Fine."}
	extend := Extend{Days: 1, Reason: "More time.", Note: "x"}
	aside := CannotComplete{Code: "needs_specialist", Days: 1, Note: "x"}
	acts := map[string]func(by Principal) error{
		"claim":     func(by Principal) error { _, err := s.p.ClaimCase("Mine.", s.stamp(by)); return err },
		"release":   func(by Principal) error { _, err := s.p.ReleaseCase("Back.", s.stamp(by)); return err },
		"decide":    func(by Principal) error { _, err := s.p.Decide(authorize, s.stamp(by)); return err },
		"extend":    func(by Principal) error { _, err := s.p.ExtendCase(extend, world{}, s.stamp(by)); return err },
		"set aside": func(by Principal) error { _, err := s.p.SetCaseAside(aside, world{}, s.stamp(by)); return err },
	}
	for name, act := range acts {
		err := act(otherReviewer)
		wantCode(t, err, CodeCaseClaimed)
		if !strings.Contains(err.Error(), reviewer.Email) || !strings.Contains(err.Error(), "reassign") {
			t.Errorf("%s: %v says neither who has it nor what to do", name, err)
		}
		if err := act(reviewer); name != "claim" && err != nil {
			t.Errorf("%s by its reviewer: %v", name, err)
		}
	}
	wantCode(t, acts["claim"](reviewer), CodeClaimHeld)
	t.Run("O2 a claim isn't needed for a decision", func(t *testing.T) {
		begin(t).confirmed().authorized()
	})
	t.Run("O2 any reviewer can reassign, also to himself, and then decide", func(t *testing.T) {
		s := *s
		s.t = t
		s.tell(s.p.ReassignCase(assignee(otherReviewer), "Rita is away.", s.stamp(otherReviewer)))
		_, err := s.p.ReassignCase(assignee(otherReviewer), "Again.", s.stamp(reviewer))
		wantCode(t, err, CodeClaimHeld)
		s.tell(s.p.Decide(authorize, s.stamp(otherReviewer)))
		if s.p.Case.Claim != nil {
			t.Error("the claim of a decided case goes on")
		}
		_, err = s.p.ReassignCase(assignee(reviewer), "Late.", s.stamp(reviewer))
		wantCode(t, err, CodeVerificationDecided)
	})
	t.Run("O2 a released case is anybody's", func(t *testing.T) {
		s := *s
		s.t = t
		s.tell(s.p.ReleaseCase("Back.", s.stamp(reviewer)))
		_, err := s.p.ReleaseCase("Back.", s.stamp(reviewer))
		wantCode(t, err, CodeNotClaimed)
		s.claimed(otherReviewer)
	})
	t.Run("V6 a claim ends neither the deadline nor is it ended by it", func(t *testing.T) {
		s := *s
		s.t = t
		s.escalated()
		if s.p.Case.Claim == nil {
			t.Error("the escalation took the case from its reviewer")
		}
	})
}

func TestV11_AnAppealIsNeitherClaimedByNorGivenToItsFirstReviewer(t *testing.T) {
	s := begin(t).confirmed().claimed(reviewer).rejected().appealed()
	if s.p.Case.Claim != nil {
		t.Error("the appeal is still the first reviewer's")
	}
	_, err := s.p.ClaimCase("Mine.", s.stamp(reviewer))
	wantCode(t, err, CodeFourEyes)
	_, err = s.p.ReassignCase(assignee(reviewer), "Yours again.", s.stamp(otherReviewer))
	wantCode(t, err, CodeFourEyes)
	_, err = s.p.SetCaseAside(CannotComplete{Code: "needs_specialist", Days: 1, Note: "x"}, world{}, s.stamp(reviewer))
	wantCode(t, err, CodeFourEyes)
	s.claimed(otherReviewer)
}

func TestO3_EveryActOfStaffNeedsAReason(t *testing.T) {
	s := begin(t).confirmed()
	_, err := s.p.ClaimCase(" ", s.stamp(reviewer))
	wantFaults(t, err, "/reason required")
	_, err = s.p.ReassignCase(Assignee{Email: "x", Name: "www.evil.example"}, "", s.stamp(reviewer))
	wantFaults(t, err, "/to/userId required", "/to/email invalid", "/to/name looks_like_link", "/reason required")
	_, err = s.p.ExtendCase(Extend{Days: 6}, world{}, s.stamp(reviewer))
	wantFaults(t, err, "/businessDays invalid", "/partnerReason required", "/reason required")
	_, err = s.p.SetCaseAside(CannotComplete{Days: 0}, world{}, s.stamp(reviewer))
	wantFaults(t, err, "/code required", "/lookAgainIn invalid", "/reason required")
	_, err = s.p.SetCaseAside(CannotComplete{Code: "lunch", Days: 6, Note: "x"}, world{}, s.stamp(reviewer))
	wantFaults(t, err, "/code unsupported", "/lookAgainIn invalid")
	_, err = s.p.Note("", s.stamp(reviewer))
	wantFaults(t, err, "/note required")
	_, err = s.p.Redrive(false, strings.Repeat("x", 2001), s.stamp(reviewer))
	wantFaults(t, err, "/reason too_long")
	s.claimed(reviewer)
	_, err = s.p.ReleaseCase("", s.stamp(reviewer))
	wantFaults(t, err, "/reason required")
}

func TestO2_MoreTimeMovesTheDateAndTellsThePartner(t *testing.T) {
	s := begin(t).confirmed()
	latest, earliest := s.p.Case.Latest, s.p.Case.Earliest
	s.tell(s.p.ExtendCase(Extend{Days: 2, Reason: "The registry was closed.", Note: "Strike."}, world{}, s.stamp(reviewer)))
	c := s.p.Case
	if want := latest.Add(2*day - time.Millisecond); !c.Latest.Equal(want) || !c.DueSoon.Equal(want.Add(-day)) || !c.Earliest.Equal(earliest) {
		t.Errorf("from %s to %s, soon %s", latest, c.Latest, c.DueSoon)
	}
	if got := mails(last(s)); !slices.Equal(got, []string{"verificationExtended erika@contoso.example"}) {
		t.Errorf("mails %v", got)
	}
	if at, ok := s.p.NextDeadline(); !ok || !at.Equal(c.DueSoon) {
		t.Errorf("the next deadline is %s", at)
	}
	s.tell(s.p.ExtendCase(Extend{Days: 5, Reason: "Still closed.", Note: "x"}, world{}, s.stamp(reviewer)))
	_, err := s.p.ExtendCase(Extend{Days: 1, Reason: "Once more.", Note: "x"}, world{}, s.stamp(reviewer))
	wantCode(t, err, CodeTooMany)
	if len(s.p.Case.Extensions) != 2 || s.p.Case.Extensions[0].Reason != "The registry was closed." {
		t.Errorf("%+v", s.p.Case.Extensions)
	}
	t.Run("V6 an overdue case is under review again, with a date to come", func(t *testing.T) {
		s := begin(t).confirmed().escalated()
		late := s.now
		s.wait(30 * day)
		s.tell(s.p.ExtendCase(Extend{Days: 1, Reason: "Sorry.", Note: "x"}, world{}, s.stamp(reviewer)))
		if s.p.Verification() != VerificationUnderReview || !s.p.Case.Latest.Equal(s.now.Add(day)) {
			t.Errorf("%s until %s", s.p.Verification(), s.p.Case.Latest)
		}
		if turn := s.p.Turn(s.now); turn.Who != PartyReviewer || !turn.By.After(s.now) {
			t.Errorf("turn %+v", turn)
		}
		var told []string
		for _, h := range s.p.VerificationHistory() {
			told = append(told, string(h.Status)+" "+h.At.Format(time.DateOnly))
		}
		if !slices.Contains(told, "Overdue "+late.Format(time.DateOnly)) {
			t.Errorf("the history forgets that it was overdue: %v", told)
		}
		s.now = s.p.Case.Latest
		s.tell(s.p.Escalate(s.system())) // and overdue again past the new date
	})
	t.Run("the built-in calendar skips the weekend", func(t *testing.T) {
		k := builtIn(t)
		s := begin(t)
		s.enrolled().saved(contosoLtd())
		s.tell(s.p.Submit(k, "case-1", "secret-1", s.stamp(globalAdmin))) // Monday: latest the Monday after
		s.tell(s.p.ExtendCase(Extend{Days: 5, Reason: "More time.", Note: "x"}, k.Calendar, s.stamp(reviewer)))
		if got := s.p.Case.Latest.Format("Mon 2006-01-02"); got != "Mon 2026-03-16" {
			t.Errorf("five business days after Monday 9 March is %s", got)
		}
	})
}

func TestO2_LookedAtCannotCompleteIsAStateOfItsOwn(t *testing.T) {
	aside := func(t *testing.T) *story {
		s := begin(t).confirmed()
		return s.tell(s.p.SetCaseAside(CannotComplete{Code: "registry_unavailable", Days: 2, Note: "Timeout."}, world{}, s.stamp(reviewer)))
	}
	s := aside(t)
	if v := s.p.Verification(); v != VerificationCannotComplete || v.Class() != ClassWaiting {
		t.Errorf("%s %s", v, v.Class())
	}
	turn := s.p.Turn(s.now)
	if turn.Who != PartyReviewer || !turn.By.Equal(s.now.Add(2*day)) || !strings.Contains(turn.Sentence(), "set aside") {
		t.Errorf("turn %+v: %s", turn, turn.Sentence())
	}
	if got := mails(last(s)); !slices.Equal(got, []string{"verificationSetAside erika@contoso.example"}) {
		t.Errorf("mails %v", got)
	}
	if q, ok := s.p.Queued(); !ok || q.Queue != QueueVerification || q.Status != "CannotComplete" {
		t.Errorf("queued %+v", q)
	}
	if h := s.p.VerificationHistory(); h[len(h)-1].Status != VerificationCannotComplete {
		t.Errorf("history %+v", h)
	}
	if st := s.p.StepStates(s.now)[2]; st.Status != StepWaiting {
		t.Errorf("step %+v", st)
	}
	t.Run("V6 the promise holds: overdue wins", func(t *testing.T) {
		s := aside(t)
		s.escalated()
		if s.p.Verification() != VerificationOverdue {
			t.Error(s.p.Verification())
		}
	})
	t.Run("V6 the date to look again is never later than the promise", func(t *testing.T) {
		s := begin(t).confirmed()
		s.now = s.p.Case.Latest.Add(-day)
		s.tell(s.p.SetCaseAside(CannotComplete{Code: "registry_unavailable", Days: 5, Note: "x"}, world{}, s.stamp(reviewer)))
		if turn := s.p.Turn(s.now); !turn.By.Equal(s.p.Case.Latest) {
			t.Errorf("by %s, promised %s", turn.By, s.p.Case.Latest)
		}
	})
	ends := map[string]func(s *story) (Event, error){
		"a claim": func(s *story) (Event, error) { return s.p.ClaimCase("Mine.", s.stamp(reviewer)) },
		"a decision": func(s *story) (Event, error) {
			return s.p.Decide(Decide{Result: VerificationAuthorized, Note: "x"}, s.stamp(reviewer))
		},
		"a reviewer": func(s *story) (Event, error) { return s.p.ResumeCase("It is up.", s.stamp(otherReviewer)) },
		"its date":   func(s *story) (Event, error) { s.now = s.p.Case.SetAside.LookAgain; return s.p.Tick(s.system()) },
	}
	for name, end := range ends {
		t.Run("O2 "+name+" ends it", func(t *testing.T) {
			s := aside(t)
			s.tell(end(s))
			if s.p.Case.SetAside != nil {
				t.Error("still set aside")
			}
			if _, err := s.p.ResumeCase("Again.", s.stamp(reviewer)); s.p.Case.Decision == nil {
				wantCode(t, err, CodeNotSetAside)
			}
		})
	}
	t.Run("V9 staff is told once when the date comes", func(t *testing.T) {
		s := aside(t)
		s.now = s.p.Case.SetAside.LookAgain
		s.tell(s.p.Tick(s.system()))
		if got := mails(last(s)); !slices.Equal(got, []string{"caseLookAgain staff"}) {
			t.Errorf("mails %v", got)
		}
	})
	t.Run("V10 not while the case waits for the partner", func(t *testing.T) {
		s := begin(t).submitted()
		_, err := s.p.SetCaseAside(CannotComplete{Code: "registry_unavailable", Days: 2, Note: "x"}, world{}, s.stamp(reviewer))
		wantCode(t, err, CodeOwnershipPending)
	})
	for _, r := range SetAsideReasons() {
		if r.Code == "" || !strings.HasSuffix(r.Text, ".") {
			t.Errorf("%+v says nothing to the partner", r)
		}
	}
}

func TestO3_ANoteChangesNothingAndIsInternal(t *testing.T) {
	s := begin(t).confirmed()
	before := s.p
	s.tell(s.p.Note(" Spoke with Ada on the phone. ", s.stamp(reviewer)))
	before.Version++
	if !Internal(last(s).Data) || s.p.Case != before.Case || last(s).Data.(StaffNoted).Note != "Spoke with Ada on the phone." {
		t.Errorf("%+v", last(s))
	}
	for _, e := range s.events[:len(s.events)-1] {
		if Internal(e.Data) {
			t.Errorf("%s is hidden from the partner", e.Data.Type())
		}
	}
}

func TestO2_AStoppedWorkflowIsRecordedOnceAndStartedAnew(t *testing.T) {
	failed := WorkflowFailed{Execution: "arn:aws:states:us-east-1:1:execution:onboarding:x", Status: "FAILED", Error: "Internal", Cause: "It broke for ada@contoso.example\x00\nand more"}
	s := begin(t).confirmed()
	s.tell(s.p.RecordFailure(failed, true, s.system()))
	if f := s.p.Failure; f == nil || f.Sequence != s.p.Version || f.Cause != "It broke for … and more" {
		t.Fatalf("%+v", f)
	}
	for name, c := range map[string]struct {
		d        WorkflowFailed
		conducts bool
		p        Partner
	}{
		"told of twice":          {failed, true, s.p},
		"of another execution":   {WorkflowFailed{Execution: "arn:other", Status: "FAILED"}, false, begin(t).confirmed().p},
		"that succeeded":         {WorkflowFailed{Execution: "arn:x", Status: "SUCCEEDED"}, true, begin(t).confirmed().p},
		"without a name":         {WorkflowFailed{Status: "FAILED"}, true, begin(t).confirmed().p},
		"that is needed no more": {failed, true, begin(t).onboarded().p},
		"between two rounds":     {failed, true, begin(t).confirmed().rejected().p},
	} {
		_, err := c.p.RecordFailure(c.d, c.conducts, s.system())
		if CodeOf(err) != CodeStaleVersion {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Run("O2 redriven: the next round starts and nothing is stuck", func(t *testing.T) {
		s := *s
		s.t = t
		round := s.p.Round
		s.tell(s.p.Redrive(false, "A bug was mended.", s.stamp(reviewer)))
		if s.p.Failure != nil || s.p.Round != round+1 || last(&s).Follow[0].StartRound.Round != round+1 {
			t.Errorf("%+v", last(&s))
		}
	})
	t.Run("O2 one that somebody redrove in Step Functions is recorded, not doubled", func(t *testing.T) {
		s := *s
		s.t = t
		round := s.p.Round
		s.tell(s.p.Redrive(true, "Redriven in the console.", s.stamp(reviewer)))
		if s.p.Failure != nil || s.p.Round != round || len(last(&s).Follow) != 0 {
			t.Errorf("%+v", last(&s))
		}
		_, err := s.p.RecordRecovery(failed.Execution, s.system())
		wantCode(t, err, CodeStaleVersion)
	})
	t.Run("O2 Step Functions' own word of it is enough", func(t *testing.T) {
		s := *s
		s.t = t
		_, err := s.p.RecordRecovery("arn:other", s.system())
		wantCode(t, err, CodeStaleVersion)
		if s.tell(s.p.RecordRecovery(failed.Execution, s.system())); s.p.Failure != nil {
			t.Error("still stuck")
		}
	})
	t.Run("O2 a rejection ends the round, and so what was stuck", func(t *testing.T) {
		s := *s
		s.t = t
		if s.rejected(); s.p.Failure != nil {
			t.Error("still stuck")
		}
	})
	_, err := begin(t).confirmed().p.Redrive(true, "x", s.stamp(reviewer))
	wantCode(t, err, CodeWorkflowRunning)
	_, err = begin(t).onboarded().p.Redrive(false, "x", s.stamp(reviewer))
	wantCode(t, err, CodeWorkflowNotNeeded)
	_, err = begin(t).confirmed().rejected().p.Redrive(false, "x", s.stamp(reviewer))
	wantCode(t, err, CodeWorkflowNotNeeded)
}

func TestO2_WhatOtherSystemsSayOfAFailureIsCutAndCleaned(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := begin(t).confirmed()
		text := rapid.OneOf(rapid.String(), rapid.Just(strings.Repeat("mail ada@contoso.example ", 80))).Draw(rt, "cause")
		e, err := s.p.RecordFailure(WorkflowFailed{Execution: "arn:x", Status: "ABORTED", Error: text, Cause: text}, true, s.system())
		if err != nil {
			rt.Fatal(err)
		}
		d := e.Data.(WorkflowFailed)
		if n := len([]rune(d.Cause)); n > 500 || len([]rune(d.Error)) > 100 || strings.ContainsAny(d.Cause, "@\n\x00") {
			rt.Fatalf("kept %d characters: %q", n, d.Cause)
		}
	})
}

func TestO2_HoweverOperatorsActTheCaseHasOneReviewerAndADate(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := begin(t).confirmed()
		people := []Principal{reviewer, otherReviewer}
		for range rapid.IntRange(1, 12).Draw(rt, "acts") {
			by := rapid.SampledFrom(people).Draw(rt, "by")
			s.now = s.now.Add(time.Duration(rapid.Int64Range(0, int64(2*day)).Draw(rt, "pause")))
			before := s.p.Case
			var e Event
			var err error
			switch rapid.IntRange(0, 6).Draw(rt, "act") {
			case 0:
				e, err = s.p.ClaimCase("x", s.stamp(by))
			case 1:
				e, err = s.p.ReassignCase(rapid.SampledFrom([]Assignee{gone, assignee(reviewer)}).Draw(rt, "to"), "x", s.stamp(by))
			case 2:
				e, err = s.p.ReleaseCase("x", s.stamp(by))
			case 3:
				e, err = s.p.ExtendCase(Extend{Days: rapid.IntRange(1, 5).Draw(rt, "days"), Reason: "x", Note: "x"}, world{}, s.stamp(by))
			case 4:
				e, err = s.p.SetCaseAside(CannotComplete{Code: "records_conflict", Days: rapid.IntRange(1, 5).Draw(rt, "days"), Note: "x"}, world{}, s.stamp(by))
			case 5:
				e, err = s.p.ResumeCase("x", s.stamp(by))
			case 6:
				e, err = s.p.Tick(s.system())
			}
			if err != nil {
				continue
			}
			s.tell(e, err)
			c := s.p.Case
			if c.Latest.Before(before.Latest) || len(c.Extensions) > 2 {
				rt.Fatalf("the promise went from %s to %s, %d extensions", before.Latest, c.Latest, len(c.Extensions))
			}
			if before.Claim != nil && c.Claim != nil && before.Claim.UserID != c.Claim.UserID && e.Data.Type() != (CaseReassigned{}).Type() {
				rt.Fatalf("%s gave the case to another", e.Data.Type())
			}
			if _, ok := s.p.NextDeadline(); !ok && c.EscalatedAt.IsZero() {
				rt.Fatal("nothing enforces the promise")
			}
		}
	})
}

func TestO2_WhileThePartnerHasTheBallNoDateIsMoved(t *testing.T) {
	s := begin(t).confirmed()
	s.tell(s.p.SetCaseAside(CannotComplete{Code: "records_conflict", Days: 2, Note: "x"}, world{}, s.stamp(reviewer)))
	s.asked(DocumentGroup{AnyOf: []DocumentKind{"tax_certificate"}, Reason: "The records conflict."})
	if s.p.Case.SetAside != nil {
		t.Error("a request for documents leaves the case set aside")
	}
	_, err := s.p.ExtendCase(Extend{Days: 1, Reason: "x", Note: "x"}, world{}, s.stamp(reviewer))
	wantCode(t, err, CodeCasePaused)
	_, err = s.p.SetCaseAside(CannotComplete{Code: "records_conflict", Days: 2, Note: "x"}, world{}, s.stamp(reviewer))
	wantCode(t, err, CodeCasePaused)
	s.claimed(reviewer)
	_, err = s.p.RequestDocuments(RequestDocuments{Groups: []DocumentGroup{{AnyOf: []DocumentKind{"other"}, Reason: "x"}}, Note: "x"}, "r", world{}, s.stamp(otherReviewer))
	wantCode(t, err, CodeCaseClaimed)
}

func TestO2_WhatIsDueTodayEndsWithTheBusinessDay(t *testing.T) {
	days := builtIn(t).Calendar
	for now, want := range map[string]string{
		"2026-03-02T15:00:00Z": "2026-03-02T22:00:00Z", // Monday in New York, open until 17:00
		"2026-03-02T23:00:00Z": "2026-03-03T22:00:00Z", // closed
		"2026-03-07T12:00:00Z": "2026-03-09T21:00:00Z", // Saturday; clocks change
	} {
		at, _ := time.Parse(time.RFC3339, now)
		if got := EndOfToday(days, at).Format(time.RFC3339); got != want {
			t.Errorf("at %s: %s, want %s", now, got, want)
		}
	}
	if got := EndOfToday(world{}, monday); !got.Equal(monday.Add(day)) {
		t.Errorf("of shortened days %s", got)
	}
}
