package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/directbill"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /direct-bill-requirements", f.requirements)
	r.Handle("GET /partners/{partnerId}/direct-bill", f.read)
	r.Handle("PUT /partners/{partnerId}/direct-bill", f.save)
	r.Handle("POST /partners/{partnerId}/direct-bill/submission", f.submit)
	r.Handle("POST /partners/{partnerId}/direct-bill/withdrawal", f.withdraw)
	r.Handle("POST /partners/{partnerId}/direct-bill/claim", f.claim)
	r.Handle("POST /partners/{partnerId}/direct-bill/decision", f.decide)
	r.Handle("POST /partners/{partnerId}/direct-bill/tasks/{task}", f.task)
	r.Handle("GET /partners/{partnerId}/direct-bill/customers", f.customers)
	r.Handle("POST /partners/{partnerId}/direct-bill/customers", f.plan)
	return r
}

// requirements lists every set with its source (X1).
func (f function) requirements(*httpapi.Request) (store.Answer, error) {
	list := api.DirectBillSetList{Items: []api.DirectBillSet{}}
	now, _ := f.sets.InForce(f.Now())
	for _, s := range directbill.All() {
		list.Items = append(list.Items, view.DirectBillSet(s, s.ID == now.ID))
	}
	return httpapi.JSON(http.StatusOK, list)
}

func (f function) read(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return f.tagged(r)(p, onboarding.Event{})
}

// tagged renders direct bill with the draft's version.
func (f function) tagged(r *httpapi.Request) func(onboarding.Partner, onboarding.Event) (store.Answer, error) {
	return func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
		return httpapi.JSONWith(http.StatusOK, view.DirectBill(p, f.sets, r.By.Staff, p.Now(f.Now())), "ETag", httpapi.ETag(p.DirectBillRevision()))
	}
}

// shown renders direct bill.
func (f function) shown(r *httpapi.Request) func(onboarding.Partner, onboarding.Event) (store.Answer, error) {
	return func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
		return httpapi.JSON(http.StatusOK, view.DirectBill(p, f.sets, r.By.Staff, p.Now(f.Now())))
	}
}

// save keeps a draft (X1, X3).
func (f function) save(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DirectBillDraft](r)
	if err != nil {
		return store.Answer{}, err
	}
	revision, err := r.IfMatch()
	if err != nil {
		return store.Answer{}, err
	}
	current := 0
	answer, err := r.Command(f.Commands, onboarding.ActionApplyDirectBill,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			current = p.DirectBillRevision()
			return p.SaveDirectBill(view.FromDirectBillDraft(body), revision, f.sets, s)
		}, f.tagged(r))
	if onboarding.CodeOf(err) == onboarding.CodeStaleVersion {
		return store.Answer{Headers: map[string]string{"ETag": httpapi.ETag(current)}}, err
	}
	return answer, err
}

// submit applies for direct bill (X4).
func (f function) submit(r *httpapi.Request) (store.Answer, error) {
	return r.Command(f.Commands, onboarding.ActionApplyDirectBill,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.ApplyDirectBill(f.sets, f.calendar, s)
		}, f.shown(r))
}

func (f function) withdraw(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DirectBillWithdrawal](r)
	if err != nil {
		return store.Answer{}, err
	}
	return r.Command(f.Commands, onboarding.ActionApplyDirectBill,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.WithdrawDirectBill(body.Reason, s)
		}, f.shown(r))
}

// claim takes an application in hand; one's own again is answered as done.
func (f function) claim(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DirectBillClaim](r)
	if err != nil {
		return store.Answer{}, err
	}
	var seen onboarding.Partner
	answer, err := r.Command(f.Commands, onboarding.ActionDecideDirectBill,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			seen = p
			return p.ClaimDirectBill(body.TakeOver, body.Reason, s)
		}, f.shown(r))
	if onboarding.CodeOf(err) == onboarding.CodeClaimHeld {
		return f.shown(r)(seen, onboarding.Event{})
	}
	return answer, err
}

// decide is the reviewer's decision (X4).
func (f function) decide(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DirectBillDecisionRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	d := onboarding.DecideDirectBill{Result: onboarding.DirectBillStatus(body.Decision), ApplyAgain: body.ApplyAgainFrom, Note: body.Reason, Application: body.Application}
	for _, code := range body.ReasonCodes {
		d.Reasons = append(d.Reasons, onboarding.DirectBillReason(code))
	}
	return r.Command(f.Commands, onboarding.ActionDecideDirectBill,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.DecideDirectBill(d, f.calendar, s)
		}, f.shown(r))
}

// task takes down that a task is done, or isn't after all (X5).
func (f function) task(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DirectBillTaskRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	set := onboarding.SetDirectBillTask{
		Task: onboarding.DirectBillTaskName(r.HTTP.PathValue("task")), Done: body.Status == api.DirectBillTaskStatusDone, Evidence: body.Evidence, Reason: body.Reason,
	}
	return r.Command(f.Commands, onboarding.ActionDirectBillTask,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.SetDirectBillTask(set, f.calendar, s)
		}, f.shown(r))
}

// customers answers a page of the transition plan (X6).
func (f function) customers(r *httpapi.Request) (store.Answer, error) {
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	query := r.HTTP.URL.Query()
	plan := onboarding.CustomerPlan(query.Get("plan"))
	if err := plan.Listed(); err != nil {
		return store.Answer{}, err
	}
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	list, next, err := f.Store.PlanPage(r.Context(), p.ID, plan, query.Get("cursor"), limit)
	if err != nil {
		return store.Answer{}, err
	}
	page := api.DirectBillCustomerPage{Items: []api.DirectBillCustomer{}, Next: next, Plan: view.DirectBillPlan(p)}
	for _, c := range list {
		page.Items = append(page.Items, view.Customer(c))
	}
	return httpapi.JSON(http.StatusOK, page)
}

// plan puts customers into the transition plan (X6). What is already so is
// answered as done.
func (f function) plan(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DirectBillPlanRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	list := view.FromCustomers(body.Customers)
	look := planned{store: f.Store, list: list}
	result, err := f.Commands.Run(r.Context(), command.Command{
		PartnerID: r.PartnerID(), By: r.By.Actor(), Request: request, Look: look.read,
		Authorize: func(p onboarding.Partner) error {
			return onboarding.Authorize(r.By, onboarding.ActionApplyDirectBill, p)
		},
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.PlanCustomers(list, look.was, s)
		},
		Answer: look.answer,
	})
	switch {
	case onboarding.CodeOf(err) == onboarding.CodeNothingChanged:
		return look.answer(look.partner, onboarding.Event{Data: onboarding.DirectBillCustomersPlanned{}})
	case result.Replayed:
		return httpapi.Replayed(result.Answer), err
	}
	return result.Answer, err
}
