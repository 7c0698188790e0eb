package onboarding_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// twoSets are requirements of two fiscal years, the second from 1 July 2027 on.
type twoSets struct{}

var (
	newYear = time.Date(2027, time.July, 1, 0, 0, 0, 0, time.UTC)
	oldSet  = DirectBillSet{ID: "old", Title: "Old", Until: newYear, Items: []DirectBillItem{
		{ID: "tenure", Kind: DirectBillMonths, Title: "12 months", AtLeast: 12},
		{ID: "revenue", Kind: DirectBillRevenue, Title: "Revenue", AtLeast: 300000, Evidence: true},
		{ID: "supportPlan", Kind: DirectBillChoice, Title: "Plan", Options: []string{"Advanced", "Premier"}, Evidence: true},
		{ID: "billing", Kind: DirectBillConfirmation, Title: "Billing"},
	}, Statements: []DirectBillStatement{{ID: "support", Text: "We support."}, {ID: "invoices", Text: "We invoice."}}}
	newSet = DirectBillSet{ID: "new", Title: "New", From: newYear, Items: []DirectBillItem{
		{ID: "tenure", Kind: DirectBillMonths, Title: "12 months", AtLeast: 12},
		{ID: "revenue", Kind: DirectBillRevenue, Title: "Revenue", AtLeast: 1000000, Evidence: true},
		{ID: "supportPlan", Kind: DirectBillChoice, Title: "Plan", Options: []string{"Premier"}, Evidence: true},
		{ID: "score", Kind: DirectBillConfirmation, Title: "Score"},
	}, Retires: []string{"billing"}, Statements: []DirectBillStatement{{ID: "support", Text: "We support, day and night."}, {ID: "invoices", Text: "We invoice."}}}
)

func (twoSets) InForce(at time.Time) (DirectBillSet, bool) {
	if at.Before(newYear) {
		return oldSet, true
	}
	return newSet, true
}

func (twoSets) Set(id string) (DirectBillSet, bool) {
	switch id {
	case oldSet.ID:
		return oldSet, true
	case newSet.ID:
		return newSet, true
	}
	return DirectBillSet{}, false
}

// noSets is a programme without direct bill.
type noSets struct{ twoSets }

func (noSets) InForce(time.Time) (DirectBillSet, bool) { return DirectBillSet{}, false }

const year = 366 * day

// wholeDraft is a draft with which nothing stands against applying.
func wholeDraft(now time.Time) DirectBillInput {
	end := now.AddDate(0, 0, -20).Format(time.DateOnly)
	return DirectBillInput{Answers: []DirectBillAnswer{
		{Item: "revenue", Amount: 1200000, PeriodEnd: end, Evidence: "Report 1"}, {Item: "supportPlan", Choice: "Premier", Evidence: "Contract 2"}, {Item: "billing", Met: true},
	}, Declarations: []string{"support", "invoices"}}
}

// reseller is onboarded and has been a reseller for a year.
func (s *story) reseller() *story {
	s.t.Helper()
	if len(s.p.Relationships) == 0 {
		s.onboarded()
	}
	return s.wait(year)
}

func (s *story) drafted() *story {
	s.t.Helper()
	return s.tell(s.p.SaveDirectBill(wholeDraft(s.now), s.p.DirectBillRevision(), twoSets{}, s.stamp(globalAdmin)))
}

func (s *story) applied() *story {
	s.t.Helper()
	if s.p.DirectBillStatus() != DirectBillDraft {
		s.drafted()
	}
	return s.tell(s.p.ApplyDirectBill(twoSets{}, knowledge.Calendar, s.stamp(globalAdmin)))
}

func (s *story) approved() *story {
	s.t.Helper()
	if s.p.DirectBill == nil || s.p.DirectBill.Status != DirectBillUnderReview {
		s.applied()
	}
	return s.tell(s.p.DecideDirectBill(DecideDirectBill{Result: DirectBillApproved, Note: "Fine."}, knowledge.Calendar, s.stamp(reviewer)))
}

