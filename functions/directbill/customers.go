package main

import (
	"context"
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// planned is what a command that plans customers has read of the plan.
type planned struct {
	store   *store.Store
	list    []onboarding.PlannedCustomer // that are planned
	was     map[string]onboarding.PlannedCustomer
	partner onboarding.Partner
}

// read looks which of the customers the plan has; too many are the rules' to
// refuse.
func (l *planned) read(ctx context.Context, r store.Record) (err error) {
	l.partner = r.Partner
	var ids []string
	for _, c := range l.list[:min(len(l.list), onboarding.MaxPlannedAtOnce)] {
		ids = append(ids, c.ID)
	}
	l.was, err = l.store.PlannedCustomers(ctx, r.Partner.ID, ids)
	return err
}

// answer shows the customers of the command as they are after it, without those
// that were taken out.
func (l *planned) answer(p onboarding.Partner, e onboarding.Event) (store.Answer, error) {
	is := map[string]onboarding.PlannedCustomer{}
	for id, c := range l.was {
		is[id] = c
	}
	for _, c := range e.Data.(onboarding.DirectBillCustomersPlanned).Changes {
		is[c.Is.ID] = c.Is
	}
	out := api.DirectBillCustomerPlan{Items: []api.DirectBillCustomer{}, Plan: view.DirectBillPlan(p)}
	for _, c := range l.list {
		if now := is[c.ID]; now.ID != "" && now.Plan != onboarding.PlanRemove {
			out.Items = append(out.Items, view.Customer(now))
		}
	}
	return httpapi.JSON(http.StatusOK, out)
}
