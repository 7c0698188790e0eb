// Package registry compares a company with the official records (B4).
//
// Before a reviewer decides, the legal name and address that a partner
// submitted are held against the entry in the official register. The answer is
// exact, near with the fields that differ, or unknown; none of them blocks, the
// reviewer sees it. Asking a government's register over the network is the
// business of another implementation of onboarding.Registry. This one holds
// records in memory: those of a CSV file, records.csv by default, whose
// companies are invented.
//
// # How a record is found
//
// By the registration number, in the country of the profile's address; when the
// profile has none or no record has it, by the legal name without its legal
// form. Of several such records the one that differs least is taken, and of
// equals the first of the file. So the answer depends on the profile and the
// records alone.
//
// # What counts as a difference
//
// Not how a text is written: case, accents, punctuation, spaces, usual
// abbreviations (Street and St., Limited and Ltd) and how an address is broken
// into lines. A legal form that is another or missing does. A field that the
// profile or the record leaves empty isn't compared, but a missing address
// line, locality or postal code of the profile is.
//
// # What it costs
//
// 0.2 MB of binary, most of it Unicode tables, and nothing at the start: Default
// reads its file when the first profile is compared.
package registry

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var _ onboarding.Registry = (*Table)(nil)

// Record is one entry of an official register.
type Record struct {
	Register           string // which register, for people: "Companies House"
	RegistrationNumber string // "" when the register has none
	LegalName          string
	Address            onboarding.Address // Country says where the number counts
}

// Table is a set of records to compare with. It is safe for concurrent use.
// Make one with New or Default.
type Table struct {
	index func() *index
}

type index struct {
	byNumber map[string][]*entry // by country and number
	byName   map[string][]*entry // by country and name without its legal form
}

// entry is a record with its texts made ready to compare.
type entry struct {
	Record
	number string
	name   name
}

// New returns a table of records, in the order in which they are preferred.
func New(records []Record) *Table {
	x := newIndex(records)
	return &Table{index: func() *index { return x }}
}

//go:embed records.csv
var builtIn []byte

// Default returns the table of the records built into the program. They are
// read when the first profile is compared.
var Default = sync.OnceValue(func() *Table {
	return &Table{index: sync.OnceValue(func() *index {
		records, err := Parse(bytes.NewReader(builtIn))
		if err != nil {
			panic("registry: the built-in records.csv is faulty: " + err.Error()) // a test keeps it whole
		}
		return newIndex(records)
	})}
})

func newIndex(records []Record) *index {
	x := &index{byNumber: map[string][]*entry{}, byName: map[string][]*entry{}}
	for _, record := range records {
		country := record.Address.Country
		e := &entry{Record: record, number: compactNumber(country, record.RegistrationNumber), name: parseName(country, record.LegalName)}
		if e.number != "" {
			x.byNumber[country+e.number] = append(x.byNumber[country+e.number], e)
		}
		if e.name.base != "" {
			x.byName[country+e.name.base] = append(x.byName[country+e.name.base], e)
		}
	}
	return x
}

// Compare implements onboarding.Registry.
func (t *Table) Compare(profile onboarding.LegalProfile) onboarding.Comparison {
	country := profile.Address.Country
	candidates := t.index().find(country, compactNumber(country, profile.RegistrationNumber), parseName(country, profile.LegalName))
	if len(candidates) == 0 {
		return onboarding.Comparison{Result: onboarding.ComparisonUnknown}
	}
	best := candidates[0]
	differences := best.differences(profile)
	for _, e := range candidates[1:] {
		if d := e.differences(profile); len(d) < len(differences) {
			best, differences = e, d
		}
	}
	result := onboarding.ComparisonExact
	if len(differences) > 0 {
		result = onboarding.ComparisonNear
	}
	return onboarding.Comparison{Result: result, Differences: differences, Source: best.Register}
}

func (x *index) find(country, number string, n name) []*entry {
	if country == "" {
		return nil
	}
	if number != "" {
		if found := x.byNumber[country+number]; len(found) > 0 {
			return found
		}
	}
	if n.base == "" {
		return nil
	}
	return x.byName[country+n.base]
}

// compactNumber is a registration number as it is compared: letters and digits
// in upper case, without the country's code, the court that keeps a German
// register, and leading zeros.
func compactNumber(country, number string) string {
	number = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(fold(country, number)))
	if country == "DE" {
		for _, register := range []string{"HRA", "HRB", "GNR", "GSR", "PR", "VR"} {
			if at := strings.LastIndex(number, register); at >= 0 && at+len(register) < len(number) && isDigit(number[at+len(register)]) {
				return number[at:]
			}
		}
	}
	if rest, ok := strings.CutPrefix(number, country); ok && country != "" && rest != "" && isDigit(rest[0]) {
		number = rest
	}
	return strings.TrimLeft(number, "0")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
