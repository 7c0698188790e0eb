package main

import (
	"context"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// existing is an enrolment's claim of an existing membership, with the record
// that was last read for it (E5).
type existing struct {
	claim *onboarding.MembershipClaim // nil for a company that is new to the programme
	load  func(context.Context, store.Request, time.Time) (string, *store.Replay, error)
	read  *onboarding.Membership
}

// existing reads the record together with the tenant, so that claiming costs one
// call whatever is on file.
func (f function) existing(tenantID string, claim *onboarding.MembershipClaim) existing {
	if claim == nil {
		return existing{}
	}
	read := &onboarding.Membership{}
	return existing{claim: claim, read: read, load: func(ctx context.Context, request store.Request, now time.Time) (string, *store.Replay, error) {
		id, m, replay, err := f.Store.LoadEnrolment(ctx, tenantID, claim.PartnerID, request, now)
		*read = m
		return id, replay, err
	}}
}

// at is what the rules need of the claim at a time, nil when there is none.
func (e existing) at(at time.Time) *onboarding.ExistingMembership {
	if e.claim == nil {
		return nil
	}
	return &onboarding.ExistingMembership{
		Claim: *e.claim, Record: *e.read, CaseID: app.NewID(app.CasePrefix, at), Secret: app.NewSecret(),
		Regions: region.Default(), Agreements: agreement.Table{},
	}
}
