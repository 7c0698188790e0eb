package demo

import (
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// location judges a location as the API will, and that it lies in a region that
// is new to the company: there is nothing to tell of another.
func (c *checker) location() {
	l := c.in.Location
	if l == nil {
		return
	}
	active := onboarding.Partner{ID: "P", Acceptance: &onboarding.Acceptance{At: time.Unix(0, 0)}}
	knowledge := onboarding.Knowledge{Countries: country.Table{}, Regions: region.Default()}
	_, err := active.AddLocation("L", l.Name, view.FromAddress(l.Address), knowledge, onboarding.Stamp{At: time.Now()})
	faults := faultsOf(err)
	for _, f := range faults {
		c.fault("/location"+f.Pointer, "%s", f.Message)
	}
	c.servingMarket("/location/distributor", l.Distributor, l.Address.Country)
	there, ok := region.Default().RegionOf(strings.ToUpper(strings.TrimSpace(l.Address.Country)), time.Now())
	if home, _ := region.Default().RegionOf(strings.ToUpper(strings.TrimSpace(c.market())), time.Now()); ok && there == home {
		c.fault("/location/address/country", "it lies in the region of the company's address (%s): name a country of another", there)
	}
}
