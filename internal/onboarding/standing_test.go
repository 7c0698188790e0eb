package onboarding_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

// wantConsistentStanding fails unless every view of a partner's standing says
// the same.
func wantConsistentStanding(t testing.TB, p Partner, s *story) {
	t.Helper()
	status := p.ProgrammeStatus()
	e := p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now})
	held := status == ProgrammeSuspended || status == ProgrammeLeft
	if e.Eligible != (p.Onboarded() && !held) || (slices.Contains(unmet(e), "suspended") || slices.Contains(unmet(e), "left")) != held {
		t.Errorf("%s, eligible %t: unmet %v", status, e.Eligible, unmet(e))
	}
	turn := p.Turn(s.now)
	if status == ProgrammeLeft && (turn.Who != PartyNobody || !strings.Contains(turn.What, "has left")) {
		t.Errorf("%s, and it is the turn of %s: %s", status, turn.Who, turn.What)
	}
	if status == ProgrammeSuspended && turn.Who == PartyNobody {
		t.Errorf("suspended, and nobody can act: %+v", turn)
	}
	for _, r := range slices.Concat(p.Requirements(s.now).DueNow, p.Requirements(s.now).BeingVerified) {
		if strings.HasPrefix(r.Code, "suspension_") && (r.Since.IsZero() || r.Reason == "" || len(r.Roles) == 0 || r.Where == "" || r.Operation == "") {
			t.Errorf("the requirement doesn't say all: %+v", r)
		}
	}
}

var days = func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// rejectedChange is a partner that transacts and whose change of address was
// rejected.
func rejectedChange(t testing.TB) *story {
	return begin(t).onboarded().wait(time.Hour).changed(otherStreet).wait(time.Hour).decidedChange(VerificationRejected)
}

// ticked lets time pass to the next deadline and does what is due.
func (s *story) nextTick() *story {
	s.t.Helper()
	at, ok := s.p.NextDeadline()
	if !ok {
		s.t.Fatal("nothing is due")
	}
	if at.After(s.now) {
		s.now = at
	}
	return s.tell(s.p.Tick(s.system()))
}

func (s *story) suspended(code SuspensionCode) *story {
	s.t.Helper()
	return s.tell(s.p.Suspend(SuspendPartner{Code: code, Text: "Call us.", Note: "Seen.", AtOnce: true}, s.stamp(reviewer)))
}

func announce(code SuspensionCode) SuspendPartner {
	return SuspendPartner{Code: code, Text: "Please pay Northwind.", Note: "Ticket 4711."}
}

func (s *story) answered(kind AnswerKind) *story {
	s.t.Helper()
	return s.tell(s.p.AnswerSuspension(kind, "We did it.", knowledge.Calendar, s.stamp(globalAdmin)))
}

