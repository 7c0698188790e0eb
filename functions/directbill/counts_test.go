//go:build stack

package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/directbill"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID + "/direct-bill"

func wired(parts app.Parts) rig.Handler {
	f := function{parts, rig.Knowledge().Calendar, directbill.Table{}}
	return app.Step(f.router(), f.tasks())
}

// draft answers everything that is required.
func draft(now time.Time) map[string]any {
	confirmed := func(item string) any {
		return map[string]any{"item": item, "met": true, "evidence": "Record of " + item}
	}
	return map[string]any{
		"answers": []any{
			map[string]any{"item": "revenue", "amountUsd": 1250000, "periodEnd": now.AddDate(0, 0, -10).Format(time.DateOnly), "evidence": "Report"},
			map[string]any{"item": "supportPlan", "choice": "Advanced", "evidence": "Contract"},
			confirmed("operationalAssessment"), confirmed("securityScore"), confirmed("partnerDesignation"), confirmed("directBillAgreement"),
		},
		"declarations": []any{"firstLevelSupport", "alertsAnswered", "billsCustomers", "provisionsCustomers"},
	}
}

func reseller(r *rig.Rig) *rig.Rig {
	r.Active().Pass(366 * 24 * time.Hour)
	return r
}

func drafted(r *rig.Rig) *rig.Rig {
	reseller(r).Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		text, err := json.Marshal(draft(r.Now()))
		if err != nil {
			return onboarding.Event{}, err
		}
		var body api.DirectBillDraft
		if err := json.Unmarshal(text, &body); err != nil {
			return onboarding.Event{}, err
		}
		in := onboarding.DirectBillInput{Declarations: body.Declarations}
		for _, a := range body.Answers {
			in.Answers = append(in.Answers, onboarding.DirectBillAnswer{Item: a.Item, Met: a.Met, Amount: int64(a.AmountUsd), PeriodEnd: a.PeriodEnd, Choice: a.Choice, Evidence: a.Evidence})
		}
		return p.SaveDirectBill(in, 0, directbill.Table{}, s)
	})
	return r
}

func applied(r *rig.Rig) *rig.Rig {
	drafted(r).Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ApplyDirectBill(directbill.Table{}, rig.Knowledge().Calendar, s)
	})
	return r
}

func approved(r *rig.Rig) *rig.Rig {
	applied(r).Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.DecideDirectBill(onboarding.DecideDirectBill{Result: onboarding.DirectBillApproved, Note: "Fine."}, rig.Knowledge().Calendar, s)
	})
	return r
}

func planOf(n int) map[string]any {
	var list []any
	for i := range n {
		list = append(list, map[string]any{"id": fmt.Sprintf("C-%d", i), "name": "Fabrikam", "plan": "move"})
	}
	return map[string]any{"customers": list}
}

func put() rig.Call {
	c := rig.Get(rig.Admin, path)
	c.Method, c.Body = "PUT", map[string]any{"answers": []any{}, "declarations": []any{}}
	c.Headers = map[string]string{"If-Match": `"0"`}
	return c
}

// rows are the operations, each with a call to it and its cost (F3). What a
// customer's plan was is read with one more call.
func rows(t *testing.T) []rig.Row {
	t.Helper()
	return []rig.Row{
		{Operation: "listDirectBillRequirements", Status: 200, State: (*rig.Rig).Enrolled, Call: rig.Get(rig.Admin, "/direct-bill-requirements")},
		rig.Read("getDirectBill", applied, rig.Get(rig.Admin, path)),
		rig.Command("saveDirectBill", 200, 0, (*rig.Rig).Enrolled, put()),
		rig.Command("submitDirectBill", 200, 1, drafted, rig.Post(rig.Admin, path+"/submission", nil)),
		rig.Command("withdrawDirectBill", 200, 1, rig.Waiting(wired, applied), rig.Post(rig.Admin, path+"/withdrawal", map[string]any{})),
		rig.Command("claimDirectBill", 200, 0, applied, rig.Post(rig.Reviewer, path+"/claim", map[string]any{"reason": "Mine."})),
		rig.Command("decideDirectBill", 200, 1, rig.Waiting(wired, applied), rig.Post(rig.Reviewer, path+"/decision", map[string]any{"decision": "Approved", "reason": "Fine."})),
		rig.Command("setDirectBillTask", 200, 0, approved, rig.Post(rig.Admin, path+"/tasks/billing", map[string]any{"status": "Done", "evidence": "Invoice"})),
		{Operation: "listDirectBillCustomers", Status: 200, State: applied, Call: rig.Get(rig.Admin, path+"/customers"), Cost: rig.Count{Reads: 2}},
		{Operation: "planDirectBillCustomers", Status: 200, State: drafted, Call: rig.Post(rig.Admin, path+"/customers", planOf(onboarding.MaxPlannedAtOnce)), Cost: rig.Count{Reads: 2, Transactions: 1}},
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "directbill", wired, rows(t))
}

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := drafted(rig.New(t))
	r.Example(wired(r.Parts), 200)
}

