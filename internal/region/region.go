// Package region knows in which programme region each market lies.
//
// A partner sells only within the region of its legal address, and a
// distributor can be chosen only if it serves that region (D1, D5). Which
// markets make a region is the programme owner's decision, so it is data:
// regions.json, with the date from which it holds and where it comes from.
// Some regions are a single country (Brazil), others many (Africa); a country
// in no region is unsupported.
//
// Default is the table built in. Parse reads another one and refuses it with
// every fault at once, so that an edited file can be mended in one go.
//
// Nothing is decoded until the first question is asked.
package region

import (
	"bytes"
	_ "embed"
	"slices"
	"sync"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var _ onboarding.Regions = (*Table)(nil)

// Region is a set of markets within which a partner may sell.
type Region struct {
	ID      string   `json:"id"`      // stable, for example "eu-efta-uk"
	Name    string   `json:"name"`    // for people
	Markets []string `json:"markets"` // ISO 3166-1 alpha-2, in alphabetical order
}

// Table says which market belongs to which region. It never changes; make one
// with Default or Parse.
type Table struct {
	effective string
	source    string
	regions   []Region
	byMarket  map[string]string
}

//go:embed regions.json
var builtIn []byte

// Default returns the table built into the program.
var Default = sync.OnceValue(func() *Table {
	table, err := Parse(bytes.NewReader(builtIn))
	if err != nil {
		panic("region: the built-in regions.json is faulty: " + err.Error()) // a test keeps it whole
	}
	return table
})

// RegionOf returns the id of the region to which a country (ISO 3166-1
// alpha-2, upper case) belongs, false when it is in none and so unsupported.
func (t *Table) RegionOf(country string) (region string, ok bool) {
	region, ok = t.byMarket[country]
	return region, ok
}

// Region returns a region by its id.
func (t *Table) Region(id string) (Region, bool) {
	for _, r := range t.regions {
		if r.ID == id {
			return r.clone(), true
		}
	}
	return Region{}, false
}

// All lists the regions by id. The caller may change what it gets.
func (t *Table) All() []Region {
	all := make([]Region, len(t.regions))
	for i, r := range t.regions {
		all[i] = r.clone()
	}
	return all
}

// Effective is the day from which the table holds, as YYYY-MM-DD.
func (t *Table) Effective() string { return t.effective }

// Source says where the table comes from, for people.
func (t *Table) Source() string { return t.source }

func (r Region) clone() Region {
	r.Markets = slices.Clone(r.Markets)
	return r
}