func TestA8_ARejectedChangeThatIsNotMendedSuspendsAfter30DaysWarnedThreeTimes(t *testing.T) {
	s := rejectedChange(t)
	rejectedAt := s.now
	want := []struct {
		kind   EventType
		after  time.Duration
		status ProgrammeStatus
	}{
		{"suspension.announced", 0, ProgrammeActive}, {"suspension.warned", days(16), ProgrammeActive},
		{"suspension.warned", days(27), ProgrammeActive}, {"partner.suspended", days(30), ProgrammeSuspended},
	}
	for _, w := range want {
		s.nextTick()
		e := last(s)
		if e.Data.Type() != w.kind || s.now.Sub(rejectedAt) != w.after || s.p.ProgrammeStatus() != w.status {
			t.Fatalf("%s after %s: %s, want %+v", e.Data.Type(), s.now.Sub(rejectedAt), s.p.ProgrammeStatus(), w)
		}
		template := "suspensionAnnounced"
		if w.status == ProgrammeSuspended {
			template = "suspended"
		}
		if got := mails(e); !slices.Equal(got, []string{template + " erika@contoso.example", template + " admin@contoso.example", "resellerStanding distributor:D-NORTH"}) {
			t.Errorf("%s: %v", w.kind, got)
		}
		wantConsistent(t, s.p, s)
	}
	told := last(s).Follow[2].Mail.Params
	if told["code"] != "change_rejected" || strings.Contains(told["problem"], "rejected") || told["next"] == "" || told["message"] != "" {
		t.Errorf("the distributor is told %v", told)
	}
	doc := s.p.Requirements(s.now)
	if r := doc.DueNow[0]; r.Code != "suspension_change" || r.Operation != "changeBusinessInfo" || len(r.Alternatives) != 3 || !r.By.IsZero() {
		t.Errorf("what mends it: %+v", r)
	}
	check := s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Checks
	if c := check[len(check)-1]; c.Met || c.Code != "suspended" || c.Cause != "change_rejected" || c.Who != PartyPartner || !c.Since.Equal(s.now) || c.Where != "/partners/P-1/standing" {
		t.Errorf("the gate: %+v", c)
	}
	s.changed(otherStreet)
	wantConsistent(t, s.p, s)
	if turn := s.p.Turn(s.now); turn.Who != PartyReviewer || turn.Code != "change_verification" {
		t.Errorf("with the corrected change it is the turn of %+v", turn)
	}
	s.wait(time.Hour).decidedChange(VerificationAuthorized)
	if s.p.ProgrammeStatus() != ProgrammeActive || !s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Eligible {
		t.Error("A8: the change is in force and the company is suspended all the same")
	}
	mendedAt := s.now
	s.wait(time.Minute).nextTick()
	if e := last(s); e.Data.Type() != "partner.reinstated" || !slices.Contains(mails(e), "resellerStanding distributor:D-NORTH") || !slices.Contains(mails(e), "reinstated erika@contoso.example") {
		t.Errorf("%s: %v", e.Data.Type(), mails(e))
	}
	if past := s.p.Programme.Past; len(past) != 1 || past[0].Code != "change_rejected" || !past[0].Until.Equal(mendedAt) || s.p.Programme.Suspension != nil {
		t.Errorf("%+v", s.p.Programme)
	}
	if _, due := s.p.NextDeadline(); due {
		t.Error("something is due still")
	}
}

func TestA8_WhatMendsBeforeTheDateTakesTheAnnouncementBack(t *testing.T) {
	for name, c := range map[string]struct {
		mend  func(*story) *story
		taken bool
	}{
		"the corrected change is authorized": {func(s *story) *story { return s.changed(otherStreet).decidedChange(VerificationAuthorized) }, true},
		"the appeal is granted": {func(s *story) *story {
			s.tell(s.p.Appeal("Look again.", knowledge.Calendar, s.stamp(globalAdmin)))
			return s.tell(s.p.Decide(Decide{Result: VerificationAuthorized, Note: "Indeed.", CaseID: s.p.Case.ID}, s.stamp(otherReviewer)))
		}, true},
		"the rejected change is withdrawn":  {func(s *story) *story { return s.tell(s.p.WithdrawChange(s.stamp(globalAdmin))) }, true},
		"the corrected change is withdrawn": {func(s *story) *story { return s.changed(otherStreet).tell(s.p.WithdrawChange(s.stamp(globalAdmin))) }, true},
		"staff takes it back":               {func(s *story) *story { return s.tell(s.p.Reinstate("A mistake of ours.", s.stamp(reviewer))) }, true},
		"another change comes into force":   {func(s *story) *story { return s.changed(otherContact).confirmed() }, false},
		"the corrected change is rejected":  {func(s *story) *story { return s.changed(otherStreet).decidedChange(VerificationRejected) }, false},
	} {
		t.Run("A8 "+name, func(t *testing.T) {
			s := rejectedChange(t).nextTick().wait(days(5))
			c.mend(s)
			for i := 0; s.p.ProgrammeStatus() == ProgrammeActive && i < 20; i++ {
				if _, ok := s.p.NextDeadline(); !ok {
					break
				}
				s.nextTick()
				wantConsistent(t, s.p, s)
			}
			if taken := s.p.ProgrammeStatus() == ProgrammeActive; taken != c.taken {
				t.Errorf("in the end %s", s.p.ProgrammeStatus())
			}
		})
	}
}

func TestA8_ANewRejectionBeginsTheThirtyDaysAnew(t *testing.T) {
	s := rejectedChange(t).nextTick().wait(days(20)).nextTick().changed(otherStreet).wait(time.Hour).decidedChange(VerificationRejected)
	again := s.now
	s.nextTick()
	if d, ok := last(s).Data.(SuspensionAnnounced); !ok || !d.From.Equal(again.AddDate(0, 0, 30)) {
		t.Errorf("%+v", last(s).Data)
	}
}

