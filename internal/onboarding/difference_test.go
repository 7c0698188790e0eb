package onboarding_test

import (
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestB4EveryKindOfDifferenceHasItsTextAndOnlyWritingDoesNotCount(t *testing.T) {
	texts := map[string]DifferenceKind{}
	for _, kind := range DifferenceKinds() {
		d := Difference{Kind: kind}
		if text := d.Text(); text == "" || texts[text] != "" {
			t.Errorf("%s has the text %q, as %q", kind, text, texts[text])
		}
		texts[d.Text()] = kind
		if d.Counts() != (kind != DifferenceWriting) || d.HowDifferent() != kind {
			t.Errorf("%s counts: %t, is %s", kind, d.Counts(), d.HowDifferent())
		}
	}
	if old := (Difference{Field: "/legalName"}); old.HowDifferent() != DifferenceDifferent || !old.Counts() || old.Text() == "" {
		t.Errorf("a difference from before there were kinds is %s: %q", old.HowDifferent(), old.Text())
	}
}
