package main

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestO1_AnExecutionsInputIsCheckedAndTheCauseSaysWhatToGive(t *testing.T) {
	const full = `"tenantId":"t-1","workAccount":"existing","workEmail":"ada@contoso.example","companyName":"Contoso","operator":"Olga","reason":"Asked for."`
	long := strings.Repeat("x", 501)
	for name, row := range map[string]struct {
		input string
		code  onboarding.Code
		says  []string
	}{
		"a partner":                    {`{"partnerId":"P-1"}`, "", nil},
		"a round of it":                {`{"partnerId":"P-1","round":2}`, "", nil},
		"an enrolment":                 {`{"enrollment":{` + full + `}}`, "", nil},
		"with the console's additions": {`{"partnerId":"P-1","Comment":"Insert your JSON here","AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID":"arn:x"}`, "", nil},
		"nothing":                      {`{}`, onboarding.CodeWorkflowInput, []string{`"partnerId"`, `"enrollment"`}},
		"null":                         {`null`, onboarding.CodeWorkflowInput, []string{"either"}},
		"no input":                     {``, onboarding.CodeWorkflowInput, []string{"can't be read"}},
		"a text":                       {`"P-1"`, onboarding.CodeWorkflowInput, []string{"can't be read", "P-…"}},
		"a list":                       {`[]`, onboarding.CodeWorkflowInput, []string{"can't be read"}},
		"both":                         {`{"partnerId":"P-1","enrollment":{` + full + `}}`, onboarding.CodeWorkflowInput, []string{"either"}},
		"a member with a slip":         {`{"partnerID_":"P-1"}`, onboarding.CodeWorkflowInput, []string{"partnerID_"}},
		"a number":                     {`{"partnerId":1}`, onboarding.CodeWorkflowInput, []string{"number"}},
		"an enrolment of nothing":      {`{"enrollment":{}}`, onboarding.CodeInvalid, []string{"/enrollment/tenantId required", "/enrollment/operator required", "/enrollment/reason required"}},
		"an enrolment of blanks":       {`{"enrollment":{"tenantId":" ","operator":"\t","reason":"\n"}}`, onboarding.CodeInvalid, []string{"/enrollment/tenantId required", "/enrollment/operator required", "/enrollment/reason required"}},
		"too much text":                {`{"enrollment":{"tenantId":"` + long + `","operator":"` + long + `","reason":"` + long + `"}}`, onboarding.CodeInvalid, []string{"/enrollment/tenantId too_long", "/enrollment/operator too_long", "/enrollment/reason too_long"}},
		"a member of no enrolment":     {`{"enrollment":{"role":"GlobalAdmin"}}`, onboarding.CodeWorkflowInput, []string{"role"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readInput(json.RawMessage(row.input))
			if onboarding.CodeOf(err) != row.code || (err == nil) != (row.code == "") {
				t.Fatalf("error %v, want %q", err, row.code)
			}
			for _, words := range row.says {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("the cause doesn't say %q: %v", words, err)
				}
			}
		})
	}
}

func TestO1_TheInputIsReadAsGiven(t *testing.T) {
	in, err := readInput(json.RawMessage(`{"partnerId":"P-1","round":3}`))
	if err != nil || in.PartnerID != "P-1" || in.Round != 3 || in.Enrollment != nil {
		t.Errorf("%+v, %v", in, err)
	}
	in, err = readInput(json.RawMessage(`{"enrollment":{"tenantId":"t-1","workAccount":"existing","workEmail":"ada@contoso.example","companyName":"Contoso","operator":"Olga","reason":"Asked for."}}`))
	want := enrollment{"t-1", "existing", "ada@contoso.example", "Contoso", "Olga", "Asked for.", nil}
	if err != nil || in.Enrollment == nil || !reflect.DeepEqual(*in.Enrollment, want) {
		t.Errorf("%+v, %v", in.Enrollment, err)
	}
	var refusal *onboarding.Refusal
	if _, err = readInput(json.RawMessage(`{}`)); !errors.As(err, &refusal) {
		t.Errorf("error %v", err)
	}
}
