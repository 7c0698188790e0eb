package country

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func drawCountry(t *rapid.T) *record {
	r, _ := find(rapid.SampledFrom(Table{}.All()).Draw(t, "country").Code)
	return r
}

// drawText draws what a person may type: words, digits, accents, other scripts
// and things that don't belong.
func drawText(t *rapid.T, label string) string {
	return rapid.OneOf(
		rapid.Just(""),
		rapid.StringMatching(`[A-Za-z0-9 .,'/-]{1,30}`),
		rapid.StringOfN(rapid.RuneFrom([]rune(" aZ9ßéØŁçñ東京아العД\u3000\t\u202e")), 0, 20, -1),
		rapid.String(),
	).Draw(t, label)
}

func drawAddress(t *rapid.T, r *record) onboarding.Address {
	a := onboarding.Address{
		Country: r.code, Locality: drawText(t, "locality"), DependentLocality: drawText(t, "dependentLocality"),
		Subdivision: drawText(t, "subdivision"), PostalCode: drawText(t, "postalCode"), SortingCode: drawText(t, "sortingCode"),
	}
	for range rapid.IntRange(0, 4).Draw(t, "lines") {
		a.Lines = append(a.Lines, drawText(t, "line"))
	}
	if len(r.subdivisions) > 0 && rapid.Bool().Draw(t, "known subdivision") {
		s := rapid.SampledFrom(r.subdivisions).Draw(t, "subdivision")
		a.Subdivision = rapid.SampledFrom([]string{s.Code, s.Name, s.LocalName, s.ISO, strings.ToLower(s.Name)}).Draw(t, "called")
	}
	if len(r.data.Examples) > 0 && rapid.Bool().Draw(t, "known postal code") {
		a.PostalCode = rapid.SampledFrom(r.data.Examples).Draw(t, "postal code")
	}
	return a
}

func TestB6NormalizingTwiceIsNormalizingOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawCountry(t)
		once := r.NormalizeAddress(drawAddress(t, r))
		if twice := r.NormalizeAddress(once); !equal(once, twice) {
			t.Fatalf("%+v, then %+v", once, twice)
		}
	})
}

func TestB6NormalizingMakesNoFaultAndKeepsTheAddressGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawCountry(t)
		given := drawAddress(t, r)
		lines := slices.Clone(given.Lines)
		before := r.AddressFaults(given)
		normal := r.NormalizeAddress(given)
		if !slices.Equal(given.Lines, lines) {
			t.Fatalf("normalizing changed the lines given: %q", given.Lines)
		}
		if len(before) == 0 {
			if after := r.AddressFaults(normal); len(after) != 0 {
				t.Fatalf("%+v had no faults, %+v has %+v", given, normal, after)
			}
		}
	})
}

func TestB5FaultsOfAnAddressAreOnePerMemberWithAMessage(t *testing.T) {
	known := []string{onboarding.FaultRequired, onboarding.FaultTooLong, onboarding.FaultInvalid, onboarding.FaultUnsupported, onboarding.FaultNotAllowed, onboarding.FaultPOBox}
	rapid.Check(t, func(t *rapid.T) {
		r := drawCountry(t)
		seen := map[string]bool{}
		for _, f := range r.AddressFaults(drawAddress(t, r)) {
			if seen[f.Pointer] || f.Message == "" || !slices.Contains(known, f.Code) || !strings.HasPrefix(f.Pointer, "/") {
				t.Fatalf("fault %+v", f)
			}
			seen[f.Pointer] = true
		}
	})
}

func TestB6AnAddressOfAllAndOnlyTheCountrysPartsIsAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawCountry(t)
		a := onboarding.Address{Country: r.code, Lines: []string{"1 High Street"}}
		for _, p := range r.fields {
			if p.value != nil {
				*p.value(&a) = "Somewhere"
			}
		}
		if r.has('Z') {
			a.PostalCode = "12345"
			if len(r.data.Examples) > 0 {
				a.PostalCode = rapid.SampledFrom(r.data.Examples).Draw(t, "postal code")
			}
		}
		if len(r.subdivisions) > 0 {
			a.Subdivision = rapid.SampledFrom(r.subdivisions).Draw(t, "subdivision").Code
		}
		if faults := r.AddressFaults(a); len(faults) != 0 {
			t.Fatalf("%+v: %+v", a, faults)
		}
		// And each required part is missed.
		for _, p := range r.fields {
			if p.value == nil || !r.requires(p) {
				continue
			}
			without := a
			*p.value(&without) = ""
			if got := codes(r.AddressFaults(without)); !slices.Equal(got, []string{"/" + p.name + " " + onboarding.FaultRequired}) {
				t.Fatalf("without %s: %v", p.name, got)
			}
		}
	})
}

func TestB6ASubdivisionIsFoundByEachOfItsNames(t *testing.T) {
	for _, s := range (Table{}).All() {
		r, _ := find(s.Code)
		for i, sub := range r.subdivisions {
			for _, called := range []string{sub.Code, sub.Name, sub.LocalName, sub.ISO} {
				if called == "" {
					continue
				}
				if got := r.subdivision(strings.ToLower(called)); got < 0 || got != i && r.subdivisions[got].Name != sub.Name {
					t.Errorf("%s: %q finds %d, want %d (%s)", s.Code, called, got, i, sub.Code)
				}
			}
		}
	}
}

func TestB1ATypoInACheckedNumberIsFound(t *testing.T) {
	countries := []string{"AU", "BE", "BR", "CA", "CH", "FI", "FR", "IT", "JP", "NO", "SE"}
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom(countries).Draw(t, "country")
		rule := registrationNumber(code)
		number := []byte(rule.Example)
		var digits []int
		for i, c := range number {
			if c >= '0' && c <= '9' {
				digits = append(digits, i)
			}
		}
		at := rapid.SampledFrom(digits).Draw(t, "at")
		digit := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		if number[at] == digit {
			return
		}
		number[at] = digit
		r, _ := find(code)
		_, ok := r.RegistrationNumberFault(string(number))
		// A CNPJ writes two remainders as the digit 0, and a corporate number is
		// summed modulo 9, so a few typos pass there; the others miss none.
		if ok && code != "BR" && code != "JP" {
			t.Fatalf("%s: the typo in %s is accepted", code, number)
		}
	})
}

func TestB1WhateverIsTypedARegistrationNumberIsJudged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawCountry(t)
		fault, ok := r.RegistrationNumberFault(drawText(t, "number"))
		if ok != (fault == onboarding.Fault{}) || !ok && fault.Message == "" {
			t.Fatalf("%+v, %v", fault, ok)
		}
	})
}