func (s *story) declined() *story {
	s.t.Helper()
	if s.p.DirectBill == nil || s.p.DirectBill.Status != DirectBillUnderReview {
		s.applied()
	}
	d := DecideDirectBill{Result: DirectBillDeclined, Reasons: []DirectBillReason{"revenue_not_shown"}, ApplyAgain: s.now.AddDate(0, 0, 30), Note: "No."}
	return s.tell(s.p.DecideDirectBill(d, knowledge.Calendar, s.stamp(reviewer)))
}

func (s *story) task(name DirectBillTaskName) *story {
	s.t.Helper()
	by := globalAdmin
	if name == TaskCredit || name == TaskProvisioning {
		by = reviewer
	}
	return s.tell(s.p.CompleteDirectBillTask(name, "Record 7", s.stamp(by)))
}

func (s *story) direct() *story {
	s.t.Helper()
	if s.p.DirectBillStatus() != DirectBillApproved {
		s.approved()
	}
	return s.task(TaskBilling).task(TaskCredit).task(TaskTax).task(TaskProvisioning)
}

func TestX4_FromADraftToActiveWithoutTouchingTheIndirectAuthorization(t *testing.T) {
	s := begin(t).reseller()
	before := s.p
	s.drafted().applied()
	if s.p.DirectBillStatus() != DirectBillUnderReview || !slices.Contains(mails(last(s)), "directBillStaff staff") || last(s).Follow[len(last(s).Follow)-1].StartDirectBill.Application != 1 {
		t.Errorf("%s, mails %v", s.p.DirectBillStatus(), mails(last(s)))
	}
	if turn := s.p.DirectBillTurn(s.now); turn.Who != PartyReviewer || !turn.By.Equal(s.p.DirectBill.Review.Latest) {
		t.Errorf("turn %+v", turn)
	}
	s.approved()
	for _, name := range []DirectBillTaskName{TaskCredit, TaskBilling, TaskProvisioning} {
		if s.task(name); s.p.DirectBillStatus() != DirectBillApproved {
			t.Errorf("%s after %s", s.p.DirectBillStatus(), name)
		}
	}
	if s.task(TaskTax); s.p.DirectBillStatus() != DirectBillActive || len(mails(last(s))) == 0 || last(s).Data.Type() != "directBill.activated" {
		t.Errorf("%s, mails %v", s.p.DirectBillStatus(), mails(last(s)))
	}
	wantUntouched(t, before, s.p, s.now)
}

