package demo

import (
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// underReview is a company whose case waits for a decision, as the rules see it.
func underReview() onboarding.Partner {
	return onboarding.Partner{ID: "P", SubmittedAt: time.Unix(0, 0), Case: &onboarding.Case{
		ID: "C", Checks: []onboarding.Check{{Name: onboarding.CheckEmailOwnership, Status: onboarding.CheckPassed}},
	}}
}

func stampOf(email string) onboarding.Stamp {
	return onboarding.Stamp{At: time.Unix(0, 0), By: onboarding.Actor{UserID: email, Email: email}}
}

// verification lets the rules play every decision, and what the company does
// about each.
func (c *checker) verification() {
	if len(c.in.Verification) == 0 {
		c.fault("/verification", "say what the reviewer decides: at least one decision, the last one Authorized")
	}
	company := underReview()
	for i, d := range c.in.Verification {
		at := pointer("", "verification", i)
		if d.SupportRequest != "" {
			c.supportRequest(at+"/supportRequest", d)
		}
		if d.AfterBusinessDays < 0 || d.AfterBusinessDays > mostDays {
			c.fault(at+"/afterBusinessDays", "use a number from 0 to %d", mostDays)
		}
		if u, ok := seededUser(d.Reviewer); !ok || !u.Staff {
			c.fault(at+"/reviewer", "use one of the stack's reviewers: %s", strings.Join(reviewers(), ", "))
		}
		c.sequence(at, i, d)
		if d.Documents != nil {
			company = c.documents(at+"/documents", company, d)
		}
		company = c.decided(at, company, d)
	}
}

func (c *checker) supportRequest(at string, d Decision) {
	overdue := underReview()
	overdue.Case.EscalatedAt = time.Unix(0, 0)
	_, err := overdue.RequestSupport(d.SupportRequest, onboarding.Stamp{})
	for _, f := range faultsOf(err) {
		c.fault(at, "%s", f.Message)
	}
	if !d.Overdue() {
		c.fault(at, "support can be asked once the case is overdue: let afterBusinessDays be more than %d", promisedDays)
	}
}

// decided is the company after a decision, and after its appeal if it appeals;
// else its next case.
func (c *checker) decided(at string, company onboarding.Partner, d Decision) onboarding.Partner {
	decide := onboarding.Decide{Result: onboarding.VerificationStatus(d.Decision), Note: d.Reason}
	for _, code := range d.ReasonCodes {
		decide.Reasons = append(decide.Reasons, onboarding.ReasonCode(code))
	}
	e, err := company.Decide(decide, stampOf(d.Reviewer))
	if c.refused(at, at+"/reviewer", err) || d.Appeal == "" || d.Decision != api.DecisionValueRejected {
		return underReview()
	}
	company = company.Apply(e)
	e, err = company.Appeal(d.Appeal, c.days(), stampOf(c.in.User.Email))
	for _, f := range faultsOf(err) {
		c.fault(at+"/appeal", "%s", f.Message)
	}
	if err != nil && len(faultsOf(err)) == 0 {
		c.fault(at+"/appeal", "%s", err)
	}
	if err != nil {
		return underReview()
	}
	return company.Apply(e)
}

// refused notes what the rules have against a member: faults of what is in it,
// or a refusal of what it does, at the member that decides about it.
func (c *checker) refused(at, otherwise string, err error) bool {
	for _, f := range faultsOf(err) {
		c.fault(at+f.Pointer, "%s", f.Message)
	}
	if err != nil && len(faultsOf(err)) == 0 {
		c.fault(otherwise, "%s", err)
	}
	return err != nil
}

func (c *checker) days() onboarding.Calendar {
	days, err := calendar.New("US", 0)
	if err != nil {
		panic(err) // it is built in
	}
	return days
}

// sequence judges a decision by its place among the others.
func (c *checker) sequence(at string, i int, d Decision) {
	last := i == len(c.in.Verification)-1
	switch {
	case d.Decision == api.DecisionValueAuthorized && !last:
		c.fault(at+"/decision", "after an authorization nothing more is decided: let it be the last one")
	case d.Decision == api.DecisionValueRejected && last:
		c.fault(at+"/decision", "the last decision must be Authorized, or the onboarding has no end")
	}
	switch {
	case d.Decision == api.DecisionValueRejected && d.Correction == nil && d.Appeal == "":
		c.fault(at+"/correction", "say what the company corrects before it submits again, or write an appeal")
	case d.Decision == api.DecisionValueAuthorized && d.Correction != nil:
		c.fault(at+"/correction", "a correction belongs to a rejection")
	}
	switch {
	case d.Decision == api.DecisionValueAuthorized && d.Appeal != "":
		c.fault(at+"/appeal", "an appeal belongs to a rejection")
	case d.Appeal != "" && d.Correction != nil:
		c.fault(at+"/appeal", "appeal or correct: a rejection whose details were changed can't be appealed")
	}
}
