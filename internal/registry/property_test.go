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
		if a.Result == onboarding.ComparisonUnknown != (a.Source == "") || (a.Result == onboarding.ComparisonNear) != (fields(a) != "") {
			t.Fatalf("%+v", a)
		}
	})
}

func TestB4NamesAreComparedOverWordsOfSmallLettersAndDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, country := rapid.String().Draw(t, "text"), rapid.SampledFrom([]string{"", "GB", "DE", "JP"}).Draw(t, "country")
		for _, f := range []folding{plain, wide} {
			for _, word := range words(country, text, f) {
				for _, r := range word {
					if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) || !unicode.IsMark(r) && unicode.IsDigit(r) != isDigits(word) {
						t.Fatalf("%q in %q", r, word)
					}
				}
			}
			if n := parseName(country, text, f); n.base == "" && n.form != "" {
				t.Fatalf("%q has only a form: %+v", text, n)
			}
		}
	})
}

var texts = rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("aeouüöäåøæßñéйи株式会社 .-&'12stTHo"))), rapid.SampledFrom(func() (list []string) {
	for _, r := range records {
		list = append(list, r.LegalName, joinLines(r.Address.Lines), r.Address.Locality)
	}
	return append(list, "Müller & Söhne", "Mueller und Soehne", "Muller and Sohne", "5th Avenue", "12b High St")
}()))

func TestB4ReadingATextAgainChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, in := texts.Draw(t, "text"), rapid.SampledFrom([]string{"GB", "DE", "FR", "ES", "JP", "US"}).Draw(t, "country")
		for _, f := range []folding{plain, wide} {
			once := fold(text, f)
			if twice := fold(once, f); twice != once {
				t.Fatalf("%q is folded to %q, and that to %q", text, once, twice)
			}
			for what, read := range map[string]func(string) []string{
				"street": func(text string) []string { return street(in, text, f) },
				"name":   func(text string) []string { return parseName(in, text, f).words },
			} {
				read1 := read(text)
				if what == "name" && parseName(in, strings.Join(read1, " "), f).form != "" {
					continue // "Ltd Ltd" has a form twice
				}
				if read2 := read(strings.Join(read1, " ")); join(read2) != join(read1) {
					t.Fatalf("the %s %q is read as %q, and that as %q", what, text, read1, read2)
				}
			}
		}
		if form := parseName(in, text, plain).form; form != "" && strings.Trim(form, "abcdefghijklmnopqrstuvwxyz ") == "" && legalForm(form) != form && form != "pt" && form != "cv" {
			t.Fatalf("the form %q is also %q", form, legalForm(form))
		}
		number := compactNumber(in, text)
		if number == "" {
			return
		}
		if again := compactNumber(in, number); again != number && !strings.HasPrefix(number, in) {
			t.Fatalf("the number %q is also %q", number, again)
		}
	})
}

// mirrored is the kind seen from the other side.
func mirrored(kind onboarding.DifferenceKind) onboarding.DifferenceKind {
	switch kind {
	case onboarding.DifferenceIncomplete:
		return onboarding.DifferenceAdditional
	case onboarding.DifferenceAdditional:
		return onboarding.DifferenceIncomplete
	}
	return kind
}

func TestB4WhatDiffersFromTheRecordIsWhatTheRecordDiffersIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := texts.Draw(t, "a"), texts.Draw(t, "b")
		in := rapid.SampledFrom([]string{"GB", "DE", "FR", "ES", "JP", "US"}).Draw(t, "country")
		if strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "" {
			return
		}
		for what, kind := range map[string]func(in, a, b string) onboarding.DifferenceKind{
			"name": nameKind, "street": streetKind, "place": placeKind, "subdivision": subdivisionKind, "postal code": postalCodeKind,
		} {
			if same := kind(in, a, a); same != onboarding.DifferenceWriting {
				t.Fatalf("the %s %q differs from itself: %s", what, a, same)
			}
			if there, back := kind(in, a, b), kind(in, b, a); back != mirrored(there) {
				t.Fatalf("the %s %q differs from %q as %s, and back as %s", what, a, b, there, back)
			}
		}
	})
}

// otherLetter is a rune of the same kind that stands for something else.
func otherLetter(r rune) rune {
	switch {
	case r >= '0' && r <= '8':
		return r + 1
	case r == '9':
		return '0'
	case unicode.ToLower(r) == 'x':
		return 'k'
	}
	return 'x'
}

// change returns a text in which one word means something else.
func change(t *rapid.T, text string) string {
	letters := []rune(text)
	var at []int
	for i, r := range letters {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			at = append(at, i)
		}
	}
	i := rapid.SampledFrom(at).Draw(t, "at")
	switch rapid.IntRange(0, 2).Draw(t, "change") {
	case 0:
		letters[i] = otherLetter(letters[i])
		return string(letters)
	case 1:
		return string(letters[:i]) + string(otherLetter(letters[i])) + string(letters[i:])
	}
	return text + " 7x"
}

func TestB4ThatAWordMeansSomethingElseIsNeverExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.SampledFrom(records).Draw(t, "record")
		p := profile(r)
		var pointer string
		switch field := rapid.IntRange(0, 4).Draw(t, "field"); {
		case field == 0:
			p.LegalName, pointer = change(t, p.LegalName), "/legalName"
		case field == 1:
			i := rapid.IntRange(0, len(p.Address.Lines)-1).Draw(t, "line")
			p.Address.Lines[i], pointer = change(t, p.Address.Lines[i]), "/address/lines"
		case field == 2 && p.Address.Locality != "":
			p.Address.Locality, pointer = change(t, p.Address.Locality), "/address/locality"
		case field == 3:
			p.RegistrationNumber, pointer = p.RegistrationNumber+"7", "/registrationNumber"
		case p.Address.PostalCode != "":
			p.Address.PostalCode, pointer = "7"+p.Address.PostalCode, "/address/postalCode"
		}
		if pointer == "" {
			return
		}
		p.LegalName = restyle(t, p.LegalName)
		c := New(records).Compare(p)
		if c.Result != onboarding.ComparisonNear || fields(c) != pointer {
			t.Fatalf("%+v, want %s", c, pointer)
		}
	})
}
