package view

import (
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Verification renders where business verification stands, for the partner as
// for staff: it holds no reviewer's name and no internal note (V8).
func Verification(p onboarding.Partner, days onboarding.Calendar, now time.Time) api.Verification {
	status := p.Verification()
	v := api.Verification{
		Status: api.VerificationStatus(status), StatusClass: api.StatusClass(status.Class()),
		Test: p.Test, Checks: []api.VerificationCheck{}, History: History(p), Turn: Turn(p.Turn(now)),
		MailAddresses: MailAddresses(p),
	}
	c := p.Case
	if c == nil {
		return v
	}
	where := "/partners/" + p.ID + "/business-info"
	if c.Change != nil {
		v.Change = &api.VerificationChange{Parts: changeParts(c.Change.Parts)}
		v.StatusClass = changeClass(status)
		where += "/change"
	}
	v.CalendarFile = "/partners/" + p.ID + "/verification/calendar"
	v.CaseID, v.OpenedAt, v.EscalatedAt, v.SupportRequestedAt = c.ID, Time(c.OpenedAt), Time(c.EscalatedAt), Time(c.SupportAt)
	dates := c.Expected(days, now)
	v.PausedAt = Time(c.PausedAt)
	v.Expected = &api.ExpectedDates{Earliest: Time(dates.Earliest), Latest: Time(dates.Latest), BusinessDays: []int{3, 5}, Calendar: c.Calendar}
	if c.Comparison.Result != "" {
		v.Comparison = Comparison(c.Comparison)
	}
	v.DocumentRequest, v.Documents = DocumentRequest(*c), len(c.Documents)
	if c.Appeal != nil {
		v.AppealedAt = Time(c.Appeal.At)
	}
	v.CanAppeal = p.CanAppeal()
	for _, k := range c.Checks {
		v.Checks = append(v.Checks, checkOf(k, *c, now))
	}
	if d := c.Decision; d != nil && d.Result != onboarding.VerificationWithdrawn {
		decision := api.Decision{Decision: api.DecisionValue(d.Result), DecidedAt: Time(d.At), Reasons: []api.DecisionReason{}}
		for _, code := range d.Reasons {
			if r, ok := onboarding.ReasonOf(code); ok {
				decision.Reasons = append(decision.Reasons, api.DecisionReason{Code: api.DecisionReasonCode(r.Code), Text: r.Text, Remedy: r.Remedy, Field: r.Field, Where: where})
			}
		}
		v.Decision = &decision
	}
	return v
}

func checkOf(k onboarding.Check, c onboarding.Case, now time.Time) api.VerificationCheck {
	who, detail := k.Explain(c, now)
	check := api.VerificationCheck{Check: api.CheckName(k.Name), Status: api.CheckStatus(k.Status), StatusClass: api.StatusClass(k.Status.Class()), Since: Time(k.Since), Who: api.Party(who), Detail: detail}
	if k.Name == onboarding.CheckEmailOwnership && k.Status == onboarding.CheckPending {
		check.ExpiresAt = Time(c.Link.ExpiresAt)
	}
	return check
}

// Comparison renders what the official registry says (B4).
func Comparison(c onboarding.Comparison) *api.RegistryComparison {
	out := api.RegistryComparison{Result: api.ComparisonResult(c.Result), Source: c.Source, Differences: []api.RegistryDifference{}}
	for _, d := range c.Differences {
		out.Differences = append(out.Differences, api.RegistryDifference{Field: d.Field, Kind: api.DifferenceKind(d.HowDifferent()), Detail: d.Text(), Submitted: d.Submitted, Registered: d.Registered})
	}
	return &out
}

// History renders how the newest case went, oldest first (V8).
func History(p onboarding.Partner) []api.VerificationHistoryEntry {
	history := []api.VerificationHistoryEntry{}
	for _, h := range p.VerificationHistory() {
		history = append(history, api.VerificationHistoryEntry{At: Time(h.At), Status: api.VerificationStatus(h.Status), StatusClass: api.StatusClass(h.Status.Class()), Title: h.Title})
	}
	return history
}
