package onboarding

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// RecordColumns are what a file of records on file can hold of a company (E5), in
// the order in which they are documented. The first ones are required.
func RecordColumns() (required, optional []string) {
	return slices.Clone(recordColumns[:requiredColumns]), slices.Clone(recordColumns[requiredColumns:])
}

const requiredColumns = 8

var recordColumns = []string{
	"partnerId", "legalName", "country", "contactFirstName", "contactLastName", "contactEmail", "contactPhone", "authorizedAt",
	"tenantId", "tradingName", "registrationNumber", "addressLine1", "addressLine2", "addressLine3", "locality", "dependentLocality", "subdivision", "postalCode", "sortingCode",
	"agreementVersion", "agreementSha256", "agreementSignedAt", "agreementSignerName", "agreementSignerTitle",
}

// columnOf says which column a member of the business information comes from.
var columnOf = map[string]string{
	"/legalProfile/legalName": "legalName", "/legalProfile/tradingName": "tradingName", "/legalProfile/registrationNumber": "registrationNumber",
	"/legalProfile/primaryContact/firstName": "contactFirstName", "/legalProfile/primaryContact/lastName": "contactLastName",
	"/legalProfile/primaryContact/email": "contactEmail", "/legalProfile/primaryContact/phone": "contactPhone",
	"/legalProfile/address/country": "country", "/legalProfile/address/locality": "locality", "/legalProfile/address/dependentLocality": "dependentLocality",
	"/legalProfile/address/subdivision": "subdivision", "/legalProfile/address/postalCode": "postalCode", "/legalProfile/address/sortingCode": "sortingCode",
	"/legalProfile/address/lines": "addressLine1", "/legalProfile/address/lines/0": "addressLine1", "/legalProfile/address/lines/1": "addressLine2", "/legalProfile/address/lines/2": "addressLine3",
}

var digest = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// RecordOnFile makes a record of what a file says of a company, by the rules of
// the form in which a company enters the same itself; with every fault at once,
// whose pointers name the columns.
func RecordOnFile(fields map[string]string, k Knowledge, now time.Time) (Membership, []Fault) {
	get := func(column string) string { return strings.TrimSpace(fields[column]) }
	m := Membership{ID: FoldMembershipID(get("partnerId")), TenantID: get("tenantId")}
	lines := []string{get("addressLine1"), get("addressLine2"), get("addressLine3")}
	info, found := Partner{}.complete(BusinessInfo{Legal: LegalProfile{
		LegalName: get("legalName"), TradingName: get("tradingName"), RegistrationNumber: get("registrationNumber"),
		Address: Address{Country: get("country"), Lines: lines, Locality: get("locality"), DependentLocality: get("dependentLocality"), Subdivision: get("subdivision"),
			PostalCode: get("postalCode"), SortingCode: get("sortingCode")},
		PrimaryContact: Contact{FirstName: get("contactFirstName"), LastName: get("contactLastName"), Email: get("contactEmail"), Phone: get("contactPhone")},
	}}, k, now)
	m.Legal = info.Legal
	faults := membershipIDFaults("/partnerId", m.ID)
	for _, f := range found {
		if column, ok := columnOf[f.Pointer]; ok { // the support profile isn't on file
			f.Pointer = "/" + column
			faults = append(faults, f)
		}
	}
	if len(m.TenantID) > 64 || !plain(m.TenantID) {
		faults = append(faults, Fault{"/tenantId", FaultInvalid, "Give the tenant's id as the directory writes it, or leave it empty."})
	}
	m.AuthorizedAt, faults = past("/authorizedAt", get("authorizedAt"), true, now, faults)
	m.Agreement, faults = signedOnFile(get, now, faults)
	return m, onePerPointer(faults)
}

func signedOnFile(get func(string) string, now time.Time, faults []Fault) (*SignedAgreement, []Fault) {
	g := SignedAgreement{Version: get("agreementVersion"), SHA256: strings.ToLower(get("agreementSha256")), SignerName: get("agreementSignerName"), SignerTitle: get("agreementSignerTitle")}
	if g == (SignedAgreement{}) && get("agreementSignedAt") == "" {
		return nil, faults
	}
	faults = append(faults, textFaults("/agreementVersion", g.Version, true, 32)...)
	faults = append(faults, textFaults("/agreementSignerName", g.SignerName, true, maxName)...)
	faults = append(faults, companyFaults("/agreementSignerTitle", g.SignerTitle, true, maxName)...)
	if !digest.MatchString(g.SHA256) {
		faults = append(faults, Fault{"/agreementSha256", FaultInvalid, "Give the SHA-256 of the document that was signed: 64 hexadecimal digits."})
	}
	g.At, faults = past("/agreementSignedAt", get("agreementSignedAt"), true, now, faults)
	return &g, faults
}

// past reads a date, or a time with its zone, that has passed.
func past(pointer, text string, required bool, now time.Time, faults []Fault) (time.Time, []Fault) {
	if text == "" {
		if required {
			faults = append(faults, Fault{pointer, FaultRequired, "Enter this."})
		}
		return time.Time{}, faults
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil && !at.After(now) && at.Year() > 1980 {
			return at.UTC().Truncate(time.Millisecond), faults
		}
	}
	return time.Time{}, append(faults, Fault{pointer, FaultInvalid, "Give a date that has passed, such as 2019-06-03, or a time such as 2019-06-03T09:30:00Z."})
}
