package view_test

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// The case and the preview before submitting show a comparison alike.
func TestB4AComparisonShowsWhichFieldsDifferAndHow(t *testing.T) {
	got := view.Comparison(onboarding.Comparison{Result: onboarding.ComparisonNear, Source: "Register", Differences: []onboarding.Difference{
		{Field: "/legalName", Kind: onboarding.DifferenceLegalForm, Submitted: "Contoso", Registered: "Contoso Ltd"},
		{Field: "/address/lines", Submitted: "1 High St", Registered: "1 High Street"}, // from before there were kinds
	}})
	want := []api.RegistryDifference{
		{Field: "/legalName", Kind: "legalForm", Detail: "The legal form is missing or another than in the register.", Submitted: "Contoso", Registered: "Contoso Ltd"},
		{Field: "/address/lines", Kind: "different", Detail: "Another text than in the register.", Submitted: "1 High St", Registered: "1 High Street"},
	}
	if got.Result != "near" || got.Source != "Register" || len(got.Differences) != 2 || got.Differences[0] != want[0] || got.Differences[1] != want[1] {
		t.Errorf("%+v", got)
	}
}
