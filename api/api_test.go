package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// functions are the folders that answer, each with its function's logical id.
var functions = map[string]string{
	"enrollment":   "EnrollmentFunction",
	"businessinfo": "BusinessInfoFunction",
	"verification": "VerificationFunction",
	"document":     "DocumentFunction",
	"agreement":    "AgreementFunction",
	"directbill":   "DirectBillFunction",
	"distributor":  "DistributorFunction",
	"location":     "LocationFunction",
	"membership":   "MembershipFunction",
	"partner":      "PartnerFunction",
	"operators":    "OperatorsFunction",
	"user":         "UserFunction",
	"standing":     "StandingFunction",
}

// operations is the whole API. An operation that isn't here is not meant to
// exist; one that is here is never renamed.
var operations = map[string]string{
	"getChecklist":               "GET /checklist",
	"enrollPartner":              "POST /partners",
	"listImports":                "GET /imports",
	"getImport":                  "GET /imports/{importId}",
	"listCountries":              "GET /countries",
	"getCountryRules":            "GET /countries/{country}",
	"getBusinessInfo":            "GET /partners/{partnerId}/business-info",
	"saveBusinessInfo":           "PUT /partners/{partnerId}/business-info",
	"changeBusinessInfo":         "POST /partners/{partnerId}/business-info/change",
	"previewBusinessInfoChange":  "POST /partners/{partnerId}/business-info/change/preview",
	"withdrawBusinessInfoChange": "POST /partners/{partnerId}/business-info/change/withdrawal",
	"submitBusinessInfo":         "POST /partners/{partnerId}/business-info/submission",
	"getStanding":                "GET /partners/{partnerId}/standing",
	"suspendPartner":             "POST /partners/{partnerId}/suspension",
	"answerSuspension":           "POST /partners/{partnerId}/suspension/answer",
	"decideSuspension":           "POST /partners/{partnerId}/suspension/decision",
	"previewDeparture":           "GET /partners/{partnerId}/departure",
	"leaveProgramme":             "POST /partners/{partnerId}/departure",
	"returnToProgramme":          "POST /partners/{partnerId}/return",
	"getVerification":            "GET /partners/{partnerId}/verification",
	"getVerificationCalendar":    "GET /partners/{partnerId}/verification/calendar",
	"resendOwnershipLink":        "POST /partners/{partnerId}/verification/ownership-link",
	"decideVerification":         "POST /partners/{partnerId}/verification/decision",
	"requestVerificationSupport": "POST /partners/{partnerId}/verification/support-request",
	"appealVerification":         "POST /partners/{partnerId}/verification/appeal",
	"requestDocuments":           "POST /partners/{partnerId}/verification/document-requests",
	"reopenDocumentRequest":      "POST /partners/{partnerId}/verification/document-requests/reopening",
	"listDocuments":              "GET /partners/{partnerId}/verification/documents",
	"startDocumentUpload":        "POST /partners/{partnerId}/verification/documents",
	"receiveDocument":            "POST /partners/{partnerId}/verification/documents/{documentId}/receipt",
	"downloadDocument":           "POST /partners/{partnerId}/verification/documents/{documentId}/download",
	"getOwnershipLink":           "GET /ownership-links/{token}",
	"confirmOwnershipLink":       "POST /ownership-links/{token}",
	"listUsers":                  "GET /partners/{partnerId}/users",
	"giveRole":                   "POST /partners/{partnerId}/users/{userId}/roles",
	"takeRole":                   "POST /partners/{partnerId}/users/{userId}/roles/withdrawal",
	"recordLegalAuthority":       "POST /partners/{partnerId}/users/{userId}/legal-authority",
	"removeUser":                 "POST /partners/{partnerId}/users/{userId}/removal",
	"inviteUser":                 "POST /partners/{partnerId}/invitations",
	"resendInvitation":           "POST /partners/{partnerId}/invitations/{invitationId}/resend",
	"revokeInvitation":           "POST /partners/{partnerId}/invitations/{invitationId}/revocation",
	"getInvitation":              "GET /invitation-links/{token}",
	"acceptInvitation":           "POST /invitation-links/{token}",
	"offerHandover":              "POST /partners/{partnerId}/handover",
	"acceptHandover":             "POST /partners/{partnerId}/handover/acceptance",
	"declineHandover":            "POST /partners/{partnerId}/handover/decline",
	"withdrawHandover":           "POST /partners/{partnerId}/handover/withdrawal",
	"askToJoin":                  "POST /join-requests",
	"getJoinLink":                "GET /join-links/{token}",
	"confirmJoinLink":            "POST /join-links/{token}",
	"agreeToJoin":                "POST /partners/{partnerId}/join-requests/{requestId}/agreement",
	"declineToJoin":              "POST /partners/{partnerId}/join-requests/{requestId}/decline",
	"recoverGlobalAdmin":         "POST /partners/{partnerId}/admin-recovery",
	"getAgreement":               "GET /partners/{partnerId}/agreement",
	"getAgreementDocument":       "GET /partners/{partnerId}/agreement/document",
	"acceptAgreement":            "POST /partners/{partnerId}/agreement/acceptance",
	"getAgreementAcceptance":     "GET /partners/{partnerId}/agreement/acceptance",
	"getAgreementEvidence":       "GET /partners/{partnerId}/agreement/acceptances/{acceptanceId}/evidence",
	"listAgreementAcceptances":   "GET /partners/{partnerId}/agreement/acceptances",
	"listDistributors":           "GET /distributors",
	"requestRelationship":        "POST /partners/{partnerId}/relationships",
	"listRelationships":          "GET /partners/{partnerId}/relationships",
	"getRelationship":            "GET /partners/{partnerId}/relationships/{relationshipId}",
	"resendRelationship":         "POST /partners/{partnerId}/relationships/{relationshipId}/resend",
	"cancelRelationship":         "POST /partners/{partnerId}/relationships/{relationshipId}/cancellation",
	"previewTermination":         "GET /partners/{partnerId}/relationships/{relationshipId}/termination",
	"listResellerInvitations":    "GET /relationship-invitations",
	"inviteReseller":             "POST /relationship-invitations",
	"cancelResellerInvitation":   "POST /relationship-invitations/{resellerInvitationId}/cancellation",
	"getResellerInvitationLink":  "GET /relationship-invitation-links/{token}",
	"useResellerInvitation":      "POST /partners/{partnerId}/relationship-invitation-links/{token}/acceptance",
	"listResellers":              "GET /resellers",
	"checkReseller":              "GET /reseller-check",
	"acceptRelationship":         "POST /partners/{partnerId}/relationships/{relationshipId}/acceptance",
	"declineRelationship":        "POST /partners/{partnerId}/relationships/{relationshipId}/decline",
	"endRelationship":            "POST /partners/{partnerId}/relationships/{relationshipId}/termination",
	"listRegions":                "GET /regions",
	"listLocations":              "GET /partners/{partnerId}/locations",
	"addLocation":                "POST /partners/{partnerId}/locations",
	"getLocation":                "GET /partners/{partnerId}/locations/{locationId}",
	"changeLocation":             "PUT /partners/{partnerId}/locations/{locationId}",
	"requestLocations":           "POST /partners/{partnerId}/location-requests",
	"getLocationRequest":         "GET /partners/{partnerId}/location-requests/{locationRequestId}",
	"closeLocation":              "POST /partners/{partnerId}/locations/{locationId}/closure",
	"getCase":                    "GET /partners/{partnerId}/verification/case",
	"claimCase":                  "POST /partners/{partnerId}/verification/claim",
	"reassignCase":               "POST /partners/{partnerId}/verification/reassignment",
	"releaseCase":                "POST /partners/{partnerId}/verification/release",
	"extendCase":                 "POST /partners/{partnerId}/verification/extension",
	"setCaseAside":               "POST /partners/{partnerId}/verification/set-aside",
	"resumeCase":                 "POST /partners/{partnerId}/verification/resumption",
	"addNote":                    "POST /partners/{partnerId}/notes",
	"redriveWorkflow":            "POST /partners/{partnerId}/workflow/redrive",
	"listDirectBillRequirements": "GET /direct-bill-requirements",
	"getDirectBill":              "GET /partners/{partnerId}/direct-bill",
	"saveDirectBill":             "PUT /partners/{partnerId}/direct-bill",
	"submitDirectBill":           "POST /partners/{partnerId}/direct-bill/submission",
	"withdrawDirectBill":         "POST /partners/{partnerId}/direct-bill/withdrawal",
	"claimDirectBill":            "POST /partners/{partnerId}/direct-bill/claim",
	"decideDirectBill":           "POST /partners/{partnerId}/direct-bill/decision",
	"setDirectBillTask":          "POST /partners/{partnerId}/direct-bill/tasks/{task}",
	"listDirectBillCustomers":    "GET /partners/{partnerId}/direct-bill/customers",
	"planDirectBillCustomers":    "POST /partners/{partnerId}/direct-bill/customers",
	"getMe":                      "GET /me",
	"listPartners":               "GET /partners",
	"getPartner":                 "GET /partners/{partnerId}",
	"advanceTestClock":           "POST /partners/{partnerId}/test-clock",
	"getRequirements":            "GET /partners/{partnerId}/requirements",
	"exportPartner":              "GET /partners/{partnerId}/export",
	"getTimeline":                "GET /partners/{partnerId}/timeline",
	"getEligibility":             "GET /partners/{partnerId}/eligibility",
	"listEvents":                 "GET /partners/{partnerId}/events",
	"listMails":                  "GET /partners/{partnerId}/mails",
	"resendMail":                 "POST /partners/{partnerId}/mails/{mailKey}/resend",
	"mendMailAddress":            "POST /partners/{partnerId}/mail-addresses/mending",
	"changeWorkEmail":            "POST /partners/{partnerId}/work-email",
	"getLegalInfo":               "GET /partners/{partnerId}/legal-info",
}