func TestA8_NothingBeginsWhileTheBallIsWithTheProgramme(t *testing.T) {
	for name, c := range map[string]struct{ hold, free func(*story) *story }{
		"an answer": {func(s *story) *story { return s.answered(AnswerMended) },
			func(s *story) *story { return s.tell(s.p.UpholdSuspension("Not enough.", s.stamp(reviewer))) }},
		"an appeal of the rejection": {func(s *story) *story {
			return s.tell(s.p.Appeal("Look again.", knowledge.Calendar, s.stamp(globalAdmin)))
		}, func(s *story) *story {
			return s.tell(s.p.Decide(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "No.", CaseID: s.p.Case.ID}, s.stamp(otherReviewer)))
		}},
	} {
		t.Run("A8 "+name, func(t *testing.T) {
			s := rejectedChange(t).nextTick().nextTick().nextTick() // two days to go
			s.wait(days(1))
			c.hold(s)
			for range 4 {
				s.nextTick() // staff and reviewers are asked again
				if s.p.ProgrammeStatus() != ProgrammeActive {
					t.Fatal("suspended meanwhile")
				}
				wantConsistent(t, s.p, s)
			}
			c.free(s)
			wantConsistent(t, s.p, s)
			freed := s.now
			for s.p.ProgrammeStatus() == ProgrammeActive {
				s.nextTick()
			}
			if s.now.Before(freed.AddDate(0, 0, 3)) {
				t.Errorf("suspended %s after", s.now.Sub(freed))
			}
		})
	}
}

func TestA8_ALateSweepGivesTheNoticeThatWasPromised(t *testing.T) {
	for name, c := range map[string]struct {
		late, notice time.Duration
		warnings     int
	}{
		"some minutes":         {5 * time.Minute, days(30), 2},
		"the announcement":     {days(40), days(30), 2},
		"a sweep that was off": {days(20), days(30), 2},
	} {
		t.Run("A8 "+name, func(t *testing.T) {
			s := rejectedChange(t).wait(c.late)
			s.tell(s.p.Tick(s.system()))
			if notice := s.p.Programme.Suspension.From.Sub(s.now); notice > c.notice || notice < c.notice-days(1) {
				t.Errorf("announced with a notice of %s", notice)
			}
		})
	}
	s := rejectedChange(t).nextTick().wait(days(35)) // both warnings were missed
	s.tell(s.p.Tick(s.system()))
	if d, ok := last(s).Data.(SuspensionWarned); !ok || d.Days != 3 || !d.From.Equal(s.now.AddDate(0, 0, 3)) || s.p.ProgrammeStatus() != ProgrammeActive {
		t.Errorf("%+v", last(s).Data)
	}
	if s.nextTick(); s.p.ProgrammeStatus() != ProgrammeSuspended {
		t.Error("the last warning counts for nothing")
	}
}

