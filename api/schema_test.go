package api_test

import (
	"bytes"
	"encoding/json"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	yaml "go.yaml.in/yaml/v3"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// walk visits a schema and everything below it, without following references.
func walk(where string, ref *openapi3.SchemaRef, visit func(where string, s *openapi3.Schema)) {
	if ref == nil || ref.Ref != "" {
		return
	}
	visit(where, ref.Value)
	for name, p := range ref.Value.Properties {
		walk(where+"/"+name, p, visit)
	}
	walk(where+"/*", ref.Value.Items, visit)
	walk(where+"/{}", ref.Value.AdditionalProperties.Schema, visit)
}

// walkAll visits every schema of the document once.
func walkAll(t *testing.T, visit func(where string, s *openapi3.Schema)) {
	t.Helper()
	doc := load(t)
	for name, s := range doc.Components.Schemas {
		walk(name, s, visit)
	}
	for name, p := range doc.Components.Parameters {
		walk(name, p.Value.Schema, visit)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for _, p := range op.Parameters {
				if p.Ref == "" {
					walk(method+" "+path+" "+p.Value.Name, p.Value.Schema, visit)
				}
			}
		}
	}
}

func TestNoObjectTakesUnknownMembers(t *testing.T) {
	walkAll(t, func(where string, s *openapi3.Schema) {
		if !s.Type.Is("object") {
			return
		}
		if where == "TimelineEvent/details" || where == "DocumentForm/fields" { // the maps, of texts
			if s.AdditionalProperties.Schema == nil || !s.AdditionalProperties.Schema.Value.Type.Is("string") || len(s.Properties) > 0 {
				t.Errorf("%s: want a map of texts", where)
			}
			return
		}
		if where == "PublicEvent/data" || where == "StoredDocument" { // by type: api/events; of an export, whatever is stored
			return
		}
		if s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has {
			t.Errorf("%s: want additionalProperties: false", where)
		}
	})
}

func TestSchemasKeepToWhatAPIGatewayAndTheGoTypesUnderstand(t *testing.T) {
	for name := range load(t).Components.Schemas {
		if strings.ContainsFunc(name, func(r rune) bool { return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9') }) {
			t.Errorf("schema %s: a model's name is letters and digits only", name)
		}
	}
	walkAll(t, func(where string, s *openapi3.Schema) {
		if s.Type == nil {
			t.Errorf("%s: no type", where)
		}
		if len(s.OneOf)+len(s.AnyOf)+len(s.AllOf) > 0 || s.Not != nil || s.Discriminator != nil || s.Nullable || s.ReadOnly || s.Example != nil {
			t.Errorf("%s: uses a keyword that API Gateway's models don't take", where)
		}
		if s.Format != "" && s.Format != "date-time" {
			t.Errorf("%s: format %s pulls in another package", where, s.Format)
		}
	})
}

func TestEverythingAClientMaySendIsBounded(t *testing.T) {
	doc := load(t)
	seen := map[string]bool{}
	var visit func(where string, ref *openapi3.SchemaRef)
	visit = func(where string, ref *openapi3.SchemaRef) {
		s := ref.Value
		if ref.Ref != "" {
			if seen[ref.Ref] {
				return
			}
			seen[ref.Ref] = true
			where = ref.Ref
		}
		switch {
		case s.Type.Is("string") && s.MaxLength == nil && len(s.Enum) == 0 && s.Format == "" && !fixedLength(s.Pattern):
			t.Errorf("%s: text without a maximum length", where)
		case s.Type.Is("array") && s.MaxItems == nil:
			t.Errorf("%s: list without a maximum", where)
		case s.Type.Is("integer") && (s.Max == nil || s.Min == nil):
			t.Errorf("%s: number without bounds", where)
		}
		for name, p := range s.Properties {
			visit(where+"/"+name, p)
		}
		if s.Items != nil {
			visit(where+"/*", s.Items)
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				visit(method+" "+path+" "+p.Value.Name, p.Value.Schema)
			}
			if op.RequestBody != nil {
				visit(method+" "+path, op.RequestBody.Value.Content["application/json"].Schema)
			}
		}
	}
}