// public are the operations without sign-in (V10): the secret is in the link.
var public = []string{"getOwnershipLink", "confirmOwnershipLink", "getInvitation", "getJoinLink", "confirmJoinLink"}

// forDistributors are the reads of a partner that every distributor who knows of
// it may ask for; the other reads are not for distributors (D6).
var forDistributors = []string{"getEligibility", "listRelationships", "getRelationship"}

// forOneGroup are the reads without a partner that are for staff alone, or for
// distributors alone.
var forOneGroup = []string{"listPartners", "listResellerInvitations", "listResellers", "checkReseller"}

type operation struct {
	*openapi3.Operation
	method, path string
	item         *openapi3.PathItem
}

// param finds a parameter of the operation or of its path.
func (o operation) param(in, name string) *openapi3.Parameter {
	if p := o.Parameters.GetByInAndName(in, name); p != nil {
		return p
	}
	return o.item.Parameters.GetByInAndName(in, name)
}

func load(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		t.Fatalf("loading openapi.yaml: %v", err)
	}
	return doc
}

func each(t *testing.T, check func(t *testing.T, o operation)) {
	t.Helper()
	for path, item := range load(t).Paths.Map() {
		for method, op := range item.Operations() {
			t.Run(method+" "+path, func(t *testing.T) { check(t, operation{op, method, path, item}) })
		}
	}
}

