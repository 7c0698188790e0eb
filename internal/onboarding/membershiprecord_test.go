package onboarding_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func recordFields(edits ...string) map[string]string {
	fields := map[string]string{
		"partnerId": " ab-4417023 ", "tenantId": "t-1", "legalName": "Contoso GmbH", "registrationNumber": "HRB 4711", "country": "de", "addressLine1": "Chausseestr. 1", "locality": "Berlin", "postalCode": "10115",
		"contactFirstName": "Erika", "contactLastName": "Muster", "contactEmail": "erika@contoso.example", "contactPhone": "030 1234567", "authorizedAt": "2019-06-03",
		"agreementVersion": "2026-09", "agreementSha256": sha("agreement"), "agreementSignedAt": "2026-02-01T10:00:00+01:00", "agreementSignerName": "Erika Muster", "agreementSignerTitle": "CEO",
	}
	for i := 0; i+1 < len(edits); i += 2 {
		fields[edits[i]] = edits[i+1]
	}
	return fields
}

func TestE5_ARecordIsCheckedLikeTheForm(t *testing.T) {
	m, faults := RecordOnFile(recordFields(), knowledge, monday)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if m.ID != "AB-4417023" || m.TenantID != "t-1" || m.Legal.PrimaryContact.Phone != "+49301234567" || !m.AuthorizedAt.Equal(authorizedThere) || m.Agreement == nil || !m.Agreement.At.Equal(time.Date(2026, 2, 1, 9, 0, 0, 0, time.UTC)) || len(m.Legal.Address.Lines) != 1 {
		t.Errorf("%+v %+v", m, m.Agreement)
	}
	for name, c := range map[string]struct {
		fields map[string]string
		want   []string
	}{
		"nothing": {map[string]string{}, []string{"/authorizedAt required", "/contactEmail required", "/contactFirstName required", "/contactLastName required", "/country required", "/legalName required", "/partnerId required"}},
		"everything wrong": {recordFields("partnerId", "a b", "addressLine1", "PO Box 7", "postalCode", "", "registrationNumber", "", "contactEmail", "erika", "contactPhone", "+1 2", "authorizedAt", "3.6.2019", "agreementSha256", "x", "agreementSignedAt", "2027-01-01"),
			[]string{"/addressLine1 po_box", "/agreementSha256 invalid", "/agreementSignedAt invalid", "/authorizedAt invalid", "/contactEmail invalid", "/contactPhone phone_country", "/partnerId invalid", "/postalCode required", "/registrationNumber required"}},
		"half a signature":       {recordFields("agreementVersion", "", "agreementSha256", "", "agreementSignerName", "", "agreementSignerTitle", ""), []string{"/agreementSha256 invalid", "/agreementSignerName required", "/agreementSignerTitle required", "/agreementVersion required"}},
		"authorized in a future": {recordFields("authorizedAt", "2026-03-03"), []string{"/authorizedAt invalid"}},
		"a tenant with a break":  {recordFields("tenantId", "t\n1"), []string{"/tenantId invalid"}},
	} {
		_, faults := RecordOnFile(c.fields, knowledge, monday)
		var got []string
		for _, f := range faults {
			got = append(got, f.Pointer+" "+f.Code)
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q\nwant %q", name, got, c.want)
		}
	}
	fields := recordFields()
	maps.DeleteFunc(fields, func(name, _ string) bool { return len(name) > 9 && name[:9] == "agreement" })
	if m, faults := RecordOnFile(fields, knowledge, monday); m.Agreement != nil || len(faults) > 0 {
		t.Errorf("%+v %v", m.Agreement, faults)
	}
	required, optional := RecordColumns()
	if len(required) != 8 || len(optional) != 16 {
		t.Errorf("%d, %d columns", len(required), len(optional))
	}
}
