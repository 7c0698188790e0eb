package onboarding

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// DirectBillPlan sums up the transition plan. Its customers are items of their
// own: a company may have thousands.
type DirectBillPlan struct {
	Customers int       `json:"customers"`
	Moving    int       `json:"moving"` // of them; all others stay indirect
	Agreed    int       `json:"agreed"` // of those that move: the new customer agreement is accepted
	Moved     int       `json:"moved"`  // of those that move: agreed and provisioned anew
	ChangedAt time.Time `json:"changedAt"`
}

// SubscriptionsDontMove is what every transition plan says (X6).
const SubscriptionsDontMove = "Subscriptions don't move by themselves. A customer that moves accepts a new customer agreement, and its subscriptions are provisioned anew in the direct tenant; those with the distributor are ended there, at their own dates. " +
	"A customer that stays indirect needs nothing: the indirect authorization, its relationships and subscriptions are untouched."

// CustomerPlan says what becomes of a customer.
type CustomerPlan string

// The plans.
const (
	PlanIndirect CustomerPlan = "indirect" // stays with the distributor (hybrid)
	PlanMove     CustomerPlan = "move"
	PlanRemove   CustomerPlan = "remove" // takes the customer out of the plan
)

// CustomerStep is where the agreement or the provisioning of a customer stands.
type CustomerStep string

// Where a customer's step stands.
const (
	StepOpen    CustomerStep = "Open"
	StepStarted CustomerStep = "Started" // the agreement was sent, provisioning was begun
	StepMade    CustomerStep = "Done"
)

// PlannedCustomer is a customer of the transition plan (X6). Who the customer is
// the partner knows by its own id and the company's name: no person is named.
type PlannedCustomer struct {
	ID             string       `json:"id"`
	Name           string       `json:"name"`
	Plan           CustomerPlan `json:"plan"`
	Agreement      CustomerStep `json:"agreement,omitzero"` // of one that moves
	AgreementAt    time.Time    `json:"agreementAt,omitzero"`
	Provisioning   CustomerStep `json:"provisioning,omitzero"`
	ProvisioningAt time.Time    `json:"provisioningAt,omitzero"`
	Note           string       `json:"note,omitzero"`
	Revision       int          `json:"revision"` // sequence of the event that changed it last
}

// Agreed says that the new customer agreement is accepted.
func (c PlannedCustomer) Agreed() bool { return c.Plan == PlanMove && c.Agreement == StepMade }

// Moved says that nothing is left to do for the customer.
func (c PlannedCustomer) Moved() bool { return c.Agreed() && c.Provisioning == StepMade }

// CustomerChange is a customer before and after an event. Its zero before is a
// new one.
type CustomerChange struct {
	Was PlannedCustomer `json:"was,omitzero"`
	Is  PlannedCustomer `json:"is"` // with PlanRemove it is taken out
}

// DirectBillCustomersPlanned tells that customers of the plan were changed.
type DirectBillCustomersPlanned struct {
	Changes []CustomerChange `json:"changes"`
}

// Type implements EventData.
func (DirectBillCustomersPlanned) Type() EventType { return "directBill.customersPlanned" }

func (d DirectBillCustomersPlanned) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		for _, c := range d.Changes {
			b.Plan.count(c.Was, -1)
			b.Plan.count(c.Is, 1)
		}
		b.Plan.ChangedAt = e.At
	})
}

func (s *DirectBillPlan) count(c PlannedCustomer, n int) {
	if c.ID == "" || c.Plan == PlanRemove {
		return
	}
	s.Customers += n
	if c.Plan != PlanMove {
		return
	}
	s.Moving += n
	if c.Agreed() {
		s.Agreed += n
	}
	if c.Moved() {
		s.Moved += n
	}
}

const (
	// MaxPlannedAtOnce is how many customers one command plans: each is an item
	// of its transaction.
	MaxPlannedAtOnce = 50

	maxPlanned     = 20000
	maxCustomerID  = 64
	maxCustomer    = 200 // characters of its name
	maxPlannedNote = 300
)

