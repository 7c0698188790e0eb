package onboarding_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

// wantUntouched fails unless direct bill left the indirect authorization as it
// was: steps, requirements, turn, relationships, the partner location account and
// what the gate answers for every distributor (X6).
func wantUntouched(t interface{ Errorf(string, ...any) }, without, with Partner, now time.Time) {
	for name, pair := range map[string][2]any{
		"steps":             {without.StepStates(now), with.StepStates(now)},
		"requirements":      {without.Requirements(now), with.Requirements(now)},
		"turn":              {without.Turn(now), with.Turn(now)},
		"relationships":     {without.Relationships, with.Relationships},
		"PLA":               {without.PLAID, with.PLAID},
		"acceptance":        {without.Acceptance, with.Acceptance},
		"programme status":  {without.ProgrammeStatus(), with.ProgrammeStatus()},
		"verification":      {without.Verification(), with.Verification()},
		"dormancy":          {without.DormantSince, with.DormantSince},
		"reminders":         {without.Reminded, with.Reminded},
		"last act":          {without.ActedAt, with.ActedAt},
		"round":             {[]any{without.Round, without.Idle}, []any{with.Round, with.Idle}},
		"onboarding's wait": {outcomes(without), outcomes(with)},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %+v with direct bill, %+v without", name, pair[1], pair[0])
		}
	}
	if q, ok := with.Queued(); true {
		if was, is := without.Queued(); is != ok || !reflect.DeepEqual(q, was) {
			t.Errorf("the operators' queue: %+v, was %+v", q, was)
		}
	}
	for _, d := range []string{"", northwind.ID, adventure.ID, overseas.ID} {
		for _, version := range []AgreementVersion{current, agreementOf("2026-07")} {
			if got, want := with.Eligibility(EligibilityQuestion{DistributorID: d, Agreement: version, At: now}), without.Eligibility(EligibilityQuestion{DistributorID: d, Agreement: version, At: now}); !reflect.DeepEqual(got, want) {
				t.Errorf("through %q: %+v, want %+v", d, got, want)
			}
		}
	}
}

// directMoves are the commands of direct bill, each right at some time.
func directMoves() []move {
	decide := func(d DecideDirectBill) func(s story) (Event, error) {
		return func(s story) (Event, error) {
			if d.Result == DirectBillDeclined {
				d.ApplyAgain = s.now.AddDate(0, 0, 30)
			}
			return s.p.DecideDirectBill(d, knowledge.Calendar, s.stamp(reviewer))
		}
	}
	list := []move{
		{"draft", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.SaveDirectBill(wholeDraft(s.now), s.p.DirectBillRevision(), twoSets{}, s.stamp(globalAdmin))
		}},
		{"apply", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.ApplyDirectBill(twoSets{}, knowledge.Calendar, s.stamp(globalAdmin))
		}},
		{"withdraw", RoleGlobalAdmin, func(s story) (Event, error) { return s.p.WithdrawDirectBill("", s.stamp(globalAdmin)) }},
		{"take", RoleReviewer, func(s story) (Event, error) { return s.p.ClaimDirectBill(true, "Mine.", s.stamp(reviewer)) }},
		{"approve", RoleReviewer, decide(DecideDirectBill{Result: DirectBillApproved, Note: "Fine."})},
		{"decline", RoleReviewer, decide(DecideDirectBill{Result: DirectBillDeclined, Reasons: []DirectBillReason{"revenue_not_shown"}, Note: "No."})},
		{"plan", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.PlanCustomers([]PlannedCustomer{{ID: fmt.Sprintf("C-%d", s.p.Version), Name: "Fabrikam", Plan: PlanMove}}, nil, s.stamp(globalAdmin))
		}},
	}
	for _, task := range []DirectBillTaskName{TaskBilling, TaskCredit, TaskTax, TaskProvisioning} {
		by := globalAdmin
		if task == TaskCredit || task == TaskProvisioning {
			by = reviewer
		}
		list = append(list,
			move{"do " + string(task), "", func(s story) (Event, error) { return s.p.CompleteDirectBillTask(task, "Record 7", s.stamp(by)) }},
			move{"reopen " + string(task), RoleReviewer, func(s story) (Event, error) {
				return s.p.ReopenDirectBillTask(task, "Not so.", knowledge.Calendar, s.stamp(reviewer))
			}})
	}
	return list
}

// X6: two companies do the same, and one of them applies for direct bill as well,
// as it likes. Whatever it does there, its indirect authorization is the other's.
func TestX6_TheIndirectAuthorizationIsUntouchedWhateverDirectBillDoes(t *testing.T) {
	direct := directMoves()
	rapid.Check(t, func(rt *rapid.T) {
		with := story{t: t, now: monday}
		with.enrolled()
		if rapid.Bool().Draw(rt, "onboarded") {
			with.reseller()
		}
		without, done := with, 0
		for range rapid.IntRange(1, 25).Draw(rt, "commands") {
			with.now = with.now.Add(time.Duration(rapid.Int64Range(0, int64(20*day)).Draw(rt, "pause")))
			without.now = with.now
			if rapid.Bool().Draw(rt, "ticks") {
				with.allTicked()
				without.allTicked()
			}
			if rapid.IntRange(0, 2).Draw(rt, "which") > 0 {
				e, err := rapid.SampledFrom(direct).Draw(rt, "direct bill").make(with)
				if err == nil {
					with.p, done = with.p.Apply(e), done+1
				}
			} else {
				command := drawMove(rt)
				with.eventID, without.eventID = "event", "event"
				a, errA := command(with)
				b, errB := command(without)
				if CodeOf(errB) == CodeNothingDue && errA == nil {
					with.p = with.p.Apply(a) // a date of direct bill's own has passed
					continue
				}
				if CodeOf(errA) != CodeOf(errB) {
					rt.Fatalf("with direct bill %v, without %v", errA, errB)
				}
				if errA == nil {
					with.p, without.p = with.p.Apply(a), without.p.Apply(b)
				}
			}
			wantUntouched(rt, normal(without.p), normal(with.p), with.now)
		}
	})
}