func TestA8_StaffSuspendsWithNoticeOrSevereCodesAtOnce(t *testing.T) {
	s := begin(t).onboarded()
	in := func(d time.Duration) time.Time { return s.now.Add(d) }
	for name, c := range map[string]struct {
		suspend SuspendPartner
		faults  []string
	}{
		"nothing said":              {SuspendPartner{}, []string{"/code required", "/partnerReason required", "/reason required"}},
		"an unknown code":           {announce("x"), []string{"/code unsupported"}},
		"the rule's own code":       {announce("change_rejected"), []string{"/code unsupported"}},
		"at once for a light cause": {SuspendPartner{Code: "payment_default", Text: "x", Note: "x", AtOnce: true}, []string{"/atOnce not_allowed"}},
		"at once, from a date":      {SuspendPartner{Code: "fraud_suspected", Text: "x", Note: "x", AtOnce: true, From: in(days(5))}, []string{"/from not_allowed"}},
		"from tomorrow":             {SuspendPartner{Code: "payment_default", Text: "x", Note: "x", From: in(days(1))}, []string{"/from invalid"}},
		"from far away":             {SuspendPartner{Code: "payment_default", Text: "x", Note: "x", From: in(days(91))}, []string{"/from invalid"}},
		"with a note of controls":   {SuspendPartner{Code: "payment_default", Text: "x\u0000", Note: "x"}, []string{"/partnerReason invalid"}},
	} {
		t.Run("A8 "+name, func(t *testing.T) {
			_, err := s.p.Suspend(c.suspend, s.stamp(reviewer))
			wantFaults(t, err, c.faults...)
		})
	}
	for _, c := range []struct {
		from     time.Duration
		warnings []int
	}{{0, []int{14, 3}}, {days(90), []int{30, 14, 3}}, {days(10), []int{3}}, {days(3), nil}} {
		s := begin(t).onboarded()
		a := announce("payment_default")
		if c.from > 0 {
			a.From = s.now.Add(c.from)
		}
		s.tell(s.p.Suspend(a, s.stamp(reviewer)))
		from := s.p.Programme.Suspension.From
		var warned []int
		for s.p.ProgrammeStatus() == ProgrammeActive {
			s.nextTick()
			if d, ok := last(s).Data.(SuspensionWarned); ok {
				warned = append(warned, d.Days)
				if !s.now.Equal(from.AddDate(0, 0, -d.Days)) {
					t.Errorf("warned of %d days at %s", d.Days, s.now)
				}
			}
		}
		if !slices.Equal(warned, c.warnings) || !s.now.Equal(from) {
			t.Errorf("from %s on: warned %v, suspended at %s", c.from, warned, s.now)
		}
	}
	s.suspended("fraud_suspected")
	if s.p.ProgrammeStatus() != ProgrammeSuspended {
		t.Error("not at once")
	}
	_, err := s.p.Suspend(announce("payment_default"), s.stamp(reviewer))
	wantCode(t, err, CodeSuspensionOpen)
	warned := begin(t).onboarded()
	warned.tell(warned.p.Suspend(announce("payment_default"), warned.stamp(reviewer)))
	_, err = warned.p.Suspend(announce("documents_missing"), warned.stamp(reviewer))
	wantCode(t, err, CodeSuspensionOpen)
	if warned.suspended("fraud_suspected"); warned.p.Programme.Suspension.Code != "fraud_suspected" {
		t.Error("a severe cause doesn't take the place of one that is announced")
	}
	early := begin(t).authorized()
	_, err = early.p.Suspend(announce("payment_default"), early.stamp(reviewer))
	wantCode(t, err, CodeNotInProgramme)
}

func TestA8_ASuspendedCompanyCanMendAndCantGoFurther(t *testing.T) {
	s := begin(t).onboarded().requested(overseasServing())
	request := s.newest()
	s.suspended("security_incident")
	_, err := s.p.AcceptRelationship(request, current, "PLA-1", s.stamp(globalAdmin))
	wantCode(t, err, CodeSuspended)
	var r *Refusal
	if errors.As(err, &r); r.Where != "/partners/P-1/standing" || len(r.Roles) == 0 {
		t.Errorf("%+v", r)
	}
	_, err = s.p.ApplyDirectBill(nil, knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeSuspended)
	s.tell(s.p.DeclineRelationship(request, "", s.stamp(globalAdmin)))
	s.changed(otherContact)
	for _, status := range []ProgrammeStatus{ProgrammeSuspended, ProgrammeLeft} {
		if len(HeldUp(status)) == 0 {
			t.Errorf("%s holds nothing up", status)
		}
	}
	if HeldUp(ProgrammeActive) != nil {
		t.Error("a company in good standing is held up")
	}
}

func overseasServing() Distributor {
	d := overseas
	d.Regions = northwind.Regions
	return d
}

