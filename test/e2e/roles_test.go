//go:build stack

package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/test/contract"
)

// The callers of the table of roles.
const (
	nobody       = "nobody"
	theAdmin     = "Global Admin"
	theColleague = "colleague"
	foreigner    = "another tenant's Global Admin"
	staff        = "reviewer"
	known        = "distributor of a request"
	unknown      = "distributor without one"
)

var (
	watchers  = []string{theAdmin, theColleague, staff}
	everybody = []string{theAdmin, theColleague, foreigner, staff, known, unknown}
)

// mayAsk is who may ask for each operation about the company: API1, API5. For
// all others the company doesn't exist, or the role is missing.
var mayAsk = map[string][]string{
	"getChecklist":               everybody,
	"enrollPartner":              {theAdmin, foreigner}, // E2
	"listImports":                {staff},               // E5
	"getImport":                  {staff},               // E5
	"listCountries":              everybody,
	"getCountryRules":            everybody,
	"getBusinessInfo":            watchers,
	"saveBusinessInfo":           {theAdmin}, // B3
	"submitBusinessInfo":         {theAdmin}, // B3
	"changeBusinessInfo":         {theAdmin}, // V7
	"previewBusinessInfoChange":  {theAdmin}, // V7
	"withdrawBusinessInfoChange": {theAdmin}, // V7
	"getVerification":            watchers,   // V8
	"getVerificationCalendar":    watchers,   // V2
	"resendOwnershipLink":        {theAdmin},
	"decideVerification":         {staff}, // V4
	"appealVerification":         {theAdmin},
	"requestVerificationSupport": {theAdmin},                // V6
	"requestDocuments":           {staff},                   // V3
	"reopenDocumentRequest":      {theAdmin},                // V11
	"listDocuments":              watchers,                  // V3
	"startDocumentUpload":        {theAdmin},                // V3
	"receiveDocument":            {theAdmin},                // V11
	"downloadDocument":           watchers,                  // V3
	"getOwnershipLink":           append(everybody, nobody), // V10: who holds the link
	"confirmOwnershipLink":       append(everybody, nobody), // V10
	"getAgreement":               watchers,                  // A1
	"listUsers":                  {theAdmin, staff},         // A7
	"giveRole":                   {theAdmin},
	"takeRole":                   {theAdmin},
	"recordLegalAuthority":       {theAdmin}, // A3
	"removeUser":                 {theAdmin},
	"inviteUser":                 {theAdmin},
	"resendInvitation":           {theAdmin},
	"revokeInvitation":           {theAdmin},
	"getInvitation":              append(everybody, nobody), // A7: who holds the link
	"acceptInvitation":           everybody,                 // A7: likewise, and who was invited
	"offerHandover":              {theAdmin},
	"acceptHandover":             {theAdmin, theColleague}, // A7: to whom it is offered
	"declineHandover":            {theAdmin, theColleague},
	"withdrawHandover":           {theAdmin, theColleague},            // A7: who offered it
	"recoverGlobalAdmin":         {staff},                             // O3
	"askToJoin":                  {theAdmin, theColleague, foreigner}, // E8
	"getJoinLink":                append(everybody, nobody),           // E8: who holds the link
	"confirmJoinLink":            append(everybody, nobody),           // E8
	"agreeToJoin":                {theAdmin},
	"declineToJoin":              {theAdmin},
	"getAgreementDocument":       watchers,                // A1
	"acceptAgreement":            {theAdmin},              // A3
	"getAgreementAcceptance":     watchers,                // A2
	"listAgreementAcceptances":   watchers,                // A6
	"getAgreementEvidence":       {theAdmin, staff},       // A6
	"listDistributors":           everybody,               // D1
	"requestRelationship":        {known, unknown},        // D2
	"listRelationships":          append(watchers, known), // D6
	"acceptRelationship":         {theAdmin},              // D3
	"declineRelationship":        {theAdmin},              // D3
	"endRelationship":            {theAdmin, known},       // D4
	"getRelationship":            append(watchers, known), // D7
	"resendRelationship":         {known},                 // D7
	"cancelRelationship":         {known},                 // D7
	"previewTermination":         {theAdmin, known},       // D4
	"inviteReseller":             {known, unknown},        // D2
	"listResellerInvitations":    {known, unknown},        // D7
	"cancelResellerInvitation":   {known, unknown},        // D7: their own
	"getResellerInvitationLink":  everybody,               // D7: who holds the link
	"useResellerInvitation":      {theAdmin},              // D2
	"listResellers":              {known, unknown},        // D6
	"checkReseller":              {known, unknown},        // D6
	"listRegions":                everybody,
	"listLocations":              watchers,
	"addLocation":                {theAdmin}, // L1
	"getLocation":                watchers,
	"changeLocation":             {theAdmin},
	"closeLocation":              {theAdmin},
	"requestLocations":           {theAdmin}, // L1
	"getLocationRequest":         watchers,
	"getStanding":                append(watchers, known), // A8
	"previewDeparture":           watchers,                // A8
	"suspendPartner":             {staff},                 // A8
	"answerSuspension":           {theAdmin},              // A8
	"decideSuspension":           {staff},                 // A8
	"leaveProgramme":             {theAdmin},              // A8
	"returnToProgramme":          {theAdmin},              // A8
	"getMe":                      everybody,
	"listDirectBillRequirements": everybody,         // X1
	"getDirectBill":              watchers,          // X1
	"saveDirectBill":             {theAdmin},        // X2
	"submitDirectBill":           {theAdmin},        // X2
	"withdrawDirectBill":         {theAdmin},        // X4
	"claimDirectBill":            {staff},           // X4
	"decideDirectBill":           {staff},           // X4
	"setDirectBillTask":          {theAdmin, staff}, // X5
	"listDirectBillCustomers":    watchers,          // X6
	"planDirectBillCustomers":    {theAdmin},        // X6
	"listPartners":               {staff},           // O2
	"getCase":                    {staff},           // O2
	"claimCase":                  {staff},
	"reassignCase":               {staff},
	"releaseCase":                {staff},
	"extendCase":                 {staff},
	"setCaseAside":               {staff},
	"resumeCase":                 {staff},
	"addNote":                    {staff}, // O3
	"redriveWorkflow":            {staff}, // O2
	"getPartner":                 watchers,
	"advanceTestClock":           {theAdmin, staff},
	"getRequirements":            watchers,
	"getTimeline":                watchers,
	"getEligibility":             append(watchers, known), // D6
	"getLegalInfo":               watchers,
	"listEvents":                 append(watchers, known), // D6
	"listMails":                  watchers,
	"exportPartner":              {theAdmin, staff},
	"resendMail":                 {theAdmin},
	"mendMailAddress":            {theAdmin},
	"changeWorkEmail":            {theAdmin}, // E2
}