// fixedLength says that a pattern is one class with a count, such as a digest.
func fixedLength(pattern string) bool {
	return strings.HasPrefix(pattern, "^[") && strings.HasSuffix(pattern, "}$") && strings.Count(pattern, "[") == 1
}

func TestTheFileIsPlainYAMLThatCloudFormationCanInclude(t *testing.T) {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		switch {
		case n.Anchor != "" || n.Kind == yaml.AliasNode:
			t.Errorf("line %d: anchors and aliases are not taken", n.Line)
		case !strings.HasPrefix(n.ShortTag(), "!!") && n.Kind != yaml.DocumentNode:
			t.Errorf("line %d: %s: use the long form of functions", n.Line, n.Tag)
		case n.ShortTag() == "!!null" && n.Kind == yaml.ScalarNode:
			t.Errorf("line %d: null is not taken", n.Line)
		case n.ShortTag() == "!!timestamp":
			t.Errorf("line %d: quote the time, else it is not text", n.Line)
		}
		if n.Kind == yaml.MappingNode {
			for i := 0; i < len(n.Content); i += 2 {
				if n.Content[i].ShortTag() != "!!str" {
					t.Errorf("line %d: quote the key %s", n.Content[i].Line, n.Content[i].Value)
				}
			}
		}
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(&root)
}

// goTypes are the types of everything that is a body.
var goTypes = map[string]any{
	"AcceptanceEvidence": api.AcceptanceEvidence{}, "AcceptanceRequest": api.AcceptanceRequest{}, "Agreement": api.Agreement{}, "AgreementAcceptances": api.AgreementAcceptances{}, "AgreementEvidence": api.AgreementEvidence{},
	"BusinessInfo": api.BusinessInfo{}, "BusinessInfoView": api.BusinessInfoView{}, "BusinessInfoChangePreview": api.BusinessInfoChangePreview{}, "Checklist": api.Checklist{},
	"CountryList": api.CountryList{}, "CountryRules": api.CountryRules{}, "DecisionRequest": api.DecisionRequest{}, "DeclineRequest": api.DeclineRequest{},
	"DistributorPage": api.DistributorPage{}, "Eligibility": api.Eligibility{}, "Enrollment": api.Enrollment{}, "EnrollmentRequest": api.EnrollmentRequest{},
	"SentMail": api.SentMail{}, "SentMailPage": api.SentMailPage{}, "MailAddressList": api.MailAddressList{}, "MendingRequest": api.MendingRequest{}, "WorkEmailRequest": api.WorkEmailRequest{},
	"LegalInfo": api.LegalInfo{}, "Me": api.Me{}, "OwnershipLink": api.OwnershipLink{}, "PartnerStatus": api.PartnerStatus{}, "Problem": api.Problem{},
	"QueuePage": api.QueuePage{}, "Relationship": api.Relationship{}, "RelationshipList": api.RelationshipList{}, "ResellerInvitationPage": api.ResellerInvitationPage{}, "ResellerInvitation": api.ResellerInvitation{}, "ResellerInvitationLink": api.ResellerInvitationLink{}, "ResellerInvitationRequest": api.ResellerInvitationRequest{}, "ResellerPage": api.ResellerPage{}, "ResellerCheck": api.ResellerCheck{}, "TerminationPreview": api.TerminationPreview{}, "RelationshipRequest": api.RelationshipRequest{},
	"Import": api.Import{}, "ImportPage": api.ImportPage{},
	"ReasonRequest": api.ReasonRequest{}, "ReassignmentRequest": api.ReassignmentRequest{}, "ExtensionRequest": api.ExtensionRequest{}, "SetAsideRequest": api.SetAsideRequest{},
	"NoteRequest": api.NoteRequest{}, "StaffCase": api.StaffCase{}, "RedriveResult": api.RedriveResult{}, "TimelineEvent": api.TimelineEvent{},
	"Requirements": api.Requirements{}, "SupportRequest": api.SupportRequest{}, "AppealRequest": api.AppealRequest{}, "TerminationRequest": api.TerminationRequest{},
	"UserList": api.UserList{}, "JoinAnswer": api.JoinAnswer{}, "JoinLink": api.JoinLink{}, "JoinAgreement": api.JoinAgreement{}, "InvitationView": api.InvitationView{}, "UserStanding": api.UserStanding{}, "RoleRequest": api.RoleRequest{}, "LegalAuthorityRequest": api.LegalAuthorityRequest{},
	"RemovalRequest": api.RemovalRequest{}, "InvitationRequest": api.InvitationRequest{}, "HandoverRequest": api.HandoverRequest{}, "AdminRecoveryRequest": api.AdminRecoveryRequest{},
	"TestClockAdvance": api.TestClockAdvance{}, "TestClockRequest": api.TestClockRequest{},
	"Standing": api.Standing{}, "SuspensionRequest": api.SuspensionRequest{}, "SuspensionAnswerRequest": api.SuspensionAnswerRequest{}, "SuspensionDecisionRequest": api.SuspensionDecisionRequest{},
	"DepartureRequest": api.DepartureRequest{}, "DeparturePreview": api.DeparturePreview{},
	"Timeline": api.Timeline{}, "PartnerExport": api.PartnerExport{}, "EventFeed": api.EventFeed{}, "Verification": api.Verification{},
	"DocumentUpload": api.DocumentUpload{}, "DocumentPlace": api.DocumentPlace{}, "DocumentReceipt": api.DocumentReceipt{}, "DocumentList": api.DocumentList{},
	"DirectBill": api.DirectBill{}, "DirectBillSetList": api.DirectBillSetList{}, "DirectBillDraft": api.DirectBillDraft{}, "DirectBillWithdrawal": api.DirectBillWithdrawal{},
	"DirectBillClaim": api.DirectBillClaim{}, "DirectBillDecisionRequest": api.DirectBillDecisionRequest{}, "DirectBillTaskRequest": api.DirectBillTaskRequest{},
	"DirectBillPlanRequest": api.DirectBillPlanRequest{}, "DirectBillCustomerPlan": api.DirectBillCustomerPlan{}, "DirectBillCustomerPage": api.DirectBillCustomerPage{},
	"RegionTable": api.RegionTable{}, "Location": api.Location{}, "LocationInput": api.LocationInput{}, "LocationPage": api.LocationPage{},
	"LocationRequestInput": api.LocationRequestInput{}, "LocationRequest": api.LocationRequest{},
	"DocumentLink": api.DocumentLink{}, "DocumentRequestInput": api.DocumentRequestInput{},
}

