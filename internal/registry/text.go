package registry

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A text is compared over its words: runs of small letters or of digits,
// without accents and punctuation. How it is split into words doesn't matter
// ("Wide World" and "Wideworld"), but where a number begins and ends does:
// "Flat 1, 12 High Street" isn't "Flat 11, 2 High Street".

// folding is how letters with an accent are written without: "ü" as "u" (plain)
// or as "ue" (wide).
type folding bool

const (
	plain folding = false
	wide  folding = true
)

// sameWords says that two texts have the same words. A letter with an accent is
// the same as either of its plain spellings, "Müller" as "Mueller" and as
// "Muller", but those two aren't the same: "Neue" is another word than "Neu".
func sameWords(a, b string, read func(text string, f folding) []string) bool {
	if join(read(a, plain)) == join(read(b, plain)) {
		return true
	}
	return join(read(a, wide)) == join(read(b, wide))
}

// join writes words as one text to compare: a space only where a number begins
// or ends.
func join(words []string) string {
	var b strings.Builder
	digit := false
	for i, word := range words {
		if i > 0 && (digit || isDigits(word)) {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		digit = isDigits(word)
	}
	return b.String()
}

// isDigits says that a word is a number: words are of letters or of digits.
func isDigits(word string) bool {
	for _, r := range word {
		return unicode.IsDigit(r)
	}
	return false
}

// words takes a text apart. Single letters that follow each other are one word:
// "S.p.A." is "spa".
func words(country, text string, f folding) []string {
	text = strings.NewReplacer("'", "", "’", "", "ʼ", "", "&", " and ", "+", " and ").Replace(fold(text, f))
	fields := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
	var list []string
	joining := false
	for _, field := range fields {
		for i, word := range runs(field) {
			if i > 0 && isDigits(list[len(list)-1]) && isOrdinal(word) {
				continue // "5th" is 5
			}
			single := len([]rune(word)) == 1 && !isDigits(word)
			if single && joining {
				list[len(list)-1] += word
			} else {
				list = append(list, word)
			}
			joining = single
		}
	}
	for i, word := range list {
		if isAnd(country, word) && i > 0 && i < len(list)-1 {
			list[i] = "and"
		}
	}
	return list
}

// runs takes a word apart where letters meet digits: "12b" is "12" and "b".
func runs(field string) []string {
	var list []string
	start, last := 0, false
	for i, r := range field {
		digit := unicode.IsDigit(r)
		if i > 0 && digit != last && !unicode.IsMark(r) {
			list, start = append(list, field[start:i]), i
		}
		if !unicode.IsMark(r) {
			last = digit
		}
	}
	return append(list, field[start:])
}

func isOrdinal(word string) bool {
	return word == "st" || word == "nd" || word == "rd" || word == "th"
}

// isAnd says that a word is what "&" stands for in a country.
func isAnd(country, word string) bool {
	switch word {
	case "and":
		return true
	case "und":
		return country == "DE" || country == "AT" || country == "CH" || country == "LI" || country == "LU"
	case "et":
		return country == "FR" || country == "BE" || country == "CH" || country == "LU" || country == "MC" || country == "CA"
	case "en":
		return country == "NL" || country == "BE"
	case "och":
		return country == "SE" || country == "FI"
	case "og":
		return country == "DK" || country == "NO" || country == "IS"
	case "y":
		return country != "PT" && country != "BR" && country != "IT"
	case "e":
		return country == "IT" || country == "PT" || country == "BR"
	}
	return false
}

// fold writes text in small letters without accents and in the plain form of
// compatible characters (full width, ligatures). The accents of Latin and Greek
// are dropped; a mark of another script makes another letter and stays.
func fold(text string, f folding) string {
	var b strings.Builder
	var base rune // the letter that marks belong to
	for _, r := range norm.NFKD.String(text) {
		if r >= 0x300 && r <= 0x36f {
			switch {
			case f == wide && r == 0x308 && (base == 'a' || base == 'o' || base == 'u'):
				b.WriteByte('e') // ä, ö, ü
			case f == wide && r == 0x30a && base == 'a':
				b.WriteByte('a') // å
			case r == 0x301, !unicode.IsLetter(base), unicode.In(base, unicode.Latin, unicode.Greek), r == 0x308 && base == 'е':
			default:
				b.WriteRune(r) // й isn't и
			}
			continue
		}
		if r = unicode.ToLower(r); !unicode.IsMark(r) {
			base = r
		}
		switch r {
		case 'ß':
			b.WriteString("ss")
		case 'æ':
			b.WriteString("ae")
		case 'œ':
			b.WriteString("oe")
		case 'ø':
			b.WriteByte('o')
			if f == wide {
				b.WriteByte('e')
			}
		case 'ł':
			b.WriteByte('l')
		case 'đ', 'ð':
			b.WriteByte('d')
		case 'þ':
			b.WriteString("th")
		case 'ı':
			b.WriteByte('i')
		case 'ς':
			b.WriteRune('σ')
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}
