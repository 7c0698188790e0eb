package registry

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var records = func() []Record {
	list, err := Parse(strings.NewReader(string(builtIn)))
	if err != nil {
		panic(err)
	}
	return list
}()

// restyle writes a text in another case and with other spaces and punctuation.
func restyle(t *rapid.T, text string) string {
	switch rapid.IntRange(0, 3).Draw(t, "style") {
	case 0:
		return strings.ToUpper(text)
	case 1:
		return strings.ToLower(text)
	case 2:
		return "  " + strings.ReplaceAll(text, " ", "  ") + "."
	}
	return text
}

func TestB4StyleNeverMattersAndEveryRealChangeShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(records).Draw(t, "record")
		p := profile(r)
		p.LegalName, p.Address.Locality = restyle(t, p.LegalName), restyle(t, p.Address.Locality)
		for i := range p.Address.Lines {
			p.Address.Lines[i] = restyle(t, p.Address.Lines[i])
		}
		if c := Default().Compare(p); c.Result != onboarding.ComparisonExact {
			t.Fatalf("%+v", c)
		}
		var want []string
		change := func(pointer string, do func()) {
			if rapid.Bool().Draw(t, pointer) {
				do()
				want = append(want, pointer)
			}
		}
		change("/legalName", func() { p.LegalName = "Zzyzx " + p.LegalName })
		change("/address/lines", func() { p.Address.Lines = append(p.Address.Lines, "Zzyzx") })
		if r.Address.Locality != "" {
			change("/address/locality", func() { p.Address.Locality = "Zzyzx" })
		}
		if r.Address.PostalCode != "" {
			change("/address/postalCode", func() { p.Address.PostalCode = "Z9Z9Z9" })
		}
		c := Default().Compare(p)
		if fields(c) != strings.Join(want, " ") || (c.Result == onboarding.ComparisonExact) != (len(want) == 0) {
			t.Fatalf("%+v, want %v", c, want)
		}
	})
}

func TestB4TheAnswerDependsOnTheProfileAndTheRecordsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(records).Draw(t, "record")
		p := profile(r)
		p.LegalName = rapid.OneOf(rapid.Just(p.LegalName), rapid.String()).Draw(t, "name")
		p.RegistrationNumber = rapid.OneOf(rapid.Just(p.RegistrationNumber), rapid.String()).Draw(t, "number")
		a, b := Default().Compare(p), New(records).Compare(p)
		if a.Result != b.Result || a.Source != b.Source || !slices.Equal(a.Differences, b.Differences) {
			t.Fatalf("%+v and %+v", a, b)
		}
		if a.Result == onboarding.ComparisonUnknown != (a.Source == "") || (a.Result == onboarding.ComparisonNear) != (len(a.Differences) > 0) {
			t.Fatalf("%+v", a)
		}
	})
}

func TestB4NamesAreComparedOverWordsOfSmallLettersAndDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, country := rapid.String().Draw(t, "text"), rapid.SampledFrom([]string{"", "GB", "DE", "JP"}).Draw(t, "country")
		for _, word := range words(country, text) {
			for _, r := range word {
				if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) {
					t.Fatalf("%q in %q", r, word)
				}
			}
		}
		if n := parseName(country, text); n.base == "" && n.form != "" {
			t.Fatalf("%q has only a form: %+v", text, n)
		}
	})
}
