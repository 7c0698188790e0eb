package registry

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// name is a company's name as it is compared.
type name struct {
	words []string // without the legal form
	base  string   // the words, joined
	form  string   // the legal form, one spelling for each; "" when there is none
}

// parseName takes a legal name apart.
func parseName(country, text string, f folding) name {
	list := words(country, text, f)
	form := ""
	if rest, found := cutForm(list); len(rest) > 0 {
		list, form = rest, found
	}
	base := join(list)
	if form == "" {
		if rest, found := cutEastAsianForm(base); found != "" {
			list, base, form = []string{rest}, rest, found
		}
	}
	return name{words: list, base: base, form: form}
}

// sameBase says that two names are the same without their legal forms.
func sameBase(country, a, b string) bool {
	return sameWords(a, b, func(text string, f folding) []string { return parseName(country, text, f).words })
}

// longestForm is how many words a legal form has at most.
const longestForm = 8

// cutForm takes the longest legal form off the end of a name, or one of the few
// that stand before it ("OOO Romashka").
func cutForm(list []string) (base []string, form string) {
	for n := min(longestForm, len(list)); n > 0; n-- {
		if form := legalForm(strings.Join(list[len(list)-n:], " ")); form != "" {
			return list[:len(list)-n], form
		}
	}
	if len(list) > 1 {
		switch list[0] {
		case "ооо", "оао", "пао", "зао", "ао", "тов", "pt", "cv":
			return slices.Clone(list[1:]), list[0]
		}
	}
	return list, ""
}

// cutEastAsianForm takes a legal form off the beginning or the end of a name
// that is written without spaces.
func cutEastAsianForm(base string) (string, string) {
	for _, form := range []struct{ written, means string }{
		{"株式会社", "kk"}, {"合同会社", "gk"}, {"有限会社", "yk"},
		{"股份有限公司", ""}, {"有限责任公司", ""}, {"有限公司", ""}, {"주식회사", ""}, {"유한회사", ""},
	} {
		written := norm.NFC.String(fold(form.written, plain))
		if form.means == "" {
			form.means = written
		}
		if rest, ok := strings.CutSuffix(base, written); ok && rest != "" {
			return strings.TrimSpace(rest), form.means
		}
		if rest, ok := strings.CutPrefix(base, written); ok && rest != "" {
			return strings.TrimSpace(rest), form.means
		}
	}
	if rest, ok := strings.CutSuffix(base, "株"); ok && rest != "" { // ㈱
		return strings.TrimSpace(rest), "kk"
	}
	if rest, ok := strings.CutPrefix(base, "株"); ok && rest != "" && !strings.HasPrefix(base, "株式") {
		return strings.TrimSpace(rest), "kk"
	}
	return base, ""
}