// harmless are bodies and headers with which an operation changes nothing even
// for somebody who may ask for it.
var (
	tooLong  = map[string]any{"reason": strings.Repeat("x", 3000), "message": strings.Repeat("x", 3000)}
	harmless = map[string]any{
		"claimCase": map[string]any{}, "reassignCase": map[string]any{}, "releaseCase": map[string]any{}, "extendCase": map[string]any{}, "setCaseAside": map[string]any{},
		"resumeCase": map[string]any{}, "addNote": map[string]any{}, "redriveWorkflow": map[string]any{},
		"mendMailAddress": map[string]any{"email": ""}, "changeWorkEmail": map[string]any{"workEmail": ""},
		"giveRole": map[string]any{"role": "AdminAgent"}, "takeRole": map[string]any{"role": "AdminAgent"}, "recordLegalAuthority": map[string]any{"document": "x", "date": "2026-01-01"},
		"removeUser": map[string]any{}, "inviteUser": map[string]any{"email": ""}, "agreeToJoin": map[string]any{}, "offerHandover": map[string]any{"userId": ""}, "recoverGlobalAdmin": map[string]any{"email": "", "reason": ""},
		"enrollPartner": map[string]any{}, "saveBusinessInfo": map[string]any{}, "decideVerification": map[string]any{},
		"requestVerificationSupport": map[string]any{"message": "x"}, "appealVerification": map[string]any{"message": "x"}, "acceptAgreement": map[string]any{},
		"requestRelationship": map[string]any{"message": tooLong["message"]}, "declineRelationship": map[string]any{"reason": tooLong["reason"]}, "endRelationship": map[string]any{"reason": "x"},
		"addLocation": map[string]any{}, "requestLocations": map[string]any{}, "changeLocation": map[string]any{},
		"advanceTestClock":   map[string]any{},
		"changeBusinessInfo": map[string]any{}, "previewBusinessInfoChange": map[string]any{},
		"requestDocuments": map[string]any{}, "startDocumentUpload": map[string]any{},
		"inviteReseller": map[string]any{"message": tooLong["message"]},
		"suspendPartner": map[string]any{}, "answerSuspension": map[string]any{}, "decideSuspension": map[string]any{"decision": "Upheld", "reason": ""}, "leaveProgramme": map[string]any{"understood": false},
		"saveDirectBill": map[string]any{}, "withdrawDirectBill": map[string]any{}, "claimDirectBill": map[string]any{}, "decideDirectBill": map[string]any{},
		"setDirectBillTask": map[string]any{"status": "Done"}, "planDirectBillCustomers": map[string]any{},
	}
	headersOf = map[string][]string{"saveBusinessInfo": {"If-Match", `"99"`}, "changeBusinessInfo": {"If-Match", `"99"`}, "changeLocation": {"If-Match", `"99"`}, "saveDirectBill": {"If-Match", `"99"`}}
)

