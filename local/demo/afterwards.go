package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// afterwards says how long it took and how to go on by hand.
func (d *demo) afterwards(took, up time.Duration) {
	d.print.Heading("Done")
	d.print.Line(fmt.Sprintf("  %s may transact. Onboarding took %.1f s, the stack %.1f s before it: %.1f s in all.",
		d.in.rounds[len(d.in.rounds)-1].LegalProfile.LegalName, took.Seconds(), up.Seconds(), (took + up).Seconds()))
	d.print.Heading("Go on by hand: the stack stays up")
	for _, line := range d.guide() {
		d.print.Line(line)
	}
}

// guide are lines to read and, where indented by four, to paste.
func (d *demo) guide() []string {
	token := func(email string) string { return "    TOKEN=$(go run ./local token " + email + ")" }
	get := `    curl -sw '\n' -H "Authorization: Bearer $TOKEN" `
	contoso, fabrikam := stack.Users()[0], stack.Users()[2]
	cli := "    AWS_PAGER= AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --endpoint-url " + d.stack.Endpoint + " --region " + d.stack.Region + " stepfunctions "
	var lines []string
	if d.env != "" {
		lines = append(lines, "  This is not the stack that has the usual name and ports, so first, in every shell:", "    export "+strings.TrimSpace(d.env))
	}
	return append(lines,
		"  The API (its operations: api/openapi.yaml)",
		"    API="+d.stack.APIURL,
		"",
		"  As the Global Admin; a token lasts an hour",
		token(d.admin.email),
		get+"$API/me",
		get+"$API"+d.path(""),
		get+"$API"+d.path("/requirements"),
		get+"-H 'Accept: application/pdf' -o .local/agreement.pdf $API"+d.path("/agreement/document"),
		"",
		"  As the reviewer",
		token(d.reviewer.email),
		get+`"$API/partners?queue=verification"`,
		get+"$API"+d.path("/timeline"),
		"",
		"  As the distributor",
		token(d.distributor.email),
		get+"$API"+d.path("/eligibility"),
		"",
		"  As the primary contact no token is needed, the link in the mail is enough. Every mail that was sent:",
		"    curl -sw '\\n' "+d.stack.Endpoint+"/_ministack/ses/messages",
		"",
		"  Enrol another company, as the "+contoso.About,
		token(contoso.Email),
		`    curl -sw '\n' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '`+
			fmt.Sprintf(`{"workAccount": "existing", "workEmail": "%s", "companyName": "Contoso"}' $API/partners`, contoso.Email),
		"",
		"  Start an execution of the workflow by hand, as an operator would in the console (O1). Its input names a partner to",
		"  conduct or to resume (this one has done all steps, so the execution runs through; one that another execution conducts\n  is left to that) ...",
		"    MACHINE="+d.stack.OnboardingStateMachine,
		cli+fmt.Sprintf(`start-execution --state-machine-arn $MACHINE --input '{"partnerId": "%s"}'`, d.partner),
		"  ... or a company to enrol on its behalf, whose Global Admin ("+fabrikam.Email+") then goes on through the API:",
		cli+fmt.Sprintf(`start-execution --state-machine-arn $MACHINE --input '{"enrollment": {"tenantId": "%s", "workAccount": "existing", "workEmail": "%s", "companyName": "Fabrikam", "operator": "you", "reason": "Asked by phone"}}'`, fabrikam.Tenant, fabrikam.Email),
		cli+"list-executions --state-machine-arn $MACHINE",
		"  Without the AWS CLI:",
		"    curl -sw '\\n' "+d.stack.Endpoint+` -H 'X-Amz-Target: AWSStepFunctions.StartExecution' -H 'Content-Type: application/x-amz-json-1.0' \`,
		fmt.Sprintf(`      -d "{\"stateMachineArn\": \"$MACHINE\", \"input\": \"{\\\"partnerId\\\": \\\"%s\\\"}\"}"`, d.partner),
		"",
		"  What a function logged",
		"    go run ./local logs verification | tail -20",
		"",
		"  Another company ("+others(d.in.file)+", or a file of yours)",
		"    make run INPUT="+anOther(d.in.file),
		"",
		"  Stop everything",
		"    make stop",
	)
}

// others are the shipped inputs besides the one that was played.
func others(file string) string { return strings.Join(otherInputs(file), ", ") }

func anOther(file string) string { return otherInputs(file)[0] }

func otherInputs(file string) []string {
	return slices.DeleteFunc(Shipped(), func(name string) bool { return strings.HasSuffix(file, "/"+name+".yaml") })
}
