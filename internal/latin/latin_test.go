package latin

import (
	"testing"
)

func TestFoldKnowsEveryAccentedLetter(t *testing.T) {
	if len(latin1) != 0x20 || len(extendedA) != 0x80 {
		t.Fatalf("the tables hold %d and %d letters, want 32 and 128", len(latin1), len(extendedA))
	}
	for text, want := range map[string]string{
		"Åland": "aland", "Łódź": "lodz", "Türkiye": "turkiye", "São Tomé": "sao tome", "Straße": "strasse", "Ærø": "aero",
		"Þórshöfn": "thorshofn", "Căsuța Poștală": "casuta postala", "Hòm Thư": "hom thu", "ΤΑΧΥΔΡΟΜΙΚΉ": "ταχυδρομικη", "İstanbul": "istanbul",
		"東京都": "東京都", "e\u0301": "e", "Žižkov": "zizkov", "Győr": "gyor", "ŉ": "n",
	} {
		if got := Fold(text); got != want {
			t.Errorf("Fold(%q) = %q, want %q", text, got, want)
		}
	}
}
