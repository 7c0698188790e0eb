package registry

import (
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// differences lists the fields in which a profile differs from the record, in
// the order of the profile.
func (e *entry) differences(profile onboarding.LegalProfile) []onboarding.Difference {
	var list []onboarding.Difference
	country := e.Address.Country
	add := func(pointer, submitted, registered string) {
		list = append(list, onboarding.Difference{Field: pointer, Submitted: submitted, Registered: registered})
	}
	if parseName(country, profile.LegalName) != e.name {
		add("/legalName", profile.LegalName, e.LegalName)
	}
	if number := compactNumber(country, profile.RegistrationNumber); number != "" && e.number != "" && number != e.number {
		add("/registrationNumber", profile.RegistrationNumber, e.RegistrationNumber)
	}
	mine, theirs := profile.Address, e.Address
	for _, f := range []struct {
		pointer      string
		mine, theirs string
		same         func(country, a, b string) bool
		mustBeGiven  bool
	}{
		{"/address/lines", joinLines(mine.Lines), joinLines(theirs.Lines), sameStreet, true},
		{"/address/locality", mine.Locality, theirs.Locality, sameText, true},
		{"/address/dependentLocality", mine.DependentLocality, theirs.DependentLocality, sameText, false},
		{"/address/subdivision", mine.Subdivision, theirs.Subdivision, sameText, false},
		{"/address/postalCode", mine.PostalCode, theirs.PostalCode, samePostalCode, true},
		{"/address/sortingCode", mine.SortingCode, theirs.SortingCode, samePostalCode, false},
	} {
		if f.theirs == "" || f.mine == "" && !f.mustBeGiven {
			continue
		}
		if !f.same(country, f.mine, f.theirs) {
			add(f.pointer, f.mine, f.theirs)
		}
	}
	return list
}

// joinLines writes the lines of an address as one text.
func joinLines(lines []string) string {
	var filled []string
	for _, line := range lines {
		if line = strings.TrimSpace(line); line != "" {
			filled = append(filled, line)
		}
	}
	return strings.Join(filled, ", ")
}

func sameText(country, a, b string) bool {
	return strings.Join(words(country, a), " ") == strings.Join(words(country, b), " ")
}

// sameStreet compares street addresses, whose words are often abbreviated.
func sameStreet(country, a, b string) bool {
	return street(country, a) == street(country, b)
}

func street(country, text string) string {
	tokens := words(country, text)
	for i, token := range tokens {
		if long, ok := strings.CutSuffix(token, "str"); ok && country != "US" { // Hauptstr. 5
			token = long + "strasse"
		}
		if long := abbreviation(token); long != "" {
			token = long
		}
		tokens[i] = token
	}
	return strings.Join(tokens, "")
}

// abbreviation is the word that a token of a street address stands for, "" for
// none.
func abbreviation(token string) string {
	switch token {
	case "st":
		return "street"
	case "rd":
		return "road"
	case "ave", "av":
		return "avenue"
	case "blvd", "bd":
		return "boulevard"
	case "dr":
		return "drive"
	case "ln":
		return "lane"
	case "sq":
		return "square"
	case "pl":
		return "place"
	case "ste":
		return "suite"
	case "fl", "flr":
		return "floor"
	case "bldg":
		return "building"
	case "apt":
		return "apartment"
	}
	return ""
}

// samePostalCode compares letters and digits; of a ZIP code of the United
// States the first five.
func samePostalCode(country, a, b string) bool {
	a, b = strings.Join(words(country, a), ""), strings.Join(words(country, b), "")
	if country == "US" && len(a) >= 5 && len(b) >= 5 {
		a, b = a[:5], b[:5]
	}
	return a == b
}
