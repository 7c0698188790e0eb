package onboarding

// DifferenceKind says how a field of the profile differs from the official
// record (B4). Kinds are stable.
type DifferenceKind string

// Kinds of difference. With DifferenceWriting alone the comparison is exact:
// it is the same text, and shown so that a reviewer sees what was taken as the
// same.
const (
	DifferenceWriting      DifferenceKind = "writing"      // case, accents, punctuation, usual abbreviations, a legal form in full
	DifferenceMissing      DifferenceKind = "missing"      // submitted empty
	DifferenceLegalForm    DifferenceKind = "legalForm"    // the same name with another legal form, or without one
	DifferenceAbbreviation DifferenceKind = "abbreviation" // one seems to abbreviate the other
	DifferenceSpelling     DifferenceKind = "spelling"     // a letter or two are others
	DifferenceOrder        DifferenceKind = "order"        // the same words in another order
	DifferenceIncomplete   DifferenceKind = "incomplete"   // the record has more words
	DifferenceAdditional   DifferenceKind = "additional"   // the record has fewer words
	DifferenceDifferent    DifferenceKind = "different"    // another text
)

var differenceTexts = map[DifferenceKind]string{
	DifferenceWriting:      "The same, written differently.",
	DifferenceMissing:      "This was left empty; the register has it.",
	DifferenceLegalForm:    "The legal form is missing or another than in the register.",
	DifferenceAbbreviation: "One seems to be an abbreviation of the other.",
	DifferenceSpelling:     "Spelled differently from the register.",
	DifferenceOrder:        "The same words, in another order than in the register.",
	DifferenceIncomplete:   "The register has more words here.",
	DifferenceAdditional:   "The register has fewer words here.",
	DifferenceDifferent:    "Another text than in the register.",
}

// DifferenceKinds lists the kinds, the least serious first.
func DifferenceKinds() []DifferenceKind {
	return []DifferenceKind{
		DifferenceWriting, DifferenceAbbreviation, DifferenceOrder, DifferenceSpelling, DifferenceIncomplete, DifferenceAdditional,
		DifferenceLegalForm, DifferenceMissing, DifferenceDifferent,
	}
}

// Text says for people how the field differs.
func (d Difference) Text() string { return differenceTexts[d.HowDifferent()] }

// HowDifferent is the kind; comparisons kept from before there were kinds
// counted as different whatever they listed.
func (d Difference) HowDifferent() DifferenceKind {
	if d.Kind == "" {
		return DifferenceDifferent
	}
	return d.Kind
}

// Counts says that the field keeps the comparison from being exact.
func (d Difference) Counts() bool { return d.Kind != DifferenceWriting }