func TestEveryOperationIsForThoseWhoMayAskAloneAndForeignIsUnknown(t *testing.T) { // API1, API5
	w := newWorld(t)
	c, other := w.newCompany().enrol(), w.newCompany()
	takenBack := c.requested(northwind)
	c.call(northwind, "POST", takenBack+"/cancellation", nil).is(200)
	takenBack = takenBack[strings.LastIndex(takenBack, "/")+1:]
	request := c.requested(northwind)
	request = request[strings.LastIndex(request, "/")+1:]
	users := map[string]string{nobody: "", theAdmin: c.admin, theColleague: c.colleague, foreigner: other.admin, staff: reviewer, known: northwind, unknown: adventure}
	const noPartner, noRequest, noDocument = "P-00000000000000000000000000", "R-00000000000000000000000000", "D-00000000000000000000000000"
	operations, err := contract.Operations("")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range operations {
		if mayAsk[o.ID] == nil {
			t.Errorf("the table of roles lacks %s", o.ID)
		}
	}
	ask := func(w *world, o contract.Operation, caller, partner, request string) answer {
		if o.ID == "cancelRelationship" && partner == c.id {
			request = takenBack // it would succeed
		}
		path := strings.NewReplacer("{partnerId}", partner, "{relationshipId}", request, "{documentId}", noDocument, "{locationId}", "legal", "{locationRequestId}", "LR-00000000000000000000000000", "{userId}", "u-nobody", "{requestId}", "J-00000000000000000000000000", "{invitationId}", "I-00000000000000000000000000", "{resellerInvitationId}", "RI-00000000000000000000000000", "{country}", "GB", "{task}", "billing", "{importId}", "I-20200101T000000.000Z-00000000", "{mailKey}", "01K6ZT4M9WB1N3P5R7T9V2X4YZ-enrolled-ad0bd3f4", "{token}", noPartner+".0123456789012345678901234567890123456789012").Replace(o.Path)
		switch o.ID {
		case "listPartners":
			path += "?queue=verification"
		case "checkReseller":
			path += "?partnerId=" + partner
		}
		return w.call(users[caller], o.Method, path, harmless[o.ID], headersOf[o.ID]...)
	}
	c.unchanged(func() {
		t.Run("each", func(t *testing.T) {
			for _, o := range operations {
				t.Run(o.ID, func(t *testing.T) {
					t.Parallel()
					w := &world{t, w.stack}
					for _, caller := range append(slices.Clone(everybody), nobody) {
						if o.ID == "askToJoin" && caller == theColleague {
							continue // E8: the company would hear of it
						}
						a := ask(w, o, caller, c.id, request)
						may := slices.Contains(mayAsk[o.ID], caller)
						switch {
						case may && (a.status == 401 || a.status == 403 || a.status == 404 && !missing(o.ID)):
							t.Errorf("%s may, and gets %d: %s", caller, a.status, a.body)
						case !may && caller == nobody:
							a.is(401)
						case !may && (strings.Contains(o.Path, "{partnerId}") && (caller == foreigner || caller == unknown)):
							a.is(404)
							sameAs(t, a, ask(w, o, caller, noPartner, noRequest), strings.NewReplacer(c.id, noPartner, request, noRequest, takenBack, noRequest))
						case !may:
							a.is(403)
						}
					}
				})
			}
		})
	})
	if id := other.partnerOfTenant(); id != "" {
		t.Errorf("the other company enrolled as %s", id)
	}
}