func TestEveryExampleSurvivesItsGoType(t *testing.T) {
	used := map[string]bool{}
	check := func(t *testing.T, m *openapi3.MediaType) {
		if m.Schema.Ref == "" {
			return
		}
		name := strings.TrimPrefix(m.Schema.Ref, "#/components/schemas/")
		used[name] = true
		if goTypes[name] == nil {
			t.Fatalf("%s is a body, but not in goTypes", name)
		}
		for _, example := range examplesOf(m) {
			want, err := json.Marshal(example)
			if err != nil {
				t.Fatal(err)
			}
			value := reflect.New(reflect.TypeOf(goTypes[name]))
			d := json.NewDecoder(bytes.NewReader(want))
			d.DisallowUnknownFields()
			if err := d.Decode(value.Interface()); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			text, err := json.Marshal(value.Interface())
			if err != nil {
				t.Fatal(err)
			}
			var got, wanted any
			if err := json.Unmarshal(text, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(want, &wanted); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, wanted) {
				t.Errorf("%s: comes back as %s, was %s", name, text, want)
			}
		}
	}
	each(t, func(t *testing.T, o operation) {
		if o.RequestBody != nil {
			check(t, o.RequestBody.Value.Content["application/json"])
		}
		for _, r := range o.Responses.Map() {
			for _, m := range r.Value.Content {
				check(t, m)
			}
		}
	})
	for name := range goTypes {
		if !used[name] {
			t.Errorf("%s is no operation's body", name)
		}
	}
}

