// Package directory is the directory of distributors (D1): who they are, where
// they sit, which regions they serve, in which languages and with what
// services. The list is data, built into the program.
//
// To add a distributor, add a line to distributors.json: an id that no other has
// (DIST- and capitals), its name, the countries it sits in (ISO 3166-1), the
// regions it serves (ids of package region), its languages (BCP 47), its
// services in the words of the others, and the address that its mails go to. The
// tests of this package say what is wrong with it; a country or language that
// nobody had before gets its English name in names.go. Its users are made in the
// user pool, in the group distributors and with the id.
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