// missing says that there is nothing of the kind for the company yet.
func missing(operation string) bool {
	return slices.Contains([]string{"cancelResellerInvitation", "getResellerInvitationLink", "useResellerInvitation", "getLocation", "changeLocation", "closeLocation", "getLocationRequest", "giveRole", "takeRole", "recordLegalAuthority", "removeUser", "resendInvitation", "revokeInvitation", "getInvitation", "acceptInvitation", "getImport", "getJoinLink", "confirmJoinLink", "agreeToJoin", "declineToJoin", "resendMail", "getAgreementAcceptance", "getAgreementEvidence", "downloadDocument", "getOwnershipLink", "confirmOwnershipLink"}, operation)
}

// sameAs compares two answers, of which one is about what doesn't exist: apart
// from the ids they must be the same, byte for byte.
func sameAs(t *testing.T, a, b answer, ids *strings.Replacer) {
	t.Helper()
	without := func(a answer) string {
		p := as[map[string]any](a)
		id, _ := p["requestId"].(string)
		return strings.Replace(string(a.body), id, "", 1)
	}
	if got, want := ids.Replace(without(a)), without(b); a.status != b.status || got != want {
		t.Errorf("a foreign one: %d %s\nan unknown one: %d %s", a.status, got, b.status, want)
	}
	if got, want := names(a.header), names(b.header); !slices.Equal(got, want) || a.header.Get("ETag") != "" || a.header.Get("Content-Length") != b.header.Get("Content-Length") {
		t.Errorf("a foreign one has the headers %v, an unknown one %v", got, want)
	}
}

func names(h http.Header) []string { return slices.Sorted(maps.Keys(h)) }

func TestADirectoryForAPartnerIsForItsOwnPeople(t *testing.T) { // D1
	w := newWorld(t)
	c, other := w.newCompany().submitted(), w.newCompany()
	list := c.call(c.admin, "GET", "/distributors?partnerId="+c.id, nil).is(200)
	if !strings.Contains(string(list.body), `"choosable":true`) || !strings.Contains(string(list.body), `"choosable":false`) {
		t.Errorf("the choice %s", list.body)
	}
	a := c.refused(refusal{by: other.admin, method: "GET", path: "/distributors?partnerId=" + c.id, status: 404, code: "not_found"})
	b := c.refused(refusal{by: other.admin, method: "GET", path: "/distributors?partnerId=P-00000000000000000000000000", status: 404, code: "not_found"})
	sameAs(t, a, b, strings.NewReplacer())
	c.refused(refusal{by: c.admin, method: "GET", path: "/distributors?limit=0", status: 422, code: "invalid", faults: map[string]string{"/limit": "invalid"}})
	c.refused(refusal{by: c.admin, method: "GET", path: "/distributors?cursor=DIST-NONE", status: 422, code: "invalid", faults: map[string]string{"/cursor": "invalid"}})
}
