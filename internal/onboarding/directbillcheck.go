package onboarding

import (
	"slices"
	"strconv"
	"time"
)

// DirectBillCheckStatus is where one requirement for direct bill stands.
type DirectBillCheckStatus string

// Statuses of a check.
const (
	DirectBillMet    DirectBillCheckStatus = "Met"
	DirectBillNotMet DirectBillCheckStatus = "NotMet"
	DirectBillOpen   DirectBillCheckStatus = "Open" // not answered, or not wholly
)

// Class is the stable class of a check's status.
func (s DirectBillCheckStatus) Class() Class {
	switch s {
	case DirectBillMet:
		return ClassDone
	case DirectBillOpen:
		return ClassAction
	}
	return ClassStopped
}

// DirectBillCheck is one requirement, with what the company answered (X1, X2).
type DirectBillCheck struct {
	Item   DirectBillItem
	Status DirectBillCheckStatus
	Text   string // why, for people
	From   time.Time
	Where  string
	Answer *DirectBillAnswer

	Faults []Fault // what stands against applying; none when it is met
}

// Tenure is the time that the company has been an indirect reseller.
type Tenure struct {
	Since  time.Time     // the first acceptance; zero when it never was one
	Time   time.Duration // in which a relationship was active
	Months int           // whole ones of it
}

// reaches is when so many months will be over if it goes on from now.
func (t Tenure) reaches(months int, now time.Time) time.Time {
	return now.Add(addMonths(t.Since, months).Sub(t.Since.Add(t.Time)))
}

