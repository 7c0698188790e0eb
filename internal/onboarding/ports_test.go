package onboarding_test

import (
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/phone"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
)

// The rules with the knowledge that is built in.

func builtIn(t *testing.T) Knowledge {
	t.Helper()
	days, err := calendar.New("US", 0)
	if err != nil {
		t.Fatal(err)
	}
	return Knowledge{Countries: country.Table{}, Phones: phone.Numbers{}, Regions: region.Default(), Registry: registry.Default(), Calendar: days}
}

func contosoLtd() BusinessInfo {
	return BusinessInfo{
		Legal: LegalProfile{LegalName: "Contoso Ltd", RegistrationNumber: "01234567",
			Address:        Address{Country: "gb", Lines: []string{"1 Paddington Square", "Floor 5"}, Locality: "London", PostalCode: "w2 1gg"},
			PrimaryContact: Contact{FirstName: "Ada", LastName: "Admin", Email: "ada@contoso.com", Phone: "020 7946 0018"}},
		Support: SupportProfile{Email: "help@contoso.com", Website: "https://contoso.com"},
	}
}

func TestB4_B6_TheBuiltInKnowledgeAgreesWithTheRules(t *testing.T) {
	k := builtIn(t)
	submit := func(t *testing.T, info BusinessInfo, now time.Time) Partner {
		t.Helper()
		s := begin(t)
		s.now = now
		s.enrolled().saved(info)
		s.tell(s.p.Submit(k, "case-1", "secret", s.stamp(globalAdmin)))
		return s.p
	}
	t.Run("B4 a registered company matches, however it is written", func(t *testing.T) {
		p := submit(t, contosoLtd(), monday)
		if p.Case.Comparison.Result != ComparisonExact || p.Info.Legal.Address.PostalCode != "W2 1GG" || p.Info.Legal.PrimaryContact.Phone != "+442079460018" || p.Case.Check(CheckEmployment).Status != CheckPassed {
			t.Errorf("%+v\n%+v", p.Case, p.Info.Legal)
		}
	})
	t.Run("B4 another street is a near match", func(t *testing.T) {
		info := contosoLtd()
		info.Legal.Address.Lines = []string{"2 Paddington Square"}
		if c := submit(t, info, monday).Case.Comparison; c.Result != ComparisonNear || len(c.Differences) == 0 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("B1 B2 everything wrong is listed at once", func(t *testing.T) {
		info := contosoLtd()
		info.Legal.RegistrationNumber, info.Legal.Address.Lines, info.Legal.Address.PostalCode, info.Support.Phone = "x", []string{"PO Box 7"}, "10115", "+49 30 901820"
		s := begin(t).enrolled().saved(info)
		_, err := s.p.Submit(k, "case-1", "secret", s.stamp(globalAdmin))
		wantFaults(t, err, "/legalProfile/registrationNumber invalid", "/legalProfile/address/lines/0 po_box", "/legalProfile/address/postalCode invalid", "/supportProfile/phone phone_country")
	})
	t.Run("V2 Thanksgiving and the weekend are no business days", func(t *testing.T) {
		tuesday := time.Date(2026, time.November, 24, 15, 0, 0, 0, time.UTC)
		c := submit(t, contosoLtd(), tuesday).Case
		if c.Earliest.Format("Mon 2006-01-02") != "Mon 2026-11-30" || c.Latest.Format("Mon 2006-01-02") != "Wed 2026-12-02" || c.Earliest.Location() != time.UTC || c.Calendar == "" {
			t.Errorf("from %s to %s", c.Earliest, c.Latest)
		}
	})
}

func TestV11_ACompanyOfEveryMarketCanBeOnboarded(t *testing.T) {
	k := builtIn(t)
	for _, r := range region.Default().At(time.Now()).All() {
		for _, market := range r.Markets {
			t.Run("V11 "+market, func(t *testing.T) {
				info := contosoLtd()
				c, ok := country.Table{}.Lookup(market)
				if !ok {
					t.Fatalf("%s is a market of %s, but no country is known by that code", market, r.ID)
				}
				info.Legal.Address = addressIn(c)
				info.Legal.RegistrationNumber = c.RegistrationNumber.Example
				info.Legal.PrimaryContact.Phone = phone.Numbers{}.Example(market)
				if info.Legal.PrimaryContact.Phone == "" {
					info.Legal.PrimaryContact.Phone = "+44 20 7946 0018" // a market without telephone numbers of its own
				}
				info.Support.Phone = info.Legal.PrimaryContact.Phone
				s := begin(t)
				s.now = time.Date(2026, time.November, 24, 15, 0, 0, 0, time.UTC)
				s.enrolled().saved(info)
				s.tell(s.p.Submit(k, "case-1", "secret-1", s.stamp(globalAdmin)))
				if s.p.Region != r.ID {
					t.Fatalf("region %q, want %q", s.p.Region, r.ID)
				}
				s.confirmed().authorized()
				current, ok := agreement.Table{}.Current(s.p.Region, s.now)
				if !ok {
					t.Fatalf("there is no agreement for the region %s", s.p.Region)
				}
				sign := signature()
				sign.Version, sign.SHA256 = current.Version, current.Documents[0].SHA256
				s.tell(s.p.Accept(sign, current, s.stamp(globalAdmin)))
				if s.p.Acceptance.Region == "" || s.p.ProgrammeStatus() != ProgrammeActive {
					t.Errorf("accepted %+v", s.p.Acceptance)
				}
			})
		}
	}
}

// addressIn is an address of a country made of what its rules show.
func addressIn(c country.Country) Address {
	a := Address{Country: c.Code, Lines: []string{"1 High Street"}}
	for _, f := range c.Fields {
		switch f.Name {
		case "locality":
			a.Locality = "Somewhere"
		case "dependentLocality":
			a.DependentLocality = "Somewhere"
		case "subdivision":
			a.Subdivision = "Somewhere"
			if len(c.Subdivisions) > 0 {
				a.Subdivision = c.Subdivisions[0].Code
			}
		case "postalCode":
			a.PostalCode = "12345"
			if c.PostalCode != nil && len(c.PostalCode.Examples) > 0 {
				a.PostalCode = c.PostalCode.Examples[0]
			}
		case "sortingCode":
			a.SortingCode = "1"
		}
	}
	return a
}