func TestTheDocumentIsValidOpenAPIOfTheVersionThatAPIGatewayImports(t *testing.T) {
	doc := load(t)
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation(), openapi3.EnableSchemaFormatValidation()); err != nil {
		t.Errorf("openapi.yaml: %v", err)
	}
	if doc.OpenAPI != "3.0.3" {
		t.Errorf("openapi is %q, want 3.0.3", doc.OpenAPI)
	}
}

func TestTheOperationsAreTheOnesListed(t *testing.T) {
	found := map[string]string{}
	each(t, func(t *testing.T, o operation) {
		if other, twice := found[o.OperationID]; twice {
			t.Errorf("operationId %q is also %s", o.OperationID, other)
		}
		found[o.OperationID] = o.method + " " + o.path
		if want := operations[o.OperationID]; want != found[o.OperationID] {
			t.Errorf("operationId %q: listed as %q", o.OperationID, want)
		}
	})
	for id, where := range operations {
		if found[id] == "" {
			t.Errorf("%s (%s) is missing", id, where)
		}
	}
}

func TestEveryOperationBelongsToOneFunctionThatAnswersIt(t *testing.T) {
	each(t, func(t *testing.T, o operation) {
		if len(o.Tags) != 1 || functions[o.Tags[0]] == "" {
			t.Fatalf("tags %v: want one function folder", o.Tags)
		}
		integration, ok := o.Extensions["x-amazon-apigateway-integration"].(map[string]any)
		if !ok {
			t.Fatal("no x-amazon-apigateway-integration")
		}
		uri, _ := integration["uri"].(map[string]any)
		want := "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${" + functions[o.Tags[0]] + ".Arn}:live/invocations"
		if integration["type"] != "aws_proxy" || integration["httpMethod"] != "POST" || uri["Fn::Sub"] != want {
			t.Errorf("integration %v: want aws_proxy by POST to %s", integration, want)
		}
	})
}

// ruleID is what ties a description to the feature table.
var ruleID = regexp.MustCompile(`\b[EBVADTOXL]\d{1,2}\b`)

