package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// What the rules ask of the world, answered with yes.
type world struct{}

func (world) Rules(string) (onboarding.CountryRules, bool)             { return world{}, true }
func (world) AddressFaults(onboarding.Address) []onboarding.Fault      { return nil }
func (world) NormalizeAddress(a onboarding.Address) onboarding.Address { return a }
func (world) RegistrationNumberFault(string) (onboarding.Fault, bool) {
	return onboarding.Fault{}, true
}
func (world) SupportPhoneRequired() bool { return false }
func (world) Normalize(number, _ string) (string, onboarding.Fault, bool) {
	return number, onboarding.Fault{}, true
}
func (world) RegionOf(string, time.Time) (string, bool) { return "europe", true }
func (world) After(from time.Time, n int) time.Time {
	return from.Add(time.Duration(n) * 24 * time.Hour)
}
func (world) Shift(deadline, from, to time.Time) time.Time {
	return deadline.Add(max(0, to.Sub(from)))
}

func (world) Name() string { return "Days of 24 hours" }
func (world) Compare(onboarding.LegalProfile) onboarding.Comparison {
	return onboarding.Comparison{Result: onboarding.ComparisonUnknown}
}

var knowledge = onboarding.Knowledge{Countries: world{}, Phones: world{}, Regions: world{}, Registry: world{}, Calendar: world{}}

// monday is when every story begins: a moment finer than the table keeps.
var monday = time.Date(2026, time.March, 2, 9, 0, 0, 123_456_789, time.UTC)

func admin(tenant string) onboarding.Principal {
	return onboarding.Principal{UserID: "u-" + tenant, Email: "admin@contoso.example", TenantID: tenant, GlobalAdmin: true}
}

var reviewer = onboarding.Principal{UserID: "u-reviewer", Staff: true}

func stampOf(id string, at time.Time, by onboarding.Principal) onboarding.Stamp {
	return onboarding.Stamp{EventID: id, At: at, By: by.Actor()}
}

// enrol is the first event of a company.
func enrol(t testing.TB, partnerID, tenant, eventID string, at time.Time) onboarding.Event {
	t.Helper()
	by := admin(tenant)
	e, err := onboarding.Partner{}.Enroll(onboarding.Enroll{PartnerID: partnerID, WorkAccount: onboarding.WorkAccountExisting, WorkEmail: by.Email, CompanyName: "Contoso " + partnerID, By: by}, stampOf(eventID, at, by))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func info(name string) onboarding.BusinessInfo {
	return onboarding.BusinessInfo{
		Legal: onboarding.LegalProfile{LegalName: name, RegistrationNumber: "HRB 4711", Address: onboarding.Address{Country: "DE", Lines: []string{"Chausseestr. 1"}},
			PrimaryContact: onboarding.Contact{FirstName: "Erika", LastName: "Muster", Email: "erika@contoso.example", Phone: "+49301234567"}},
		Support: onboarding.SupportProfile{Email: "help@contoso.example", Website: "https://contoso.example"},
	}
}

// command makes the next event of a partner.
type command func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error)

func save(name string) command {
	return func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.SaveBusinessInfo(info(name), p.InfoRevision, s)
	}
}

func submit(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.Submit(knowledge, fmt.Sprintf("case-%d", p.Cases+1), "secret", s)
}

func confirm(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.ConfirmOwnership("secret", s)
}

func authorize(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.Decide(onboarding.Decide{Result: onboarding.VerificationAuthorized, Note: "Fine."}, s)
}

func reject(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.Decide(onboarding.Decide{Result: onboarding.VerificationRejected, Reasons: []onboarding.ReasonCode{"address_mismatch"}, Note: "Not so."}, s)
}

func escalate(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.Escalate(s)
}
