package country

import (
	"slices"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var (
	contoso = onboarding.Address{Country: "GB", Lines: []string{"1 Paddington Square", "Floor 5"}, Locality: "London", PostalCode: "W2 1GG"}
	fabrik  = onboarding.Address{Country: "US", Lines: []string{"4567 Main Street"}, Locality: "Buffalo", Subdivision: "NY", PostalCode: "14203"}
)

// codes lists the faults as "pointer code".
func codes(faults []onboarding.Fault) []string {
	var list []string
	for _, f := range faults {
		list = append(list, f.Pointer+" "+f.Code)
	}
	slices.Sort(list)
	return list
}

func TestB1AGoodAddressHasNoFaults(t *testing.T) {
	for _, a := range []onboarding.Address{
		contoso, fabrik,
		{Country: "DE", Lines: []string{"Walter-Gropius-Straße 5"}, Locality: "München", PostalCode: "80807"},
		{Country: "FR", Lines: []string{"39 quai du Président Roosevelt"}, Locality: "Issy-les-Moulineaux", PostalCode: "92130"},
		{Country: "NL", Lines: []string{"Evert van de Beekstraat 354"}, Locality: "Schiphol", PostalCode: "1118 cz"},
		{Country: "BR", Lines: []string{"Avenida Paulista, 1578", "Bela Vista"}, Locality: "São Paulo", Subdivision: "SP", PostalCode: "01310-200"},
		{Country: "JP", Lines: []string{"港区港南2-16-3"}, Subdivision: "東京都", PostalCode: "108-0075"},
		{Country: "JP", Lines: []string{"2-16-3 Konan, Minato-ku"}, Subdivision: "Tokyo", PostalCode: "108-0075"},
		{Country: "IE", Lines: []string{"One Microsoft Place"}, Locality: "Dublin", Subdivision: "Dublin", PostalCode: "D18 P521"},
		{Country: "IE", Lines: []string{"One Microsoft Place"}, Locality: "Dublin"},
		{Country: "CH", Lines: []string{"The Circle 02"}, Locality: "Zürich", PostalCode: "CH-8058"},
		{Country: "HK", Lines: []string{"100 Cyberport Road"}, Subdivision: "Hong Kong Island"},
		{Country: "SG", Lines: []string{"182 Cecil Street"}, PostalCode: "069547"},
		{Country: "AO", Lines: []string{"Rua 1"}, Locality: "Luanda"},
		{Country: "ES", Lines: []string{"Paseo del Club Deportivo 1"}, Locality: "Pozuelo de Alarcón", Subdivision: "Madrid", PostalCode: "28223"},
		{Country: "IN", Lines: []string{"DLF Cyber City"}, Locality: "Gurugram", Subdivision: "HR", PostalCode: "122002"},
		{Country: "US", Lines: []string{"One Way"}, Locality: "Redmond", Subdivision: "washington", PostalCode: "98052-6399"},
	} {
		if faults := mustRules(t, a.Country).AddressFaults(a); len(faults) != 0 {
			t.Errorf("%+v: %+v", a, faults)
		}
	}
}

func TestB1EveryFaultOfAnAddressIsListed(t *testing.T) {
	long := strings.Repeat("x", 101)
	for _, tc := range []struct {
		name string
		a    onboarding.Address
		want []string
	}{
		{"empty", onboarding.Address{Country: "US"}, []string{"/lines required", "/locality required", "/postalCode required", "/subdivision required"}},
		{"blank", onboarding.Address{Country: "US", Lines: []string{" ", ""}, Locality: " ", PostalCode: " "}, []string{"/lines required", "/locality required", "/postalCode required", "/subdivision required"}},
		{"postal code of another form", with(fabrik, func(a *onboarding.Address) { a.PostalCode = "W2 1GG" }), []string{"/postalCode invalid"}},
		{"part of a postal code", with(fabrik, func(a *onboarding.Address) { a.PostalCode = "142033" }), []string{"/postalCode invalid"}},
		{"unknown state", with(fabrik, func(a *onboarding.Address) { a.Subdivision = "Bavaria" }), []string{"/subdivision unsupported"}},
		{"unknown county", onboarding.Address{Country: "IE", Lines: []string{"x"}, Locality: "Dublin", Subdivision: "Kent"}, []string{"/subdivision unsupported"}},
		{"a part that isn't written there", with(contoso, func(a *onboarding.Address) { a.Subdivision, a.SortingCode = "Kent", "1" }), []string{"/sortingCode not_allowed", "/subdivision not_allowed"}},
		{"a postal code where there is none", onboarding.Address{Country: "HK", Lines: []string{"x"}, Subdivision: "Kowloon", PostalCode: "999077"}, []string{"/postalCode not_allowed"}},
		{"too many lines", with(contoso, func(a *onboarding.Address) { a.Lines = []string{"a", "b", "c", "d"} }), []string{"/lines too_long"}},
		{"too long", with(fabrik, func(a *onboarding.Address) { a.Lines, a.Locality = []string{"a", long}, long }), []string{"/lines/1 too_long", "/locality too_long"}},
		{"a line break", with(contoso, func(a *onboarding.Address) { a.Lines = []string{"a\nb"} }), []string{"/lines/0 invalid"}},
		{"a control character", with(contoso, func(a *onboarding.Address) { a.Locality = "Lon\x00don" }), []string{"/locality invalid"}},
		{"writing turned around", with(contoso, func(a *onboarding.Address) { a.Lines = []string{"a\u202eb"} }), []string{"/lines/0 invalid"}},
		{"no text at all", with(contoso, func(a *onboarding.Address) { a.Locality = "\xff" }), []string{"/locality invalid"}},
		{"a post office box", with(contoso, func(a *onboarding.Address) { a.Lines = []string{"1 High Street", "PO Box 12"} }), []string{"/lines/1 po_box"}},
		{"a post office box as city", with(contoso, func(a *onboarding.Address) { a.Locality = "P.O. Box 12" }), []string{"/locality po_box"}},
		{"another country's address", with(contoso, func(a *onboarding.Address) { a.Country = "FR" }), []string{"/country invalid"}},
		{"everything", onboarding.Address{Country: "US", Lines: []string{"Postfach 3", "b\tc"}, Subdivision: "XX", PostalCode: "1", SortingCode: "y"},
			[]string{"/lines/0 po_box", "/lines/1 invalid", "/locality required", "/postalCode invalid", "/sortingCode not_allowed", "/subdivision unsupported"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code := tc.a.Country
			if tc.name == "another country's address" {
				code = "GB"
			}
			faults := mustRules(t, code).AddressFaults(tc.a)
			if got := codes(faults); !slices.Equal(got, tc.want) {
				t.Errorf("faults %v, want %v", got, tc.want)
			}
			for _, f := range faults {
				if !strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "%!") {
					t.Errorf("message %q", f.Message)
				}
			}
		})
	}
}

