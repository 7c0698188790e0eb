package onboarding

import "time"

// Address is a physical address. Lines holds one to three street lines; which
// of the other members a country wants is said by its CountryRules.
type Address struct {
	Country           string   `json:"country,omitzero"` // ISO 3166-1 alpha-2, upper case
	Lines             []string `json:"lines,omitempty"`
	Locality          string   `json:"locality,omitzero"` // city or town
	DependentLocality string   `json:"dependentLocality,omitzero"`
	Subdivision       string   `json:"subdivision,omitzero"` // state, province, prefecture: its code or name
	PostalCode        string   `json:"postalCode,omitzero"`
	SortingCode       string   `json:"sortingCode,omitzero"`
}

// Contact is a named person of the partner.
type Contact struct {
	FirstName string `json:"firstName,omitzero"`
	LastName  string `json:"lastName,omitzero"`
	Email     string `json:"email,omitzero"`
	Phone     string `json:"phone,omitzero"` // E.164 once submitted
}

// Name is the person's full name.
func (c Contact) Name() string {
	if c.FirstName == "" || c.LastName == "" {
		return c.FirstName + c.LastName
	}
	return c.FirstName + " " + c.LastName
}

// LegalProfile says who the company is (B1).
type LegalProfile struct {
	LegalName          string  `json:"legalName,omitzero"`
	TradingName        string  `json:"tradingName,omitzero"`
	RegistrationNumber string  `json:"registrationNumber,omitzero"`
	Address            Address `json:"address,omitzero"`
	PrimaryContact     Contact `json:"primaryContact,omitzero"`
}

// SupportProfile says where the partner's customers get help (B2).
type SupportProfile struct {
	Email   string `json:"email,omitzero"`
	Phone   string `json:"phone,omitzero"` // E.164 once submitted
	Website string `json:"website,omitzero"`
}

// BusinessInfo is what step 2 asks for: a draft until it is submitted.
type BusinessInfo struct {
	Legal   LegalProfile   `json:"legal,omitzero"`
	Support SupportProfile `json:"support,omitzero"`
}

// CountryRules is what the rules need to know of one country (B6). The
// built-in implementation is package country.
type CountryRules interface {
	// AddressFaults lists everything wrong with an address of this country,
	// with pointers relative to the address ("/postalCode"), post office boxes
	// included.
	AddressFaults(Address) []Fault
	// NormalizeAddress trims and upper-cases what the country writes in upper
	// case. It never changes the meaning.
	NormalizeAddress(Address) Address
	// RegistrationNumberFault says what is wrong with a company registration
	// number of this country; ok is true when nothing is. An empty number is
	// judged too: some countries have none.
	RegistrationNumberFault(number string) (fault Fault, ok bool)
	// SupportPhoneRequired says whether a support phone must be given (B2).
	SupportPhoneRequired() bool
}

// Countries finds a country's rules by its ISO 3166-1 alpha-2 code.
type Countries interface {
	Rules(country string) (CountryRules, bool)
}

// Phones checks telephone numbers (B2). The built-in implementation is package
// phone.
type Phones interface {
	// Normalize returns the number in E.164. The number may be written
	// nationally, as dialled in the country, or internationally; it must be a
	// valid number of the country, else the fault (pointer "") says why:
	// FaultInvalid or FaultPhoneCountry.
	Normalize(number, country string) (e164 string, fault Fault, ok bool)
}

// Calendar counts business days in the reviewing region (V2). The built-in
// implementation is package calendar.
type Calendar interface {
	// After returns the end of the n-th business day after from: the moment at
	// which n business days are over.
	After(from time.Time, n int) time.Time
	// Shift moves a deadline that After returned by the business days that
	// ended between two moments, while the clock stood still (V3).
	Shift(deadline, from, to time.Time) time.Time
	// Name is the calendar's name for people, for example "United States".
	Name() string
}

// Registry compares a company with the official records (B4). The built-in
// implementation is package registry.
type Registry interface {
	Compare(LegalProfile) Comparison
}

// ComparisonResult is the outcome of comparing with the official registry.
type ComparisonResult string

// Outcomes of a comparison (B4). None of them blocks: a reviewer sees them.
const (
	ComparisonExact   ComparisonResult = "exact"
	ComparisonNear    ComparisonResult = "near"
	ComparisonUnknown ComparisonResult = "unknown"
)

// Difference is one field in which the profile differs from the record, or is
// written differently.
type Difference struct {
	Field      string         `json:"field"` // JSON pointer within the legal profile, "/address/postalCode"
	Kind       DifferenceKind `json:"kind,omitzero"`
	Submitted  string         `json:"submitted"`
	Registered string         `json:"registered"`
}

// Comparison is what the registry says about a profile.
type Comparison struct {
	Result      ComparisonResult `json:"result"`
	Differences []Difference     `json:"differences,omitempty"`
	Source      string           `json:"source,omitzero"` // which registry, for people
}
