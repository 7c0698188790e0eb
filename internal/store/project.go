package store

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// write is one item of a commit's transaction.
type write struct {
	item  types.TransactWriteItem
	taken error // what its failed condition means, for example a *onboarding.Refusal; nil is ErrConflict
}

// projections are the items beside partner and event that an event makes,
// changes or removes: what must be unique, and what has no room in the partner.
// They are written in the partner's transaction, so they never disagree with it.
// Each is derived from the partner before and after, and the event, alone.
//
// A transaction takes 100 items: an event that makes many must be one of several.
func (s *Store) projections(before, after onboarding.Partner, e onboarding.Event) []write {
	writes := s.tenant(before, after)
	writes = append(writes, s.signUp(before, after)...)
	writes = append(writes, s.companies(before, after, e)...)
	writes = append(writes, s.tries(e)...)
	writes = append(writes, s.directBill(before, after, e)...)
	writes = append(writes, s.acceptances(before, after, e)...)
	writes = append(writes, s.resellers(before, after)...)
	writes = append(writes, s.useInvitation(after, e)...) // D2
	writes = append(writes, s.locations(after, e)...)     // L5
	return append(writes, s.membership(before, after, e)...)
}

// tenant claims the tenant for its one partner (E3).
func (s *Store) tenant(before, after onboarding.Partner) []write {
	if before.Version > 0 {
		return nil
	}
	unique := key(tenantPK(after.TenantID), uniqueSK)
	unique["partnerId"] = str(after.ID)
	return []write{{s.newPut(unique), ErrTenantTaken}}
}