// PlanCustomers puts customers into the transition plan, changes them or takes
// them out, all or none (X6). was are those of them that the plan has. A step
// that is done has its date; the agreement can be worked on from the approval
// on, and provisioning once direct bill is Active.
func (p Partner) PlanCustomers(list []PlannedCustomer, was map[string]PlannedCustomer, s Stamp) (Event, error) {
	d := p.DirectBill
	if d == nil {
		return Event{}, Refuse(CodeDirectBillNotOpen, "A transition plan belongs to an application for direct bill: begin its draft first.").At(p.path("direct-bill"))
	}
	var faults []Fault
	if len(list) == 0 {
		faults = append(faults, Fault{"/customers", FaultRequired, "Name at least one customer."})
	}
	if len(list) > MaxPlannedAtOnce {
		return Event{}, Invalid([]Fault{{"/customers", FaultTooLong, "Send " + strconv.Itoa(MaxPlannedAtOnce) + " customers at a time at most."}})
	}
	planned := DirectBillCustomersPlanned{}
	after := d.Plan
	for n := range list {
		c := list[n]
		c.Name, c.Note = strings.TrimSpace(c.Name), strings.TrimSpace(c.Note)
		at := "/customers/" + strconv.Itoa(n)
		before := was[c.ID]
		if slices.ContainsFunc(list[:n], func(o PlannedCustomer) bool { return o.ID == c.ID }) {
			faults = append(faults, Fault{at + "/id", FaultNotAllowed, "Name each customer once."})
			continue
		}
		if bad := d.customerFaults(at, &c, before); len(bad) > 0 {
			faults = append(faults, bad...)
			continue
		}
		c.dates(before, s.at())
		c.Revision = before.Revision
		if c == before {
			continue
		}
		c.Revision = p.Version + 1
		planned.Changes = append(planned.Changes, CustomerChange{before, c})
		after.count(before, -1)
		after.count(c, 1)
	}
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	switch {
	case after.Customers > maxPlanned:
		return Event{}, Refuse(CodeTooMany, "A transition plan holds "+thousands(maxPlanned)+" customers at most. Those that stay indirect need not be in it.")
	case len(planned.Changes) == 0:
		return Event{}, Refuse(CodeNothingChanged, "The plan says so already: nothing was changed.").At(p.path("direct-bill/customers"))
	}
	return p.event(s, planned), nil
}

// dates gives each step the date since which it stands so.
func (c *PlannedCustomer) dates(was PlannedCustomer, at time.Time) {
	since := func(is, was CustomerStep, before time.Time) time.Time {
		switch {
		case is == "" || is == StepOpen:
			return time.Time{}
		case is == was:
			return before
		}
		return at
	}
	c.AgreementAt = since(c.Agreement, was.Agreement, was.AgreementAt)
	c.ProvisioningAt = since(c.Provisioning, was.Provisioning, was.ProvisioningAt)
}

// customerFaults judges one customer; what is left out of it is as it was.
func (d DirectBill) customerFaults(at string, c *PlannedCustomer, was PlannedCustomer) []Fault {
	var faults []Fault
	bad := func(member, code, message string) { faults = append(faults, Fault{at + member, code, message}) }
	if c.ID == "" || len(c.ID) > maxCustomerID || strings.ContainsFunc(c.ID, notOfAnID) {
		bad("/id", FaultInvalid, "Use up to 64 letters, digits, dots, hyphens and underscores.")
	}
	if c.Name == "" {
		c.Name = was.Name
	}
	if c.Plan == "" {
		c.Plan = was.Plan
	}
	if c.Plan == PlanRemove {
		if was.ID == "" {
			bad("/plan", FaultNotAllowed, "This customer isn't in the plan.")
		} else if was.Provisioning == StepStarted || was.Provisioning == StepMade {
			bad("/plan", FaultNotAllowed, "Provisioning has begun: the customer stays in the plan.")
		}
		*c = PlannedCustomer{ID: c.ID, Name: was.Name, Plan: PlanRemove}
		return faults
	}
	faults = append(faults, companyFaults(at+"/name", c.Name, true, maxCustomer)...)
	faults = append(faults, textFaults(at+"/note", c.Note, false, maxPlannedNote)...)
	switch c.Plan {
	case PlanMove:
		if c.Agreement == "" {
			c.Agreement = stepOr(was.Agreement)
		}
		if c.Provisioning == "" {
			c.Provisioning = stepOr(was.Provisioning)
		}
	case PlanIndirect:
		if c.Agreement != "" || c.Provisioning != "" {
			bad("/plan", FaultNotAllowed, "A customer that stays indirect has no agreement and no provisioning to track.")
		}
		if was.Provisioning == StepStarted || was.Provisioning == StepMade {
			bad("/plan", FaultNotAllowed, "Provisioning has begun: the customer moves.")
		}
		return faults
	default:
		bad("/plan", FaultUnsupported, "Use indirect, move or remove.")
		return faults
	}
	for member, step := range map[string]CustomerStep{"/agreement": c.Agreement, "/provisioning": c.Provisioning} {
		if step != StepOpen && step != StepStarted && step != StepMade {
			bad(member, FaultUnsupported, "Use Open, Started or Done.")
		}
	}
	if len(faults) > 0 {
		return faults
	}
	if c.Agreement != StepOpen && d.Status != DirectBillApproved && d.Status != DirectBillActive {
		bad("/agreement", FaultNotAllowed, "New customer agreements are for an approved company: plan now, go on after the approval.")
	}
	switch {
	case c.Provisioning == StepOpen:
	case d.Status != DirectBillActive:
		bad("/provisioning", FaultNotAllowed, "Provisioning begins once direct bill is Active.")
	case c.Agreement != StepMade:
		bad("/provisioning", FaultNotAllowed, "The customer's new agreement comes first.")
	}
	return faults
}

func stepOr(s CustomerStep) CustomerStep {
	if s == "" {
		return StepOpen
	}
	return s
}

func notOfAnID(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r))
}

// Listed says whether the plan's customers can be listed by it; "" is all.
func (c CustomerPlan) Listed() error {
	switch c {
	case "", PlanIndirect, PlanMove:
		return nil
	}
	return Invalid([]Fault{{"/plan", FaultUnsupported, "Use indirect or move, or leave it out."}})
}