func with(a onboarding.Address, change func(*onboarding.Address)) onboarding.Address {
	a.Lines = slices.Clone(a.Lines)
	change(&a)
	return a
}

func TestB1MessagesSayWhatToDo(t *testing.T) {
	for _, tc := range []struct {
		a    onboarding.Address
		want string
	}{
		{with(fabrik, func(a *onboarding.Address) { a.PostalCode = "x" }), "This is not a valid ZIP code (United States). It looks like 95014."},
		{with(fabrik, func(a *onboarding.Address) { a.PostalCode = "" }), "Enter the ZIP code. It looks like 95014."},
		{with(fabrik, func(a *onboarding.Address) { a.Subdivision = "" }), "Choose the state, for example Alabama."},
		{with(fabrik, func(a *onboarding.Address) { a.Subdivision = "x" }), "Choose a state from the list (United States), by its code or name, for example Alabama."},
		{with(contoso, func(a *onboarding.Address) { a.Subdivision = "Kent" }), "United Kingdom addresses have no province; leave this empty."},
		{with(contoso, func(a *onboarding.Address) { a.Locality = "" }), "Enter the post town."},
		{onboarding.Address{Country: "IE", Lines: []string{"x"}, Locality: "y", Subdivision: "Kent"}, "Choose a county from the list (Ireland), by its code or name, for example Co. Carlow, or leave this empty."},
	} {
		faults := mustRules(t, tc.a.Country).AddressFaults(tc.a)
		if len(faults) != 1 || faults[0].Message != tc.want {
			t.Errorf("%+v, want %q", faults, tc.want)
		}
	}
}

func TestB6NormalizeAddressWritesAsTheCountryDoes(t *testing.T) {
	for _, tc := range []struct {
		name     string
		in, want onboarding.Address
	}{
		{"spaces, empty lines and capitals",
			onboarding.Address{Country: "GB", Lines: []string{"  1  High Street ", "", " "}, Locality: " london", PostalCode: "w2  1gg "},
			onboarding.Address{Country: "GB", Lines: []string{"1 High Street"}, Locality: "LONDON", PostalCode: "W2 1GG"}},
		{"a state by its name", onboarding.Address{Country: "US", Subdivision: "new york"}, onboarding.Address{Country: "US", Subdivision: "NY"}},
		{"a state by its ISO code", onboarding.Address{Country: "US", Subdivision: "US-NY"}, onboarding.Address{Country: "US", Subdivision: "NY"}},
		{"a prefecture keeps its script", onboarding.Address{Country: "JP", Subdivision: "tokyo"}, onboarding.Address{Country: "JP", Subdivision: "Tokyo"}},
		{"a prefecture by its ISO code", onboarding.Address{Country: "JP", Subdivision: "JP-13"}, onboarding.Address{Country: "JP", Subdivision: "Tokyo"}},
		{"a province without its accents", onboarding.Address{Country: "ES", Subdivision: "gipuzkoa"}, onboarding.Address{Country: "ES", Subdivision: "SS"}},
		{"a county", onboarding.Address{Country: "IE", Subdivision: "county cork"}, onboarding.Address{Country: "IE", Subdivision: "Co. Cork"}},
		{"a state of India by its code", onboarding.Address{Country: "IN", Subdivision: "mh"}, onboarding.Address{Country: "IN", Subdivision: "Maharashtra"}},
		{"a prefix of the postal code", onboarding.Address{Country: "CH", PostalCode: "ch-8058"}, onboarding.Address{Country: "CH", PostalCode: "8058"}},
		{"full-width digits", onboarding.Address{Country: "JP", PostalCode: "\uff11\uff10\uff18\uff0d\uff10\uff10\uff17\uff15"}, onboarding.Address{Country: "JP", PostalCode: "108-0075"}},
		{"names keep their case", onboarding.Address{Country: "DE", Locality: "München", Lines: []string{"Straße 1"}}, onboarding.Address{Country: "DE", Locality: "München", Lines: []string{"Straße 1"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := mustRules(t, tc.in.Country).NormalizeAddress(tc.in)
			if !equal(got, tc.want) {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}

func equal(a, b onboarding.Address) bool {
	lines := slices.Equal(a.Lines, b.Lines)
	a.Lines, b.Lines = nil, nil
	return lines && a.Country == b.Country && a.Locality == b.Locality && a.DependentLocality == b.DependentLocality &&
		a.Subdivision == b.Subdivision && a.PostalCode == b.PostalCode && a.SortingCode == b.SortingCode
}