func TestX1_EverythingThatStandsAgainstApplyingIsListedAtOnce(t *testing.T) {
	s := begin(t).onboarded().wait(100 * day)
	s.tell(s.p.SaveDirectBill(DirectBillInput{Answers: []DirectBillAnswer{
		{Item: "revenue", Amount: 299999, PeriodEnd: s.now.AddDate(0, 0, -20).Format(time.DateOnly)}, {Item: "billing"},
	}, Declarations: []string{"invoices"}}, 0, twoSets{}, s.stamp(globalAdmin)))
	_, err := s.p.ApplyDirectBill(twoSets{}, knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillNotEligible)
	var r *Refusal
	errors.As(err, &r)
	var got []string
	for _, f := range r.Faults {
		got = append(got, f.Pointer+" "+f.Code)
	}
	want := []string{"/answers/tenure not_met", "/answers/revenue not_met", "/answers/revenue/evidence required", "/answers/supportPlan required", "/answers/billing not_met", "/declarations/support must_be_true"}
	if !slices.Equal(got, want) {
		t.Errorf("listed\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if remaining := s.p.DirectBillRemaining(oldSet, s.now); len(remaining) != len(want) {
		t.Errorf("told before: %v", remaining)
	}
}

func TestX1_AnswersAreJudgedByTheirForm(t *testing.T) {
	s := begin(t).onboarded()
	_, err := s.p.SaveDirectBill(DirectBillInput{Answers: []DirectBillAnswer{
		{Item: "tenure", Met: true}, {Item: "moon"}, {Item: "revenue", Amount: -1, PeriodEnd: "yesterday", Choice: "x"},
		{Item: "supportPlan", Choice: "Gold", Met: true, Amount: 3}, {Item: "billing"}, {Item: "billing"}, {Item: "supportPlan", Documents: []string{"D-none"}},
	}, Declarations: []string{"support", "support", "moon"}}, 0, twoSets{}, s.stamp(globalAdmin))
	wantFaults(t, err, "/answers/0/item not_allowed", "/answers/1/item unsupported", "/answers/2/choice not_allowed", "/answers/2/amountUsd invalid", "/answers/2/periodEnd invalid",
		"/answers/3/met not_allowed", "/answers/3/amountUsd not_allowed", "/answers/3/choice unsupported", "/answers/5/item not_allowed", "/answers/6/item not_allowed",
		"/declarations/1 not_allowed", "/declarations/2 unsupported")
	_, err = s.p.SaveDirectBill(DirectBillInput{Answers: []DirectBillAnswer{{Item: "revenue", Evidence: strings.Repeat("x", 301), Documents: []string{"D-none"}}}}, 0, twoSets{}, s.stamp(globalAdmin))
	wantFaults(t, err, "/answers/0/evidence too_long", "/answers/0/documentIds/0 unsupported")
	_, err = s.p.SaveDirectBill(DirectBillInput{}, 7, twoSets{}, s.stamp(globalAdmin))
	wantCode(t, err, CodeStaleVersion)
	_, err = s.p.SaveDirectBill(DirectBillInput{}, 0, noSets{}, s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillNotOpen)
}

func TestX1_TheTimeAsAResellerIsCountedWithoutGaps(t *testing.T) {
	at := func(month, day int) time.Time { return time.Date(2026, time.Month(month), day, 0, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		list []Relationship
		now  time.Time
		want int
	}{
		"none":                    {nil, at(6, 1), 0},
		"only asked for":          {[]Relationship{{RequestedAt: at(1, 1)}}, at(6, 1), 0},
		"one":                     {[]Relationship{{AcceptedAt: at(1, 1)}}, at(6, 1), 5},
		"a day short":             {[]Relationship{{AcceptedAt: at(1, 2)}}, at(6, 1), 4},
		"two at once count once":  {[]Relationship{{AcceptedAt: at(1, 1)}, {AcceptedAt: at(2, 1)}}, at(6, 1), 5},
		"a gap of a month":        {[]Relationship{{AcceptedAt: at(1, 1), ClosedAt: at(3, 1)}, {AcceptedAt: at(4, 1)}}, at(6, 1), 4},
		"over":                    {[]Relationship{{AcceptedAt: at(1, 1), ClosedAt: at(3, 2)}}, at(6, 1), 2},
		"from the end of a month": {[]Relationship{{AcceptedAt: at(1, 31)}}, at(2, 28), 1},
	} {
		t.Run("X1 "+name, func(t *testing.T) {
			if got := (Partner{Relationships: c.list}).Tenure(c.now).Months; got != c.want {
				t.Errorf("%d months, want %d", got, c.want)
			}
		})
	}
}

func TestX1_AnotherFiscalYearDuringADraftIsToldAndTheApplicationBoundToItsOwn(t *testing.T) {
	s := begin(t).reseller().drafted()
	if s.p.DirectBill.Next == nil || !strings.Contains(s.p.DirectBill.Next.Changes, "USD 1,000,000 instead of USD 300,000") {
		t.Fatalf("next %+v", s.p.DirectBill.Next)
	}
	bound := *s
	bound.applied()
	s.now, bound.now = newYear, newYear
	s.tick("directBill.reminded", func(e Event) bool { return e.Data.(DirectBillReminded).About == "requirements" })
	if set, changes := bound.p.DirectBillRequirements(twoSets{}, newYear); set.ID != "old" || len(changes) != 0 {
		t.Errorf("an application submitted before is judged by %s, %v", set.ID, changes)
	}
	set, changes := s.p.DirectBillRequirements(twoSets{}, newYear)
	if set.ID != "new" || len(changes) != 5 {
		t.Errorf("%s, %v", set.ID, changes)
	}
	_, err := s.p.ApplyDirectBill(twoSets{}, knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillChanged)
	if !strings.Contains(err.Error(), "/answers/score") {
		t.Errorf("%v doesn't say what changed", err)
	}
	in := wholeDraft(s.now)
	in.Answers[2] = DirectBillAnswer{Item: "score", Met: true}
	s.tell(s.p.SaveDirectBill(in, s.p.DirectBillRevision(), twoSets{}, s.stamp(globalAdmin)))
	if d := s.p.DirectBill.Declarations; !d[0].At.Equal(s.now) || !d[1].At.Before(s.now) {
		t.Errorf("other words need another declaration, the same keep theirs: %+v", d)
	}
	s.applied()
}

// tick lets what is due happen until an event of the type that fits.
func (s *story) tick(kind EventType, fits func(Event) bool) *story {
	s.t.Helper()
	for range 50 {
		e, err := s.p.Tick(s.system())
		if err != nil {
			s.t.Fatalf("no %s: %v", kind, err)
		}
		if s.tell(e, nil); e.Data.Type() == kind && fits(e) {
			return s
		}
	}
	s.t.Fatalf("no %s in 50 ticks", kind)
	return s
}

func TestX2_OnlyAVerifiedCompanyApplies(t *testing.T) {
	s := begin(t).submitted()
	s.drafted()
	_, err := s.p.ApplyDirectBill(twoSets{}, knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeNotAuthorized)
	for _, role := range []Role{RoleLegalAuthority, RoleMember, RoleReviewer, RoleDistributor} {
		wantCode(t, Authorize(principalsByRole[role], ActionApplyDirectBill, rolesPartner(t)), CodeRoleRequired)
	}
}

func TestX4_ADeclineNamesReasonsAndTheDateToApplyAgain(t *testing.T) {
	s := begin(t).reseller().applied()
	_, err := s.p.DecideDirectBill(DecideDirectBill{Result: DirectBillDeclined}, knowledge.Calendar, s.stamp(reviewer))
	wantFaults(t, err, "/reasonCodes required", "/applyAgainFrom required", "/reason required")
	_, err = s.p.DecideDirectBill(DecideDirectBill{Result: DirectBillDeclined, Reasons: []DirectBillReason{"moon", "moon"}, ApplyAgain: s.now, Note: "No."}, knowledge.Calendar, s.stamp(reviewer))
	wantFaults(t, err, "/applyAgainFrom invalid", "/reasonCodes/0 unsupported", "/reasonCodes/1 not_allowed")
	_, err = s.p.DecideDirectBill(DecideDirectBill{Result: DirectBillApproved, Reasons: []DirectBillReason{"revenue_not_shown"}, ApplyAgain: s.now, Note: "Yes."}, knowledge.Calendar, s.stamp(reviewer))
	wantFaults(t, err, "/reasonCodes not_allowed", "/applyAgainFrom not_allowed")
	_, err = s.p.DecideDirectBill(DecideDirectBill{Result: DirectBillApproved, Note: "Yes.", Application: 9}, knowledge.Calendar, s.stamp(reviewer))
	wantCode(t, err, CodeDirectBillNotOpen)
	before := s.p
	s.declined()
	wantUntouched(t, before, s.p, s.now)
	again := s.p.DirectBill.ApplyAgain
	if m := mails(last(s)); len(m) == 0 || !strings.HasPrefix(m[0], "directBillDeclined ") {
		t.Errorf("mails %v", m)
	}
	s.drafted() // it can be prepared
	_, err = s.p.ApplyDirectBill(twoSets{}, knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillTooEarly)
	if !strings.Contains(err.Error(), again.Format("2 January 2006")) {
		t.Errorf("%v doesn't say when", err)
	}
	s.now = again
	s.applied()
	if s.p.DirectBill.Application != 2 || !s.p.DirectBill.ApplyAgain.IsZero() {
		t.Errorf("%+v", s.p.DirectBill)
	}
	if o, done := s.p.OutcomeOf(WaitDirectBillDecision.Of(1)); o != OutcomeDeclined || !done {
		t.Errorf("the first application's execution hears %s", o)
	}
}

func TestX4_OnTheDateGivenTheCompanyIsTold(t *testing.T) {
	s := begin(t).reseller().declined()
	s.now = s.p.DirectBill.ApplyAgain
	s.tick("directBill.reminded", func(e Event) bool { return e.Data.(DirectBillReminded).About == "applyAgain" })
}

func TestX4_AnOverdueReviewIsToldAndAskedForAgainByDates(t *testing.T) {
	s := begin(t).reseller().applied()
	r := *s.p.DirectBill.Review
	_, err := s.p.EscalateDirectBill(s.system())
	wantCode(t, err, CodeNotOverdue)
	s.now = r.DueSoon
	s.tick("directBill.reminded", func(e Event) bool { return e.Data.(DirectBillReminded).About == "dueSoon" })
	s.now = r.Latest
	s.tick("directBill.escalated", func(e Event) bool {
		return slices.Contains(mails(e), "directBillStaff staff") && slices.ContainsFunc(mails(e), func(m string) bool { return strings.HasPrefix(m, "directBillReminder ") })
	})
	if s.p.DirectBillStatus() != DirectBillOverdue {
		t.Error(s.p.DirectBillStatus())
	}
	_, err = s.p.EscalateDirectBill(s.system())
	wantCode(t, err, CodeStaleVersion)
	for range 6 {
		turn := s.p.DirectBillTurn(s.now)
		if turn.Who != PartyReviewer || !turn.By.After(s.now) || !strings.Contains(turn.Sentence(), "asked again") {
			t.Fatalf("turn %+v", turn)
		}
		s.now = turn.By
		s.tick("directBill.reminded", func(e Event) bool { return e.Data.(DirectBillReminded).About == "overdue" })
	}
	s.approved() // still counts
}

func TestX4_AClaimHoldsNothingUp(t *testing.T) {
	s := begin(t).reseller().applied()
	_, err := s.p.ClaimDirectBill(false, "", s.stamp(reviewer))
	wantFaults(t, err, "/reason required")
	s.tell(s.p.ClaimDirectBill(false, "Mine.", s.stamp(reviewer)))
	if q, _ := s.p.DirectBillQueued(); q.Reviewer.UserID != reviewer.UserID || q.Queue != QueueDirectBill {
		t.Errorf("%+v", q)
	}
	_, err = s.p.ClaimDirectBill(true, "Mine.", s.stamp(reviewer))
	wantCode(t, err, CodeClaimHeld)
	_, err = s.p.ClaimDirectBill(false, "Mine.", s.stamp(otherReviewer))
	wantCode(t, err, CodeCaseClaimed)
	_, err = s.p.DecideDirectBill(DecideDirectBill{Result: DirectBillApproved, Note: "Yes."}, knowledge.Calendar, s.stamp(otherReviewer))
	wantCode(t, err, CodeCaseClaimed)
	s.tell(s.p.ClaimDirectBill(true, "She is away.", s.stamp(otherReviewer)))
	s.tell(s.p.DecideDirectBill(DecideDirectBill{Result: DirectBillApproved, Note: "Yes."}, knowledge.Calendar, s.stamp(otherReviewer)))
	_, err = s.p.ClaimDirectBill(false, "Mine.", s.stamp(reviewer))
	wantCode(t, err, CodeDirectBillNotOpen)
}

func TestX4_TheCompanyWithdrawsUntilItIsActive(t *testing.T) {
	for name, at := range map[string]func(*story) *story{"a draft": (*story).drafted, "an application": (*story).applied, "an approval": (*story).approved} {
		t.Run("X4 "+name, func(t *testing.T) {
			s := at(begin(t).reseller())
			s.tell(s.p.WithdrawDirectBill("", s.stamp(globalAdmin)))
			if s.p.DirectBillStatus() != DirectBillWithdrawn || len(s.p.DirectBill.Answers) == 0 {
				t.Errorf("%+v", s.p.DirectBill)
			}
			_, err := s.p.WithdrawDirectBill("", s.stamp(globalAdmin))
			wantCode(t, err, CodeDirectBillNotOpen)
			_, err = s.p.ApplyDirectBill(twoSets{}, knowledge.Calendar, s.stamp(globalAdmin))
			wantCode(t, err, CodeDirectBillNotOpen)
			s.drafted().applied() // at once
		})
	}
	s := begin(t).reseller().direct()
	_, err := s.p.WithdrawDirectBill("Too much.", s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillNotOpen)
	_, err = s.p.SaveDirectBill(wholeDraft(s.now), s.p.DirectBillRevision(), twoSets{}, s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillSubmitted)
	_, err = s.p.ApplyDirectBill(twoSets{}, knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillSubmitted)
}
