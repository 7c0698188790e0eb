package view

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// day writes the day that a time lies in, in UTC.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// lastDay writes the last day before a moment.
func lastDay(until time.Time) string {
	if until.IsZero() {
		return ""
	}
	return day(until.Add(-time.Nanosecond))
}

func directBillItem(i onboarding.DirectBillItem) api.DirectBillItem {
	return api.DirectBillItem{
		Item: i.ID, Area: api.DirectBillArea(i.Area), Kind: api.DirectBillItemKind(cmp.Or(i.Kind, "none")), Title: i.Title, Text: i.Text,
		AtLeast: int(i.AtLeast), Options: i.Options, Evidence: i.Evidence,
	}
}

// DirectBillSet renders a set of requirements with its source (X1).
func DirectBillSet(s onboarding.DirectBillSet, inForce bool) api.DirectBillSet {
	out := api.DirectBillSet{
		SetID: s.ID, FiscalYear: s.FiscalYear, Title: s.Title, EffectiveFrom: day(s.From), EffectiveUntil: lastDay(s.Until), InForce: inForce,
		Source: api.DirectBillSource{Title: s.SourceTitle, URL: s.SourceURL, ReadOn: s.SourceReadOn, Note: s.SourceNote},
		Items:  []api.DirectBillItem{}, Declarations: []api.DirectBillStatement{},
	}
	for _, i := range s.Items {
		out.Items = append(out.Items, directBillItem(i))
	}
	for _, d := range s.Statements {
		out.Declarations = append(out.Declarations, api.DirectBillStatement{ID: d.ID, Area: api.DirectBillArea(d.Area), Text: d.Text})
	}
	return out
}

// FromDirectBillDraft reads a draft.
func FromDirectBillDraft(body api.DirectBillDraft) onboarding.DirectBillInput {
	in := onboarding.DirectBillInput{Declarations: body.Declarations}
	for _, a := range body.Answers {
		in.Answers = append(in.Answers, onboarding.DirectBillAnswer{
			Item: a.Item, Met: a.Met, Amount: int64(a.AmountUsd), PeriodEnd: a.PeriodEnd, Choice: a.Choice, Evidence: a.Evidence, Documents: a.DocumentIds,
		})
	}
	return in
}

// DirectBill renders where a partner stands with direct bill (X1 to X6). The
// partner doesn't see who of staff acts, nor staff's own words.
func DirectBill(p onboarding.Partner, sets onboarding.DirectBillSets, staff bool, now time.Time) api.DirectBill {
	status := p.DirectBillStatus()
	v := api.DirectBill{
		PartnerID: p.ID, Test: p.Test, Status: api.DirectBillStatus(status), StatusClass: api.StatusClass(status.Class()),
		Checks: []api.DirectBillCheck{}, Declarations: []api.DirectBillDeclaration{}, Changes: []api.DirectBillChange{}, Remaining: []api.FieldError{},
		Plan: DirectBillPlan(p), Turn: Turn(p.DirectBillTurn(now)),
	}
	tenure := p.Tenure(now)
	v.Reseller = api.DirectBillReseller{Months: tenure.Months, Since: Time(tenure.Since)}
	set, changes := p.DirectBillRequirements(sets, now)
	v.Requirements = api.DirectBillRequirementsRef{SetID: set.ID, FiscalYear: set.FiscalYear, Title: set.Title, EffectiveFrom: day(set.From), EffectiveUntil: lastDay(set.Until)}
	for _, c := range changes {
		v.Changes = append(v.Changes, api.DirectBillChange{Item: c.Item, Text: c.Text})
	}
	for _, c := range p.DirectBillChecks(set, now) {
		v.Checks = append(v.Checks, directBillCheck(c))
	}
	for _, d := range p.DirectBillDeclared(set) {
		v.Declarations = append(v.Declarations, api.DirectBillDeclaration{
			ID: d.ID, Area: api.DirectBillArea(d.Area), Text: d.Text, Declared: !d.At.IsZero(), By: cmp.Or(d.By.Name, d.By.Email), At: Time(d.At),
		})
	}
	v.Remaining = Faults(p.DirectBillRemaining(set, now))
	if d := p.DirectBill; d != nil {
		directBillState(&v, *d, staff)
	}
	return v
}

