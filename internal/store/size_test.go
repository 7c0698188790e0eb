package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// sizeOf is what an item counts for DynamoDB, near enough.
func sizeOf(i item) int {
	n := 0
	for name, v := range i {
		n += len(name)
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += len(v.Value)
		}
	}
	return n
}

const maxItem = 400 * 1024

func TestAPartnerWithEverythingAtItsLimitFitsAnItem(t *testing.T) {
	long := func(n int) string { return "a" + strings.Repeat("<", n-1) } // each is six bytes in JSON
	largest := 0
	follow := func(e onboarding.Event) {
		row, _, err := eventItem("salt", strings.Repeat("0", 64), e, e.At)
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, sizeOf(row))
	}
	everything := func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		i := info(long(200))
		i.Legal.TradingName, i.Legal.RegistrationNumber = long(200), long(50)
		i.Legal.PrimaryContact.FirstName, i.Legal.PrimaryContact.LastName = long(100), long(100)
		a := &i.Legal.Address
		a.Lines, a.Locality, a.DependentLocality, a.Subdivision = []string{long(100), long(100), long(100)}, long(100), long(100), long(100)
		return p.SaveBusinessInfo(i, p.InfoRevision, s)
	}
	s := tellAll(t, everything, submit)
	for n := range 200 {
		d := onboarding.Distributor{ID: fmt.Sprintf("D-%030d", n), Name: long(200), Regions: []string{"europe", "africa", "americas", "asia-pacific", "middle-east"}}
		by := onboarding.Principal{UserID: "u", DistributorID: d.ID}
		stamp := stampOf(fmt.Sprintf("e-%d", s.p.Version+1), s.now, by)
		e, err := s.p.RequestRelationship(d, fmt.Sprintf("R-%030d", n), long(500), stamp)
		follow(e)
		s.tell(t, e, err)
		stamp.EventID += "x"
		e, err = s.p.DeclineRelationship(fmt.Sprintf("R-%030d", n), long(2000), stamp)
		follow(e)
		s.tell(t, e, err)
	}
	s.now = s.p.Case.Latest
	for _, c := range []command{escalate, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.RequestSupport(long(2000), s)
	}, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Decide(onboarding.Decide{Result: onboarding.VerificationRejected, Reasons: []onboarding.ReasonCode{"address_mismatch"}, Note: long(2000)}, s)
	}} {
		e, err := c(s.p, stampOf("e", s.now, reviewer))
		follow(e)
		s.tell(t, e, err)
	}
	d := s.p.Apply(event(s.p, onboarding.DirectBillSaved{Application: 1, SetID: long(10), Answers: answers(long), Next: &onboarding.DirectBillNext{Changes: strings.Repeat("x", 3000)}}))
	follow(event(s.p, onboarding.DirectBillSaved{Application: 1, Answers: answers(long)}))
	d = d.Apply(event(d, onboarding.DirectBillSubmitted{Application: 1, SetID: long(10)}))
	tasks := make([]onboarding.DirectBillTask, 4)
	for i := range tasks {
		tasks[i] = onboarding.DirectBillTask{Name: onboarding.TaskBilling, Evidence: long(300)}
	}
	s.p = d.Apply(event(d, onboarding.DirectBillDecided{Application: 1, Result: onboarding.DirectBillApproved, Note: long(2000), Tasks: tasks}))
	customers := onboarding.DirectBillCustomersPlanned{}
	for range onboarding.MaxPlannedAtOnce {
		c := onboarding.PlannedCustomer{ID: strings.Repeat("x", 64), Name: long(200), Note: long(300), Plan: onboarding.PlanMove}
		customers.Changes = append(customers.Changes, onboarding.CustomerChange{Was: c, Is: c})
	}
	if row, _, err := eventItem("salt", "", event(s.p, customers), s.now); err != nil || sizeOf(row) > maxItem {
		t.Errorf("a plan's event takes %d bytes, %v", sizeOf(row), err)
	}
	row, err := partnerItem(s.p, Workflow{Execution: long(2000), Waits: map[onboarding.WaitName]Wait{"decision": {Token: long(2048), Execution: long(2000)}}}, s.hash)
	if err != nil {
		t.Fatal(err)
	}
	if n := sizeOf(row); n > maxItem*9/10 {
		t.Errorf("the partner takes %d bytes of the %d that an item holds", n, maxItem)
	} else {
		t.Logf("the partner takes %d bytes, the largest event %d", n, largest)
	}
	if largest > maxItem/4 {
		t.Errorf("an event takes %d bytes", largest)
	}
}

// event is one of direct bill, past its rules.
func event(p onboarding.Partner, d onboarding.EventData) onboarding.Event {
	return onboarding.Event{ID: "e", PartnerID: p.ID, Sequence: p.Version + 1, Data: d, Actor: onboarding.Actor{Kind: onboarding.ActorPartner}}
}

// answers are those of the largest set of requirements that a file may hold.
func answers(long func(int) string) (list []onboarding.DirectBillAnswer) {
	for range 15 {
		a := onboarding.DirectBillAnswer{Item: strings.Repeat("x", 40), Choice: strings.Repeat("x", 40), Evidence: long(300)}
		for range 10 {
			a.Documents = append(a.Documents, strings.Repeat("x", 30))
		}
		list = append(list, a)
	}
	return list
}
