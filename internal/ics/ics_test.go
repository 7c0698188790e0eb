package ics

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var at = time.Date(2026, 11, 27, 18, 0, 0, 0, time.FixedZone("EST", -5*3600))

func TestACalendarIsWrittenAsTheFormatAsks(t *testing.T) {
	got := string(Write("Partner Onboarding", at.Add(-time.Hour), []Event{
		{UID: "C-1-latest@portal.example", Sequence: 7, At: at, Summary: "Contoso, Ltd; result", Description: "First.\nSecond \\ line.", URL: "https://portal.example/partners/P-1/verification", Status: Confirmed, Remind: 24 * time.Hour},
		{UID: "C-1-link@portal.example", Sequence: 7, At: at, Summary: "Link", Status: Cancelled, Remind: time.Hour},
	}))
	want := strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Partner Onboarding//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
BEGIN:VEVENT
UID:C-1-latest@portal.example
SEQUENCE:7
DTSTAMP:20261127T220000Z
DTSTART:20261127T230000Z
SUMMARY:Contoso\, Ltd\; result
DESCRIPTION:First.\nSecond \\ line.
URL:https://portal.example/partners/P-1/verification
STATUS:CONFIRMED
TRANSP:TRANSPARENT
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Contoso\, Ltd\; result
TRIGGER:-PT86400S
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:C-1-link@portal.example
SEQUENCE:7
DTSTAMP:20261127T220000Z
DTSTART:20261127T230000Z
SUMMARY:Link
STATUS:CANCELLED
TRANSP:TRANSPARENT
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// read takes a file apart as a calendar program does: unfold, then name and
// value of each line.
func read(t *rapid.T, file string) []string {
	if !utf8.ValidString(file) || !strings.HasSuffix(file, "\r\n") {
		t.Fatalf("%q", file)
	}
	for _, line := range strings.Split(file, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00\x0b\x0c\u0085\u2028\u2029") {
			t.Fatalf("the line %q of %d octets", line, len(line))
		}
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(file, "\r\n ", ""), "\r\n"), "\r\n")
}

func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(s)
}

func TestWhateverATextHoldsItStaysOneText(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("ab;,\\\n\r\x00\u2028é漢👩 :=\"n"))), rapid.SampledFrom([]string{
		"x\r\nEND:VEVENT\r\nBEGIN:VEVENT", `\n\,`, strings.Repeat("漢字", 200), strings.Repeat("👩", 40), strings.Repeat("a", 75), strings.Repeat("a", 74) + "é",
	}))
	rapid.Check(t, func(t *rapid.T) {
		e := Event{UID: texts.Draw(t, "uid"), At: at, Summary: texts.Draw(t, "summary"), Description: texts.Draw(t, "description"), URL: texts.Draw(t, "url"), Status: Confirmed}
		lines := read(t, string(Write("p", at, []Event{e})))
		for _, line := range lines {
			name, value, ok := strings.Cut(line, ":")
			if !ok {
				t.Fatalf("no property: %q", line)
			}
			for property, put := range map[string]string{"UID": e.UID, "SUMMARY": e.Summary, "DESCRIPTION": e.Description} {
				if name == property && unescape(value) != want(put) {
					t.Fatalf("%q is read as %q", put, unescape(value))
				}
			}
		}
		if count(lines, "BEGIN:VEVENT") != 1 || count(lines, "END:VCALENDAR") != 1 {
			t.Fatalf("%q", lines)
		}
	})
}

// want is a text without what can't be shown.
func want(s string) string {
	parts := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, part := range parts {
		parts[i] = plain(part)
	}
	return strings.Join(parts, "\n")
}

func count(lines []string, line string) (n int) {
	for _, l := range lines {
		if l == line {
			n++
		}
	}
	return n
}
