package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// DirectBill is an application for direct bill, after the five steps.
type DirectBill struct {
	MonthsAsReseller int                           `json:"monthsAsReseller"` // that the test clock is moved on by
	RevenueUSD       int                           `json:"revenueUsd"`
	SupportPlan      string                        `json:"supportPlan"`
	Evidence         string                        `json:"evidence"`
	Reviewer         string                        `json:"reviewer"`
	Reason           string                        `json:"reason"` // of the reviewer's approval
	Customers        []api.DirectBillCustomerInput `json:"customers"`
}

// taskOfStaff says which tasks of an approval staff confirms.
var taskOfStaff = map[api.DirectBillTaskName]bool{api.DirectBillTaskNameCredit: true, api.DirectBillTaskNameProvisioning: true}

// directBill plays the way from an application to Active with a hybrid plan (X1
// to X6).
func (d *demo) directBill(ctx context.Context) error {
	v, err := d.readDirectBill(ctx)
	if err != nil {
		return err
	}
	if v.Status == api.DirectBillStatusActive {
		d.already("direct bill is Active")
		return nil
	}
	for _, play := range []func(context.Context) error{d.passMonths, d.applyForDirectBill, d.approveDirectBill, d.planCustomers, d.doTasks, d.moveCustomers} {
		if err := play(ctx); err != nil {
			return err
		}
		if err := d.mayTransact(ctx, "asks in between whether the company may transact"); err != nil {
			return err
		}
	}
	return nil
}

// tests is what asks for the queues of test partners, when this is one.
func (d *demo) tests() string {
	if d.in.TestPartner {
		return "&test=true"
	}
	return ""
}

func (d *demo) readDirectBill(ctx context.Context) (v api.DirectBill, err error) {
	_, err = d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/direct-bill"), doing: "reads where direct bill stands"}, &v)
	return v, err
}

// passMonths moves the test clock on, a year at a time.
func (d *demo) passMonths(ctx context.Context) error {
	for left := d.in.DirectBill.MonthsAsReseller; left > 0; left -= 12 {
		var moved api.TestClockAdvance
		if _, err := d.act(ctx, request{
			who: d.admin, method: "POST", path: d.path("/test-clock"), doing: fmt.Sprintf("moves the test clock on by %d months", min(left, 12)),
			body: api.TestClockRequest{AdvanceBy: fmt.Sprintf("P%dM", min(left, 12))},
		}, &moved, func(answer) []string {
			return []string{fmt.Sprintf("it shows %s now; %d things happened until then", moved.TestClock.Now.UTC().Format("2 January 2006"), len(moved.Happened))}
		}); err != nil {
			return err
		}
	}
	return nil
}

// owed tells whose turn of direct bill it is, by the partner's own clock.
func (d *demo) owed(v api.DirectBill) []string {
	by := "no date"
	if !v.Turn.By.IsZero() {
		by = "by " + v.Turn.By.UTC().Format("2 January 2006, 15:04:05Z")
	}
	return []string{fmt.Sprintf("direct bill: %s; turn: %s: %s, %s", v.Status, v.Turn.Who, v.Turn.What, by)}
}

// applyForDirectBill answers what is required and submits it.
func (d *demo) applyForDirectBill(ctx context.Context) error {
	var status api.PartnerStatus
	if _, err := d.call(ctx, request{who: d.admin, method: "GET", path: d.path(""), doing: "reads the test clock"}, &status); err != nil {
		return err
	}
	var v api.DirectBill
	read, err := d.act(ctx, request{who: d.admin, method: "GET", path: d.path("/direct-bill"), doing: "looks what direct bill requires"}, &v, func(answer) []string {
		lines := []string{fmt.Sprintf("%s, in force since %s; %d months as an indirect reseller by the record", v.Requirements.Title, v.Requirements.EffectiveFrom, v.Reseller.Months)}
		for _, c := range v.Checks {
			lines = append(lines, fmt.Sprintf("%s: %s", c.Title, c.Status))
		}
		return lines
	})
	if err != nil {
		return err
	}
	draft := api.DirectBillDraft{Answers: []api.DirectBillAnswer{}, Declarations: []string{}}
	for _, c := range v.Checks {
		a := api.DirectBillAnswer{Item: c.Item, Evidence: d.in.DirectBill.Evidence}
		switch c.Kind {
		case api.DirectBillItemKindRevenue:
			a.AmountUsd, a.PeriodEnd = d.in.DirectBill.RevenueUSD, status.TestClock.Now.UTC().AddDate(0, 0, -1).Format(time.DateOnly)
		case api.DirectBillItemKindChoice:
			a.Choice = d.in.DirectBill.SupportPlan
		case api.DirectBillItemKindConfirmation:
			a.Met = true
		default:
			continue
		}
		draft.Answers = append(draft.Answers, a)
	}
	for _, s := range v.Declarations {
		draft.Declarations = append(draft.Declarations, s.ID)
	}
	if _, err := d.act(ctx, request{
		who: d.admin, method: "PUT", path: d.path("/direct-bill"), doing: "answers it and declares its readiness", body: draft, headers: []string{"If-Match", read.header.Get("ETag")},
	}, &v, func(answer) []string {
		return append(d.owed(v), fmt.Sprintf("%d answers with evidence, %d declarations; %d things stand against submitting it", len(draft.Answers), len(draft.Declarations), len(v.Remaining)))
	}); err != nil {
		return err
	}
	if _, err := d.act(ctx, request{who: d.admin, method: "POST", path: d.path("/direct-bill/submission"), doing: "applies for direct bill"}, &v, func(answer) []string {
		return d.owed(v)
	}); err != nil {
		return err
	}
	return d.follow(ctx, "the company applied for direct bill", awaitDecision...)
}

