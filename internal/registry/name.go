package registry

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// name is a company's name as it is compared.
type name struct {
	base string // without the legal form, letters and digits only
	form string // the legal form, one spelling for each; "" when there is none
}

// parseName takes a legal name apart.
func parseName(country, text string) name {
	tokens := words(country, text)
	form := ""
	if base, found := cutForm(tokens); len(base) > 0 {
		tokens, form = base, found
	}
	base := strings.Join(tokens, "")
	if form == "" {
		base, form = cutEastAsianForm(base)
	}
	return name{base: base, form: form}
}

// words takes text apart into words of small letters and digits, without
// accents and punctuation. Single letters that follow each other are one word:
// "S.p.A." is "spa".
func words(country, text string) []string {
	text = strings.NewReplacer("'", "", "’", "", "ʼ", "", "&", " and ", "+", " and ").Replace(fold(country, text))
	fields := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
	var tokens []string
	joining := false
	for _, field := range fields {
		single := len([]rune(field)) == 1 && unicode.IsLetter([]rune(field)[0])
		if single && joining {
			tokens[len(tokens)-1] += field
		} else {
			tokens = append(tokens, field)
		}
		joining = single
	}
	return tokens
}

// fold writes text in small letters without accents and in the plain form of
// compatible characters (full width, ligatures). Where German is written, "ue"
// and "ü" are the same.
func fold(country, text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		if r >= 0x300 && r <= 0x36f {
			continue // an accent; the vowel signs of other scripts stay
		}
		switch r = unicode.ToLower(r); r {
		case 'ß':
			b.WriteString("ss")
		case 'æ':
			b.WriteString("ae")
		case 'œ':
			b.WriteString("oe")
		case 'ø':
			b.WriteString("o")
		case 'ł':
			b.WriteString("l")
		case 'đ', 'ð':
			b.WriteString("d")
		case 'þ':
			b.WriteString("th")
		case 'ı':
			b.WriteString("i")
		default:
			b.WriteRune(r)
		}
	}
	folded := norm.NFC.String(b.String())
	switch country {
	case "AT", "CH", "DE", "LI", "LU":
		folded = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u").Replace(folded)
	}
	return folded
}

// cutForm takes the longest legal form off the end of a name, or one of the few
// that stand before it ("OOO Romashka").
func cutForm(tokens []string) (base []string, form string) {
	for n := min(4, len(tokens)); n > 0; n-- {
		if form := legalForm(strings.Join(tokens[len(tokens)-n:], " ")); form != "" {
			return tokens[:len(tokens)-n], form
		}
	}
	if len(tokens) > 1 {
		switch tokens[0] {
		case "ооо", "оао", "пао", "зао", "ао", "тов", "pt", "cv":
			return slices.Clone(tokens[1:]), tokens[0]
		}
	}
	return tokens, ""
}

// cutEastAsianForm takes a legal form off the beginning or the end of a name
// that is written without spaces.
func cutEastAsianForm(base string) (string, string) {
	for _, form := range []string{"株式会社", "合同会社", "有限会社", "股份有限公司", "有限责任公司", "有限公司", "주식회사", "유한회사"} {
		form = norm.NFC.String(fold("", form))
		if rest, ok := strings.CutSuffix(base, form); ok && rest != "" {
			return rest, form
		}
		if rest, ok := strings.CutPrefix(base, form); ok && rest != "" {
			return rest, form
		}
	}
	if rest, ok := strings.CutSuffix(base, "株"); ok && rest != "" { // ㈱
		return rest, "株式会社"
	}
	if rest, ok := strings.CutPrefix(base, "株"); ok && rest != "" && !strings.HasPrefix(base, "株式") {
		return rest, "株式会社"
	}
	return base, ""
}
