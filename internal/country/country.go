// Package country knows how each country writes an address and numbers its
// companies.
//
// A partner's legal details are checked by the rules of its own country (B1,
// B6): which parts an address there has and needs, what its postal code looks
// like, which states or provinces there are, which registration number a
// company has. The same rules are shown to front-ends, so that a form asks for
// just what the server will accept.
//
// # Where the knowledge comes from
//
// Addresses: Google's public address data, as countries.txt, which
// generate/generate.py writes (go generate; see that file for its form). 250
// countries: those of ISO 3166-1, and XK for Kosovo. Registration numbers and
// support phones: written out in registration.go and support.go with their
// sources. Post office boxes: pobox.go.
//
// The data says more than is enforced. Which postal codes lie in which state is
// left to the reviewer: such tables age, and a company whose new postal code
// they don't know could never get past them.
//
// # What it costs
//
// countries.txt, 72 kB, is linked in as it is, and nothing is decoded before it
// is asked for; the package adds 0.33 MB to a binary, most of it regular
// expressions, and nothing to its start. Looking a country up finds its line,
// decodes that one (5 µs, or 90 µs with the 62 states of the United States) and
// remembers it.
package country

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/partner-onboarding/partner-onboarding/internal/latin"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

//go:generate python3 generate/generate.py

//go:embed countries.txt
var countries string

var _ onboarding.Countries = Table{}

// Table finds countries by their ISO 3166-1 alpha-2 code in upper case. The
// zero value is ready and safe for concurrent use.
type Table struct{}

// Summary is a country in a list.
type Summary struct {
	Code string `json:"code"` // ISO 3166-1 alpha-2
	Name string `json:"name"` // in English
}

// Country is all there is to show of a country to someone who fills in a form
// (B6).
type Country struct {
	Summary
	// AddressFormat is how an address is written: %A the lines, %C the locality,
	// %D the dependent locality, %S the subdivision, %Z the postal code, %X the
	// sorting code, %O the company, %N the person, %n a new line. LatinFormat is
	// the same for an address in Latin letters; the two may be equal.
	AddressFormat string `json:"addressFormat"`
	LatinFormat   string `json:"latinFormat"`
	// Fields are the parts of an address there, in the order in which they are
	// written. A part that isn't listed must be left empty.
	Fields             []Field            `json:"fields"`
	PostalCode         *PostalCode        `json:"postalCode,omitempty"` // nil when there are none
	Subdivisions       []Subdivision      `json:"subdivisions,omitempty"`
	SupportPhone       SupportPhone       `json:"supportPhone"`
	RegistrationNumber RegistrationNumber `json:"registrationNumber"`
}

// Field is one part of an address.
type Field struct {
	Name      string `json:"name"`  // the member of onboarding.Address: "lines", "locality", …
	Label     string `json:"label"` // what it is called there, in English: "Prefecture"
	Required  bool   `json:"required"`
	UpperCase bool   `json:"upperCase"` // NormalizeAddress writes it in upper case
}

// PostalCode says what a postal code looks like.
type PostalCode struct {
	Pattern  string   `json:"pattern"` // regular expression for the whole code, in upper case; "" for any
	Examples []string `json:"examples,omitempty"`
}

// Subdivision is a state, province, prefecture or the like. An address may name
// it by any of these.
type Subdivision struct {
	Code      string `json:"code"`                // as it is written in addresses: "WA", "東京都", "Co. Cork"
	Name      string `json:"name"`                // in English or Latin letters: "Washington", "Tokyo"
	LocalName string `json:"localName,omitempty"` // in the country's own script, when it has one
	ISO       string `json:"iso,omitempty"`       // ISO 3166-2: "US-WA"
}

// SupportPhone says whether the support profile needs a phone number (B2).
type SupportPhone struct {
	Required bool `json:"required"`
}

// Rules implements onboarding.Countries.
func (Table) Rules(country string) (onboarding.CountryRules, bool) {
	c, ok := find(country)
	if !ok {
		return nil, false
	}
	return c, true
}

// Lookup returns what there is to show of a country, false for an unknown code.
// The caller may change what it gets.
func (Table) Lookup(code string) (Country, bool) {
	c, ok := find(code)
	if !ok {
		return Country{}, false
	}
	return c.show(), true
}

// All lists the countries by name. The caller may change what it gets.
func (Table) All() []Summary { return slices.Clone(all()) }

var all = sync.OnceValue(func() []Summary {
	var list []Summary
	for line := range strings.SplitSeq(countries, "\n") {
		if code, rest, ok := strings.Cut(line, "\t"); ok {
			name, _, _ := strings.Cut(rest, "\t")
			list = append(list, Summary{Code: code, Name: name})
		}
	}
	slices.SortFunc(list, func(a, b Summary) int { return strings.Compare(latin.Fold(a.Name), latin.Fold(b.Name)) })
	return list
})