func directBillState(v *api.DirectBill, d onboarding.DirectBill, staff bool) {
	v.Since, v.Application, v.ApplyAgainFrom = Time(d.Since), d.Application, Time(d.ApplyAgain)
	if r := d.Review; r != nil {
		v.SubmittedAt, v.SubmittedBy = Time(r.SubmittedAt), cmp.Or(r.SubmittedBy.Name, r.SubmittedBy.Email)
		v.Expected = &api.ExpectedDates{Earliest: Time(r.Earliest), Latest: Time(r.Latest), BusinessDays: onboarding.DirectBillDays(), Calendar: r.Calendar}
		if r.Claim != nil && staff {
			v.Claim = &api.CaseClaim{UserID: r.Claim.UserID, Name: r.Claim.Name, Email: r.Claim.Email, At: Time(r.Claim.At)}
		}
	}
	if c := d.Decision; c != nil {
		v.Decision = &api.DirectBillDecision{Decision: api.DirectBillDecisionValue(c.Result), At: Time(c.At), ApplyAgainFrom: Time(c.ApplyAgain), Reasons: []api.DirectBillReason{}}
		for _, code := range c.Reasons {
			r, _ := onboarding.DirectBillReasonOf(code)
			v.Decision.Reasons = append(v.Decision.Reasons, api.DirectBillReason{Code: api.DirectBillReasonCode(code), Text: r.Text, Remedy: r.Remedy})
		}
		if staff {
			v.Decision.Reason = c.Note
		}
	}
	for _, t := range d.Tasks {
		v.Tasks = append(v.Tasks, directBillTask(t, staff))
	}
}

func directBillCheck(c onboarding.DirectBillCheck) api.DirectBillCheck {
	i := directBillItem(c.Item)
	out := api.DirectBillCheck{
		Item: i.Item, Area: i.Area, Kind: i.Kind, Title: i.Title, Text: i.Text, AtLeast: i.AtLeast, Options: i.Options, Evidence: i.Evidence,
		Status: api.DirectBillCheckStatus(c.Status), StatusClass: api.StatusClass(c.Status.Class()), Detail: c.Text, From: Time(c.From), Where: c.Where,
	}
	if a := c.Answer; a != nil {
		out.Answer = &api.DirectBillAnswer{Item: a.Item, Met: a.Met, AmountUsd: int(a.Amount), PeriodEnd: a.PeriodEnd, Choice: a.Choice, Evidence: a.Evidence, DocumentIds: a.Documents}
	}
	return out
}

func directBillTask(t onboarding.DirectBillTask, staff bool) api.DirectBillTask {
	out := api.DirectBillTask{
		Task: api.DirectBillTaskName(t.Name), Title: t.Name.Title(), Text: t.Name.Text(), Who: api.Party(t.Who), Status: api.DirectBillTaskStatusOpen, StatusClass: api.StatusClassAction,
		Due: Time(t.Due), OverdueSince: Time(t.EscalatedAt), DoneAt: Time(t.DoneAt), Evidence: t.Evidence, ReopenedBecause: t.Reopened,
	}
	switch {
	case t.Done():
		out.Status, out.StatusClass = api.DirectBillTaskStatusDone, api.StatusClassDone
	case t.Who != onboarding.PartyPartner:
		out.StatusClass = api.StatusClassWaiting
	}
	if staff || t.Who == onboarding.PartyPartner {
		out.By = cmp.Or(t.By.Name, t.By.Email)
	}
	return out
}

