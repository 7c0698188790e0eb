package view

import (
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func changeParts(list []onboarding.Part) []api.ChangePart {
	out := make([]api.ChangePart, 0, len(list))
	for _, p := range list {
		out = append(out, api.ChangePart(p))
	}
	return out
}

// changeClass is the class of a change's status: after a rejection nothing is
// owed, because the old details stay in force (V7).
func changeClass(s onboarding.VerificationStatus) api.StatusClass {
	if s == onboarding.VerificationRejected {
		return api.StatusClass(onboarding.ClassStopped)
	}
	return api.StatusClass(s.Class())
}

// Change renders details that are proposed while others are in force (V7); nil
// when there are none.
func Change(p onboarding.Partner) *api.BusinessInfoChange {
	status := p.Verification()
	if p.OpenChange() == nil && (p.Case == nil || p.Case.Change == nil || status != onboarding.VerificationRejected) {
		return nil
	}
	c := p.Case
	return &api.BusinessInfoChange{
		CaseID: c.ID, Parts: changeParts(c.Change.Parts), Status: api.VerificationStatus(status), StatusClass: changeClass(status),
		RequestedAt: Time(c.OpenedAt), Proposed: LegalProfile(c.Change.Info.Legal),
	}
}

// ChangePreview renders what an edit would do (V7).
func ChangePreview(v onboarding.ChangePreview, days string, now time.Time) api.BusinessInfoChangePreview {
	out := api.BusinessInfoChangePreview{
		Effect: api.ChangeEffect(v.Effect), Text: v.Text, Faults: Faults(v.Faults), AtOnce: append([]string{}, v.AtOnce...), Parts: changeParts(v.Parts),
		Checks: []api.VerificationCheck{}, Documents: v.Documents, ReplacedCaseID: v.Replaces, Region: v.Region, SignAgain: v.SignAgain, NotServed: []api.Relationship{},
	}
	if v.Refused != nil {
		out.Code, out.Where = string(v.Refused.Code), v.Refused.Where
	}
	for _, k := range v.Checks {
		out.Checks = append(out.Checks, checkOf(k, v.Case, now))
	}
	if v.Effect == onboarding.EffectVerify || v.Effect == onboarding.EffectCorrection {
		out.Expected = &api.ExpectedDates{Earliest: Time(v.Expected.Earliest), Latest: Time(v.Expected.Latest), BusinessDays: []int{3, 5}, Calendar: days}
	}
	if v.Comparison.Result != "" {
		out.Comparison = Comparison(v.Comparison)
	}
	for _, r := range v.NotServed {
		out.NotServed = append(out.NotServed, Relationship(r.Unserved(), onboarding.PartyPartner))
	}
	return out
}
