package agreement

import (
	"slices"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Table gives the rules the versions of this package.
type Table struct{}

var _ onboarding.Agreements = Table{}

// Current implements onboarding.Agreements.
func (Table) Current(region string, at time.Time) (onboarding.AgreementVersion, bool) {
	own := timeline(versions, region)
	v, ok := current(own, at)
	if !ok {
		return onboarding.AgreementVersion{}, false
	}
	return *linked(own, region, slices.IndexFunc(own, func(o Version) bool { return o.Version == v.Version })), true
}

// Successors lists every version that takes the place of another in a region,
// one for each region and version replaced (A6).
func (Table) Successors() []onboarding.AgreementVersion {
	var list []onboarding.AgreementVersion
	for _, region := range regions(versions) {
		own := timeline(versions, region)
		for i := 1; i < len(own); i++ {
			list = append(list, *linked(own, region, i))
		}
	}
	return list
}

func regions(list []Version) []string {
	var ids []string
	for _, v := range list {
		ids = append(ids, v.Regions...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// linked is a region's version i with those that follow it.
func linked(own []Version, region string, i int) *onboarding.AgreementVersion {
	if i >= len(own) {
		return nil
	}
	v := own[i]
	out := onboarding.AgreementVersion{Version: v.Version, Title: v.Title, Region: region, EffectiveFrom: v.EffectiveFrom, ReacceptBy: v.ReacceptBy, Next: linked(own, region, i+1)}
	if i > 0 {
		out.Follows = own[i-1].Version
	}
	for _, r := range v.Renditions {
		out.Documents = append(out.Documents, onboarding.AgreementDocument{MediaType: r.MediaType, SHA256: r.SHA256, Size: r.Size})
	}
	return &out
}
