package country

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// How much text an address may hold.
const (
	maxLines     = 3
	maxCharacter = 100 // in a line or any other part
)

// AddressFaults implements onboarding.CountryRules: everything that is wrong
// with an address of this country, at most one fault for each member (B1, B6).
// It judges the address as NormalizeAddress would leave it, so spaces around a
// text or lower case are no fault.
func (r *record) AddressFaults(a onboarding.Address) []onboarding.Fault {
	var faults []onboarding.Fault
	report := func(pointer, code, format string, args ...any) {
		if !slices.ContainsFunc(faults, func(f onboarding.Fault) bool { return f.Pointer == pointer }) {
			faults = append(faults, onboarding.Fault{Pointer: pointer, Code: code, Message: fmt.Sprintf(format, args...)})
		}
	}
	if a.Country != "" && a.Country != r.code {
		report("/country", onboarding.FaultInvalid, "The address is judged as one of %s; use the country code %s.", r.name, r.code)
	}
	r.lineFaults(a.Lines, report)
	normal := r.NormalizeAddress(a)
	for _, p := range otherParts {
		r.partFault(p, *p.value(&a), *p.value(&normal), report)
	}
	return faults
}

type reporter func(pointer, code, format string, args ...any)

func (r *record) lineFaults(typed []string, report reporter) {
	filled := 0
	for i, line := range typed {
		pointer := fmt.Sprintf("/lines/%d", i)
		switch {
		case strings.TrimSpace(line) == "":
			continue
		case !readable(line):
			report(pointer, onboarding.FaultInvalid, "Remove line breaks and invisible characters from this line.")
		case tooLong(line):
			report(pointer, onboarding.FaultTooLong, "Shorten this line to %d characters, or use another line.", maxCharacter)
		case r.isPOBox(line):
			report(pointer, onboarding.FaultPOBox, poBoxMessage)
		}
		filled++
	}
	switch {
	case filled == 0:
		report("/lines", onboarding.FaultRequired, "Enter the street address.")
	case len(typed) > maxLines:
		report("/lines", onboarding.FaultTooLong, "Use at most %d lines for the street address.", maxLines)
	}
}

func (r *record) partFault(p part, typed, normal string, report reporter) {
	pointer, label := "/"+p.name, r.label(p)
	switch {
	case !readable(typed):
		report(pointer, onboarding.FaultInvalid, "Remove line breaks and invisible characters.")
	case tooLong(typed):
		report(pointer, onboarding.FaultTooLong, "Shorten this to %d characters.", maxCharacter)
	case normal == "":
		if r.requires(p) {
			report(pointer, onboarding.FaultRequired, "%s", r.ask(p))
		}
	case !r.has(p.letter):
		report(pointer, onboarding.FaultNotAllowed, "%s addresses have no %s; leave this empty.", r.name, lower(label))
	case p.letter == 'Z' && !r.postalCode().MatchString(normal) && r.data.Pattern != "":
		report(pointer, onboarding.FaultInvalid, "This is not a valid %s (%s).%s", lower(label), r.name, r.example())
	case p.letter == 'S' && len(r.subdivisions) > 0 && r.subdivision(normal) < 0:
		report(pointer, onboarding.FaultUnsupported, "%s", r.choose(p))
	case (p.letter == 'C' || p.letter == 'D') && r.isPOBox(typed):
		report(pointer, onboarding.FaultPOBox, poBoxMessage)
	}
}

// ask says what to enter in a part that is required and missing.
func (r *record) ask(p part) string {
	switch {
	case p.letter == 'Z':
		return fmt.Sprintf("Enter the %s.%s", lower(r.label(p)), r.example())
	case p.letter == 'S' && len(r.subdivisions) > 0:
		return fmt.Sprintf("Choose the %s, for example %s.", lower(r.label(p)), r.subdivisions[0].Name)
	}
	return fmt.Sprintf("Enter the %s.", lower(r.label(p)))
}

// choose says what to do about a subdivision that isn't one of the country's.
func (r *record) choose(p part) string {
	text := fmt.Sprintf("Choose a %s from the list (%s), by its code or name, for example %s", lower(r.label(p)), r.name, r.subdivisions[0].Name)
	if r.requires(p) {
		return text + "."
	}
	return text + ", or leave this empty."
}

func (r *record) example() string {
	if len(r.data.Examples) == 0 {
		return ""
	}
	return " It looks like " + r.data.Examples[0] + "."
}

// NormalizeAddress implements onboarding.CountryRules. It trims, writes one
// space for several, drops empty lines, upper-cases what the country writes in
// upper case, takes a country's prefix off the postal code ("CH-8001"), and
// spells a subdivision as the country's list does; one with a short code is
// written by its code ("Washington" becomes "WA").
func (r *record) NormalizeAddress(a onboarding.Address) onboarding.Address {
	var filled []string
	for _, line := range a.Lines {
		if line = oneSpace(line); line != "" {
			filled = append(filled, r.upperCase(lines, line))
		}
	}
	a.Lines = filled
	for _, p := range otherParts {
		*p.value(&a) = r.upperCase(p, oneSpace(*p.value(&a)))
	}
	if i := r.subdivision(a.Subdivision); i >= 0 {
		a.Subdivision = r.spell(i, a.Subdivision)
	}
	a.PostalCode = r.normalPostalCode(a.PostalCode)
	return a
}

func (r *record) upperCase(p part, text string) string {
	if r.has(p.letter) && r.upper(p) {
		return strings.ToUpper(text)
	}
	return text
}

func (r *record) normalPostalCode(code string) string {
	code = strings.ToUpper(oneSpace(strings.Map(halfWidth, code)))
	if rest, ok := strings.CutPrefix(code, r.data.Prefix); ok {
		return strings.TrimSpace(rest)
	}
	return code
}

// halfWidth writes the full-width forms of East Asian keyboards, and the many
// dashes, as the plain ones.
func halfWidth(r rune) rune {
	switch {
	case r >= 0xff01 && r <= 0xff5e:
		return r - 0xfee0
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0x30fc:
		return '-'
	}
	return r
}

// oneSpace trims text and writes one space where there are several.
func oneSpace(text string) string { return strings.Join(strings.Fields(text), " ") }

func tooLong(text string) bool { return utf8.RuneCountInString(text) > maxCharacter }

// readable says whether text is only what a person sees: no control characters,
// line breaks or invisible signs. The joiners of Indic and Arabic script stay.
func readable(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Cs, unicode.Co) ||
			unicode.Is(unicode.Cf, r) && r != 0x200c && r != 0x200d {
			return false
		}
	}
	return true
}

// lower writes a label inside a sentence: "ZIP code" stays.
func lower(label string) string {
	if len(label) > 1 && label[1] >= 'A' && label[1] <= 'Z' {
		return label
	}
	return strings.ToLower(label)
}
