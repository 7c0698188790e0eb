package country

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/partner-onboarding/partner-onboarding/internal/latin"
)

const poBoxMessage = "Enter the street address of the business; a post office box isn't accepted."

// isPOBox says whether a line names a post office box or a bag or drawer at a
// post office, in the words of the country or of any other (B1). A word that
// merely begins like one is none: "Boxley Road", "Posthof 3".
func (r *record) isPOBox(line string) bool {
	text := oneSpace(latin.Fold(line))
	if anywhere(text) {
		return true
	}
	here := poBoxIn(r.code)
	return here != "" && pattern(here).MatchString(text)
}

// anywhere says whether folded text names a box in the words of any country. Most
// lines hold none of these words: looking for them is much cheaper than matching.
func anywhere(text string) bool {
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }), slices.ContainsFunc(boxWords, func(word string) bool { return strings.Contains(text, word) }):
		return poBox().MatchString(text)
	case strings.ContainsAny(text, "0123456789"):
		return numberedBox().MatchString(text)
	}
	return false
}

// boxWords are of the patterns in Latin letters: each but those of numberedBox
// needs one of them.
var boxWords = []string{
	"box", "bx", "bag", "drawer", "post", "packstation", "posbus", "privaatsak", "pasto", "pastkast", "apartado", "apdo", "casilla", "poczt",
	"predal", "kutusu", "kotak", "surat", "thu",
}

// numbered are the patterns of mere letters before a number.
var numbered = []string{
	`\bp\.?\s?o\.?\s?b\.?\s*#?\d`, `\bp\.?m\.?b\.?\s*#?\d`, // English
	`\b(?:bp|b\.\s?p\.?)\s*(?:n[o°.]*\s*)?\d`, // French
}

var numberedBox = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(strings.Join(numbered, "|")) })

// poBox matches folded text anywhere in the world. \b knows Latin letters only,
// which the folded text of Latin scripts has.
var poBox = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(strings.Join(append([]string{
		// English
		`\bp[\s./-]*[o0][\s./-]*(?:box|bx)(?:[^a-z]|$)`,
		`\bpost\s?office\s?box(?:[^a-z]|$)`,
		`\bpost\s?box\s*(?:no\.?|nr\.?|number|#)?\s*\d`,
		`\b[gc]\.?p\.?o\.?\s?(?:box|bag)(?:[^a-z]|$)`,
		`\b(?:p\.?\s?o\.?|post\s?office)\s+drawer\b`,
		`\b(?:private|lock(?:ed)?|mail|postal)\s?(?:mail\s?|post(?:al)?\s?)?bag\s*(?:no\.?|#)?\s*x?\s?\d`,
		`^(?:private|lock(?:ed)?)\s(?:mail\s|post(?:al)?\s)?bag\b`,
		`\block\s?box\s*#?\d`,
		// German; Dutch and Afrikaans; the Nordic countries and the Baltic
		`\bpostfach\b`, `\bpostlagernd\b`, `\bpackstation\s*\d`,
		`\bpostbus\b`, `\bposbus\b`, `\bprivaatsak\b`,
		`\bpostboks\b`, `\bpostbox\s+\d`, `\bpostilokero\b`, `\bposthol[fv]`, `\bpasto dezute\b`, `\bpastkast`,
		// French
		`\bboite\s+postale\b`, `\bcase\s+postale\b`, `\bcasier\s+postal\b`,
		// Spanish and Portuguese
		`\b(?:apartado|apdo\.?)\s*(?:postal|de\s+correos?|aereo|n[o°º.]*\s*\d|#|\d)`,
		`\bcasilla\s*(?:postal|de\s+correos?|n[o°º.]*\s*\d|#|\d)`,
		`\bcaixa\s+postal\b`,
		// Italian, Romanian
		`\bcasella\s+postale\b`, `\bcasuta\s+postala\b`,
		// Polish, Czech and Slovak, Hungarian, Slovenian, Croatian and Serbian, Turkish
		`\bskrytka\s+pocztowa\b`, `\bskr\.?\s*poczt`, `\bpostovni\s+(?:prihradka|schranka)\b`, `\bpostovy\s+priecinok\b`, `\bpostafiok\b`,
		`\bpostni\s+predal\b`, `\bpostanski\s+(?:pretinac|fah)\b`, `\bposta\s+kutusu\b`,
		// Indonesian, Malay, Vietnamese
		`\bkotak\s+pos\b`, `\bpeti\s+surat\b`, `\bhom\s+thu\b`,
		// Cyrillic, Greek, Arabic, Hebrew, Thai
		`(?:^|[^\p{L}])(?:а/я|п/я|а/с)(?:[^\p{L}]|$)`, `абонентск\p{L}*\s+ящик`, `почтов\p{L}*\s+ящик`, `поштов\p{L}*\s+скриньк`, `пощенска\s+кутия`,
		`(?:^|[^\p{L}])τ\.?\s?θ\.?\s*\d`, `ταχυδρομικ\p{L}*\s+θυριδα`, `(?:^|[^\p{L}])ص\.?\s?ب(?:[^\p{L}]|$)`, `صندوق\s+(?:ال)?بريد`,
		`(?:^|[^\p{L}])ת\.?\s?ד\.?\s*\d`, `ตู้\s?ป\.?ณ`,
		// Japanese, Chinese, Korean
		`私書箱`, `信箱`, `사서함`,
	}, numbered...), "|"))
})

// poBoxIn is what means a post office box in one country only, where it means
// something else in another: "C.P." is the postal code in Mexico, "Box 5" the
// fifth flat in Belgium.
func poBoxIn(country string) string {
	const wholeBox = `^box\s*#?\d+$` // a line that is nothing else
	switch country {
	case "AU", "GB", "IE", "NZ", "SE", "US", "ZA":
		return wholeBox
	case "AT", "DE", "HU":
		return `\bpf\.?\s*\d`
	case "CA":
		return wholeBox + `|\bc\.?\s?p\.?\s*\d`
	case "CH":
		return `\bpf\.?\s*\d|\bc\.?\s?p\.?\s*\d`
	case "CO":
		return `\ba\.\s?a\.\s*\d`
	case "FI":
		return wholeBox + `|^(?:pl|pb)\.?\s*\d`
	case "NO":
		return wholeBox + `|\bpb\.?\s*\d`
	case "TR":
		return `\bp\.?\s?k\.?\s*\d`
	}
	return ""
}
