package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestX5_EachSideDoesItsOwnTasks(t *testing.T) {
	s := begin(t).reseller().approved()
	for _, task := range s.p.DirectBill.Tasks {
		own, other := globalAdmin, reviewer
		if task.Who != PartyPartner {
			own, other = reviewer, globalAdmin
		}
		_, err := s.p.SetDirectBillTask(SetDirectBillTask{Task: task.Name, Done: true, Evidence: "x"}, knowledge.Calendar, s.stamp(other))
		wantCode(t, err, CodeRoleRequired)
		_, err = s.p.SetDirectBillTask(SetDirectBillTask{Task: task.Name, Done: true}, knowledge.Calendar, s.stamp(own))
		wantFaults(t, err, "/evidence required")
		_, err = s.p.SetDirectBillTask(SetDirectBillTask{Task: task.Name, Reason: "x"}, knowledge.Calendar, s.stamp(reviewer))
		wantCode(t, err, CodeDirectBillNotOpen)
		if task.Name.Title() == "" || task.Name.Text() == "" {
			t.Errorf("%s has no words", task.Name)
		}
	}
	_, err := s.p.CompleteDirectBillTask("moon", "x", s.stamp(globalAdmin))
	wantCode(t, err, CodeNotFound)
	s.task(TaskBilling)
	_, err = s.p.CompleteDirectBillTask(TaskBilling, "x", s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillTaskDone)
	_, err = s.p.ReopenDirectBillTask(TaskBilling, "x", knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeRoleRequired)
	_, err = s.p.ReopenDirectBillTask(TaskBilling, "", knowledge.Calendar, s.stamp(reviewer))
	wantFaults(t, err, "/reason required")
	s.tell(s.p.ReopenDirectBillTask(TaskBilling, "The invoice bounced.", knowledge.Calendar, s.stamp(reviewer)))
	if task := s.p.DirectBill.Tasks[0]; task.Done() || task.Reopened == "" || len(mails(last(s))) == 0 {
		t.Errorf("%+v, mails %v", task, mails(last(s)))
	}
	s.direct()
	_, err = s.p.CompleteDirectBillTask(TaskBilling, "x", s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillNotOpen)
	_, err = begin(t).onboarded().p.CompleteDirectBillTask(TaskBilling, "x", s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillNotOpen)
}

func TestX5_OverdueTasksAreAskedForAgainAndEndNothing(t *testing.T) {
	s := begin(t).reseller().approved()
	var asked []string
	for s.now.Before(s.p.DirectBill.Since.AddDate(0, 4, 0)) {
		at, ok := s.p.NextDeadline()
		if !ok {
			t.Fatal("nothing is due any more")
		}
		s.now = at
		e, err := s.p.Tick(s.system())
		s.tell(e, err)
		switch d := e.Data.(type) {
		case DirectBillTasksOverdue:
			asked = append(asked, fmt.Sprintf("overdue %v", d.Tasks))
		case DirectBillReminded:
			asked = append(asked, fmt.Sprintf("%s %d", d.About, d.Count))
		}
	}
	for _, want := range []string{"tasks 1", "tasks 4", "tasks 6", "tasksOverdue 1", "tasksOverdue 5", "overdue [credit provisioning]", "overdue [billing tax]"} {
		if !slices.Contains(asked, want) {
			t.Errorf("no %q in %v", want, asked)
		}
	}
	seen := map[string]bool{}
	for _, a := range asked {
		if seen[a] {
			t.Errorf("%q twice", a)
		}
		seen[a] = true
	}
	s.direct() // late, and all the same
}

func TestX5_AReminderOfADraftEndsAndNothingElseDoes(t *testing.T) {
	s := begin(t).reseller().drafted()
	count := 0
	for range 30 {
		at, ok := s.p.NextDeadline()
		if !ok || !at.Before(newYear) {
			break
		}
		s.now = at
		e, err := s.p.Tick(s.system())
		s.tell(e, err)
		if strings.HasPrefix(string(e.Data.Type()), "directBill.") {
			count++
		}
	}
	if count != 4 || !s.p.DormantSince.IsZero() {
		t.Errorf("%d reminders, dormant %v", count, s.p.DormantSince)
	}
}

// asRead is what the store read of customers.
func asRead(e Event) map[string]PlannedCustomer {
	was := map[string]PlannedCustomer{}
	for _, c := range e.Data.(DirectBillCustomersPlanned).Changes {
		was[c.Is.ID] = c.Is
	}
	return was
}

