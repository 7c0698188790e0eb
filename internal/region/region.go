// Package region knows in which programme region each market lies, and since
// when.
//
// A partner sells only within the region of its legal address, and a
// distributor can be chosen only if it serves that region (D1, D5). Which
// markets make a region is the programme owner's decision, so it is data:
// regions.json has a whole table, the day from which it holds and where it comes
// from, and after it the changes of it, each with its own day and source. Some
// regions are a single country (Brazil), others many (Africa); a country in no
// region is unsupported.
//
// Default is the history built in. Parse reads another one and refuses it with
// every fault at once, so that an edited file can be mended in one go; the
// command in check does so for a file.
//
// Nothing is decoded until the first question is asked.
package region

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var _ onboarding.Regions = (*Tables)(nil)

// Region is a set of markets within which a partner may sell.
type Region struct {
	ID      string   `json:"id"`      // stable, for example "eu-efta-uk"
	Name    string   `json:"name"`    // for people
	Markets []string `json:"markets"` // ISO 3166-1 alpha-2, in alphabetical order
}

// Tables says which market belongs to which region at each moment. It never
// changes; make one with Default or Parse.
type Tables struct {
	versions []*Table // the oldest first
}

// Table is what holds from one day until the next table's.
type Table struct {
	effective time.Time
	until     time.Time // the next table's first moment, zero for the newest
	source    string
	regions   []Region
	byMarket  map[string]string
	moves     []Move
}

//go:embed regions.json
var builtIn []byte

// Default returns the tables built into the program.
var Default = sync.OnceValue(func() *Tables {
	tables, err := Parse(bytes.NewReader(builtIn))
	if err != nil {
		panic("region: the built-in regions.json is faulty: " + err.Error()) // a test keeps it whole
	}
	return tables
})

// At is the table that holds at a time. Before the first one's day it is the
// first: nothing older is known.
func (t *Tables) At(at time.Time) *Table {
	for i := len(t.versions) - 1; i > 0; i-- {
		if !at.Before(t.versions[i].effective) {
			return t.versions[i]
		}
	}
	return t.versions[0]
}

// All lists the tables, the oldest first.
func (t *Tables) All() []*Table { return slices.Clone(t.versions) }

// Region returns a region by its id as the newest table that has it lists it.
func (t *Tables) Region(id string) (Region, bool) {
	for i := len(t.versions) - 1; i >= 0; i-- {
		if r, ok := t.versions[i].Region(id); ok {
			return r, true
		}
	}
	return Region{}, false
}

// RegionOf returns the id of the region to which a country (ISO 3166-1
// alpha-2, upper case) belongs at a time, false when it is in none and so
// unsupported.
func (t *Tables) RegionOf(country string, at time.Time) (region string, ok bool) {
	return t.At(at).RegionOf(country)
}

// RegionOf returns the id of the region to which a country belongs in this
// table, false for none.
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

// Effective is the first moment at which the table holds: the beginning of a
// day in UTC.
func (t *Table) Effective() time.Time { return t.effective }

// Until is the moment from which the next table holds, zero when none is known.
func (t *Table) Until() time.Time { return t.until }

// Source says where the table comes from, for people.
func (t *Table) Source() string { return t.source }

// Moves are what changed from the table before to this one; none for the first.
func (t *Table) Moves() []Move { return slices.Clone(t.moves) }

func (r Region) clone() Region {
	r.Markets = slices.Clone(r.Markets)
	return r
}

// isID says whether id is made of lower-case words joined by hyphens.
func isID(id string) bool {
	for word := range strings.SplitSeq(id, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return true
}
