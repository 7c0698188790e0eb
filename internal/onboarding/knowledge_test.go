package onboarding_test

import (
	"strings"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// What the rules ask of the world, small enough to be seen through: four
// countries, three regions, two companies in the registry, days of 24 hours.

type nation struct {
	code         string
	calling      string // "+49"
	postalCode   bool   // is required
	registration bool   // a number is required
	supportPhone bool   // is required
}

func (c nation) AddressFaults(a Address) []Fault {
	var faults []Fault
	if len(a.Lines) == 0 {
		faults = append(faults, Fault{Pointer: "/lines", Code: FaultRequired, Message: "Enter it."})
	}
	for _, line := range a.Lines {
		if strings.HasPrefix(strings.ToLower(line), "po box") {
			faults = append(faults, Fault{Pointer: "/lines", Code: FaultPOBox})
		}
	}
	if c.postalCode && a.PostalCode == "" {
		faults = append(faults, Fault{Pointer: "/postalCode", Code: FaultRequired, Message: "Enter it."})
	}
	return faults
}

func (c nation) NormalizeAddress(a Address) Address {
	a.PostalCode = strings.ToUpper(a.PostalCode)
	return a
}

func (c nation) RegistrationNumberFault(number string) (Fault, bool) {
	if c.registration && number == "" {
		return Fault{Code: FaultRequired}, false
	}
	return Fault{}, true
}

func (c nation) SupportPhoneRequired() bool { return c.supportPhone }

var countries = map[string]nation{
	"DE": {code: "DE", calling: "+49", postalCode: true, registration: true},
	"US": {code: "US", calling: "+1", postalCode: true},
	"JP": {code: "JP", calling: "+81", supportPhone: true},
	"AQ": {code: "AQ", calling: "+672"}, // known, but in no region
}

type world struct{}

func (world) Rules(code string) (CountryRules, bool) {
	c, ok := countries[code]
	return c, ok
}

func (world) Normalize(number, code string) (string, Fault, bool) {
	number = strings.ReplaceAll(number, " ", "")
	calling := countries[code].calling
	switch {
	case strings.HasPrefix(number, "0"):
		return calling + number[1:], Fault{}, true
	case strings.HasPrefix(number, calling):
		return number, Fault{}, true
	case strings.HasPrefix(number, "+"):
		return "", Fault{Code: FaultPhoneCountry}, false
	}
	return "", Fault{Code: FaultInvalid}, false
}

func (world) RegionOf(code string, _ time.Time) (string, bool) {
	region, ok := map[string]string{"DE": "europe", "US": "us", "JP": "asia"}[code]
	return region, ok
}

func (world) Compare(p LegalProfile) Comparison {
	switch {
	case p.LegalName != "Contoso GmbH":
		return Comparison{Result: ComparisonUnknown}
	case p.Address.PostalCode != "10115":
		return Comparison{Result: ComparisonNear, Source: "Register", Differences: []Difference{{Field: "/address/postalCode", Submitted: p.Address.PostalCode, Registered: "10115"}}}
	}
	return Comparison{Result: ComparisonExact, Source: "Register"}
}

func (world) After(from time.Time, n int) time.Time { return from.Add(time.Duration(n) * day) }

func (world) Shift(deadline, from, to time.Time) time.Time {
	return deadline.Add(max(0, to.Sub(from)))
}

func (world) Name() string { return "Days of 24 hours" }

const day = 24 * time.Hour

var knowledge = Knowledge{Countries: world{}, Phones: world{}, Regions: world{}, Registry: world{}, Calendar: world{}}

// contoso is business information that nothing stands against.
func contoso() BusinessInfo {
	return BusinessInfo{
		Legal: LegalProfile{
			LegalName: "Contoso GmbH", RegistrationNumber: "HRB 4711",
			Address:        Address{Country: "DE", Lines: []string{"Chausseestr. 1"}, Locality: "Berlin", PostalCode: "10115"},
			PrimaryContact: Contact{FirstName: "Erika", LastName: "Muster", Email: "erika@contoso.example", Phone: "030 1234567"},
		},
		Support: SupportProfile{Email: "help@contoso.example", Website: "https://www.contoso.example"},
	}
}

// The people of the stories.
var (
	globalAdmin   = Principal{UserID: "u-admin", Email: "admin@contoso.example", Name: "Ada Admin", TenantID: "t-contoso", TenantDomain: "contoso.example", GlobalAdmin: true, IPAddress: "192.0.2.7", UserAgent: "test"}
	colleague     = Principal{UserID: "u-colleague", Email: "carl@contoso.example", TenantID: "t-contoso", TenantDomain: "contoso.example"}
	founder       = Principal{UserID: "u-founder", Email: "founder@newco.example", TenantID: SignUpTenant("u-founder")}
	stranger      = Principal{UserID: "u-stranger", Email: "eve@other.example", TenantID: "t-other", GlobalAdmin: true}
	reviewer      = Principal{UserID: "u-reviewer", Email: "rita@programme.example", Staff: true}
	otherReviewer = Principal{UserID: "u-reviewer-2", Email: "rolf@programme.example", Staff: true}
	seller        = Principal{UserID: "u-seller", Email: "sam@northwind.example", DistributorID: "D-NORTH"}
	rival         = Principal{UserID: "u-rival", Email: "ron@adventure.example", DistributorID: "D-ADVENTURE"}
)

// The distributors of the stories: one that serves Contoso's region, one more,
// and one that doesn't.
var (
	northwind = Distributor{ID: "D-NORTH", Name: "Northwind", Regions: []string{"europe", "us"}}
	adventure = Distributor{ID: "D-ADVENTURE", Name: "Adventure", Regions: []string{"europe"}}
	overseas  = Distributor{ID: "D-OVERSEAS", Name: "Overseas", Regions: []string{"us"}}
)

// agreementOf is version n of the agreement for Contoso's region.
func agreementOf(version string) AgreementVersion {
	return AgreementVersion{
		Version: version, Title: "Partner agreement", Region: "europe",
		Documents: []AgreementDocument{{MediaType: "text/html", SHA256: sha("html" + version), Size: 10}, {MediaType: "application/pdf", SHA256: sha("pdf" + version), Size: 20}},
	}
}

func sha(text string) string { return HashSecret(text) }

var current = agreementOf("2026-01")
