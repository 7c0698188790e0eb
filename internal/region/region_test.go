package region

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var today = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

func TestD1AMarketIsInTheRegionTheProgrammeSays(t *testing.T) {
	for _, tc := range []struct{ name, country, want string }{
		{"the United States", "US", "united-states"},
		{"with their minor outlying islands", "UM", "united-states"},
		{"but without Puerto Rico", "PR", "latin-america-caribbean"},
		{"a member of the EU", "DE", "eu-efta-uk"},
		{"a member of EFTA", "CH", "eu-efta-uk"},
		{"the United Kingdom", "GB", "eu-efta-uk"},
		{"Brazil alone", "BR", "brazil"},
		{"one of Africa's many markets", "KE", "africa"},
		{"an African country of another region", "ZA", "middle-east-central-eastern-europe"},
		{"Vatican City is a market", "VA", "eu-efta-uk"},
		{"Japan", "JP", "japan"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, ok := Default().RegionOf(tc.country, today); !ok || got != tc.want {
				t.Errorf("RegionOf(%s) = %q, %v, want %q", tc.country, got, ok, tc.want)
			}
		})
	}
}

func TestD1TheWholeEUEFTAAndTheUnitedKingdomAreOneRegion(t *testing.T) {
	for country := range strings.FieldsSeq("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO CH GB") {
		if got, _ := Default().RegionOf(country, today); got != "eu-efta-uk" {
			t.Errorf("RegionOf(%s) = %q", country, got)
		}
	}
}

func TestL5ACountryInNoRegionIsUnsupported(t *testing.T) {
	for _, country := range []string{"KP", "CU", "CN", "", "us", "USA", "XX"} {
		if got, ok := Default().RegionOf(country, today); ok || got != "" {
			t.Errorf("RegionOf(%q) = %q, %v, want none", country, got, ok)
		}
	}
}

func TestD1TheBuiltInTableHasRegionsOfOneAndOfManyMarkets(t *testing.T) {
	table := Default().At(today)
	if table.Effective().Format(time.DateOnly) != "2021-04-15" || table.Source() == "" {
		t.Errorf("effective %q, source %q", table.Effective(), table.Source())
	}
	size := map[string]int{}
	markets := 0
	for _, r := range table.All() {
		size[r.ID] = len(r.Markets)
		markets += len(r.Markets)
	}
	if size["brazil"] != 1 || size["united-states"] != 2 || size["africa"] != 47 {
		t.Errorf("sizes of regions: %v", size)
	}
	if len(size) != 15 || markets != 243 {
		t.Errorf("%d regions with %d markets", len(size), markets)
	}
}

func TestD1RegionsAreFoundByIDAndInOrder(t *testing.T) {
	all := Default().At(today).All()
	if !slices.IsSortedFunc(all, func(a, b Region) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("All is not in the order of ids")
	}
	all[0].Markets[0] = "!!"
	again, ok := Default().At(today).Region(all[0].ID)
	if !ok || again.Markets[0] == "!!" {
		t.Error("changing what All returned changed the table")
	}
	if _, ok := Default().At(today).Region("nowhere"); ok {
		t.Error("an unknown id was found")
	}
}

func TestParseRefusesATableWithAllItsFaults(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		want       []string
	}{
		{"not JSON", `region`, []string{"not the JSON expected"}},
		{"an unknown member", `{"effective":"2021-01-01","source":"s","markets":[]}`, []string{"markets"}},
		{"something after it", `{"effective":"2021-01-01","source":"s","regions":[{"id":"a","name":"A","markets":["DE"]}]} {}`, []string{"follows"}},
		{"everything missing", `{}`, []string{"effective", "source", "no region"}},
		{"every fault at once", `{"effective":"tomorrow","source":"","regions":[
			{"id":"north","name":"North","markets":["SE","DE"]},
			{"id":"south","name":"","markets":["DE","ZZ","D"," "]},
			{"id":"south","name":"South","markets":[]},
			{"id":"North West","name":"x","markets":["US"]}]}`, []string{
			`effective is "tomorrow"`, "source is missing", `DE is in "north" and in "south"`, `"ZZ" in "south" is no country`, `"D" in "south"`, `" " in "south"`,
			`"south" has no name`, `"south" is there twice`, `"south" has no markets`, `id "North West"`,
		}},
		{"a market twice in one region", `{"effective":"2021-01-01","source":"s","regions":[{"id":"a","name":"A","markets":["DE","DE"]}]}`, []string{`DE is in "a" and in "a"`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse(strings.NewReader(tc.file))
			if err == nil {
				t.Fatal("the table was accepted")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is missing in:\n%v", want, err)
				}
			}
		})
	}
}

func TestD1EveryMarketIsInExactlyTheRegionThatListsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.StringMatching(`[A-Z]{2}`).Draw(t, "country")
		var listed []string
		for _, r := range Default().At(today).All() {
			if slices.Contains(r.Markets, country) {
				listed = append(listed, r.ID)
			}
		}
		got, ok := Default().RegionOf(country, today)
		if ok != (len(listed) == 1) || len(listed) > 1 || ok && got != listed[0] {
			t.Fatalf("RegionOf(%s) = %q, %v; listed in %v", country, got, ok, listed)
		}
	})
}