func TestAnAbsentMemberIsLeftOutOfTheAnswer(t *testing.T) {
	for name, value := range map[string]any{"BusinessInfo": api.BusinessInfo{}, "RelationshipRequest": api.RelationshipRequest{}, "DeclineRequest": api.DeclineRequest{}} {
		if text, err := json.Marshal(value); err != nil || string(text) != "{}" {
			t.Errorf("%s: %s, %v; want {}", name, text, err)
		}
	}
}

func TestTheTypesWeighNothing(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "types.gen.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range file.Imports {
		if i.Path.Value != `"time"` && i.Path.Value != `"encoding/json"` { // which every function links
			t.Errorf("types.gen.go imports %s", i.Path.Value)
		}
	}
}

func TestTheContractSpeaksTheRulesWords(t *testing.T) {
	doc := load(t)
	var reasons []string
	for _, r := range onboarding.Reasons() {
		reasons = append(reasons, string(r.Code))
	}
	var kinds []string
	for _, k := range onboarding.DocumentKinds() {
		kinds = append(kinds, string(k.Code))
	}
	var declines []string
	for _, r := range onboarding.DirectBillReasons() {
		declines = append(declines, string(r.Code))
	}
	for schema, words := range map[string][]string{
		"Role":                    texts(onboarding.RoleGlobalAdmin, onboarding.RoleAdminAgent, onboarding.RoleLegalAuthority, onboarding.RoleMember, onboarding.RoleReviewer, onboarding.RoleDistributor),
		"Party":                   texts(onboarding.PartyPartner, onboarding.PartyReviewer, onboarding.PartyDistributor, onboarding.PartyNobody),
		"StatusClass":             texts(onboarding.ClassDone, onboarding.ClassAction, onboarding.ClassWaiting, onboarding.ClassStopped),
		"StepName":                texts(onboarding.Steps()...),
		"StepStatus":              texts(onboarding.StepDone, onboarding.StepCurrent, onboarding.StepWaiting, onboarding.StepLocked, onboarding.StepActionNeeded),
		"WorkAccount":             texts(onboarding.WorkAccountExisting, onboarding.WorkAccountNew),
		"ProgrammeStatus":         texts(onboarding.ProgrammeNotActive, onboarding.ProgrammeActive, onboarding.ProgrammeSuspended, onboarding.ProgrammeLeft),
		"VerificationStatus":      texts(onboarding.VerificationNotStarted, onboarding.VerificationPending, onboarding.VerificationDocumentsRequested, onboarding.VerificationUnderReview, onboarding.VerificationAuthorized, onboarding.VerificationRejected, onboarding.VerificationOverdue, onboarding.VerificationExpired, onboarding.VerificationCannotComplete, onboarding.VerificationWithdrawn),
		"ChangePart":              texts(onboarding.PartContact, onboarding.PartName, onboarding.PartAddress),
		"ChangeEffect":            texts(onboarding.EffectNone, onboarding.EffectAtOnce, onboarding.EffectCorrection, onboarding.EffectItself, onboarding.EffectVerify),
		"CheckName":               texts(onboarding.CheckEmailOwnership, onboarding.CheckEmployment, onboarding.CheckBusiness),
		"CheckStatus":             append(texts(onboarding.CheckPending, onboarding.CheckPassed, onboarding.CheckFailed, onboarding.CheckNeedsReview), "NotStarted"),
		"ComparisonResult":        texts(onboarding.ComparisonExact, onboarding.ComparisonNear, onboarding.ComparisonUnknown),
		"DifferenceKind":          texts(onboarding.DifferenceKinds()...),
		"DecisionValue":           texts(onboarding.VerificationAuthorized, onboarding.VerificationRejected),
		"DecisionReasonCode":      reasons,
		"DirectBillStatus":        texts(onboarding.DirectBillNotStarted, onboarding.DirectBillDraft, onboarding.DirectBillUnderReview, onboarding.DirectBillOverdue, onboarding.DirectBillApproved, onboarding.DirectBillDeclined, onboarding.DirectBillWithdrawn, onboarding.DirectBillActive),
		"DirectBillItemKind":      append(texts(onboarding.DirectBillMonths, onboarding.DirectBillRevenue, onboarding.DirectBillChoice, onboarding.DirectBillConfirmation), "none"),
		"DirectBillCheckStatus":   texts(onboarding.DirectBillMet, onboarding.DirectBillNotMet, onboarding.DirectBillOpen),
		"DirectBillDecisionValue": texts(onboarding.DirectBillApproved, onboarding.DirectBillDeclined),
		"DirectBillReasonCode":    declines,
		"DirectBillTaskName":      texts(onboarding.TaskBilling, onboarding.TaskCredit, onboarding.TaskTax, onboarding.TaskProvisioning),
		"CustomerPlan":            texts(onboarding.PlanIndirect, onboarding.PlanMove, onboarding.PlanRemove),
		"CustomerStep":            texts(onboarding.StepOpen, onboarding.StepStarted, onboarding.StepMade),
		"OwnershipLinkState":      texts(onboarding.LinkOpen, onboarding.LinkConfirmed, onboarding.LinkExpired),
		"DocumentScan":            texts(onboarding.ScanPending, onboarding.ScanClean, onboarding.ScanInfected, onboarding.ScanFailed),
		"DocumentKind":            kinds,
		"InvitationStatus":        texts(onboarding.InvitationOpen, onboarding.InvitationAccepted, onboarding.InvitationRevoked, onboarding.InvitationExpired),
		"GivenRole":               texts(onboarding.RoleGlobalAdmin, onboarding.RoleAdminAgent, onboarding.RoleLegalAuthority),
		"RelationshipStatus":      texts(onboarding.RelationshipPending, onboarding.RelationshipActive, onboarding.RelationshipDeclined, onboarding.RelationshipEnded, onboarding.RelationshipExpired, onboarding.RelationshipCancelled),
		"MailState":               texts(onboarding.MailStates()...),
		"MailAddressUse":          texts(onboarding.AddressOfContact, onboarding.AddressOfProposed, onboarding.AddressOfAdmin),
		"MailAddressReason":       texts(onboarding.AddressBounced, onboarding.AddressSuppressed, onboarding.AddressComplained),
		"ActorKind":               texts(onboarding.ActorPartner, onboarding.ActorStaff, onboarding.ActorDistributor, onboarding.ActorSystem, onboarding.ActorContact),
		"ResellerAnswer":          texts(onboarding.CheckSigned, onboarding.CheckSignedElsewhere, onboarding.CheckNotSettled, onboarding.CheckUnknown),
		"AnswerKind":              texts(onboarding.AnswerMended, onboarding.AnswerAppeal),
		"SuspensionCode":          suspensionCodes(),
	} {
		var enum []string
		for _, v := range doc.Components.Schemas[schema].Value.Enum {
			enum = append(enum, v.(string))
		}
		slices.Sort(enum)
		slices.Sort(words)
		if !slices.Equal(enum, words) {
			t.Errorf("%s is %v, the rules say %v", schema, enum, words)
		}
	}
}

