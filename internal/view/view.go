// Package view renders the rules' values as the contract's types. It decides
// nothing: it chooses what a reader may see and copies it, field by field, so
// that nothing internal can slip out.
package view

import (
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Time cuts a time to whole seconds in UTC, as the API writes times.
func Time(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Second)
}

func roles(list []onboarding.Role) []api.Role {
	out := make([]api.Role, 0, len(list))
	for _, r := range list {
		out = append(out, api.Role(r))
	}
	return out
}

// Status renders where a partner stands.
func Status(p onboarding.Partner, now time.Time) api.PartnerStatus {
	path := "/partners/" + p.ID
	s := api.PartnerStatus{
		PartnerID: p.ID, Test: p.Test, TestClock: TestClock(p, now), Membership: Membership(p), CompanyName: p.LegalName(), TenantID: p.TenantID, Region: p.Region, Version: p.Version, EnrolledAt: Time(p.EnrolledAt),
		ProgrammeStatus: api.ProgrammeStatus(p.ProgrammeStatus()), Steps: []api.StepView{}, Turn: Turn(p.Turn(now)),
		Links: api.PartnerLinks{
			Self: path, Requirements: path + "/requirements", Timeline: path + "/timeline", Eligibility: path + "/eligibility", LegalInfo: path + "/legal-info",
			BusinessInfo: path + "/business-info", Verification: path + "/verification", Agreement: path + "/agreement", Relationships: path + "/relationships",
		},
	}
	for _, st := range p.StepStates(now) {
		s.Steps = append(s.Steps, api.StepView{
			Number: st.Number, Step: api.StepName(st.Step), Title: st.Step.Title(), Status: api.StepStatus(st.Status), StatusClass: api.StatusClass(st.Status.Class()), Since: Time(st.Since),
		})
	}
	return s
}

// Turn renders who has the ball.
func Turn(t onboarding.Turn) api.Turn {
	return api.Turn{Who: api.Party(t.Who), Code: t.Code, What: t.What, By: Time(t.By)}
}

// Checklist renders what to have at hand (E7).
func Checklist(steps []onboarding.ChecklistStep) api.Checklist {
	c := api.Checklist{Steps: []api.ChecklistStep{}}
	for _, s := range steps {
		step := api.ChecklistStep{Step: api.StepName(s.Step), Title: s.Step.Title(), Minutes: s.Minutes, Who: api.Party(s.Who), Items: []api.ChecklistItem{}}
		for _, i := range s.Items {
			step.Items = append(step.Items, api.ChecklistItem{Code: i.Code, Text: i.Text})
		}
		c.Steps = append(c.Steps, step)
	}
	return c
}

// TestClock renders a test partner's clock; nothing for a real one.
func TestClock(p onboarding.Partner, now time.Time) api.TestClock {
	if !p.Test {
		return api.TestClock{}
	}
	clock := api.TestClock{Now: Time(now)}
	if p.ClockTarget.After(now) {
		clock.AdvancingTo = Time(p.ClockTarget)
	}
	return clock
}

// Requirements renders the requirements document.
func Requirements(d onboarding.Requirements) api.Requirements {
	list := requirements
	return api.Requirements{
		PartnerID: d.PartnerID, Test: d.Test, At: Time(d.At), DueNow: list(d.DueNow), DueLater: list(d.DueLater), PastDue: list(d.PastDue),
		BeingVerified: list(d.BeingVerified), Met: list(d.Met),
	}
}

func requirements(in []onboarding.Requirement) []api.Requirement {
	out := make([]api.Requirement, 0, len(in))
	for _, r := range in {
		out = append(out, api.Requirement{
			Code: r.Code, Title: r.Title, Reason: r.Reason, Step: api.StepName(r.Step), Who: api.Party(r.Who), Roles: roles(r.Roles),
			Where: r.Where, Operation: r.Operation, By: Time(r.By), Since: Time(r.Since), Alternatives: r.Alternatives,
		})
	}
	return out
}

// Eligibility renders the answer of the gate (T1).
func Eligibility(e onboarding.Eligibility) api.Eligibility {
	out := api.Eligibility{PartnerID: e.PartnerID, Test: e.Test, DistributorID: e.DistributorID, LocationID: e.LocationID, At: Time(e.At), Eligible: e.Eligible, Checks: []api.EligibilityCheck{}}
	for _, c := range e.Checks {
		view := api.EligibilityCheck{Check: string(c.Check), Met: c.Met, Code: c.Code, Cause: c.Cause, Text: c.Text, Who: api.Party(c.Who), Where: c.Where, Since: Time(c.Since)}
		if len(c.Roles) > 0 {
			view.Roles = roles(c.Roles)
		}
		out.Checks = append(out.Checks, view)
	}
	return out
}

// LegalProfile renders who the company is (B1).
func LegalProfile(l onboarding.LegalProfile) api.LegalProfile {
	return api.LegalProfile{
		LegalName: l.LegalName, TradingName: l.TradingName, RegistrationNumber: l.RegistrationNumber,
		Address:        Address(l.Address),
		PrimaryContact: api.Contact{FirstName: l.PrimaryContact.FirstName, LastName: l.PrimaryContact.LastName, Email: l.PrimaryContact.Email, Phone: l.PrimaryContact.Phone},
	}
}

// BusinessInfo renders the details of step 2.
func BusinessInfo(i onboarding.BusinessInfo) api.BusinessInfo {
	return api.BusinessInfo{LegalProfile: LegalProfile(i.Legal), SupportProfile: api.SupportProfile{Email: i.Support.Email, Phone: i.Support.Phone, Website: i.Support.Website}}
}

// FromBusinessInfo reads the details of step 2 from a request.
func FromBusinessInfo(i api.BusinessInfo) onboarding.BusinessInfo {
	l, c, s := i.LegalProfile, i.LegalProfile.PrimaryContact, i.SupportProfile
	return onboarding.BusinessInfo{
		Legal: onboarding.LegalProfile{
			LegalName: l.LegalName, TradingName: l.TradingName, RegistrationNumber: l.RegistrationNumber,
			Address:        FromAddress(l.Address),
			PrimaryContact: onboarding.Contact{FirstName: c.FirstName, LastName: c.LastName, Email: c.Email, Phone: c.Phone},
		},
		Support: onboarding.SupportProfile{Email: s.Email, Phone: s.Phone, Website: s.Website},
	}
}

// Faults renders faults of the input.
func Faults(faults []onboarding.Fault) []api.FieldError {
	out := make([]api.FieldError, 0, len(faults))
	for _, f := range faults {
		out = append(out, api.FieldError{Pointer: f.Pointer, Code: f.Code, Message: f.Message})
	}
	return out
}