// DirectBillPlan renders the figures of the transition plan (X6).
func DirectBillPlan(p onboarding.Partner) api.DirectBillPlan {
	out := api.DirectBillPlan{Note: onboarding.SubscriptionsDontMove}
	if p.DirectBill != nil {
		s := p.DirectBill.Plan
		out.Customers, out.Indirect, out.Moving, out.Agreed, out.Moved = s.Customers, s.Customers-s.Moving, s.Moving, s.Agreed, s.Moved
	}
	return out
}

// FromCustomers reads customers of a plan.
func FromCustomers(list []api.DirectBillCustomerInput) []onboarding.PlannedCustomer {
	out := make([]onboarding.PlannedCustomer, 0, len(list))
	for _, c := range list {
		out = append(out, onboarding.PlannedCustomer{
			ID: c.ID, Name: c.Name, Plan: onboarding.CustomerPlan(c.Plan), Agreement: onboarding.CustomerStep(c.Agreement), Provisioning: onboarding.CustomerStep(c.Provisioning), Note: c.Note,
		})
	}
	return out
}

// Customer renders a customer of the plan.
func Customer(c onboarding.PlannedCustomer) api.DirectBillCustomer {
	return api.DirectBillCustomer{
		ID: c.ID, Name: c.Name, Plan: api.CustomerPlan(c.Plan), Agreement: api.CustomerStep(c.Agreement), AgreementAt: Time(c.AgreementAt),
		Provisioning: api.CustomerStep(c.Provisioning), ProvisioningAt: Time(c.ProvisioningAt), Note: c.Note, Moved: c.Moved(),
	}
}

// directBillEvent titles what happened to direct bill, and gives its details to
// set.
func directBillEvent(data onboarding.EventData, staff bool, set func(name, value string)) string {
	internal := func(name, value string) {
		if staff {
			set(name, value)
		}
	}
	switch d := data.(type) {
	case *onboarding.DirectBillSaved:
		set("requirements", d.SetID)
		return "A draft of the application for direct bill was saved"
	case *onboarding.DirectBillSubmitted:
		set("requirements", d.SetID)
		set("latest", Time(d.Latest).Format(time.RFC3339))
		return "The company applied for direct bill"
	case *onboarding.DirectBillGivenUp:
		set("reason", d.Reason)
		return "Direct bill was given up: the indirect authorization is untouched"
	case *onboarding.DirectBillClaimed:
		internal("reason", d.Reason)
		return "A reviewer took the application for direct bill"
	case *onboarding.DirectBillDecided:
		codes := make([]string, 0, len(d.Reasons))
		for _, c := range d.Reasons {
			codes = append(codes, string(c))
		}
		set("reasonCodes", strings.Join(codes, ", "))
		if !d.ApplyAgain.IsZero() {
			set("applyAgainFrom", Time(d.ApplyAgain).Format(time.RFC3339))
		}
		internal("reason", d.Note)
		return "The application for direct bill: " + string(d.Result)
	case *onboarding.DirectBillEscalated:
		return "The promised business days were over: the application for direct bill was escalated"
	case *onboarding.DirectBillTaskDone:
		set("task", string(d.Task))
		set("evidence", d.Evidence)
		return "A task of direct bill was done"
	case *onboarding.DirectBillTaskReopened:
		set("task", string(d.Task))
		set("reason", d.Reason)
		return "A task of direct bill was opened again"
	case *onboarding.DirectBillActivated:
		set("task", string(d.Task))
		set("evidence", d.Evidence)
		return "The last task was done: direct bill is Active, beside the indirect authorization"
	case *onboarding.DirectBillTasksOverdue:
		names := make([]string, 0, len(d.Tasks))
		for _, t := range d.Tasks {
			names = append(names, string(t))
		}
		set("tasks", strings.Join(names, ", "))
		return "Tasks of direct bill are overdue"
	case *onboarding.DirectBillReminded:
		set("about", d.About)
		return "A reminder about direct bill was sent"
	case *onboarding.DirectBillCustomersPlanned:
		set("customers", strconv.Itoa(len(d.Changes)))
		return "Customers of the transition plan were changed"
	}
	return ""
}
