package onboarding

// Regions answers which region a market belongs to. A market belongs to at
// most one; a partner sells only within the region of its legal address.
type Regions interface {
	// RegionOf returns the region of a country (ISO 3166-1 alpha-2), false when
	// the country is in no region and so unsupported.
	RegionOf(country string) (region string, ok bool)
}