// Tenure is the time that the company has been an indirect reseller: in which a
// relationship was active, that between two left out. Of relationships that the
// record forgot nothing is counted.
func (p Partner) Tenure(now time.Time) Tenure {
	type span struct{ from, to time.Time }
	var spans []span
	for _, r := range p.Relationships {
		if r.AcceptedAt.IsZero() || !r.AcceptedAt.Before(now) {
			continue
		}
		to := now
		if !r.ClosedAt.IsZero() && r.ClosedAt.Before(now) {
			to = r.ClosedAt
		}
		spans = append(spans, span{r.AcceptedAt, to})
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var t Tenure
	var end time.Time
	for _, s := range spans {
		if t.Since.IsZero() {
			t.Since = s.from
		}
		if from := latest(s.from, end); s.to.After(from) {
			t.Time, end = t.Time+s.to.Sub(from), s.to
		}
	}
	for t.Time > 0 && !addMonths(t.Since, t.Months+1).After(t.Since.Add(t.Time)) {
		t.Months++
	}
	return t
}

// addMonths adds calendar months; a day that the month doesn't have is its last.
func addMonths(t time.Time, n int) time.Time {
	added := t.AddDate(0, n, 0)
	if added.Day() != t.Day() {
		added = added.AddDate(0, 0, -added.Day())
	}
	return added
}

// DirectBillChecks answers how each requirement of a set stands: first what
// holds whatever the set (X2), then its items. The application isn't judged by
// it, a reviewer does that; but with one that isn't met it can't be submitted.
func (p Partner) DirectBillChecks(set DirectBillSet, now time.Time) []DirectBillCheck {
	verified := DirectBillCheck{Item: DirectBillItem{ID: "verification", Area: "business", Title: "The profile is complete and business verification Authorized", Text: "As for the indirect authorization."},
		Status: DirectBillMet, Text: "The company is verified.", Where: p.path("verification")}
	if !p.Authorized() {
		verified.Status, verified.Text = DirectBillNotMet, "Business verification isn't finished."
		verified.Faults = []Fault{{"/verification", FaultNotMet, verified.Text}}
	}
	checks := []DirectBillCheck{verified}
	for _, item := range set.Items {
		checks = append(checks, p.directBillCheck(item, now))
	}
	return checks
}

func (p Partner) directBillCheck(item DirectBillItem, now time.Time) DirectBillCheck {
	c := DirectBillCheck{Item: item, Status: DirectBillMet, Where: p.path("direct-bill")}
	stands := func(status DirectBillCheckStatus, code, text string) {
		c.Status, c.Text = status, text
		c.Faults = append(c.Faults, Fault{"/answers/" + item.ID, code, text})
	}
	if item.Kind == DirectBillMonths {
		t := p.Tenure(now)
		c.Text, c.Where = strconv.Itoa(t.Months)+" months by the record.", p.path("relationships")
		switch {
		case int64(t.Months) >= item.AtLeast:
		case len(p.activeRelationships()) == 0:
			stands(DirectBillNotMet, FaultNotMet, c.Text+" No relationship with a distributor is active: the time counts on once one is.")
		default:
			c.From = t.reaches(int(item.AtLeast), now)
			stands(DirectBillNotMet, FaultNotMet, c.Text+" It will be enough on "+c.From.UTC().Format("2 January 2006")+".")
		}
		return c
	}
	i := -1
	if p.DirectBill != nil {
		i = slices.IndexFunc(p.DirectBill.Answers, func(a DirectBillAnswer) bool { return a.Item == item.ID })
	}
	if i < 0 {
		stands(DirectBillOpen, FaultRequired, "Answer this: "+item.Title+".")
		return c
	}
	a := p.DirectBill.Answers[i]
	c.Answer = &a
	switch item.Kind {
	case DirectBillRevenue:
		end, err := time.Parse(time.DateOnly, a.PeriodEnd)
		over := end.AddDate(0, 0, 1)
		switch {
		case a.Amount == 0 || err != nil:
			stands(DirectBillOpen, FaultRequired, "Enter the revenue in USD and the last day of its twelve months.")
		case a.Amount < item.AtLeast:
			stands(DirectBillNotMet, FaultNotMet, "USD "+thousands(a.Amount)+" is less than USD "+thousands(item.AtLeast)+".")
		case over.After(now):
			stands(DirectBillNotMet, FaultNotMet, "The twelve months aren't over yet: enter those that ended last.")
		case now.Sub(over) > maxRevenueAge*24*time.Hour:
			stands(DirectBillNotMet, FaultNotMet, "The twelve months ended long ago: enter those that ended within the last three months.")
		default:
			c.Text = "USD " + thousands(a.Amount) + " in the twelve months to " + end.Format("2 January 2006") + "."
		}
	case DirectBillChoice:
		if c.Text = a.Choice + "."; a.Choice == "" {
			stands(DirectBillOpen, FaultRequired, "Choose one of the options.")
		}
	case DirectBillConfirmation:
		if c.Text = "The company confirms it."; !a.Met {
			stands(DirectBillNotMet, FaultNotMet, "The company answered that this isn't met: "+item.Title+".")
		}
	}
	if item.Evidence && a.Evidence == "" && len(a.Documents) == 0 {
		if c.Status == DirectBillMet {
			stands(DirectBillOpen, FaultRequired, "Name the evidence: a reference, or documents of the verification.")
		} else {
			c.Faults = append(c.Faults, Fault{"/answers/" + item.ID + "/evidence", FaultRequired, "Name the evidence: a reference, or documents of the verification."})
		}
	}
	return c
}

// DirectBillDays are the business days in which an application is decided, the
// earliest and the latest (X4).
func DirectBillDays() []int { return []int{directBillMinDays, directBillMaxDays} }

// DirectBillRequirements is the set that holds: the one that the application is
// bound to once it was submitted, else the one in force. changes says what it
// asks otherwise than the one that a draft answered (X1).
func (p Partner) DirectBillRequirements(sets DirectBillSets, now time.Time) (set DirectBillSet, changes []DirectBillChange) {
	set, _ = sets.InForce(now)
	d := p.DirectBill
	switch {
	case d == nil || d.SetID == set.ID:
	case d.Status == DirectBillUnderReview || d.Status == DirectBillApproved || d.Status == DirectBillActive:
		set, _ = sets.Set(d.SetID)
	default:
		was, _ := sets.Set(d.SetID)
		changes = was.ChangesTo(set)
	}
	return set, changes
}

// DirectBillDeclared is a statement with who declared it, nobody while At is zero.
type DirectBillDeclared struct {
	DirectBillStatement
	By Assignee
	At time.Time
}

// DirectBillDeclared is what a set asks to be declared, each as far as it was
// declared in these words (X3).
func (p Partner) DirectBillDeclared(set DirectBillSet) []DirectBillDeclared {
	var list []DirectBillDeclared
	for _, statement := range set.Statements {
		entry := DirectBillDeclared{DirectBillStatement: statement}
		if p.DirectBill != nil {
			for _, d := range p.DirectBill.Declarations {
				if d.ID == statement.ID && d.Text == statement.Text {
					entry.By, entry.At = d.By, d.At
				}
			}
		}
		list = append(list, entry)
	}
	return list
}

// DirectBillRemaining lists what stands against submitting the draft, with the
// same faults that submitting it answers; nothing once it was submitted.
func (p Partner) DirectBillRemaining(set DirectBillSet, now time.Time) []Fault {
	switch p.DirectBillStatus() {
	case DirectBillUnderReview, DirectBillOverdue, DirectBillApproved, DirectBillActive:
		return nil
	}
	var faults []Fault
	for _, c := range p.DirectBillChecks(set, now) {
		faults = append(faults, c.Faults...)
	}
	for _, d := range p.DirectBillDeclared(set) {
		if d.At.IsZero() {
			faults = append(faults, Fault{"/declarations/" + d.ID, FaultMustBeTrue, "Declare this: " + d.Text})
		}
	}
	return faults
}
