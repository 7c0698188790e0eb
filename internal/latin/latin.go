// Package latin writes names as people type them.
package latin

import (
	"strings"
	"unicode"
)

// Fold writes text in lower case and Latin letters without accents, so that
// names are found however they are typed. Other scripts stay.
func Fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		r = unicode.ToLower(r)
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r >= 0x300 && r <= 0x36f: // combining accents
		case r == 'ß':
			b.WriteString("ss")
		case r == 'æ':
			b.WriteString("ae")
		case r == 'œ':
			b.WriteString("oe")
		case r == 'þ':
			b.WriteString("th")
		case r >= 0xe0 && r < 0xe0+rune(len(latin1)):
			b.WriteByte(latin1[r-0xe0])
		case r >= 0x100 && r < 0x100+rune(len(extendedA)):
			b.WriteByte(extendedA[r-0x100])
		default:
			b.WriteRune(other(r))
		}
	}
	return b.String()
}

// The letters without accents of U+00E0–U+00FF and U+0100–U+017F.
const (
	latin1    = "aaaaaaaceeeeiiiidnooooo/ouuuuyty"
	extendedA = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllllln" +
		"nnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"
)

// other is the letter without accent of the few others that names need:
// Romanian, Vietnamese and Greek.
func other(r rune) rune {
	switch {
	case r == 'ș':
		return 's'
	case r == 'ț':
		return 't'
	case r == 'ơ', r >= 0x1ecd && r <= 0x1ee3:
		return 'o'
	case r == 'ư', r >= 0x1ee5 && r <= 0x1ef1:
		return 'u'
	case r >= 0x1ea1 && r <= 0x1eb7:
		return 'a'
	case r >= 0x1eb9 && r <= 0x1ec7:
		return 'e'
	case r >= 0x1ec9 && r <= 0x1ecb:
		return 'i'
	case r >= 0x1ef3 && r <= 0x1ef9:
		return 'y'
	}
	if i := strings.IndexRune(greekAccented, r); i >= 0 && r >= 0x370 {
		return []rune(greekPlain)[i/2] // each of them takes two bytes
	}
	return r
}

const (
	greekAccented = "άέήίόύώϊϋς"
	greekPlain    = "αεηιουωιυσ"
)

// FoldName folds text and drops everything but letters and digits.
func FoldName(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, Fold(text))
}
