package country

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func mustLookup(tb testing.TB, code string) Country {
	tb.Helper()
	c, ok := Table{}.Lookup(code)
	if !ok {
		tb.Fatalf("no country %s", code)
	}
	return c
}

func mustRules(tb testing.TB, code string) onboarding.CountryRules {
	tb.Helper()
	rules, ok := Table{}.Rules(code)
	if !ok {
		tb.Fatalf("no rules of %s", code)
	}
	return rules
}

func TestB6EveryCountryDecodesAndIsWhole(t *testing.T) {
	list := Table{}.All()
	if len(list) != 250 {
		t.Errorf("%d countries, want 250", len(list))
	}
	for _, s := range list {
		c := mustLookup(t, s.Code)
		if c.Code != s.Code || c.Name != s.Name || c.Name == "" {
			t.Errorf("%s: code %q, name %q", s.Code, c.Code, c.Name)
		}
		if !slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Name == "lines" && f.Required }) {
			t.Errorf("%s: no required street address in %+v", s.Code, c.Fields)
		}
		for _, f := range c.Fields {
			if f.Label == "" || strings.ContainsAny(f.Label, "_") {
				t.Errorf("%s: label %q of %s", s.Code, f.Label, f.Name)
			}
		}
		subdivided := slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Name == "subdivision" })
		if len(c.Subdivisions) > 0 && !subdivided {
			t.Errorf("%s: subdivisions, but no field for them", s.Code)
		}
	}
}

func TestB6PostalCodeExamplesMatchTheirPattern(t *testing.T) {
	for _, s := range (Table{}).All() {
		c := mustLookup(t, s.Code)
		if c.PostalCode == nil {
			continue
		}
		pattern, err := regexp.Compile("^(?:" + c.PostalCode.Pattern + ")$")
		if err != nil {
			t.Errorf("%s: %v", s.Code, err)
			continue
		}
		for _, example := range c.PostalCode.Examples {
			if c.PostalCode.Pattern != "" && !pattern.MatchString(example) {
				t.Errorf("%s: example %q doesn't match %q", s.Code, example, c.PostalCode.Pattern)
			}
		}
	}
}

func TestB6ACountryShowsItsRules(t *testing.T) {
	us := mustLookup(t, "US")
	if us.Name != "United States" || us.PostalCode.Examples[0] != "95014" || us.SupportPhone.Required {
		t.Errorf("US: %+v", us)
	}
	want := []Field{
		{"lines", "Street address", true, false}, {"locality", "City", true, true},
		{"subdivision", "State", true, true}, {"postalCode", "ZIP code", true, true},
	}
	if !slices.Equal(us.Fields, want) {
		t.Errorf("US fields: %+v", us.Fields)
	}
	if !slices.Contains(us.Subdivisions, Subdivision{Code: "WA", Name: "Washington", ISO: "US-WA"}) {
		t.Errorf("US subdivisions: %+v", us.Subdivisions)
	}
	jp := mustLookup(t, "JP")
	if jp.Fields[0].Name != "postalCode" || jp.Fields[1].Label != "Prefecture" || !jp.SupportPhone.Required {
		t.Errorf("JP: %+v", jp)
	}
	if !slices.Contains(jp.Subdivisions, Subdivision{Code: "東京都", Name: "Tokyo", LocalName: "東京都", ISO: "JP-13"}) {
		t.Errorf("JP subdivisions: %+v", jp.Subdivisions)
	}
	if ru := mustLookup(t, "RU"); ru.Subdivisions[0].LocalName == "" || ru.Subdivisions[0].Name == ru.Subdivisions[0].Code {
		t.Errorf("RU: %+v", ru.Subdivisions[0])
	}
	if hk := mustLookup(t, "HK"); hk.PostalCode != nil || hk.Subdivisions[0] != (Subdivision{Code: "Kowloon", Name: "Kowloon", LocalName: "九龍"}) {
		t.Errorf("HK: %+v", hk)
	}
	if ie := mustLookup(t, "IE"); len(ie.Subdivisions) != 26 || ie.Fields[len(ie.Fields)-1].Label != "Eircode" {
		t.Errorf("IE: %+v", ie.Fields)
	}
}

func TestB6UnknownCodesAreNoCountries(t *testing.T) {
	for _, code := range []string{"", "U", "us", "USA", "ZZ", "AC", "# ", "\n\n", "1A", "ÄÖ"} {
		if c, ok := (Table{}).Lookup(code); ok {
			t.Errorf("%q is %s", code, c.Name)
		}
		if rules, ok := (Table{}).Rules(code); ok || rules != nil {
			t.Errorf("%q has rules", code)
		}
	}
}

func TestB6TheListIsByNameAndTheCallersOwn(t *testing.T) {
	list := Table{}.All()
	at := func(code string) int {
		return slices.IndexFunc(list, func(s Summary) bool { return s.Code == code })
	}
	if !(at("AF") < at("AX") && at("AX") < at("AL") && at("TR") < at("TM") && at("ZW") == len(list)-1) {
		t.Errorf("order: %v", list)
	}
	list[0].Name = "changed"
	if (Table{}).All()[0].Name == "changed" {
		t.Error("changing the list changed the table")
	}
	c := mustLookup(t, "US")
	c.Subdivisions[0].Name, c.PostalCode.Examples[0] = "changed", "changed"
	if again := mustLookup(t, "US"); again.Subdivisions[0].Name == "changed" || again.PostalCode.Examples[0] == "changed" {
		t.Error("changing a country changed the table")
	}
}

func TestTheDataIsMarkedAsGeneratedAndSorted(t *testing.T) {
	text, err := os.ReadFile("countries.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^# Code generated .* DO NOT EDIT\.\n`).Match(text) {
		t.Error("the first line doesn't say that the file is generated")
	}
	if len(text) > 300_000 {
		t.Errorf("%d bytes are too many to embed", len(text))
	}
	var codes []string
	for line := range bytes.Lines(text) {
		if line[0] != '#' {
			codes = append(codes, string(line[:2]))
		}
	}
	if !slices.IsSorted(codes) || len(slices.Compact(codes)) != 250 {
		t.Errorf("codes: %v", codes)
	}
}