func TestX6_APlanOfManyCustomersIsReadInPagesAndChangedUnderAGuard(t *testing.T) {
	r := approved(rig.New(t))
	h := wired(r.Parts)
	for n := range 3 {
		body := planOf(onboarding.MaxPlannedAtOnce)
		for i, c := range body["customers"].([]any) {
			c.(map[string]any)["id"] = fmt.Sprintf("C-%d-%02d", n, i)
			if i%2 == 1 {
				c.(map[string]any)["plan"] = "indirect"
			}
		}
		if status, _, text := r.Do(h, rig.Post(rig.Admin, path+"/customers", body)); status != 200 {
			t.Fatalf("%d %s", status, text)
		}
	}
	seen := map[string]bool{}
	for next := ""; ; {
		status, _, text := r.Do(h, rig.Get(rig.Admin, path+"/customers?plan=move&limit=40"+next))
		var page api.DirectBillCustomerPage
		if err := json.Unmarshal(text, &page); status != 200 || err != nil {
			t.Fatalf("%d %s", status, text)
		}
		for _, c := range page.Items {
			if seen[c.ID] || c.Plan != api.CustomerPlanMove {
				t.Errorf("%+v, seen %t", c, seen[c.ID])
			}
			seen[c.ID] = true
		}
		if page.Plan.Customers != 150 || page.Plan.Moving != 75 || page.Plan.Indirect != 75 {
			t.Errorf("%+v", page.Plan)
		}
		if page.Next == "" {
			break
		}
		next = "&cursor=" + page.Next
	}
	if len(seen) != 75 {
		t.Errorf("%d customers", len(seen))
	}
	done := map[string]any{"customers": []any{map[string]any{"id": "C-0-00", "agreement": "Done"}, map[string]any{"id": "C-0-01", "plan": "remove"}}}
	for range 2 { // the second changes nothing, but that the one taken out isn't there
		status, _, text := r.Do(h, rig.Post(rig.Admin, path+"/customers", done))
		var is api.DirectBillCustomerPlan
		if err := json.Unmarshal(text, &is); status != 200 || err != nil || len(is.Items) != 1 || is.Items[0].Agreement != api.CustomerStepDone || is.Plan.Customers != 149 || is.Plan.Agreed != 1 {
			t.Errorf("%d %s", status, text)
		}
		done["customers"] = done["customers"].([]any)[:1]
	}
	// What was read of the plan is what is written over, or nothing is.
	stale := onboarding.PlannedCustomer{ID: "C-0-00", Name: "Fabrikam", Plan: onboarding.PlanMove, Agreement: onboarding.StepOpen, Provisioning: onboarding.StepOpen, Revision: 1}
	_, err := tell(t, r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.PlanCustomers([]onboarding.PlannedCustomer{{ID: "C-0-00", Plan: onboarding.PlanIndirect}}, map[string]onboarding.PlannedCustomer{"C-0-00": stale}, s)
	})
	if err == nil {
		t.Error("a change of what another had changed was written")
	}
	if status, _, text := r.Do(h, rig.Get(rig.Admin, path+"/customers?plan=moon")); status != 422 {
		t.Errorf("%d %s", status, text)
	}
	if status, _, text := r.Do(h, rig.Get(rig.Admin, path+"/customers?cursor=!")); status != 422 {
		t.Errorf("%d %s", status, text)
	}
}
