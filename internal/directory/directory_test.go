package directory_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
)

func ids(list []onboarding.Distributor) (ids []string) {
	for _, d := range list {
		ids = append(ids, d.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestD1_TheListIsWholeAndOfRegionsAndCountriesThatExist(t *testing.T) {
	regions := map[string]bool{}
	for _, c := range (country.Table{}).All() {
		if r, ok := region.Default().RegionOf(c.Code, time.Now()); ok {
			regions[r] = true
		}
	}
	id, language := regexp.MustCompile(`^DIST-[A-Z0-9]+$`), regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, d := range directory.All() {
		if !id.MatchString(d.ID) || seen[d.ID] || d.Name == "" || !strings.Contains(d.Email, "@") || len(d.Countries) == 0 || len(d.Regions) == 0 || len(d.Languages) == 0 || len(d.Services) == 0 {
			t.Errorf("%+v", d)
		}
		seen[d.ID] = true
		for _, c := range d.Countries {
			if _, ok := (country.Table{}).Lookup(c); !ok {
				t.Errorf("%s sits in %q", d.ID, c)
			}
		}
		for _, r := range d.Regions {
			if !regions[r] {
				t.Errorf("%s serves %q", d.ID, r)
			}
		}
		for _, l := range d.Languages {
			if !language.MatchString(l) {
				t.Errorf("%s speaks %q", d.ID, l)
			}
		}
		if found, ok := directory.Find(d.ID); !ok || found.Name != d.Name {
			t.Errorf("%s is found as %+v", d.ID, found)
		}
	}
	if !slices.IsSortedFunc(directory.All(), func(a, b onboarding.Distributor) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the list isn't ordered by name")
	}
	if _, ok := directory.Find("DIST-NONE"); ok {
		t.Error("DIST-NONE was found")
	}
}

func TestD1_EveryCountryAndLanguageOfTheListHasItsName(t *testing.T) {
	countries, languages, _ := directory.Facets(directory.All())
	for _, c := range countries {
		known, _ := (country.Table{}).Lookup(c.Value)
		if c.Name != known.Name {
			t.Errorf("%s is called %q, package country says %q", c.Value, c.Name, known.Name)
		}
	}
	for _, l := range languages {
		if l.Name == l.Value {
			t.Errorf("the language %s has no name", l.Value)
		}
	}
}

func TestD1_ASearchFindsWhatAPersonWouldExpect(t *testing.T) {
	all := ids(directory.All())
	for name, c := range map[string]struct {
		query directory.Query
		want  []string
	}{
		"nothing asked for":              {directory.Query{}, all},
		"the beginning of a name":        {directory.Query{Text: "north"}, []string{"DIST-NORTHWIND"}},
		"two words in any order":         {directory.Query{Text: "  distri NORTHW "}, []string{"DIST-NORTHWIND"}},
		"the middle of a word":           {directory.Query{Text: "wind"}, nil},
		"accents in the name":            {directory.Query{Text: "editions"}, []string{"DIST-LUCERNE"}},
		"accents in what is looked for":  {directory.Query{Text: "Ïberia"}, []string{"DIST-WOODGROVE"}},
		"a sharp s":                      {directory.Query{Text: "grosshandel"}, []string{"DIST-FABRIKAM"}},
		"a country's name as text":       {directory.Query{Text: "kenya"}, []string{"DIST-PROSEWARE"}},
		"a language's name as text":      {directory.Query{Text: "swed"}, []string{"DIST-MARGIE"}},
		"a country by code":              {directory.Query{Country: "br"}, []string{"DIST-WINGTIP"}},
		"a country by name":              {directory.Query{Country: "united kingdom"}, []string{"DIST-NORTHWIND"}},
		"a language by code":             {directory.Query{Language: "ja"}, []string{"DIST-LITWARE", "DIST-SOUTHRIDGE"}},
		"a language by name":             {directory.Query{Language: "Japanese"}, []string{"DIST-LITWARE", "DIST-SOUTHRIDGE"}},
		"a service":                      {directory.Query{Service: "security"}, []string{"DIST-LITWARE", "DIST-TREY"}},
		"a service of several words":     {directory.Query{Service: "24×7 support"}, []string{"DIST-LITWARE", "DIST-NORTHWIND", "DIST-SOUTHRIDGE"}},
		"several things together":        {directory.Query{Country: "DE", Language: "fr", Text: "billing"}, []string{"DIST-NORTHWIND"}},
		"things that nobody has at once": {directory.Query{Country: "BR", Language: "ja"}, nil},
		"a word of two":                  {directory.Query{Text: "north nothing"}, nil},
		"who can be chosen in a region":  {directory.Query{Choosable: serves("brazil")}, []string{"DIST-WINGTIP"}},
	} {
		if got := ids(directory.Search(c.query)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func serves(region string) func(onboarding.Distributor) bool {
	return func(d onboarding.Distributor) bool { return d.Serves(region) }
}

func TestD1_TheBestComeFirst(t *testing.T) {
	var got []string
	for _, d := range directory.Search(directory.Query{Text: "sup"}) { // two are called Supply, the others offer support
		got = append(got, d.ID)
	}
	if want := []string{"DIST-ADVENTURE", "DIST-TAILSPIN", "DIST-LITWARE", "DIST-NORTHWIND", "DIST-SOUTHRIDGE"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestD1_PagesJoinToTheListAndACursorHoldsForItsFiltersAlone(t *testing.T) {
	q := directory.Query{Text: "licensing"}
	all := directory.Search(q)
	if len(all) < 10 {
		t.Fatalf("%d, so paging means nothing", len(all))
	}
	for i, d := range all {
		rest, ok := q.After(all, q.Cursor(d))
		if !ok || len(rest) != len(all)-i-1 {
			t.Errorf("after %s come %d", d.ID, len(rest))
		}
	}
	other := directory.Query{Text: "licensing", Country: "DE"}
	for _, cursor := range []string{q.Cursor(all[0]), "x", "DIST-NORTHWIND", ""} {
		if _, ok := other.After(all, cursor); ok {
			t.Errorf("the cursor %q is taken with other filters", cursor)
		}
	}
}

func TestD1_FacetsCountWhatWasFound(t *testing.T) {
	countries, languages, services := directory.Facets(directory.Search(directory.Query{Choosable: serves("japan")}))
	if len(countries) != 3 || countries[0] != (directory.Count{Value: "JP", Name: "Japan", N: 2}) || languages[0].N != 2 || services[0].N != 2 {
		t.Errorf("%v\n%v\n%v", countries, languages, services)
	}
}
