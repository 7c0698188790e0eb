// Package directory is the directory of distributors (D1): who they are, where
// they sit, which regions they serve, in which languages and with what
// services. The list is data, built into the program.
package directory

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

//go:embed distributors.json
var builtIn []byte

// All lists every distributor by name. Callers must not change the list.
var All = sync.OnceValue(func() []onboarding.Distributor {
	var entries []struct {
		ID, Name                                string
		Countries, Regions, Languages, Services []string
		Email                                   string
	}
	if err := json.Unmarshal(builtIn, &entries); err != nil {
		panic("directory: distributors.json is faulty: " + err.Error()) // a test keeps it whole
	}
	list := make([]onboarding.Distributor, 0, len(entries))
	for _, e := range entries {
		list = append(list, onboarding.Distributor(e))
	}
	slices.SortFunc(list, func(a, b onboarding.Distributor) int { return strings.Compare(a.Name, b.Name) })
	return list
})

// Find returns a distributor by its id.
func Find(id string) (onboarding.Distributor, bool) {
	i := slices.IndexFunc(All(), func(d onboarding.Distributor) bool { return d.ID == id })
	if i < 0 {
		return onboarding.Distributor{}, false
	}
	return All()[i], true
}

// Query is what a person looks for. An empty member looks for anything.
type Query struct {
	Country  string // it sits there
	Service  string
	Language string
	Text     string // words, each of which must begin a word of the name, a country, language or service
}

// Search lists the distributors that match, by name.
func Search(q Query) []onboarding.Distributor {
	var found []onboarding.Distributor
	for _, d := range All() {
		if matches(d.Countries, q.Country) && matches(d.Services, q.Service) && matches(d.Languages, q.Language) && mentions(d, q.Text) {
			found = append(found, d)
		}
	}
	return found
}

func matches(values []string, wanted string) bool {
	return wanted == "" || slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, wanted) })
}

func mentions(d onboarding.Distributor, text string) bool {
	words := strings.Fields(strings.ToLower(strings.Join(slices.Concat([]string{d.Name}, d.Countries, d.Languages, d.Services), " ")))
	for _, wanted := range strings.Fields(strings.ToLower(text)) {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, wanted) }) {
			return false
		}
	}
	return true
}