func TestEveryOperationTellsAFrontEndAuthorWhatItDoesAndByWhichRule(t *testing.T) {
	each(t, func(t *testing.T, o operation) {
		if o.Summary == "" || o.Description == "" || !ruleID.MatchString(o.Description) {
			t.Errorf("summary %q, description %q: want both, with a rule id", o.Summary, o.Description)
		}
		for _, p := range slices.Concat(o.Parameters, o.item.Parameters) {
			if p.Value.Description == "" || p.Value.Example == nil {
				t.Errorf("parameter %s: want a description and an example", p.Value.Name)
			}
		}
	})
}

func TestEveryOperationSaysWhoMaySignIn(t *testing.T) {
	doc := load(t)
	scheme := doc.Components.SecuritySchemes["signedIn"].Value
	authorizer, _ := scheme.Extensions["x-amazon-apigateway-authorizer"].(map[string]any)
	if scheme.Type != "apiKey" || scheme.In != "header" || scheme.Name != "Authorization" ||
		scheme.Extensions["x-amazon-apigateway-authtype"] != "cognito_user_pools" || authorizer["type"] != "cognito_user_pools" || authorizer["providerARNs"] == nil {
		t.Errorf("signedIn is not the Cognito authorizer: %+v", scheme)
	}
	each(t, func(t *testing.T, o operation) {
		if o.Security == nil { // a root requirement would be ignored on import
			t.Fatal("security is not stated")
		}
		if slices.Contains(public, o.OperationID) {
			if len(*o.Security) != 0 {
				t.Errorf("security %v: V10 wants none", *o.Security)
			}
			return
		}
		if len(*o.Security) != 1 || (*o.Security)[0]["signedIn"] == nil {
			t.Errorf("security %v: want signedIn", *o.Security)
		}
	})
}

func TestEveryRequestAndAnswerHasAnExampleOfItsSchema(t *testing.T) {
	each(t, func(t *testing.T, o operation) {
		if o.RequestBody != nil {
			examplesFit(t, "request", o.RequestBody.Value.Content)
		}
		success := 0
		for status, r := range o.Responses.Map() {
			if status[0] == '2' {
				success++
			}
			examplesFit(t, status, r.Value.Content)
		}
		if success == 0 {
			t.Error("no successful answer")
		}
	})
}

func examplesFit(t *testing.T, what string, content openapi3.Content) {
	t.Helper()
	if len(content) == 0 {
		t.Errorf("%s: no content", what)
	}
	for mediaType, m := range content {
		examples := examplesOf(m)
		if len(examples) == 0 {
			t.Errorf("%s %s: no example", what, mediaType)
		}
		for _, example := range examples {
			if err := m.Schema.Value.VisitJSON(example, openapi3.MultiErrors(), openapi3.EnableFormatValidation()); err != nil {
				t.Errorf("%s %s: %v", what, mediaType, err)
			}
		}
	}
}

func examplesOf(m *openapi3.MediaType) []any {
	var examples []any
	if m.Example != nil {
		examples = append(examples, m.Example)
	}
	for _, e := range m.Examples {
		examples = append(examples, e.Value.Value)
	}
	return examples
}

func TestEveryOperationNamesTheProblemsItCanAnswer(t *testing.T) {
	doc := load(t)
	for name, r := range doc.Components.Responses {
		problem := r.Value.Content["application/problem+json"]
		if len(r.Value.Content) != 1 || problem == nil || problem.Schema.Ref != "#/components/schemas/Problem" {
			t.Errorf("response %s is not a problem document", name)
		}
	}
	each(t, func(t *testing.T, o operation) {
		write := o.method != http.MethodGet
		for status, wanted := range map[string]bool{
			"400": o.RequestBody != nil,
			"401": !slices.Contains(public, o.OperationID),
			"403": !slices.Contains(public, o.OperationID) && (write || strings.HasPrefix(o.path, "/imports") || slices.Contains(forOneGroup, o.OperationID) || strings.Contains(o.path, "{partnerId}") && !slices.Contains(forDistributors, o.OperationID)),
			"404": strings.Contains(o.path, "{") || o.param("query", "partnerId") != nil && o.OperationID != "checkReseller", // D6: unknown is an answer there
			"409": write && !previews(o),
			"412": o.param("header", "If-Match") != nil,
			"413": o.RequestBody != nil,
			"415": o.RequestBody != nil,
			"422": write || slices.ContainsFunc(o.Parameters, func(p *openapi3.ParameterRef) bool { return p.Value.In == "query" }),
			"428": o.param("header", "If-Match") != nil,
			"429": true,
			"500": true,
			"503": true,
		} {
			if has := o.Responses.Value(status) != nil; has != wanted && (wanted || status != "409") {
				t.Errorf("answer %s: stated %v, want %v", status, has, wanted)
			}
		}
		for status, r := range o.Responses.Map() {
			if problem := status[0] == '4' || status[0] == '5'; problem != strings.HasPrefix(r.Ref, "#/components/responses/") {
				t.Errorf("answer %s: ref %q; problems are given by reference, others are not", status, r.Ref)
			}
			for _, e := range problemExamples(t, r) {
				if e.Status != status {
					t.Errorf("answer %s: example of status %s", status, e.Status)
				}
			}
		}
	})
}

