package country

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/latin"
)

// Looking for words first never misses a box that matching all patterns finds.
func TestB1_TheShortWayFindsThePostOfficeBoxesThatTheLongWayFinds(t *testing.T) {
	pieces := []string{
		"p", "o", "b", "m", "g", "c", "0", "box", "bx", "bag", "post", "office", "drawer", "private", "lock", "locked", "mail", "postal", "fach", "postfach",
		"postlagernd", "packstation", "postbus", "posbus", "privaatsak", "postboks", "postbox", "postilokero", "posthol", "f", "v", "pasto", "dezute", "pastkast",
		"boite", "postale", "case", "casier", "bp", "b.p.", "n°", "no", "apartado", "apdo", "de", "correos", "aereo", "casilla", "caixa", "casella", "casuta",
		"postala", "skrytka", "pocztowa", "skr", "poczt", "postovni", "prihradka", "postovy", "priecinok", "postafiok", "postni", "predal", "postanski",
		"pretinac", "fah", "posta", "kutusu", "kotak", "pos", "peti", "surat", "hom", "thu", "а/я", "абонентский", "ящик", "τ.θ.", "ص.ب", "صندوق", "بريد", "ת.ד.",
		"私書箱", "信箱", "사서함", "ตู้", "ปณ", "main", "street", "1", "42", ".", "#", "-", "/", " ", "  ",
	}
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		text := latin.Fold(strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 7).Draw(t, "pieces"), rapid.SampledFrom([]string{"", " "}).Draw(t, "between")))
		long := poBox().MatchString(text)
		if long {
			found++
		}
		if anywhere(text) != long {
			t.Fatalf("%q: short %t, long %t", text, anywhere(text), long)
		}
	})
	if found == 0 {
		t.Error("none of the texts was a box")
	}
}
