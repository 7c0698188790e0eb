//go:build stack

package main

import (
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	f := function{parts, rig.Knowledge().Calendar, "https://portal.example"}
	return app.Step(f.router(), f.tasks())
}

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	link := "/ownership-links/" + rig.PartnerID + "." + rig.Secret
	aMinuteLater := func(r *rig.Rig) *rig.Rig { r.Submitted().Pass(time.Minute); return r }
	return []rig.Row{
		rig.Read("getVerification", (*rig.Rig).Submitted, rig.Get(rig.Admin, path+"/verification")),
		rig.Read("getVerificationCalendar", (*rig.Rig).Submitted, calendarFile()),
		rig.Command("resendOwnershipLink", 202, 0, aMinuteLater, rig.Post(rig.Admin, path+"/verification/ownership-link", nil)),
		rig.Command("decideVerification", 200, 1, rig.Waiting(wired, (*rig.Rig).Confirmed), rig.Post(rig.Reviewer, path+"/verification/decision", map[string]any{"decision": "Authorized", "reason": "Records match."})),
		rig.Command("requestVerificationSupport", 202, 0, (*rig.Rig).Overdue, rig.Post(rig.Admin, path+"/verification/support-request", map[string]any{"message": "Please help."})),
		rig.Command("appealVerification", 202, 1, (*rig.Rig).Rejected, rig.Post(rig.Admin, path+"/verification/appeal", map[string]any{"message": "The registry is out of date."})),
		rig.Command("advanceTestClock", 200, 0, (*rig.Rig).ForTests, rig.Post(rig.Admin, path+"/test-clock", map[string]any{"advanceBy": "P1D"})),
		rig.Command("requestDocuments", 201, 0, (*rig.Rig).Confirmed, rig.Post(rig.Reviewer, path+"/verification/document-requests", request)),
		rig.Command("reopenDocumentRequest", 200, 0, expired, rig.Post(rig.Admin, path+"/verification/document-requests/reopening", nil)),
		{Operation: "resendMail", Status: 202, State: mailed, Call: rig.Post(rig.Admin, path+"/mails/"+mailKey+"/resend", nil), Cost: rig.Count{Reads: 2, Transactions: 1}}, // the mail, then the command
		rig.Command("mendMailAddress", 200, 0, broken, rig.Post(rig.Admin, path+"/mail-addresses/mending", map[string]any{"email": "ada@contoso.example"})),
		rig.Read("getOwnershipLink", (*rig.Rig).Submitted, rig.Get(nil, link)),
		rig.Command("confirmOwnershipLink", 200, 0, (*rig.Rig).Submitted, rig.Post(nil, link, nil)),
	}
}

// calendarFile asks as a browser does.
func calendarFile() rig.Call {
	c := rig.Get(rig.Admin, path+"/verification/calendar")
	c.Headers = map[string]string{"Accept": "text/calendar, */*;q=0.1"}
	return c
}

var request = map[string]any{"reason": "Not in the register.", "groups": []any{map[string]any{"anyOf": []any{"tax_certificate", "bank_statement"}, "reason": "The number can't be found."}}}

// expired has a request of documents that nobody answered in time.
func expired(r *rig.Rig) *rig.Rig {
	days := rig.Knowledge().Calendar
	p := r.Confirmed().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		groups := []onboarding.DocumentGroup{{AnyOf: []onboarding.DocumentKind{"tax_certificate"}, Reason: "The number can't be found."}}
		return p.RequestDocuments(onboarding.RequestDocuments{Groups: groups, Note: "Not in the register."}, "DR-1", days, s)
	})
	r.Pass(p.Case.Request.ExpiresAt.Sub(r.Now()) + time.Second)
	for p.Case.Request.ExpiredAt.IsZero() {
		p = r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Tick(s) })
	}
	return r
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "verification", wired, rows(t))
}

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Confirmed()
	r.Example(wired(r.Parts), 200)
}
