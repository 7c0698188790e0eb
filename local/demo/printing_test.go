package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/mail"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// everything prints one of each kind of block.
func everything(t *testing.T, p *printer) {
	t.Helper()
	admin := person{role: "Global Admin", email: "sofia.reyes@contoso.example"}
	p.Heading("Step 2 of 5: Business and support information")
	p.Act(admin, "submits it for verification", "POST", "/partners/P-1/business-info/submission", http.StatusCreated, 112*time.Millisecond,
		"case C-1 is open, status Pending", "", "check employment: NeedsReview (The contact's mail domain is neither the tenant's verified domain nor the website's: a reviewer looks.)")
	p.Act(person{role: "Primary contact"}, "opens the link", "GET", "/ownership-links/P-1."+strings.Repeat("x", 120), http.StatusNotFound, time.Second)
	c := clock{opened: noon, earliest: noon.Add(9 * time.Second), latest: noon.Add(15 * time.Second), day: 3 * time.Second, calendar: "United States (a business day lasts 3s)"}
	reviewing, err := calendar.New("US", 0)
	if err != nil {
		t.Fatal(err)
	}
	p.ClockSet(c, reviewing)
	for _, after := range []time.Duration{0, 6 * time.Second, 11 * time.Second, time.Minute} {
		p.Clock(c, noon.Add(after))
	}
	real := clock{opened: noon, earliest: noon.Add(72 * time.Hour), latest: noon.Add(7 * 24 * time.Hour), calendar: "United States"}
	p.ClockSet(real, nil)
	p.Clock(real, noon)
	p.Mail(stack.Mail{To: []string{"ada.lund@contoso.example"}, Subject: "We are verifying Contoso Ltd"}, nil)
	p.Mail(stack.Mail{To: []string{"ada.lund@contoso.example"}, Subject: "The verification of Contoso Ltd needs corrections"},
		[]string{"* The legal name differs from the official registration.", "  What to do: Enter the name exactly as registered and submit again.", "  Reason code: legal_name_mismatch"})
	p.Turn(api.Requirements{
		PastDue:       []api.Requirement{{Code: "email_ownership", Title: "Have a new ownership link sent and confirm it", Who: api.PartyPartner, Roles: []api.Role{api.RoleGlobalAdmin, api.RoleAdminAgent}, By: noon.Add(-time.Hour)}},
		DueNow:        []api.Requirement{{Code: "business_info_correction", Title: "Correct the business information", Who: api.PartyPartner, Reason: "The legal name differs.", Alternatives: []string{"Appeal the decision: a different reviewer looks at it."}}},
		BeingVerified: []api.Requirement{{Code: "documents", Title: "Upload the documents that were asked for", Who: api.PartyPartner, Reason: "1. Bank statement. Why: One.\n2. Lease. Why: Two."}, {Code: "verification", Title: "Decide business verification", Who: api.PartyReviewer, Roles: []api.Role{api.RoleReviewer}, By: noon.Add(80 * time.Hour)}},
	}, noon)
	p.Turn(api.Requirements{}, noon)
	d := &demo{print: p, ended: map[string]bool{}}
	ended := execution{name: "onboarding-P-1-1", arn: "1", status: types.ExecutionStatusSucceeded, outcome: "Rejected", transitions: 6}
	d.tellWorkflow([]execution{ended, {name: "onboarding-P-1-2", arn: "2", status: types.ExecutionStatusRunning, state: "VerifyBusiness"}})
	d.tellWorkflow([]execution{ended, {name: "onboarding-P-1-2", arn: "2", status: types.ExecutionStatusFailed, state: "NeedsOperator", outcome: "Internal It broke."}})
	d.already("the agreement is accepted")
	p.Table(checkRows(api.Eligibility{Checks: []api.EligibilityCheck{
		{Check: "enrolled", Met: true, Text: "The company has enrolled.", Since: noon},
		{Check: "relationshipActive", Text: "A relationship is active.", Code: "no_relationship", Who: api.PartyDistributor, Roles: []api.Role{api.RoleDistributor}, Where: "/partners/P-1/relationships"},
	}}))
	p.Table(eventRows([]api.TimelineEvent{
		{Sequence: 1, At: noon, Title: "The company enrolled", Actor: api.TimelineActor{Kind: api.ActorKindPartner, Name: "sofia.reyes@contoso.example"}},
		{Sequence: 2, At: noon, Title: "Business verification: Authorized", Actor: api.TimelineActor{Kind: api.ActorKindStaff}},
	}))
	rows, _ := executionRows([]execution{ended, {name: "onboarding-P-1-2", status: types.ExecutionStatusRunning, state: "AwaitAgreement", transitions: 5}})
	p.Table(rows)
}

func TestWhatHappensIsPrintedReadably(t *testing.T) {
	var out bytes.Buffer
	p := newPrinter(&out, func() time.Duration { return 12345 * time.Millisecond })
	everything(t, p)
	if strings.Contains(out.String(), "\x1b") {
		t.Error("colour went to something that is no terminal")
	}
	for line := range strings.Lines(out.String()) {
		if line != strings.TrimRight(line, " \n")+"\n" {
			t.Errorf("ends in spaces: %q", line)
		}
	}
	golden(t, "printing", out.String())
}

