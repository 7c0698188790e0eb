package agreement

import (
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Table gives the rules the versions of this package.
type Table struct{}

var _ onboarding.Agreements = Table{}

// Current implements onboarding.Agreements.
func (Table) Current(region string, at time.Time) (onboarding.AgreementVersion, bool) {
	v, ok := Current(region, at)
	if !ok {
		return onboarding.AgreementVersion{}, false
	}
	out := onboarding.AgreementVersion{Version: v.Version, Title: v.Title, Region: region, EffectiveFrom: v.EffectiveFrom}
	for _, r := range v.Renditions {
		out.Documents = append(out.Documents, onboarding.AgreementDocument{MediaType: r.MediaType, SHA256: r.SHA256, Size: r.Size})
	}
	return out, true
}
