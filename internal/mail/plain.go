package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths in characters; what is longer is cut and ends in "…".
const (
	maxName        = 200
	maxSubjectName = 60
	maxText        = 1000
	maxMessage     = 2000
	maxLines       = 40
)

// unreadable stands for a value of which nothing is left.
const unreadable = "(not readable)"

// oneLine makes a value that somebody typed fit to stand in a letter or a
// subject: one line of visible text, at most max characters, that no mail
// client makes a link of.
func oneLine(s string, max int) string {
	line := defuse(cut(visible(s, max), max))
	if line == "" {
		return unreadable
	}
	return isolate(line)
}

// lines does the same for a text of several lines; empty lines are dropped.
func lines(s string) []string {
	var list []string
	left := maxMessage
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(truncate(s, maxMessage))
	for _, l := range strings.Split(s, "\n") {
		l = visible(l, left)
		if l == "" {
			continue
		}
		if len(list) == maxLines || left <= 0 {
			return append(list, "…")
		}
		short := cut(l, left)
		left -= utf8.RuneCountInString(short)
		list = append(list, isolate(defuse(short)))
	}
	if len(list) == 0 {
		return []string{unreadable}
	}
	return list
}

// truncate keeps the beginning of an overlong value, so that the work done on
// it is bounded; it leaves more than max characters can need.
func truncate(s string, max int) string {
	if limit := 16 * (max + 16); len(s) > limit {
		return s[:limit]
	}
	return s
}

// visible drops every character that has no look of its own (control,
// formatting, bidirectional and zero-width characters, private use, the
// invisible letters), makes one space of any white space, and lets no more
// than four marks pile up on a letter.
func visible(s string, max int) string {
	var b strings.Builder
	space, marks := false, 0
	for _, r := range truncate(s, max) {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Z, r) || r == '\u2800':
			space = b.Len() > 0
			continue
		case !unicode.IsPrint(r) || invisible[r] || r == utf8.RuneError:
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > 4 {
				continue
			}
		default:
			marks = 0
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// invisible are characters of no look that Unicode counts as letters or marks.
var invisible = map[rune]bool{'\u034f': true, '\u115f': true, '\u1160': true, '\u17b4': true, '\u17b5': true, '\u3164': true, '\uffa0': true}

func cut(s string, max int) string {
	count := 0
	for i := range s {
		if count++; count > max {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// dots are what a client may take for the dot of a host name.
const dots = ".。．｡․﹒"

var (
	dot        = compiled(`[` + dots + `]`)
	dottedQuad = compiled(`\d+(?:[` + dots + `]\d+){3,}`)
)

// defuse puts a space where a mail client would otherwise see a web address,
// another kind of URL, a mail address or a network share: after the dot of
// "evil.example", after the colon of "javascript:", before the @. A space is
// the one separator that every client takes for the end of an address; the
// invisible ones are ignored by some. Dots of initials ("S.A.") stay.
func defuse(s string) string {
	s = dottedQuad().ReplaceAllStringFunc(s, func(quad string) string { return dot().ReplaceAllString(quad, "$0 ") })
	runes := []rune(s)
	var b strings.Builder
	for i, r := range runes {
		var before, after rune = ' ', ' '
		if i > 0 {
			before = runes[i-1]
		}
		if i+1 < len(runes) {
			after = runes[i+1]
		}
		inside := before != ' ' && after != ' '
		switch {
		case before != ' ' && strings.ContainsRune("@＠﹫", r):
			b.WriteByte(' ')
			b.WriteRune(r)
		case inside && strings.ContainsRune(dots, r) && (label(runes[i+1:]) >= 2 || i >= 3 && strings.EqualFold(string(runes[i-3:i]), "www")):
			b.WriteRune(r)
			b.WriteByte(' ')
		case inside && strings.ContainsRune(":：﹕", r) && !(unicode.IsDigit(before) && unicode.IsDigit(after)):
			b.WriteRune(r)
			b.WriteByte(' ')
		case strings.ContainsRune(`\＼﹨`, r) && strings.ContainsRune(`\＼﹨`, after):
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// label counts the characters of a host name's label at the beginning.
func label(runes []rune) int {
	for i, r := range runes {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && r != '-' {
			return i
		}
	}
	return len(runes)
}

// isolate keeps right-to-left text from reordering the words around it. The
// isolate marks are the only bidirectional characters a letter may hold: those
// of the value itself are gone by now.
func isolate(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam, unicode.Samaritan, unicode.Mandaic)
	}) {
		return "\u2068" + s + "\u2069"
	}
	return s
}
