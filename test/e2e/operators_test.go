//go:build stack

package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/api"
)

func TestAnExecutionStartedByHandWithAPartnerStepsAsideForTheOneThatRuns(t *testing.T) { // O1
	c := newWorld(t).newCompany().enrol()
	c.waitsFor("businessInfo")
	c.unchanged(func() {
		for range 2 {
			c.mustEnd(c.start(`{"partnerId":"`+c.id+`"}`), "AlreadyRunning")
		}
	})
	c.save(c.info())
	c.submit()
	c.confirm()
	c.decide("Authorized")
	c.sign()
	c.partnered()
	c.mustEnd(c.execution(1), "Onboarded")
	c.mustEnd(c.start(`{"partnerId":"`+c.id+`"}`), "Onboarded") // nothing is left to wait for
	c.mustHaveMailed(8)
}

// onBehalf is the input that an operator types to enrol a company.
func (c *company) onBehalf(changes ...any) string {
	c.Helper()
	enrolment := c.enrolment()
	enrolment["tenantId"], enrolment["operator"], enrolment["reason"] = c.tenant, "Olga Operator", "Asked for by telephone."
	for i := 0; i+1 < len(changes); i += 2 {
		if enrolment[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
			delete(enrolment, changes[i].(string))
		}
	}
	text, err := json.Marshal(map[string]any{"enrollment": enrolment})
	if err != nil {
		c.Fatal(err)
	}
	return string(text)
}

// partnerOfTenant is the id of the company's partner, "" for none.
func (c *company) partnerOfTenant() string {
	c.Helper()
	out, err := c.stack.DynamoDB().GetItem(c.Context(), &dynamodb.GetItemInput{
		TableName: &c.stack.Table, ConsistentRead: new(true),
		Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "UNIQUE#TENANT#" + c.tenant}, "sk": &types.AttributeValueMemberS{Value: "UNIQUE"}},
	})
	if err != nil {
		c.Fatal(err)
	}
	if id, ok := out.Item["partnerId"].(*types.AttributeValueMemberS); ok {
		return id.Value
	}
	return ""
}

func TestACompanyEnrolledByHandGoesStraightThroughAndEnrollingItTwiceDoesNoHarm(t *testing.T) { // O1, O3
	c := newWorld(t).newCompany()
	first := c.start(c.onBehalf())
	c.until("the partner", func() bool { c.id = c.partnerOfTenant(); return c.id != "" })
	c.waitsFor("businessInfo")
	second := c.start(c.onBehalf())
	c.mustEnd(second, "AlreadyRunning")
	if same := as[api.Enrollment](c.call(c.admin, "POST", "/partners", c.enrolment()).is(200)); same.Partner.PartnerID != c.id {
		t.Errorf("enrolled as %s", same.Partner.PartnerID)
	}
	timeline := as[api.Timeline](c.call(reviewer, "GET", c.path("/timeline"), nil).is(200))
	if e := timeline.Items[len(timeline.Items)-1]; e.Actor.Kind != api.ActorKindStaff || e.Actor.Name != "Olga Operator" {
		t.Errorf("enrolled by %+v", e.Actor)
	}
	c.save(c.info())
	c.submit()
	c.confirm()
	c.decide("Authorized")
	c.sign()
	c.partnered()
	c.mustBeActive()
	outcomes := []string{}
	for _, arn := range []string{first, c.execution(1)} { // one of the two conducts
		_, output := c.ended(arn)
		outcomes = append(outcomes, output["outcome"].(string))
	}
	slices.Sort(outcomes)
	if !slices.Equal(outcomes, []string{"AlreadyRunning", "Onboarded"}) {
		t.Errorf("outcomes %v", outcomes)
	}
	c.mustHaveMailed(8)
}

func TestAWrongInputFailsInTheFirstStateWithACauseAPersonCanRead(t *testing.T) { // O1
	c := newWorld(t).newCompany()
	rows := map[string]struct {
		input, code string
		says        []string
	}{
		"nothing":                        {`{}`, "Refused.workflow_input_invalid", []string{"partnerId", "enrollment"}},
		"both":                           {`{"partnerId":"P-1","enrollment":{}}`, "Refused.workflow_input_invalid", []string{"either"}},
		"another member":                 {`{"partner":"P-1"}`, "Refused.workflow_input_invalid", []string{"unknown field", "partner"}},
		"an id that is no text":          {`{"partnerId":7}`, "Refused.workflow_input_invalid", []string{"number"}},
		"an unknown partner":             {`{"partnerId":"P-00000000000000000000000000"}`, "Refused.not_found", []string{"no partner", "P-00000000000000000000000000"}},
		"an enrolment of nobody":         {`{"enrollment":{}}`, "Refused.invalid", []string{"/enrollment/tenantId required", "/enrollment/operator required", "/enrollment/reason required"}},
		"a consumer's mail address (E4)": {c.onBehalf("workEmail", "ada@gmail.com"), "Refused.invalid", []string{"/workEmail consumer_mail_domain"}},
		"no reason (O3)":                 {c.onBehalf("reason", nil), "Refused.invalid", []string{"/enrollment/reason required"}},
		"a new work account":             {c.onBehalf("workAccount", "new"), "Refused.invalid", []string{"/workAccount unsupported"}},
		"everything wrong":               {c.onBehalf("workAccount", "old", "workEmail", "ada", "companyName", ""), "Refused.invalid", []string{"/workAccount unsupported", "/workEmail invalid", "/companyName required"}},
	}
	t.Run("each", func(t *testing.T) {
		for name, row := range rows {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := &world{t, c.stack}
				arn := w.start(row.input)
				code, cause := w.failure(arn)
				if code != row.code {
					t.Errorf("error %s: %s", code, cause)
				}
				for _, words := range row.says {
					if !strings.Contains(cause, words) {
						t.Errorf("the cause doesn't say %q: %s", words, cause)
					}
				}
				if strings.Contains(cause, "errorMessage") || strings.Contains(cause, `\"`) || strings.HasPrefix(cause, "{") {
					t.Errorf("the cause isn't for people: %s", cause)
				}
				if states := w.enteredOf(arn); !slices.Equal(states, []string{"Enroll", "Refused"}) {
					t.Errorf("states %v", states)
				}
			})
		}
	})
	if id := c.partnerOfTenant(); id != "" {
		t.Errorf("a wrong input enrolled %s", id)
	}
}
