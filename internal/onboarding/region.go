package onboarding

import "time"

// Regions answers which region a market belongs to at a time. A market belongs
// to at most one; a partner sells only within the region of its legal address,
// and at a location within that of the location.
type Regions interface {
	// RegionOf returns the region of a country (ISO 3166-1 alpha-2), false when
	// the country is in no region and so unsupported.
	RegionOf(country string, at time.Time) (region string, ok bool)
}

// regionOf is the region of a country for this partner. When a market changes
// its region, nobody who is there loses anything by it: a company that was
// authorized keeps the region of its legal address, with its agreement and its
// distributors, as long as the address stays in that country.
func (p Partner) regionOf(country string, regions Regions, at time.Time) (region string, ok bool) {
	if p.Authorized() && p.Region != "" && country == p.Info.Legal.Address.Country {
		return p.Region, true
	}
	return regions.RegionOf(country, at)
}
