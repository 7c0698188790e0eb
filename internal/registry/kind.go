package registry

import (
	"slices"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// kindOf says how submitted words that aren't the registered ones differ from
// them. Numbers are never taken for a slip of the pen: another house number is
// another house.
func kindOf(submitted, registered []string) onboarding.DifferenceKind {
	switch {
	case sameInAnyOrder(submitted, registered):
		return onboarding.DifferenceOrder
	case hasAll(registered, submitted):
		return onboarding.DifferenceIncomplete
	case hasAll(submitted, registered):
		return onboarding.DifferenceAdditional
	case abbreviates(submitted, registered) || abbreviates(registered, submitted):
		return onboarding.DifferenceAbbreviation
	case slices.Equal(numbers(submitted), numbers(registered)) && near(join(submitted), join(registered)):
		return onboarding.DifferenceSpelling
	}
	return onboarding.DifferenceDifferent
}

// best is the less serious of two kinds: a text can be read in two ways.
func best(a, b onboarding.DifferenceKind) onboarding.DifferenceKind {
	kinds := onboarding.DifferenceKinds()
	if slices.Index(kinds, b) < slices.Index(kinds, a) {
		return b
	}
	return a
}

func numbers(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(word string) bool { return !isDigits(word) })
}

func sameInAnyOrder(a, b []string) bool {
	return len(a) == len(b) && slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// hasAll says that one text has all words of the other, in their order, and
// some more.
func hasAll(all, some []string) bool {
	if len(some) == 0 || len(some) >= len(all) {
		return false
	}
	rest := some
	for _, word := range all {
		if len(rest) > 0 && word == rest[0] {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

// abbreviates says that words can be an abbreviation of others: some of them of
// the word at the same place ("Intl" of "International"), or all of them by
// initials ("IBM").
func abbreviates(short, long []string) bool {
	if len(short) == 1 && len(long) > 1 && short[0] == initials(long) {
		return true
	}
	if len(short) != len(long) {
		return false
	}
	for i, word := range short {
		if word != long[i] && !isShortened(word, long[i]) {
			return false
		}
	}
	return true
}

func initials(list []string) string {
	var b strings.Builder
	for _, word := range list {
		for _, r := range word {
			b.WriteRune(r)
			break
		}
	}
	return b.String()
}

// isShortened says that a word leaves letters of another out that begins
// alike, at least two of them.
func isShortened(short, long string) bool {
	s, l := []rune(short), []rune(long)
	if isDigits(short) || isDigits(long) || len(s)+2 > len(l) || s[0] != l[0] {
		return false
	}
	for _, r := range l {
		if len(s) > 0 && r == s[0] {
			s = s[1:]
		}
	}
	return len(s) == 0
}

// near says that few letters of two texts differ: one of four, two of eight,
// three of sixteen.
func near(a, b string) bool {
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	allowed := 0
	switch {
	case longest >= 16:
		allowed = 3
	case longest >= 8:
		allowed = 2
	case longest >= 4:
		allowed = 1
	}
	return max(len(x), len(y))-min(len(x), len(y)) <= allowed && distance(x, y) <= allowed
}

// distance is how many letters must be changed, added, left out or exchanged
// with their neighbour to come from one text to the other (optimal string
// alignment).
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
