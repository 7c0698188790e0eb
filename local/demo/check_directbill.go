package demo

import (
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/directbill"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// mostMonths is how far a demo moves a test clock.
const mostMonths = 60

// directBill judges an application for direct bill by the requirements that will
// be in force when it is submitted.
func (c *checker) directBill() {
	d := c.in.DirectBill
	if d == nil {
		return
	}
	if !c.in.TestPartner {
		c.fault("/testPartner", "direct bill needs months as a reseller: make it a test partner, whose clock can be moved on")
	}
	if d.MonthsAsReseller < 1 || d.MonthsAsReseller > mostMonths {
		c.fault("/directBill/monthsAsReseller", "use a number from 1 to %d", mostMonths)
		return
	}
	if u, ok := seededUser(d.Reviewer); !ok || !u.Staff {
		c.fault("/directBill/reviewer", "use one of the stack's reviewers: %s", strings.Join(reviewers(), ", "))
	}
	for member, text := range map[string]string{"reason": d.Reason, "evidence": d.Evidence} {
		if strings.TrimSpace(text) == "" {
			c.fault("/directBill/"+member, "say it: it is kept in the partner's audit trail")
		}
	}
	set, _ := directbill.Table{}.InForce(time.Now().AddDate(0, d.MonthsAsReseller, 0))
	for _, item := range set.Items {
		switch item.Kind {
		case onboarding.DirectBillMonths:
			if int64(d.MonthsAsReseller) < item.AtLeast {
				c.fault("/directBill/monthsAsReseller", "%s", item.Title)
			}
		case onboarding.DirectBillRevenue:
			if int64(d.RevenueUSD) < item.AtLeast {
				c.fault("/directBill/revenueUsd", "%s", item.Title)
			}
		case onboarding.DirectBillChoice:
			if !strings.Contains(" "+strings.Join(item.Options, " ")+" ", " "+d.SupportPlan+" ") || d.SupportPlan == "" {
				c.fault("/directBill/supportPlan", "use one of %s", strings.Join(item.Options, ", "))
			}
		}
	}
	company := onboarding.Partner{ID: "P", DirectBill: &onboarding.DirectBill{Status: onboarding.DirectBillApproved}}
	_, err := company.PlanCustomers(view.FromCustomers(d.Customers), nil, stampOf(c.in.User.Email))
	for _, f := range faultsOf(err) {
		c.fault("/directBill"+f.Pointer, "%s", f.Message)
	}
}
