package directory

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"sync"

	"github.com/partner-onboarding/partner-onboarding/internal/latin"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Query is what a person looks for. An empty member looks for anything; all that
// are given must hold.
type Query struct {
	Country  string // it sits there: the code, or words of the English name
	Service  string // words of a service
	Language string // the code, or words of the English name
	Text     string // words, each of which must begin a word of the name, a country, language or service

	Choosable func(onboarding.Distributor) bool // only those for which it says yes; nil for all
	By        string                            // names Choosable: a cursor holds for it alone
}

// found is an entry with the words that it is found by, folded.
type found struct {
	onboarding.Distributor
	name, countries, languages, services []string
}

var index = sync.OnceValue(func() []found {
	list := make([]found, 0, len(All()))
	for _, d := range All() {
		f := found{Distributor: d, name: words(d.Name)}
		for _, c := range d.Countries {
			f.countries = append(f.countries, words(c+" "+countryNames[c])...)
		}
		for _, l := range d.Languages {
			f.languages = append(f.languages, words(l+" "+languageNames[l])...)
		}
		for _, s := range d.Services {
			f.services = append(f.services, words(s)...)
		}
		list = append(list, f)
	}
	return list
})

func words(text string) []string {
	return strings.FieldsFunc(latin.Fold(text), func(r rune) bool { return strings.ContainsRune(" ,.;:/()-’'", r) })
}

// Search lists the distributors that match, the best first: those whose name
// says the words before those whose countries, languages or services do, and by
// name among equals.
func Search(q Query) []onboarding.Distributor {
	type hit struct {
		onboarding.Distributor
		rank int
	}
	var hits []hit
	for _, f := range index() {
		rank, ok := f.rank(words(q.Text))
		if ok && begin(f.countries, q.Country) && begin(f.services, q.Service) && begin(f.languages, q.Language) && (q.Choosable == nil || q.Choosable(f.Distributor)) {
			hits = append(hits, hit{f.Distributor, rank})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.rank, a.rank) })
	list := make([]onboarding.Distributor, len(hits))
	for i, h := range hits {
		list[i] = h.Distributor
	}
	return list
}

// begin says whether each of the wanted words begins one of the words.
func begin(list []string, wanted string) bool {
	for _, w := range words(wanted) {
		if !slices.ContainsFunc(list, func(word string) bool { return strings.HasPrefix(word, w) }) {
			return false
		}
	}
	return true
}

// rank says how well an entry is meant by the wanted words: each must begin one
// of its words, a whole word of the name counts most, then the beginning of one.
func (f found) rank(wanted []string) (rank int, ok bool) {
	for _, w := range wanted {
		is := func(word string) bool { return word == w }
		begins := func(word string) bool { return strings.HasPrefix(word, w) }
		switch {
		case slices.ContainsFunc(f.name, is):
			rank += 4
		case slices.ContainsFunc(f.name, begins):
			rank += 3
		case slices.ContainsFunc(slices.Concat(f.countries, f.languages, f.services), is):
			rank += 2
		case slices.ContainsFunc(slices.Concat(f.countries, f.languages, f.services), begins):
			rank++
		default:
			return 0, false
		}
	}
	return rank, true
}

// Cursor is where the page after an entry begins. It holds for its query alone.
func (q Query) Cursor(last onboarding.Distributor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(q.digest() + last.ID))
}

// After finds where in the query's list a page begins.
func (q Query) After(list []onboarding.Distributor, cursor string) (rest []onboarding.Distributor, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	id, same := strings.CutPrefix(string(raw), q.digest())
	i := slices.IndexFunc(list, func(d onboarding.Distributor) bool { return d.ID == id })
	if err != nil || !same || i < 0 {
		return nil, false
	}
	return list[i+1:], true
}

func (q Query) digest() string {
	h := sha256.Sum256([]byte(strings.Join([]string{q.Country, q.Service, q.Language, q.Text, q.By}, "\x00")))
	return string(h[:6])
}

// Count is how many entries of a list have something.
type Count struct {
	Value, Name string
	N           int
}

// Facets counts a list's entries by country, language and service, the most
// frequent first.
func Facets(list []onboarding.Distributor) (countries, languages, services []Count) {
	by := func(values func(onboarding.Distributor) []string, names map[string]string) []Count {
		n := map[string]int{}
		for _, d := range list {
			for _, v := range values(d) {
				n[v]++
			}
		}
		counts := make([]Count, 0, len(n))
		for v, k := range n {
			counts = append(counts, Count{v, cmp.Or(names[v], v), k})
		}
		slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
		return counts
	}
	return by(func(d onboarding.Distributor) []string { return d.Countries }, countryNames),
		by(func(d onboarding.Distributor) []string { return d.Languages }, languageNames),
		by(func(d onboarding.Distributor) []string { return d.Services }, nil)
}
