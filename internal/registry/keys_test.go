package registry_test

import (
	"slices"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
)

func TestE8_TheSameCompanyHasAKeyInCommonHoweverItIsWritten(t *testing.T) {
	profile := func(country, name, number string) onboarding.LegalProfile {
		return onboarding.LegalProfile{LegalName: name, RegistrationNumber: number, Address: onboarding.Address{Country: country}}
	}
	contoso := profile("GB", "Contoso Ltd", "01234567")
	for name, c := range map[string]struct {
		other onboarding.LegalProfile
		same  bool
	}{
		"E8 another case and legal form's spelling": {profile("GB", "CONTOSO Limited", ""), true},
		"E8 the number, whatever the name":          {profile("GB", "Fabrikam", "1234567"), true},
		"E8 the number with spaces":                 {profile("GB", "Fabrikam", "GB 0123 4567"), true},
		"E8 another country":                        {profile("IE", "Contoso Ltd", "01234567"), false},
		"E8 another company":                        {profile("GB", "Fabrikam Ltd", "7654321"), false},
		"E8 no name and no number":                  {profile("GB", "", ""), false},
		"E8 no country":                             {profile("", "Contoso Ltd", "01234567"), false},
	} {
		t.Run(name, func(t *testing.T) {
			keys := registry.Companies{}.CompanyKeys(c.other)
			got := slices.ContainsFunc(registry.Companies{}.CompanyKeys(contoso), func(k string) bool { return slices.Contains(keys, k) })
			if got != c.same {
				t.Errorf("%v", keys)
			}
		})
	}
	umlaut, spelled := registry.Companies{}.CompanyKeys(profile("DE", "Müller GmbH", "")), registry.Companies{}.CompanyKeys(profile("DE", "Mueller GmbH", ""))
	if !slices.ContainsFunc(umlaut, func(k string) bool { return slices.Contains(spelled, k) }) {
		t.Errorf("%v, %v", umlaut, spelled)
	}
}