// normal is a partner without what only counts events: the ids that a story makes
// of the version differ with their number.
func normal(p Partner) Partner {
	p.Relationships = slices.Clone(p.Relationships)
	for i := range p.Relationships {
		p.Relationships[i].ID = fmt.Sprint("R-", i)
	}
	return p
}

// allTicked lets everything happen that is due.
func (s *story) allTicked() {
	for range 400 {
		e, err := s.p.Tick(s.system())
		if err != nil {
			return
		}
		s.p = s.p.Apply(e)
	}
}

// V11 of direct bill: in each state that its commands and time reach, either the
// company holds an action that succeeds, or a named party owes something by a date
// that a sweep enforces and can do it.
func TestV11_NoStateOfDirectBillIsADeadEnd(t *testing.T) {
	type at struct {
		story
		depth int
	}
	direct := directMoves()
	key := func(s story) string {
		d := s.p.DirectBill
		if d == nil {
			return "none"
		}
		k := fmt.Sprint(s.p.DirectBillStatus(), s.now.Before(d.ApplyAgain), min(d.Application, 2), d.Status == DirectBillActive && d.Plan.Moving > 0)
		if d.Review != nil && d.Status == DirectBillUnderReview {
			k += fmt.Sprint(d.Review.Claim != nil, d.Review.RemindedAt.IsZero(), min(d.Review.Chased, 1))
		}
		for _, task := range d.Tasks {
			k += fmt.Sprint(task.Done(), !task.Done() && task.EscalatedAt.IsZero())
		}
		return k + fmt.Sprint(min(d.Reminded.Count, 1), min(d.Chased, 1), d.Invited)
	}
	start := begin(t).reseller()
	open, seen, byStatus := []at{{*start, 0}}, map[string]bool{key(*start): true}, map[DirectBillStatus]int{}
	for len(open) > 0 {
		s := open[0]
		open = open[1:]
		byStatus[s.p.DirectBillStatus()]++
		if len(seen) > 20000 {
			t.Fatal("the walk doesn't end")
		}
		able := map[Role]bool{}
		add := func(next story) {
			if next.p.DirectBill != nil && next.p.DirectBill.Application > 2 || next.now.After(start.now.AddDate(0, 3, 0)) || next.p.DirectBill != nil && next.p.DirectBill.Application == 2 && next.p.DirectBill.Status == DirectBillApproved {
				return // another application goes the same ways
			}
			if k := key(next); !seen[k] {
				seen[k] = true
				open = append(open, at{next, s.depth + 1})
			}
		}
		for _, m := range direct {
			e, err := m.make(s.story)
			if err != nil {
				continue
			}
			role := m.by
			if e.Actor.Kind == ActorStaff {
				role = RoleReviewer
			}
			if role == "" {
				role = RoleGlobalAdmin
			}
			if m.name != "take" && m.name != "plan" && !strings.HasPrefix(m.name, "reopen") {
				able[role] = true
			}
			next := s.story
			next.p = s.p.Apply(e)
			add(next)
		}
		turn := s.p.DirectBillTurn(s.now)
		switch turn.Who {
		case PartyPartner:
			if !able[RoleGlobalAdmin] && s.p.DirectBillStatus() != DirectBillActive {
				t.Errorf("the company owes %q and can do nothing: %s", turn.What, key(s.story))
			}
		case PartyReviewer:
			deadline, ok := s.p.NextDeadline()
			if turn.By.IsZero() || !ok || deadline.After(turn.By) || !able[RoleReviewer] {
				t.Errorf("staff owes %q by %s, enforced at %s: %s", turn.What, turn.By, deadline, key(s.story))
			}
		default:
			if s.p.DirectBillStatus() != DirectBillActive && !able[RoleGlobalAdmin] {
				t.Errorf("nobody owes anything and the company can do nothing: %s", key(s.story))
			}
		}
		if deadline, ok := s.p.NextDeadline(); ok {
			next := s.story
			if deadline.After(next.now) {
				next.now = deadline
			}
			if e, err := next.p.Tick(next.system()); err == nil {
				next.p = next.p.Apply(e)
			}
			add(next)
		}
	}
	for _, status := range []DirectBillStatus{DirectBillNotStarted, DirectBillDraft, DirectBillUnderReview, DirectBillOverdue, DirectBillApproved, DirectBillDeclined, DirectBillWithdrawn, DirectBillActive} {
		if byStatus[status] == 0 {
			t.Errorf("the walk never came by %s", status)
		}
		if status.Class() == "" {
			t.Errorf("%s has no class", status)
		}
	}
	t.Logf("%d states: %v", len(seen), byStatus)
}