// approveDirectBill has a reviewer find the application and approve it.
func (d *demo) approveDirectBill(ctx context.Context) error {
	d.reviewer.email = d.in.DirectBill.Reviewer
	var page api.QueuePage
	if _, err := d.act(ctx, request{who: d.reviewer, method: "GET", path: "/partners?limit=100&queue=directBill" + d.tests(), doing: `looks into the queue "directBill" of test partners`}, &page, func(answer) []string {
		var lines []string
		for _, i := range page.Items {
			if i.PartnerID == d.partner {
				lines = append(lines, fmt.Sprintf("%s: %s, due by %s", i.CompanyName, i.Status, i.DueBy.UTC().Format("2 January 2006, 15:04:05Z")))
			}
		}
		return lines
	}); err != nil {
		return err
	}
	var v api.DirectBill
	if _, err := d.act(ctx, request{
		who: d.reviewer, method: "POST", path: d.path("/direct-bill/decision"), doing: "approves it",
		body: api.DirectBillDecisionRequest{Decision: api.DirectBillDecisionValueApproved, Reason: d.in.DirectBill.Reason},
	}, &v, func(answer) []string {
		lines := d.owed(v)
		for _, t := range v.Tasks {
			lines = append(lines, fmt.Sprintf("task of the %s: %s", t.Who, t.Title))
		}
		return lines
	}); err != nil {
		return err
	}
	return d.follow(ctx, "the application was approved", "AwaitTasks")
}

// planCustomers says what becomes of each customer.
func (d *demo) planCustomers(ctx context.Context) error {
	var plan api.DirectBillCustomerPlan
	_, err := d.act(ctx, request{
		who: d.admin, method: "POST", path: d.path("/direct-bill/customers"), doing: "plans what becomes of each customer", body: api.DirectBillPlanRequest{Customers: d.in.DirectBill.Customers},
	}, &plan, func(answer) []string { return planned(plan) })
	return err
}

func planned(plan api.DirectBillCustomerPlan) []string {
	lines := []string{fmt.Sprintf("%d customers: %d stay indirect, %d move; agreed %d, moved %d", plan.Plan.Customers, plan.Plan.Indirect, plan.Plan.Moving, plan.Plan.Agreed, plan.Plan.Moved)}
	for _, c := range plan.Items {
		line := fmt.Sprintf("%s %s: %s", c.ID, c.Name, c.Plan)
		if c.Agreement != "" {
			line += fmt.Sprintf(", agreement %s, provisioning %s", c.Agreement, c.Provisioning)
		}
		lines = append(lines, line)
	}
	first, _, _ := strings.Cut(plan.Plan.Note, ". ")
	return append(lines, first+".")
}

// doTasks has each side do its tasks; with the last one direct bill is Active.
func (d *demo) doTasks(ctx context.Context) error {
	v, err := d.readDirectBill(ctx)
	if err != nil {
		return err
	}
	for _, t := range v.Tasks {
		who := d.admin
		if taskOfStaff[t.Task] {
			who = d.reviewer
		}
		if _, err := d.act(ctx, request{
			who: who, method: "POST", path: d.path("/direct-bill/tasks/" + string(t.Task)), doing: "does: " + strings.ToLower(t.Title[:1]) + t.Title[1:],
			body: api.DirectBillTaskRequest{Status: api.DirectBillTaskStatusDone, Evidence: d.in.DirectBill.Evidence},
		}, &v, func(answer) []string { return d.owed(v) }); err != nil {
			return err
		}
	}
	if v.Status != api.DirectBillStatusActive {
		return d.failure("does the last task", "direct bill Active", string(v.Status), nil, d.lookAt(d.path("/direct-bill"))...)
	}
	return d.follow(ctx, "direct bill is Active", "Onboarded")
}

// moveCustomers tracks the customers that move up to the end.
func (d *demo) moveCustomers(ctx context.Context) error {
	var moving []api.DirectBillCustomerInput
	for _, c := range d.in.DirectBill.Customers {
		if c.Plan == api.CustomerPlanMove {
			moving = append(moving, api.DirectBillCustomerInput{ID: c.ID, Agreement: api.CustomerStepDone, Provisioning: api.CustomerStepDone})
		}
	}
	if len(moving) == 0 {
		return nil
	}
	var plan api.DirectBillCustomerPlan
	if _, err := d.act(ctx, request{
		who: d.admin, method: "POST", path: d.path("/direct-bill/customers"), doing: "has the new agreements accepted and the subscriptions provisioned anew", body: api.DirectBillPlanRequest{Customers: moving},
	}, &plan, func(answer) []string { return planned(plan) }); err != nil {
		return err
	}
	if plan.Plan.Moved != len(moving) {
		return d.failure("moves the customers", fmt.Sprintf("%d moved", len(moving)), fmt.Sprint(plan.Plan.Moved), nil, d.lookAt(d.path("/direct-bill/customers"))...)
	}
	v, err := d.readDirectBill(ctx)
	if err == nil {
		d.print.Entry(entry{label: "turn", style: yellow, text: d.owed(v)[0]})
	}
	return err
}
