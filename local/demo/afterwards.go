package demo

import (
	"fmt"
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

// guide are lines to read and to paste.
func (d *demo) guide() []string {
	token := func(email string) string { return fmt.Sprintf("$(%s %s)", d.command("go run ./local token"), email) }
	get := `curl -s -H "Authorization: Bearer $TOKEN" `
	other := stack.Users()[2]
	start := d.aws("stepfunctions start-execution --state-machine-arn " + d.stack.OnboardingStateMachine + " --input ")
	return []string{
		"  API: " + d.stack.APIURL + " (its operations: api/openapi.yaml)",
		"",
		"  # As the Global Admin. A token lasts an hour.",
		"  API=" + d.stack.APIURL,
		"  TOKEN=" + token(d.admin.email),
		"  " + get + "$API/me",
		"  " + get + "$API" + d.path(""),
		"  " + get + "$API" + d.path("/requirements"),
		"  " + get + "-H 'Accept: application/pdf' -o agreement.pdf $API" + d.path("/agreement/document"),
		"",
		"  # As the reviewer",
		"  TOKEN=" + token(d.reviewer.email),
		"  " + get + "\"$API/partners?queue=verification\"",
		"  " + get + "$API" + d.path("/timeline"),
		"",
		"  # As the distributor",
		"  TOKEN=" + token(d.distributor.email),
		"  " + get + "$API" + d.path("/eligibility"),
		"",
		"  # The primary contact needs no token: the link in the mail is enough. All mails that were sent:",
		"  curl -s " + d.stack.Endpoint + "/_ministack/ses/messages",
		"",
		"  # Enrol a company: as the " + other.About,
		"  TOKEN=" + token(other.Email),
		`  curl -s -X POST -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \`,
		fmt.Sprintf(`    -d '{"workAccount": "existing", "workEmail": "%s", "companyName": "Fabrikam"}' $API/partners`, other.Email),
		"",
		"  # Start an execution of the workflow by hand, as an operator would in the console (O1). Its input is either a",
		"  # partner to conduct or resume; one that is conducted already makes it step aside:",
		"  " + start + fmt.Sprintf(`'{"partnerId": "%s"}'`, d.partner),
		"  # or a company to enrol on its behalf, whose Global Admin then goes on through the API:",
		"  " + start + fmt.Sprintf(`'{"enrollment": {"tenantId": "%s", "workAccount": "existing", "workEmail": "%s", "companyName": "Fabrikam", "operator": "you", "reason": "Asked by phone"}}'`, other.Tenant, other.Email),
		"  " + d.aws("stepfunctions list-executions --state-machine-arn "+d.stack.OnboardingStateMachine),
		"",
		"  Another company:  " + d.command("make run") + "   (INPUT=" + Shipped()[0] + ", " + Shipped()[1] + " or a file of yours)",
		"  What a function logged:  " + d.command("go run ./local logs outbox"),
		"  Stop:  " + d.command("make stop"),
	}
}
