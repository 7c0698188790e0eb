package registry

import "github.com/partner-onboarding/partner-onboarding/internal/onboarding"

var _ onboarding.Companies = Companies{}

// Companies tells which companies are the same (E8), as records are found: by
// the country's registration number, and by the legal name without its legal
// form, in each folding.
type Companies struct{}

// CompanyKeys implements onboarding.Companies.
func (Companies) CompanyKeys(l onboarding.LegalProfile) []string {
	country := l.Address.Country
	if country == "" {
		return nil
	}
	var keys []string
	if number := compactNumber(country, l.RegistrationNumber); number != "" {
		keys = append(keys, "NUMBER#"+country+"#"+number)
	}
	for _, base := range bases(country, l.LegalName) {
		keys = append(keys, "NAME#"+country+"#"+base)
	}
	return keys
}