func texts[S ~string](list ...S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

func TestRequirementsNameOperationsThatExist(t *testing.T) {
	ids := slices.Collect(maps.Keys(operations))
	each(t, func(t *testing.T, o operation) {
		if o.OperationID != "getRequirements" {
			return
		}
		text, err := json.Marshal(o.Responses.Value("200").Value.Content["application/json"].Example)
		if err != nil {
			t.Fatal(err)
		}
		var doc api.Requirements
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		for _, r := range slices.Concat(doc.DueNow, doc.DueLater, doc.PastDue, doc.BeingVerified, doc.Met) {
			if !slices.Contains(ids, r.Operation) {
				t.Errorf("example: %s names %q", r.Code, r.Operation)
			}
		}
	})
	doc := onboarding.Partner{ID: "P-1", Version: 1}.Requirements(onboarding.Partner{}.EnrolledAt)
	for _, r := range slices.Concat(doc.DueNow, doc.DueLater, doc.PastDue, doc.BeingVerified, doc.Met) {
		if !slices.Contains(ids, r.Operation) {
			t.Errorf("the rules: %s names %q", r.Code, r.Operation)
		}
	}
}

func suspensionCodes() (codes []string) {
	for _, c := range onboarding.SuspensionCauses() {
		codes = append(codes, string(c.Code))
	}
	return codes
}
