package stack

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

type resource struct {
	Type       string
	Condition  string
	Properties map[string]any
}

// template reads template.yaml; !Sub 'x' becomes {"Sub": "x"}.
func template(t *testing.T) map[string]resource {
	t.Helper()
	p, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(p.Root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var whole struct{ Resources map[string]resource }
	content, err := json.Marshal(plain(doc.Content[0]))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &whole); err != nil {
		t.Fatal(err)
	}
	return whole.Resources
}

func plain(n *yaml.Node) any {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	var value any
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		value = m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plain(item))
		}
		value = list
	default:
		value = n.Value
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		return map[string]any{n.Tag[1:]: value}
	}
	return value
}

// at follows keys into nested maps; what is not there is nil.
func at(v any, keys ...string) any {
	for _, key := range keys {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

func texts(v any) []string {
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	var all []string
	for _, item := range list {
		if s, isText := item.(string); isText {
			all = append(all, s)
		}
	}
	return all
}

func of(resources map[string]resource, kind string) map[string]resource {
	found := map[string]resource{}
	for id, r := range resources {
		if r.Type == kind {
			found[id] = r
		}
	}
	return found
}

func TestAFunctionHasOneNameEverywhere(t *testing.T) {
	p, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(p.Root, "functions", "*", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range folders {
		want = append(want, filepath.Base(filepath.Dir(f)))
	}
	for id, f := range of(template(t), "AWS::Serverless::Function") {
		folder := strings.TrimPrefix(fmt.Sprint(f.Properties["CodeUri"]), "functions/")
		got = append(got, folder)
		if logicalID(folder) != id {
			t.Errorf("%s has the code of functions/%s, whose logical id is %s", id, folder, logicalID(folder))
		}
		if name := at(f.Properties["FunctionName"], "Sub"); name != "${AWS::StackName}-"+folder {
			t.Errorf("%s is called %v", id, name)
		}
		if logs := at(f.Properties, "LoggingConfig", "LogGroup", "Ref"); logs != strings.TrimSuffix(id, "Function")+"Logs" {
			t.Errorf("%s logs to %v", id, logs)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		t.Errorf("the template has the functions %v, the folders are %v", got, want)
	}
}

var substitution = regexp.MustCompile(`\$\{(\w+)\}`)

func TestAWorkflowFindsEveryNameItUsesAndMayCallEveryFunction(t *testing.T) {
	p, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	for id, machine := range of(template(t), "AWS::Serverless::StateMachine") {
		text, err := os.ReadFile(filepath.Join(p.Root, machine.Properties["DefinitionUri"].(string)))
		if err != nil {
			t.Fatal(err)
		}
		policies, err := json.Marshal(machine.Properties["Policies"])
		if err != nil {
			t.Fatal(err)
		}
		for _, used := range substitution.FindAllStringSubmatch(string(text), -1) {
			name := used[1]
			if at(machine.Properties, "DefinitionSubstitutions", name) == nil {
				t.Errorf("%s uses ${%s}, which the template does not give it", id, name)
			}
			if strings.HasSuffix(name, "Function") && !strings.Contains(string(policies), `"`+name+`.Alias"`) {
				t.Errorf("%s may not invoke %s", id, name)
			}
		}
	}
}

// Otherwise a user could write the tenant or the Global Admin role himself (reliability: user-writable claims).
func TestNoUserCanWriteWhatTheDirectorySays(t *testing.T) {
	clients := of(template(t), "AWS::Cognito::UserPoolClient")
	for id, client := range clients {
		writable := texts(client.Properties["WriteAttributes"])
		if len(writable) == 0 {
			t.Errorf("%s has no WriteAttributes: that means all of them", id)
		}
		if slices.Contains(writable, "custom:distributor") {
			t.Errorf("%s may write custom:distributor", id)
		}
		if scopes := texts(client.Properties["AllowedOAuthScopes"]); slices.Contains(scopes, "aws.cognito.signin.user.admin") {
			t.Errorf("%s grants the scope that writes attributes", id)
		}
		flows, _ := at(client.Properties["ExplicitAuthFlows"], "If").([]any)
		if len(flows) != 3 || flows[0] != "Local" {
			t.Fatalf("%s: ExplicitAuthFlows are not !If [Local, …]: %v", id, flows)
		}
		if deployed := texts(flows[2]); !slices.Equal(deployed, []string{"ALLOW_REFRESH_TOKEN_AUTH"}) {
			t.Errorf("%s allows %v when deployed: such a sign-in's access token carries the scope that writes attributes", id, deployed)
		}
	}
	for _, name := range texts(clients["SignUpClient"].Properties["WriteAttributes"]) {
		if strings.HasPrefix(name, "custom:") {
			t.Errorf("SignUpClient may write %s", name)
		}
	}
	mapped, _ := at(template(t)["Directory"].Properties, "AttributeMapping").(map[string]any)
	for name := range mapped {
		if !slices.Contains(texts(clients["DirectoryClient"].Properties["WriteAttributes"]), name) {
			t.Errorf("DirectoryClient may not write %s: sign-in from the directory would fail", name)
		}
	}
}

func TestARoleNamesWhatItMayDo(t *testing.T) {
	for id, r := range template(t) {
		policies, _ := r.Properties["Policies"].([]any)
		for _, policy := range policies {
			statements, _ := at(policy, "Statement").([]any)
			for _, s := range statements {
				for _, action := range texts(at(s, "Action")) {
					if strings.Contains(action, "*") {
						t.Errorf("%s: %s", id, action)
					}
				}
				if slices.Contains(texts(at(s, "Resource")), "*") && at(s, "Sid") != "WriteLogs" && at(s, "Sid") != "LiftSuppression" && at(s, "Sid") != "LookAtSuppression" {
					t.Errorf("%s: %v may be done to everything", id, at(s, "Sid"))
				}
			}
		}
	}
}

func TestWhatIsRunByAnEventHasSomewhereToFail(t *testing.T) {
	resources := template(t)
	var scheduled []string
	for id, f := range of(resources, "AWS::Serverless::Function") {
		events, _ := f.Properties["Events"].(map[string]any)
		for name, e := range events {
			if at(e, "Type") == "SQS" { // a queue keeps what failed itself
				queue, _, _ := strings.Cut(fmt.Sprint(at(e, "Properties", "Queue", "GetAtt")), ".")
				if at(resources[queue].Properties, "RedrivePolicy", "deadLetterTargetArn") == nil {
					t.Errorf("%s: %s comes from %s, which has no dead-letter queue", id, name, queue)
				}
				continue
			}
			if at(e, "Type") == "ScheduleV2" {
				scheduled = append(scheduled, id)
			}
			if at(e, "Properties", "DeadLetterConfig", "Arn") == nil {
				t.Errorf("%s: %s has no dead-letter queue", id, name)
			}
			if at(f.Properties, "EventInvokeConfig", "DestinationConfig", "OnFailure") == nil {
				t.Errorf("%s has no on-failure destination", id)
			}
		}
	}
	slices.Sort(scheduled)
	if want := []string{"MaileventsFunction", "OperatorsFunction", "OutboxFunction", "ReminderFunction"}; !slices.Equal(scheduled, want) {
		t.Errorf("schedules of %v, want %v", scheduled, want)
	}
}

// The rule takes the events of this stack's mails alone, and SES sends it those
// that say what became of a mail.
func TestTheEventsOfMailsReachTheirFunction(t *testing.T) {
	resources := template(t)
	rule := at(resources["MaileventsFunction"].Properties, "Events", "MailEvent", "Properties")
	if source := texts(at(rule, "Pattern", "source")); !slices.Equal(source, []string{"aws.ses"}) || at(rule, "Pattern", "account") == nil || at(rule, "Pattern", "detail", "mail", "tags", "ses:configuration-set") == nil {
		t.Errorf("the rule's pattern is %v", at(rule, "Pattern"))
	}
	types := texts(at(resources["MailEvents"].Properties, "EventDestination", "MatchingEventTypes"))
	for _, want := range []string{"bounce", "complaint", "delivery", "deliveryDelay", "reject", "renderingFailure"} {
		if !slices.Contains(types, want) {
			t.Errorf("SES doesn't tell of %s", want)
		}
	}
}

func TestProductionRefusesWhatIsForTestsAlone(t *testing.T) {
	p, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(p.Root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	whole := plain(doc.Content[0])
	if got := at(whole, "Parameters", "TestPartners", "Default"); got != "false" {
		t.Errorf("test partners are allowed by default: %v", got)
	}
	if got := fmt.Sprint(at(whole, "Parameters", "TestPartners", "AllowedValues")); got != "[true false]" {
		t.Errorf("TestPartners takes %v", got)
	}
	var refused []string
	for name := range at(whole, "Rules").(map[string]any) {
		if fmt.Sprint(at(whole, "Rules", name, "RuleCondition")) != fmt.Sprint(map[string]any{"Equals": []any{map[string]any{"Ref": "Environment"}, "production"}}) {
			continue
		}
		for _, a := range at(whole, "Rules", name, "Assertions").([]any) {
			refused = append(refused, fmt.Sprint(at(a, "Assert")))
		}
	}
	for _, want := range []map[string]any{
		{"Equals": []any{map[string]any{"Ref": "TestPartners"}, "false"}},
		{"Equals": []any{map[string]any{"Ref": "BusinessDayLength"}, ""}},
	} {
		if !slices.Contains(refused, fmt.Sprint(want)) {
			t.Errorf("production doesn't assert %v, but %v", want, refused)
		}
	}
	for name, r := range template(t) {
		if at(r.Properties, "Environment", "Variables", "TEST_PARTNERS") != nil && name != "EnrollmentFunction" {
			t.Errorf("%s is told about test partners, but enrols nobody", name)
		}
	}
}

func TestTheAccessLogHoldsNothingPersonal(t *testing.T) {
	format := fmt.Sprint(at(template(t)["Api"].Properties, "AccessLogSetting", "Format"))
	var line map[string]string
	if err := json.Unmarshal([]byte(format), &line); err != nil {
		t.Fatalf("the format is not JSON: %v", err)
	}
	for _, word := range []string{"$context.path", "identity", "authorizer", "header", "querystring", "authenticate"} {
		if strings.Contains(format, word) {
			t.Errorf("the access log holds %s", word)
		}
	}
}

// API Gateway's own answers must read like the functions'.
func TestEveryAnswerOfTheGatewayIsAProblemDocument(t *testing.T) {
	responses := of(template(t), "AWS::ApiGateway::GatewayResponse")
	for id, r := range responses {
		var problem struct {
			Type, Title, Code, RequestID string
			Status                       int
		}
		if err := json.Unmarshal([]byte(fmt.Sprint(at(r.Properties, "ResponseTemplates", "application/json"))), &problem); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if status := r.Properties["StatusCode"]; status != nil && status != fmt.Sprint(problem.Status) {
			t.Errorf("%s answers %v and says %d", id, status, problem.Status)
		}
		if problem.Type == "" || problem.Title == "" || problem.Code == "" || problem.RequestID != "$context.requestId" {
			t.Errorf("%s lacks a member: %+v", id, problem)
		}
		if at(r.Properties, "ResponseParameters", "gatewayresponse.header.Content-Type") != "'application/problem+json'" {
			t.Errorf("%s is not called a problem document", id)
		}
	}
	if len(responses) < 9 {
		t.Errorf("only %d of the gateway's answers are customised", len(responses))
	}
}

func TestWhatIsKeptSurvivesTheStack(t *testing.T) {
	resources := template(t)
	table := resources["Table"].Properties
	if at(table, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != "true" ||
		at(table, "SSESpecification", "SSEType") != "KMS" || at(table, "TimeToLiveSpecification", "AttributeName") != "expiresAt" {
		t.Errorf("the table lacks recovery, its key or its time to live: %v", table)
	}
	p, err := Here()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(p.Root, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"DataKey", "Table", "Documents", "UserPool", "OnboardingVersion", "VerificationVersion"} {
		_, after, _ := strings.Cut(string(text), "\n  "+id+":\n")
		head, _, _ := strings.Cut(after, "Properties:")
		for _, policy := range []string{"DeletionPolicy: Retain", "UpdateReplacePolicy: Retain"} {
			if !strings.Contains(head, policy) {
				t.Errorf("%s lacks %s", id, policy)
			}
		}
	}
}

func TestEveryFunctionHasAnAlarmAndNoAlarmHoldsMoreThanCloudWatchTakes(t *testing.T) {
	resources := template(t)
	watched := map[string]bool{}
	for id, alarm := range of(resources, "AWS::CloudWatch::Alarm") {
		metrics, _ := alarm.Properties["Metrics"].([]any)
		if len(metrics) > 10 {
			t.Errorf("%s holds %d metrics, CloudWatch takes 10", id, len(metrics))
		}
		for _, m := range metrics {
			name := fmt.Sprint(at(m, "MetricStat", "Metric", "MetricName"))
			dimensions, _ := at(m, "MetricStat", "Metric", "Dimensions").([]any)
			for _, d := range dimensions {
				watched[name+" "+fmt.Sprint(at(d, "Value", "Ref"))] = true
			}
		}
	}
	for id := range of(resources, "AWS::Serverless::Function") {
		for _, metric := range []string{"Errors", "Throttles"} {
			if !watched[metric+" "+id] {
				t.Errorf("no alarm watches the %s of %s", metric, id)
			}
		}
	}
}

// The emulator can't show API destinations: the template is read instead.
func TestPublicEventsGoToTheirBusAloneAndWebhooksAreOffUnlessAskedFor(t *testing.T) {
	resources := template(t)
	for _, id := range []string{"EventSigningKey", "OutboxSigns", "WebhookSecret", "WebhookConnection", "WebhookDestination", "WebhookRole", "WebhookRule"} {
		if resources[id].Condition != "Webhooks" {
			t.Errorf("%s is there without a webhook", id)
		}
	}
	key := fmt.Sprint(at(resources["WebhookConnection"].Properties, "AuthParameters", "ApiKeyAuthParameters", "ApiKeyValue", "Sub"))
	if key != "{{resolve:secretsmanager:${WebhookSecret}:SecretString}}" {
		t.Errorf("the receiver's secret is %s", key)
	}
	if spec := resources["EventSigningKey"].Properties; spec["KeyUsage"] != "SIGN_VERIFY" || spec["KeySpec"] != "ECC_NIST_P256" {
		t.Errorf("the key is %v", spec)
	}
	for _, id := range []string{"WebhookRule", "EventQueueRule"} {
		if at(resources[id].Properties, "EventBusName", "Ref") != "PublicEvents" {
			t.Errorf("%s listens elsewhere", id)
		}
		for _, target := range resources[id].Properties["Targets"].([]any) {
			if at(target, "DeadLetterConfig", "Arn") == nil {
				t.Errorf("%s has no dead-letter queue", id)
			}
		}
	}
	target := resources["WebhookRule"].Properties["Targets"].([]any)[0]
	if at(target, "RetryPolicy", "MaximumEventAgeInSeconds") != "3600" || at(target, "InputPath") != "$.detail" {
		t.Errorf("the webhook gets %v", target)
	}
	puts := 0
	for id, f := range of(resources, "AWS::Serverless::Function") {
		text := fmt.Sprint(f.Properties["Policies"])
		if strings.Contains(text, "events:PutEvents") {
			puts++
			if id != "OutboxFunction" || !strings.Contains(text, "PublicEvents.Arn") {
				t.Errorf("%s may publish", id)
			}
		}
	}
	if puts != 1 {
		t.Errorf("%d functions may publish", puts)
	}
}