func TestX6_EachCustomerStaysOrMovesAndItsMoveIsTracked(t *testing.T) {
	s := begin(t).reseller()
	_, err := s.p.PlanCustomers(nil, nil, s.stamp(globalAdmin))
	wantCode(t, err, CodeDirectBillNotOpen)
	s.drafted()
	s.tell(s.p.PlanCustomers([]PlannedCustomer{{ID: "C-1", Name: "Fabrikam", Plan: PlanMove}, {ID: "C-2", Name: "Adventure", Plan: PlanIndirect}}, nil, s.stamp(globalAdmin)))
	was := asRead(last(s))
	wantPlan := func(customers, moving, agreed, moved int) {
		t.Helper()
		if got := s.p.DirectBill.Plan; got.Customers != customers || got.Moving != moving || got.Agreed != agreed || got.Moved != moved {
			t.Errorf("%+v", got)
		}
	}
	wantPlan(2, 1, 0, 0)
	_, err = s.p.PlanCustomers([]PlannedCustomer{{ID: "C-1", Agreement: StepMade, Provisioning: StepMade}}, was, s.stamp(globalAdmin))
	wantFaults(t, err, "/customers/0/agreement not_allowed", "/customers/0/provisioning not_allowed")
	s.approved()
	s.tell(s.p.PlanCustomers([]PlannedCustomer{{ID: "C-1", Agreement: StepMade}}, was, s.stamp(globalAdmin)))
	if is := asRead(last(s))["C-1"]; is.Name != "Fabrikam" || !is.AgreementAt.Equal(s.now) || is.Revision != s.p.Version {
		t.Errorf("%+v", is)
	}
	was["C-1"] = asRead(last(s))["C-1"]
	wantPlan(2, 1, 1, 0)
	_, err = s.p.PlanCustomers([]PlannedCustomer{{ID: "C-1", Agreement: StepMade}}, was, s.stamp(globalAdmin))
	wantCode(t, err, CodeNothingChanged)
	s.direct()
	if turn := s.p.DirectBillTurn(s.now); turn.Who != PartyPartner || !strings.Contains(turn.What, "to be moved: 1") {
		t.Errorf("turn %+v", turn)
	}
	_, err = s.p.PlanCustomers([]PlannedCustomer{{ID: "C-3", Name: "New", Plan: PlanMove, Provisioning: StepStarted}}, was, s.stamp(globalAdmin))
	wantFaults(t, err, "/customers/0/provisioning not_allowed")
	s.tell(s.p.PlanCustomers([]PlannedCustomer{{ID: "C-1", Provisioning: StepMade}}, was, s.stamp(globalAdmin)))
	was["C-1"] = asRead(last(s))["C-1"]
	wantPlan(2, 1, 1, 1)
	if turn := s.p.DirectBillTurn(s.now); turn.Who != PartyNobody {
		t.Errorf("turn %+v", turn)
	}
	_, err = s.p.PlanCustomers([]PlannedCustomer{{ID: "C-1", Plan: PlanRemove}, {ID: "C-9", Plan: PlanRemove}, {ID: "a b", Name: "x", Plan: "fly"}, {ID: "C-1"}, {ID: "C-2", Agreement: StepMade}, {ID: "C-4", Name: "www.evil.example", Plan: PlanMove, Agreement: "Maybe"}}, was, s.stamp(globalAdmin))
	wantFaults(t, err, "/customers/0/plan not_allowed", "/customers/1/plan not_allowed", "/customers/2/id invalid", "/customers/2/plan unsupported", "/customers/3/id not_allowed",
		"/customers/4/plan not_allowed", "/customers/5/name looks_like_link", "/customers/5/agreement unsupported")
	s.tell(s.p.PlanCustomers([]PlannedCustomer{{ID: "C-2", Plan: PlanRemove}}, was, s.stamp(globalAdmin)))
	wantPlan(1, 1, 1, 1)
	_, err = s.p.PlanCustomers(make([]PlannedCustomer, MaxPlannedAtOnce+1), was, s.stamp(globalAdmin))
	wantFaults(t, err, "/customers too_long")
	_, err = s.p.PlanCustomers(nil, was, s.stamp(globalAdmin))
	wantFaults(t, err, "/customers required")
	if PlanMove.Listed() != nil || CodeOf(CustomerPlan("x").Listed()) != CodeInvalid {
		t.Error("what can be listed")
	}
}

func TestX6_APlanIsBounded(t *testing.T) {
	s := begin(t).reseller().drafted()
	full := *s.p.DirectBill
	full.Plan.Customers = 20000
	s.p.DirectBill = &full
	_, err := s.p.PlanCustomers([]PlannedCustomer{{ID: "C-1", Name: "Fabrikam", Plan: PlanMove}}, nil, s.stamp(globalAdmin))
	wantCode(t, err, CodeTooMany)
}