// previews says that an operation saves nothing although it has a body.
func previews(o operation) bool { return strings.HasPrefix(o.OperationID, "preview") }

type problemExample struct {
	Status string
}

func problemExamples(t *testing.T, r *openapi3.ResponseRef) []problemExample {
	t.Helper()
	m := r.Value.Content["application/problem+json"]
	if m == nil {
		return nil
	}
	var list []problemExample
	for _, e := range examplesOf(m) {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var p struct {
			Status json.Number `json:"status"`
		}
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatal(err)
		}
		list = append(list, problemExample{p.Status.String()})
	}
	return list
}

func TestWritesCanBeRepeatedAndGuarded(t *testing.T) {
	each(t, func(t *testing.T, o operation) {
		if key := o.param("header", "Idempotency-Key"); (key != nil) != (o.method == http.MethodPost && !previews(o)) {
			t.Errorf("Idempotency-Key stated: %v", key != nil)
		} else if key != nil && (key.Required || *key.Schema.Value.MaxLength != 128) {
			t.Error("Idempotency-Key: want it optional, at most 128 characters")
		}
		if match := o.param("header", "If-Match"); (match != nil) != (o.method == http.MethodPut || o.OperationID == "changeBusinessInfo") {
			t.Errorf("If-Match stated: %v", match != nil)
		}
		for status, r := range o.Responses.Map() {
			headers := r.Value.Headers
			for name, wanted := range map[string]bool{
				"Idempotent-Replayed": o.method == http.MethodPost && !previews(o) && status[0] == '2',
				"Location":            status == "201" || o.OperationID == "enrollPartner" && status == "200",
				"Retry-After":         status == "429" || status == "503",
			} {
				if has := headers[name] != nil; has != wanted {
					t.Errorf("answer %s: %s stated %v, want %v", status, name, has, wanted)
				}
			}
			if o.method == http.MethodPut && (status == "200" || status == "412") && headers["ETag"] == nil {
				t.Errorf("answer %s: no ETag", status)
			}
		}
	})
}

func TestEveryPageIsBoundedAndItsCursorOpaque(t *testing.T) {
	each(t, func(t *testing.T, o operation) {
		if o.OperationID == "listEvents" { // numbered: it is read again from any place
			return
		}
		limit, cursor := o.param("query", "limit"), o.param("query", "cursor")
		if o.OperationID == "exportPartner" { // its parts are bounded by their size
			if limit != nil || cursor == nil {
				t.Error("want a cursor alone")
			}
			return
		}
		if (limit == nil) != (cursor == nil) {
			t.Fatal("limit and cursor come together")
		}
		answer := o.Responses.Value("200")
		paged := false
		if answer != nil && answer.Value.Content["application/json"] != nil {
			paged = answer.Value.Content["application/json"].Schema.Value.Properties["next"] != nil
		}
		if paged != (limit != nil) {
			t.Errorf("answers with next: %v, takes a limit: %v", paged, limit != nil)
		}
		if limit == nil {
			return
		}
		s := limit.Schema.Value
		if s.Min == nil || *s.Min != 1 || s.Max == nil || *s.Max != 100 {
			t.Error("limit: want 1 to 100")
		}
		if c := cursor.Schema.Value; c.MaxLength == nil || c.Pattern != "" {
			t.Error("cursor: want a bounded length and no pattern")
		}
		page := answer.Value.Content["application/json"].Schema.Value
		if items := page.Properties["items"]; items == nil || items.Value.MaxItems == nil || *items.Value.MaxItems != 100 || slices.Contains(page.Required, "next") {
			t.Error("want {items, next?} with at most 100 items")
		}
	})
}
