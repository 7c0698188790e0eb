package mail

import (
	"strings"
	"unicode/utf8"
)

const textWidth = 72

// text lays the letter out as plain text.
func (w view) text() string {
	var b strings.Builder
	put := func(lines ...string) {
		for _, l := range lines {
			b.WriteString(l)
			b.WriteByte('\n')
		}
	}
	put(w.Programme, "", wrap("", "", w.Heading), strings.Repeat("=", min(utf8.RuneCountInString(w.Heading), textWidth)), "", wrap("", "", w.Greeting), "")
	for _, s := range w.Blocks {
		switch {
		case s.Facts != nil:
			for _, f := range s.Facts {
				put(wrap("* ", "  ", f.Label+": "+f.Value))
			}
			put("")
		case s.Button != nil:
			put(s.Button.Label+":", s.Button.URL, "")
		case s.Quote != nil:
			for _, line := range s.Quote {
				put(wrap("> ", "> ", line))
			}
			put("")
		case s.Reasons != nil:
			for _, r := range s.Reasons {
				put(wrap("* ", "  ", r.Text), wrap("  What to do: ", "  ", r.Remedy), wrap("  Reason code: ", "  ", r.Code), "")
			}
		default:
			put(wrap("", "", s.Paragraph), "")
		}
	}
	var references []string
	for _, r := range w.Reference {
		references = append(references, r.Label+" "+r.Value)
	}
	put(strings.Repeat("-", textWidth), strings.Join(references, ", "), "", wrap("", "", w.why()))
	return b.String()
}

// wrap breaks a paragraph into lines; first stands before the first line,
// rest before the others.
func wrap(first, rest, s string) string {
	var b strings.Builder
	b.WriteString(first)
	column := utf8.RuneCountInString(first)
	for i, word := range strings.Fields(s) {
		width := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+width > textWidth:
			b.WriteString("\n" + rest)
			column = utf8.RuneCountInString(rest)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += width
	}
	return b.String()
}
