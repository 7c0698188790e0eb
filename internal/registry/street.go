package registry

import "strings"

// street reads the lines of an address: words with the usual abbreviations of
// the country in full.
func street(country, text string, f folding) []string {
	list := words(country, text, f)
	for i, word := range list {
		if stem, ok := strings.CutSuffix(word, "str"); ok {
			switch country {
			case "DE", "AT", "CH", "LI", "LU": // Hauptstr. 5
				word = stem + "strasse"
			case "NL", "BE":
				word = stem + "straat"
			}
		}
		if long := abbreviated[language(country)][word]; long != "" {
			word = long
		}
		list[i] = word
	}
	return list
}

// language is the one in which most addresses of a country are written, as far
// as abbreviations of it are known here.
func language(country string) string {
	switch country {
	case "DE", "AT", "CH", "LI":
		return "de"
	case "FR", "BE", "LU", "MC":
		return "fr"
	case "ES", "MX", "AR", "CO", "CL", "PE", "EC", "UY", "PY", "BO", "CR", "PA", "DO", "GT", "HN", "SV", "NI", "VE":
		return "es"
	case "IT", "SM", "VA":
		return "it"
	case "BR", "PT", "AO", "MZ":
		return "pt"
	case "PL":
		return "pl"
	}
	return "en"
}

// abbreviated is what words of a street address stand for.
var abbreviated = map[string]map[string]string{
	"en": {
		"st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "blvd": "boulevard", "bd": "boulevard", "dr": "drive", "ln": "lane", "sq": "square",
		"pl": "place", "ct": "court", "cres": "crescent", "ter": "terrace", "hwy": "highway", "pkwy": "parkway", "ste": "suite", "fl": "floor", "flr": "floor",
		"bldg": "building", "apt": "apartment", "rm": "room", "hse": "house", "gdns": "gardens", "mt": "mount", "no": "number",
		"n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest",
	},
	"de": {"pl": "platz", "str": "strasse", "nr": "nummer"},
	"fr": {"r": "rue", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "pl": "place", "ch": "chemin", "imp": "impasse", "rte": "route", "fg": "faubourg", "st": "saint", "ste": "sainte", "bat": "batiment", "etg": "etage"},
	"es": {"c": "calle", "cl": "calle", "av": "avenida", "avda": "avenida", "pza": "plaza", "pl": "plaza", "ctra": "carretera", "pso": "paseo", "col": "colonia"},
	"it": {"v": "via", "vle": "viale", "pza": "piazza", "pzza": "piazza", "cso": "corso", "lgo": "largo"},
	"pt": {"r": "rua", "av": "avenida", "avda": "avenida", "pc": "praca", "pca": "praca", "trav": "travessa", "conj": "conjunto", "estr": "estrada"},
	"pl": {"ul": "ulica", "al": "aleja", "pl": "plac", "os": "osiedle"},
}
