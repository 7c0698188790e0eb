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
// In the country of the profile's address, by the registration number and by the
// legal name without its legal form. When neither is there, by a name that is
// nearly the same at the same postal code. Of several such records the one that
// differs least is taken, and of equals the first of the file. So the answer
// depends on the profile and the records alone.
//
// # What counts as a difference
//
// Not how a text is written: case, accents, punctuation, spaces between letters,
// usual abbreviations (Street and St., Limited and Ltd), "&" and the country's
// word for it, code and name of a state, and how an address is broken into lines.
// Such a field is listed with the kind writing, so that a reviewer sees what was
// taken as the same, and the comparison is exact all the same.
//
// Everything else counts, and its kind says how the field differs: a legal form
// that is another or missing, words that are missing, more, in another order,
// abbreviated or misspelled, and anything in a number. A field that the profile or
// the record leaves empty isn't compared, but a missing address line, locality or
// postal code of the profile is.
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
	"unicode"

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
	byName   map[string][]*entry // by country and name without its legal form, in each folding
	byCode   map[string][]*entry // by country and postal code
}

// entry is a record with its texts made ready to compare.
type entry struct {
	Record
	number string
	order  int // in the file
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
	x := &index{byNumber: map[string][]*entry{}, byName: map[string][]*entry{}, byCode: map[string][]*entry{}}
	for i, record := range records {
		country := record.Address.Country
		e := &entry{Record: record, number: compactNumber(country, record.RegistrationNumber), order: i}
		if e.number != "" {
			x.byNumber[country+e.number] = append(x.byNumber[country+e.number], e)
		}
		for _, base := range bases(country, record.LegalName) {
			x.byName[country+base] = append(x.byName[country+base], e)
		}
		if code := postalKey(country, record.Address.PostalCode); code != "" {
			x.byCode[code] = append(x.byCode[code], e)
		}
	}
	return x
}

// bases are the spellings by which a name is found.
func bases(country, legalName string) []string {
	a, b := parseName(country, legalName, plain).base, parseName(country, legalName, wide).base
	switch {
	case a == "":
		return nil
	case a == b:
		return []string{a}
	}
	return []string{a, b}
}

func postalKey(country, code string) string {
	if code = strings.Join(words(country, code, plain), ""); code == "" {
		return ""
	}
	if country == "US" && len(code) > 5 {
		code = code[:5]
	}
	return country + code
}

// Compare implements onboarding.Registry.
func (t *Table) Compare(profile onboarding.LegalProfile) onboarding.Comparison {
	var found *entry
	var differences []onboarding.Difference
	least := 0
	for _, e := range t.index().find(profile) {
		if d, counted := e.differences(profile); found == nil || counted < least || counted == least && e.order < found.order {
			found, differences, least = e, d, counted
		}
	}
	if found == nil {
		return onboarding.Comparison{Result: onboarding.ComparisonUnknown}
	}
	result := onboarding.ComparisonExact
	if least > 0 {
		result = onboarding.ComparisonNear
	}
	return onboarding.Comparison{Result: result, Differences: differences, Source: found.Register}
}

func (x *index) find(profile onboarding.LegalProfile) []*entry {
	country := profile.Address.Country
	if country == "" {
		return nil
	}
	var found []*entry
	if number := compactNumber(country, profile.RegistrationNumber); number != "" {
		found = append(found, x.byNumber[country+number]...)
	}
	for _, base := range bases(country, profile.LegalName) {
		found = append(found, x.byName[country+base]...)
	}
	if len(found) > 0 {
		return found
	}
	for _, e := range x.byCode[postalKey(country, profile.Address.PostalCode)] {
		if similar(nameKind(country, profile.LegalName, e.LegalName)) {
			found = append(found, e)
		}
	}
	return found
}

// similar says that a name that isn't the registered one can be meant for it.
func similar(kind onboarding.DifferenceKind) bool {
	return kind != onboarding.DifferenceMissing && kind != onboarding.DifferenceDifferent
}

// compactNumber is a registration number as it is compared: letters and digits
// in upper case, without the country's code, the court that keeps a German
// register, and leading zeros.
func compactNumber(country, number string) string {
	number = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToUpper(fold(number, plain)))
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