func TestA8_AnAnswerIsLookedAtAndAnAppealByAnotherMemberOfStaff(t *testing.T) {
	s := begin(t).onboarded().suspended("security_incident")
	_, err := s.p.AnswerSuspension("x", "", knowledge.Calendar, s.stamp(globalAdmin))
	wantFaults(t, err, "/kind unsupported", "/message required")
	_, err = s.p.UpholdSuspension("No.", s.stamp(reviewer))
	wantCode(t, err, CodeNoAnswer)
	s.answered(AnswerMended)
	if got := mails(last(s)); !slices.Equal(got, []string{"suspensionAnswered staff"}) {
		t.Errorf("%v", got)
	}
	wantConsistent(t, s.p, s)
	if turn := s.p.Turn(s.now); turn.Who != PartyReviewer || turn.Code != "suspension_review" || turn.By.IsZero() {
		t.Errorf("%+v", turn)
	}
	if q, _ := s.p.Queued(); q.Queue != QueueAnswers || q.By.IsZero() {
		t.Errorf("%+v", q)
	}
	_, err = s.p.AnswerSuspension(AnswerMended, "Again.", knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeAnswerOpen)
	s.tell(s.p.DecideSuspension(SuspensionStands, "The accounts are open still.", s.stamp(reviewer)))
	s.answered(AnswerAppeal)
	_, err = s.p.Reinstate("Fine.", s.stamp(reviewer))
	wantCode(t, err, CodeFourEyes)
	_, err = s.p.Reinstate("", s.stamp(otherReviewer))
	wantFaults(t, err, "/reason required")
	s.tell(s.p.UpholdSuspension("No.", s.stamp(otherReviewer)))
	_, err = s.p.AnswerSuspension(AnswerAppeal, "Again.", knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeNothingToAppeal)
	for range 8 {
		s.answered(AnswerMended).tell(s.p.UpholdSuspension("No.", s.stamp(reviewer)))
	}
	_, err = s.p.AnswerSuspension(AnswerMended, "Again.", knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeTooMany)
	_, err = s.p.DecideSuspension("x", "y", s.stamp(reviewer))
	wantFaults(t, err, "/decision unsupported")
	s.tell(s.p.DecideSuspension(SuspensionOver, "It is mended.", s.stamp(reviewer)))
	if s.p.ProgrammeStatus() != ProgrammeActive {
		t.Error("not reinstated")
	}
	for _, act := range []func() (Event, error){
		func() (Event, error) { return s.p.Reinstate("x", s.stamp(reviewer)) },
		func() (Event, error) { return s.p.UpholdSuspension("x", s.stamp(reviewer)) },
		func() (Event, error) {
			return s.p.AnswerSuspension(AnswerMended, "x", knowledge.Calendar, s.stamp(globalAdmin))
		},
	} {
		_, err := act()
		wantCode(t, err, CodeNoSuspension)
	}
}

func TestA8_ChangedDetailsEndASuspensionForOutdatedOnes(t *testing.T) {
	s := begin(t).onboarded()
	s.tell(s.p.Suspend(announce("details_outdated"), s.stamp(reviewer)))
	if r := s.p.Requirements(s.now).DueNow[0]; r.Code != "suspension_change" || r.By.IsZero() {
		t.Errorf("%+v", r)
	}
	if q, _ := s.p.Queued(); q.Queue != QueueWarned {
		t.Errorf("%+v", q)
	}
	s.changed(otherStreet).tell(s.p.WithdrawChange(s.stamp(globalAdmin)))
	if _, err := s.p.WithdrawChange(s.stamp(globalAdmin)); CodeOf(err) != CodeNothingToWithdraw {
		t.Errorf("withdrawing isn't what was asked for: %v", err)
	}
	s.wait(days(40))
	s.changed(otherStreet).decidedChange(VerificationAuthorized).nextTick()
	if last(s).Data.Type() != "partner.reinstated" || s.p.Programme.Suspension != nil {
		t.Errorf("%+v", s.p.Programme)
	}
}

func TestA8_TheQueueListsWhoIsSuspendedAndTheNewestSuspensionTakesTheMendedOnesPlace(t *testing.T) {
	s := rejectedChange(t).nextTick().nextTick().nextTick().nextTick()
	if q, _ := s.p.Queued(); q.Queue != QueueSuspended || q.Status != "change_rejected" {
		t.Errorf("%+v", q)
	}
	s.tell(s.p.WithdrawChange(s.stamp(globalAdmin)))
	if q, listed := s.p.Queued(); listed {
		t.Errorf("%+v", q)
	}
	s.suspended("fraud_suspected") // before the sweep told of the end
	if len(s.p.Programme.Past) != 1 || s.p.Programme.Suspension.Code != "fraud_suspected" {
		t.Errorf("%+v", s.p.Programme)
	}
}

