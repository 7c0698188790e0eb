package demo

import (
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/phone"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (c *checker) knowledge() onboarding.Knowledge {
	return onboarding.Knowledge{Countries: country.Table{}, Phones: phone.Numbers{}, Regions: region.Default(), Registry: registry.Default(), Calendar: c.days(), TenantDomain: c.in.User.TenantDomain}
}

// linkSecret is that of the link by which the rules let the contact confirm.
const linkSecret = "secret"

// submitted is the company after it has submitted its details; ok is false when
// it can't, which is a fault that is noted elsewhere.
func (c *checker) submitted(info api.BusinessInfo) (company onboarding.Partner, ok bool) {
	company = c.enrolled
	if !company.Enrolled() {
		return company, false
	}
	s := stampOf(c.in.User.Email)
	e, err := company.SaveBusinessInfo(view.FromBusinessInfo(info), company.InfoRevision, s)
	if err != nil {
		return company, false
	}
	company = company.Apply(e)
	if e, err = company.Submit(c.knowledge(), "C", linkSecret, s); err != nil {
		return company, false
	}
	return company.Apply(e), true
}

// preview asks the rules what a change would do, and notes what they have
// against it.
func (c *checker) preview(at string, company onboarding.Partner, info api.BusinessInfo) (onboarding.ChangePreview, bool) {
	s := stampOf(c.in.User.Email)
	v := company.PreviewChange(view.FromBusinessInfo(info), c.knowledge(), s.At)
	for _, f := range v.Faults {
		c.fault(at+f.Pointer, "%s", f.Message)
	}
	if len(v.Faults) == 0 && v.Refused != nil {
		c.fault(at, "%s", v.Refused.Message)
	}
	return v, len(v.Faults) == 0 && v.Refused == nil
}

// bounce lets the rules correct the primary contact of the open case.
func (c *checker) bounce() {
	if c.in.Bounce == nil {
		return
	}
	if c.in.Bounce.Correction == nil {
		c.fault("/bounce/correction", "say what the company corrects: another address of the primary contact")
		return
	}
	company, ok := c.submitted(c.in.BusinessInfo)
	if !ok {
		return
	}
	was, is := c.in.BusinessInfo.LegalProfile.PrimaryContact.Email, c.in.mended.LegalProfile.PrimaryContact.Email
	if strings.EqualFold(strings.TrimSpace(was), strings.TrimSpace(is)) {
		c.fault(atBounce+"/legalProfile/primaryContact/email", "name another address: mails don't reach %s", was)
		return
	}
	_, _ = c.preview(atBounce, company, c.in.mended)
}

// change lets the rules change the authorized company.
func (c *checker) change() {
	change := c.in.Change
	if change == nil {
		return
	}
	if change.AfterBusinessDays < 0 || change.AfterBusinessDays > promisedDays {
		c.fault("/change/afterBusinessDays", "use a number from 0 to %d", promisedDays)
	}
	if u, ok := seededUser(change.Reviewer); !ok || !u.Staff {
		c.fault("/change/reviewer", "use one of the stack's reviewers: %s", strings.Join(reviewers(), ", "))
	}
	if change.Details == nil {
		c.fault("/change/details", "say what changes")
		return
	}
	company, ok := c.submitted(c.in.inForce())
	if !ok {
		return
	}
	e, err := company.ConfirmOwnership(linkSecret, stampOf(company.Case.Link.Address))
	if err == nil {
		company = company.Apply(e)
		e, err = company.Decide(onboarding.Decide{Result: onboarding.VerificationAuthorized, Note: "as the input says"}, stampOf(change.Reviewer))
	}
	if c.refused("/change", "/change", err) {
		return
	}
	v, ok := c.preview(atChange, company.Apply(e), c.in.change)
	switch asks := v.Effect == onboarding.EffectVerify; {
	case !ok:
	case asks && strings.TrimSpace(change.Reason) == "":
		c.fault("/change/reason", "say why the reviewer authorizes it: the reason is kept in the partner's audit trail")
	case !asks && change.Reason != "":
		c.fault("/change/reason", "no reviewer is needed for this change: leave it out")
	}
}