func TestColourChangesNoText(t *testing.T) {
	var plain, coloured bytes.Buffer
	since := func() time.Duration { return time.Second }
	everything(t, &printer{out: &plain, since: since})
	everything(t, &printer{out: &coloured, since: since, colour: true})
	stripped := coloured.String()
	for _, s := range []style{bold, dim, red, green, yellow, cyan} {
		if !strings.Contains(stripped, "\x1b["+string(s)+"m") {
			t.Errorf("style %s was not used", s)
		}
		stripped = strings.ReplaceAll(stripped, "\x1b["+string(s)+"m", "")
	}
	if stripped = strings.ReplaceAll(stripped, "\x1b[0m", ""); stripped != plain.String() {
		t.Errorf("in colour it reads\n%s\nand without\n%s", stripped, plain.String())
	}
}

func TestColourIsForTerminalsThatWantIt(t *testing.T) {
	terminal, err := os.OpenFile("/dev/null", os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = terminal.Close() }()
	for name, c := range map[string]struct {
		out  io.Writer
		env  map[string]string
		want bool
	}{
		"a terminal":            {terminal, map[string]string{"TERM": "xterm"}, true},
		"NO_COLOR":              {terminal, map[string]string{"TERM": "xterm", "NO_COLOR": "1"}, false},
		"a dumb terminal":       {terminal, map[string]string{"TERM": "dumb"}, false},
		"no terminal named":     {terminal, nil, false},
		"not a file at all":     {&bytes.Buffer{}, map[string]string{"TERM": "xterm"}, false},
		"an empty NO_COLOR":     {terminal, map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		"a terminal of no name": {terminal, map[string]string{"TERM": ""}, false},
	} {
		if got := wantsColour(c.out, func(name string) string { return c.env[name] }); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestWrappingLosesNoWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zß×-]{1,30}`), 1, 40).Draw(t, "words")
		lead := strings.Repeat(" ", rapid.IntRange(0, 6).Draw(t, "lead"))
		width := rapid.IntRange(40, 120).Draw(t, "width")
		lines := wrap(lead+strings.Join(words, " "), width)
		if got := strings.Fields(strings.Join(lines, " ")); !slices.Equal(got, words) {
			t.Fatalf("%q became %q", words, got)
		}
		for i, line := range lines {
			if utf8.RuneCountInString(line) > width && len(strings.Fields(line)) > 1 {
				t.Fatalf("line %d is too long: %q", i, line)
			}
			if !strings.HasPrefix(line, lead) {
				t.Fatalf("line %d is not indented: %q", i, line)
			}
		}
	})
}

// TestTheMailsThatMatterAreRecognised renders the system's own letters: what the
// demo waits for and shows of them must be in there.
func TestTheMailsThatMatterAreRecognised(t *testing.T) {
	programme, err := mail.NewProgramme("Reseller programme", "Programme Owner Ltd", "http://localhost:4000")
	if err != nil {
		t.Fatal(err)
	}
	params := map[string]string{
		"companyName": "Contoso Ltd", "contactName": "Ada Lund", "partnerId": "P-1", "caseId": "C-1", "earliest": "2026-03-05T17:00:00Z", "latest": "2026-03-09T17:00:00Z",
		"message": "Is anything missing?", "parts": "primary contact", "requestedBy": "sofia.reyes@contoso.example", "address": "ada.lund@contoso.example", "problem": "Refused.", "request": "1. Any one of: Bank statement; Tax registration. Why: It isn't in the register.\n2. Other document. Why: Another reason.", "link": "P-1.secret", "expiresAt": "2026-03-05T12:00:00Z",
		"reasons": `[{"Code":"legal_name_mismatch","Text":"The legal name differs.","Remedy":"Enter it as registered."}]`,
	}
	for template, c := range map[string]struct {
		subject string // that the demo waits for
		excerpt string // that it shows, "" for nothing
	}{
		"verificationRejected": {"needs corrections", "Reason code: legal_name_mismatch"},
		"verificationOverdue":  {"longer", "We promised a result"},
		"caseEscalated":        {"Overdue", "was not decided within 5 business days"},
		"supportRequested":     {"Support request", "> Is anything missing?"},
		"appealOpened":         {"Appeal: ", "> Is anything missing?"},
		"appealReceived":       {"Your appeal", "looks at the case again"},
		"documentsRequested":   {"Documents are needed", "> 1. Any one of"},
		"documentsComplete":    {"All documents for", "has been received"},
		"mailAddressBroken":    {"don't arrive", "didn't reach its recipient"},
		"contactCorrected":     {"another primary contact", "A link was sent to the new address"},
		"changeRequested":      {"change of verified details", "stay in force until the new ones are authorized"},
		"changeAuthorized":     {"the new details are in force", "are in force from now on"},
		"enrolled":             {"has enrolled", ""},
	} {
		rendered, err := mail.Render(template, params, programme)
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		if !strings.Contains(rendered.Subject, c.subject) {
			t.Errorf("%s: the demo would wait in vain for %q, its subject is %q", template, c.subject, rendered.Subject)
		}
		excerpt := strings.Join(excerptOf(stack.Mail{Subject: rendered.Subject, Text: rendered.Text}), "\n")
		if !strings.Contains(unwrapped(excerpt), unwrapped(c.excerpt)) || c.excerpt == "" && excerpt != "" {
			t.Errorf("%s is shown as %q", template, excerpt)
		}
	}
	rendered, err := mail.Render("ownershipLink", params, programme)
	if err != nil {
		t.Fatal(err)
	}
	if m := ownershipLink.FindStringSubmatch(rendered.Text); m == nil || m[1] != "P-1.secret" {
		t.Errorf("the ownership link is not found in\n%s", rendered.Text)
	}
}

func TestAFailureSaysWhatWasExpectedWhatWasSeenAndWhereToLook(t *testing.T) {
	in, err := Load("straight-through")
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{in: in, logs: ".local/demo", env: environment(func(name string) string { return map[string]string{stack.EnvName: "demo"}[name] })}
	r := request{method: "PUT", path: "/partners/P-1/business-info"}
	seen := d.seen(r, answer{status: 422, body: []byte(`{"code":"invalid","detail":"Correct every listed field.","requestId":"1-2",
		"errors":[{"pointer":"/legalProfile/address/postalCode","code":"invalid","message":"This is not a valid postal code."}]}`)})
	err = d.failure("saves a draft", "PUT /partners/P-1/business-info to answer 200", seen, nil, d.lookAt(r.path)...)
	golden(t, "failure", err.Error()+"\n"+d.seen(r, answer{status: 502, body: []byte("<html>bad gateway")})+"\n")
}

func TestAWaitEndsAtItsDeadlineWithWhatWasSeenLast(t *testing.T) {
	d := &demo{logs: ".local/demo"}
	err := d.await(t.Context(), "the case is overdue", "an escalation", 20*time.Millisecond, []string{"the logs"}, func(context.Context) (string, bool, error) {
		return "status Pending", false, nil
	})
	var failure *Failure
	if !errors.As(err, &failure) || failure.Expected != "an escalation, within 20ms" || failure.Seen != "status Pending" || failure.Look[0] != "the logs" {
		t.Errorf("got %v", err)
	}
	broken := errors.New("broken")
	if err := d.await(t.Context(), "", "", time.Minute, nil, func(context.Context) (string, bool, error) { return "", false, broken }); !errors.Is(err, broken) {
		t.Errorf("an error of the probe didn't end the wait: %v", err)
	}
}

func TestWhereAnExecutionIsComesFromItsHistory(t *testing.T) {
	entered := func(name, input string) types.HistoryEvent {
		return types.HistoryEvent{StateEnteredEventDetails: &types.StateEnteredEventDetails{Name: aws.String(name), Input: aws.String(input)}}
	}
	by := execution{name: "started-by-hand"}
	if !by.read([]types.HistoryEvent{{}, entered("Enroll", `{}`), entered("AwaitBusinessInfo", `{"partnerId":"P-1"}`)}, "P-1") {
		t.Error("an execution that was started by hand was not recognised")
	}
	if by.state != "AwaitBusinessInfo" || by.transitions != 2 {
		t.Errorf("got %+v", by)
	}
	done := execution{name: "onboarding-P-1-1"}
	done.read([]types.HistoryEvent{entered("Onboarded", ``), {ExecutionSucceededEventDetails: &types.ExecutionSucceededEventDetails{Output: aws.String(`{"outcome":"Onboarded"}`)}}}, "P-1")
	if done.outcome != "Onboarded" {
		t.Errorf("got %+v", done)
	}
	other := execution{name: "by-hand"}
	if other.read([]types.HistoryEvent{entered("Enroll", `{"partnerId":"P-2"}`)}, "P-1") {
		t.Error("another partner's execution was taken for this one's")
	}
}

func TestHowToGoOnNamesThisStack(t *testing.T) {
	in, err := Load("straight-through")
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{
		in: in, partner: "P-1", env: "ONBOARDING_STACK=demo ",
		stack: &stack.Stack{APIURL: "http://127.0.0.1:4566/_aws/execute-api/abc/v1", Endpoint: "http://127.0.0.1:4566", Region: "us-east-1", OnboardingStateMachine: "arn:aws:states:us-east-1:000000000000:stateMachine:onboarding"},
		admin: person{email: "sofia.reyes@contoso.example"}, reviewer: person{email: "reviewer1@programme.example"}, distributor: person{email: "sales@northwind-distribution.example"},
	}
	golden(t, "guide", strings.Join(d.guide(), "\n")+"\n")
	d.env = ""
	if strings.Contains(strings.Join(d.guide(), "\n"), "export") {
		t.Error("the usual stack needs nothing exported")
	}
}

func TestFurtherUsersAreNumbered(t *testing.T) {
	for n, want := range map[int]string{1: "a@b.example", 2: "a+2@b.example", 11: "a+11@b.example"} {
		if got := numbered("a@b.example", n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}