func TestA8_ACompanyLeavesAndComesBackAsItWas(t *testing.T) {
	s := begin(t).onboarded().changed(otherStreet)
	change := s.p.Case.ID
	preview := s.p.PreviewDeparture(current, s.now)
	var codes []string
	for _, c := range preview.Consequences {
		codes = append(codes, c.Code)
	}
	if !preview.Leaving || preview.Refused != nil || !slices.Equal(codes, []string{"transacting_stops", "distributor_told", "change_withdrawn", "nothing_lost"}) {
		t.Errorf("%+v", preview)
	}
	_, err := s.p.Leave("", false, s.stamp(globalAdmin))
	wantFaults(t, err, "/understood must_be_true")
	_, err = s.p.Return(s.stamp(globalAdmin))
	wantCode(t, err, CodeNotLeft)
	s.tell(s.p.Leave("We close.", true, s.stamp(globalAdmin)))
	if d := last(s).Data.(PartnerLeft); d.Withdrawn != change || s.p.OpenChange() != nil {
		t.Errorf("%+v", d)
	}
	if got := mails(last(s)); !slices.Equal(got, []string{"leftProgramme erika@contoso.example", "leftProgramme admin@contoso.example", "resellerStanding distributor:D-NORTH"}) {
		t.Errorf("%v", got)
	}
	wantConsistent(t, s.p, s)
	if _, due := s.p.NextDeadline(); due {
		t.Error("something is due of a company that has left")
	}
	for operation, try := range map[string]func() (Event, error){
		"acceptRelationship":  func() (Event, error) { return s.wait(0).requestAndAccept() },
		"requestRelationship": func() (Event, error) { return s.p.RequestRelationship(overseasServing(), "R-9", "", s.stamp(reviewer)) },
		"changeBusinessInfo":  func() (Event, error) { return s.changes(otherName) },
		"acceptAgreement":     func() (Event, error) { return s.p.Accept(signature(), current, s.stamp(globalAdmin)) },
		"appealVerification":  func() (Event, error) { return s.p.Appeal("x", knowledge.Calendar, s.stamp(globalAdmin)) },
		"answerSuspension": func() (Event, error) {
			return s.p.AnswerSuspension(AnswerMended, "x", knowledge.Calendar, s.stamp(globalAdmin))
		},
		"":        func() (Event, error) { return s.p.Leave("", true, s.stamp(globalAdmin)) },
		"suspend": func() (Event, error) { return s.p.Suspend(announce("payment_default"), s.stamp(reviewer)) },
	} {
		if operation != "acceptRelationship" {
			_, err := try()
			wantCode(t, err, CodeHasLeft)
		}
	}
	back := s.p.PreviewDeparture(AgreementVersion{Version: "9.0", Region: current.Region}, s.now)
	if back.Leaving || len(back.Renew) != 1 || back.Renew[0].Code != "agreement" || len(back.Consequences) != 2 {
		t.Errorf("coming back: %+v", back)
	}
	s.wait(days(400)).tell(s.p.Return(s.stamp(globalAdmin)))
	wantConsistent(t, s.p, s)
	if s.p.ProgrammeStatus() != ProgrammeActive || len(s.p.Programme.Past) != 1 || s.p.ID != "P-1" {
		t.Errorf("%+v", s.p.Programme)
	}
	early := begin(t).authorized()
	_, err = early.p.Leave("", true, early.stamp(globalAdmin))
	wantCode(t, err, CodeNotInProgramme)
	if early.p.PreviewDeparture(current, early.now).Refused == nil {
		t.Error("the preview promises what is refused")
	}
}

func (s *story) requestAndAccept() (Event, error) {
	return s.p.AcceptRelationship("R-1", current, "PLA-1", s.stamp(globalAdmin))
}

