package view

import (
	"maps"
	"slices"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Address renders an address.
func Address(a onboarding.Address) api.Address {
	return api.Address{
		Country: a.Country, Lines: a.Lines, Locality: a.Locality, DependentLocality: a.DependentLocality,
		Subdivision: a.Subdivision, PostalCode: a.PostalCode, SortingCode: a.SortingCode,
	}
}

// FromAddress reads an address.
func FromAddress(a api.Address) onboarding.Address {
	return onboarding.Address{
		Country: a.Country, Lines: a.Lines, Locality: a.Locality, DependentLocality: a.DependentLocality,
		Subdivision: a.Subdivision, PostalCode: a.PostalCode, SortingCode: a.SortingCode,
	}
}

// Location renders a location with what the company needs to transact there.
func Location(p onboarding.Partner, l onboarding.Location, current onboarding.AgreementVersion, now time.Time) api.Location {
	status := l.StatusAt(now)
	out := api.Location{
		LocationID: l.ID, Name: l.Name, Legal: l.ID == onboarding.LegalLocation, Address: Address(l.Address), Region: l.Region,
		Status: api.LocationStatus(status), StatusClass: api.StatusClass(status.Class()), AddedAt: Time(l.AddedAt), ChangedAt: Time(l.ChangedAt), ClosedAt: Time(l.ClosedAt),
	}
	needs, missing := p.Needs(l, current, now)
	if out.MayTransact = !missing; missing {
		out.Needs = api.LocationNeeds{Code: needs.Code, Text: needs.Text, Who: api.Party(needs.Who), Roles: roles(needs.Roles), Where: needs.Where}
	}
	return out
}

// RegionCounts renders in which regions a company has how many locations.
func RegionCounts(p onboarding.Partner) []api.RegionCount {
	counts := maps.Clone(p.Locations)
	if counts == nil {
		counts = map[string]int{}
	}
	if _, ok := p.LegalLocation(); ok {
		counts[p.Region]++
	}
	list := []api.RegionCount{}
	for _, region := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, api.RegionCount{Region: region, Locations: counts[region]})
	}
	return list
}
