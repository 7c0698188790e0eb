package registry

import (
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// differences lists the fields in which a profile differs from the record or is
// written differently, in the order of the profile, and how many of them count.
func (e *entry) differences(profile onboarding.LegalProfile) (list []onboarding.Difference, counted int) {
	in := e.Address.Country
	add := func(pointer, submitted, registered string, kind onboarding.DifferenceKind) {
		if kind == onboarding.DifferenceWriting && submitted == registered {
			return
		}
		d := onboarding.Difference{Field: pointer, Kind: kind, Submitted: submitted, Registered: registered}
		list = append(list, d)
		if d.Counts() {
			counted++
		}
	}
	add("/legalName", profile.LegalName, e.LegalName, nameKind(in, profile.LegalName, e.LegalName))
	if mine := compactNumber(in, profile.RegistrationNumber); mine != "" && e.number != "" {
		add("/registrationNumber", profile.RegistrationNumber, e.RegistrationNumber, codeKind(mine, e.number))
	}
	mine, theirs := profile.Address, e.Address
	for _, f := range []struct {
		pointer      string
		mine, theirs string
		kind         func(country, mine, theirs string) onboarding.DifferenceKind
		mustBeGiven  bool
	}{
		{"/address/lines", joinLines(mine.Lines), joinLines(theirs.Lines), streetKind, true},
		{"/address/locality", mine.Locality, theirs.Locality, placeKind, true},
		{"/address/dependentLocality", mine.DependentLocality, theirs.DependentLocality, placeKind, false},
		{"/address/subdivision", mine.Subdivision, theirs.Subdivision, subdivisionKind, false},
		{"/address/postalCode", mine.PostalCode, theirs.PostalCode, postalCodeKind, true},
		{"/address/sortingCode", mine.SortingCode, theirs.SortingCode, postalCodeKind, false},
	} {
		switch {
		case f.theirs == "":
		case f.mine != "":
			add(f.pointer, f.mine, f.theirs, f.kind(in, f.mine, f.theirs))
		case f.mustBeGiven:
			add(f.pointer, "", f.theirs, onboarding.DifferenceMissing)
		}
	}
	return list, counted
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

// nameKind compares legal names: the legal form apart, whose spellings are
// equal.
func nameKind(in, mine, theirs string) onboarding.DifferenceKind {
	a, b := parseName(in, mine, plain), parseName(in, theirs, plain)
	switch {
	case strings.TrimSpace(mine) == "":
		return onboarding.DifferenceMissing
	case !sameBase(in, mine, theirs):
		return best(kindOf(a.words, b.words), kindOf(parseName(in, mine, wide).words, parseName(in, theirs, wide).words))
	case a.form != b.form:
		return onboarding.DifferenceLegalForm
	}
	return onboarding.DifferenceWriting
}

func textKind(mine, theirs string, read func(text string, f folding) []string) onboarding.DifferenceKind {
	if sameWords(mine, theirs, read) {
		return onboarding.DifferenceWriting
	}
	return best(kindOf(read(mine, plain), read(theirs, plain)), kindOf(read(mine, wide), read(theirs, wide)))
}

func streetKind(in, mine, theirs string) onboarding.DifferenceKind {
	return textKind(mine, theirs, func(text string, f folding) []string { return street(in, text, f) })
}

func placeKind(in, mine, theirs string) onboarding.DifferenceKind {
	return textKind(mine, theirs, func(text string, f folding) []string { return place(in, text, f) })
}

// place reads the name of a town.
func place(in, text string, f folding) []string {
	list := words(in, text, f)
	for i, word := range list {
		switch {
		case word == "st" && i < len(list)-1:
			list[i] = "saint"
		case word == "ste" && i < len(list)-1:
			list[i] = "sainte"
		case word == "mt" && i < len(list)-1:
			list[i] = "mount"
		case word == "ft" && i < len(list)-1:
			list[i] = "fort"
		}
	}
	return list
}

// subdivisionKind takes code and names of a state for the same.
func subdivisionKind(in, mine, theirs string) onboarding.DifferenceKind {
	if country.SameSubdivision(in, mine, theirs) {
		return onboarding.DifferenceWriting
	}
	return placeKind(in, mine, theirs)
}

// postalCodeKind compares letters and digits. Of a ZIP code of the United
// States the last four may be left out.
func postalCodeKind(in, mine, theirs string) onboarding.DifferenceKind {
	a, b := strings.Join(words(in, mine, plain), ""), strings.Join(words(in, theirs, plain), "")
	if in == "US" && (len(a) == 5 && len(b) == 9 || len(a) == 9 && len(b) == 5) {
		a, b = a[:5], b[:5]
	}
	return codeKind(a, b)
}

// codeKind compares codes, in which one wrong character can be a slip.
func codeKind(mine, theirs string) onboarding.DifferenceKind {
	a, b := []rune(mine), []rune(theirs)
	switch {
	case mine == theirs:
		return onboarding.DifferenceWriting
	case len(a) > 4 && len(a) == len(b) && distance(a, b) == 1:
		return onboarding.DifferenceSpelling
	}
	return onboarding.DifferenceDifferent
}