func TestA8_LeavingIsNoWayOutOfASuspension(t *testing.T) {
	s := begin(t).onboarded().suspended("fraud_suspected").answered(AnswerMended)
	s.tell(s.p.Leave("", true, s.stamp(globalAdmin)))
	if s.p.Programme.Suspension.Answer != nil {
		t.Error("staff is asked to look at an answer of a company that has left")
	}
	s.wait(days(10))
	if v := s.p.PreviewDeparture(current, s.now); !slices.ContainsFunc(v.Consequences, func(c Consequence) bool { return c.Code == "suspended" }) {
		t.Errorf("%+v", v)
	}
	s.tell(s.p.Return(s.stamp(globalAdmin)))
	if s.p.ProgrammeStatus() != ProgrammeSuspended {
		t.Error("leaving and coming back ended the suspension")
	}
	s = begin(t).onboarded()
	s.tell(s.p.Suspend(announce("payment_default"), s.stamp(reviewer)))
	from := s.p.Programme.Suspension.From
	s.wait(days(2)).tell(s.p.Leave("", true, s.stamp(globalAdmin))).wait(days(100)).tell(s.p.Return(s.stamp(globalAdmin)))
	if got := s.p.Programme.Suspension.From; !got.Equal(from.Add(days(100))) {
		t.Errorf("it begins at %s, was %s", got, from)
	}
}

func TestA8_EveryCauseSaysWhatMendsIt(t *testing.T) {
	for _, c := range SuspensionCauses() {
		if known, ok := SuspensionCauseOf(c.Code); !ok || known != c || c.Text == "" || c.Remedy == "" || c.Mend != MendChange && c.Mend != MendAnswer {
			t.Errorf("%+v", c)
		}
	}
}

// Nothing is lost by being suspended, leaving, and all that: the partner is the
// same but for its standing, whatever happened.
func TestA8_NothingIsLostByASuspensionOrAnAbsence(outer *testing.T) {
	rapid.Check(outer, func(t *rapid.T) {
		s := begin(outer).onboarded()
		before := s.p
		steps := map[string]func() (Event, error){
			"announce": func() (Event, error) { return s.p.Suspend(announce("payment_default"), s.stamp(reviewer)) },
			"suspend": func() (Event, error) {
				return s.p.Suspend(SuspendPartner{Code: "fraud_suspected", Text: "x", Note: "x", AtOnce: true}, s.stamp(reviewer))
			},
			"answer": func() (Event, error) {
				return s.p.AnswerSuspension(AnswerMended, "x", knowledge.Calendar, s.stamp(globalAdmin))
			},
			"appeal": func() (Event, error) {
				return s.p.AnswerSuspension(AnswerAppeal, "x", knowledge.Calendar, s.stamp(globalAdmin))
			},
			"uphold":    func() (Event, error) { return s.p.UpholdSuspension("x", s.stamp(otherReviewer)) },
			"reinstate": func() (Event, error) { return s.p.Reinstate("x", s.stamp(otherReviewer)) },
			"leave":     func() (Event, error) { return s.p.Leave("", true, s.stamp(globalAdmin)) },
			"return":    func() (Event, error) { return s.p.Return(s.stamp(globalAdmin)) },
			"tick":      func() (Event, error) { return s.p.Tick(s.system()) },
		}
		names := []string{"announce", "suspend", "answer", "appeal", "uphold", "reinstate", "leave", "return", "tick"}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			s.wait(time.Duration(rapid.IntRange(0, 20).Draw(t, "days")) * 24 * time.Hour)
			if e, err := steps[rapid.SampledFrom(names).Draw(t, "step")](); err == nil {
				s.tell(e, nil)
				wantConsistent(outer, s.p, s)
			}
		}
		for _, end := range []string{"return", "reinstate"} {
			if e, err := steps[end](); err == nil {
				s.tell(e, nil)
			}
		}
		after := s.p
		if after.ProgrammeStatus() != ProgrammeActive {
			t.Fatalf("in the end %s", after.ProgrammeStatus())
		}
		for _, p := range []*Partner{&before, &after} {
			p.Programme, p.Version, p.LastPublic, p.ActedAt = ProgrammeRecord{}, 0, 0, time.Time{}
		}
		if !reflect.DeepEqual(before, after) {
			t.Fatalf("lost: %+v\nwas: %+v", after, before)
		}
		if rebuilt := rebuild(s.events); !reflect.DeepEqual(rebuilt, s.p) {
			t.Fatalf("from its events: %+v\nis: %+v", rebuilt, s.p)
		}
	})
}

func rebuild(events []Event) (p Partner) {
	for _, e := range events {
		p = p.Apply(e)
	}
	return p
}
