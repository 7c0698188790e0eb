package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/phone"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

const (
	defaultReviewer = "reviewer1@programme.example"
	earliestDays    = 3  // V2: before so many business days no result is promised
	promisedDays    = 5  // V2: after so many business days a case is overdue
	mostDays        = 30 // that a demo waits for a decision
)

func seededUser(email string) (stack.User, bool) {
	all := stack.Users()
	i := slices.IndexFunc(all, func(u stack.User) bool { return strings.EqualFold(u.Email, email) })
	if i < 0 {
		return stack.User{}, false
	}
	return all[i], true
}

// checker judges an input by the system's own rules, so that what the API would
// refuse half way is said before anything starts.
type checker struct {
	in       Input
	faults   []Fault
	enrolled onboarding.Partner // the company, once the rules have enrolled it
}

// check lists everything wrong with an input that could be read. known says
// that something else is wrong with a member already.
func (in Input) check(known func(at string) bool) []Fault {
	c := checker{in: in}
	c.user()
	c.enrollment()
	c.businessInfo()
	c.verification()
	c.bounce()
	c.signer()
	c.distributor()
	c.change()
	c.location()
	c.directBill()
	return slices.DeleteFunc(c.faults, func(f Fault) bool { return known(f.Pointer) })
}

func (c *checker) fault(at, format string, args ...any) {
	c.faults = append(c.faults, Fault{Line: c.in.line(at), Pointer: at, Message: fmt.Sprintf(format, args...)})
}

// faultsOf are the faults that the rules found, if they found any.
func faultsOf(err error) []onboarding.Fault {
	var refusal *onboarding.Refusal
	if errors.As(err, &refusal) {
		return refusal.Faults
	}
	return nil
}

func (c *checker) user() {
	u := c.in.User
	switch u.Repeat {
	case Fresh, Resume:
	default:
		c.fault("/user/repeat", "use fresh or resume, not %q", u.Repeat)
	}
	if c.in.WorkAccount == api.WorkAccountNew && u.TenantDomain != "" {
		c.fault("/user/tenantDomain", "a new work account has no directory that verifies a domain: leave it out")
	}
	seeded, ok := seededUser(u.Email)
	if !ok {
		return
	}
	if u.Repeat == Fresh {
		c.fault("/user/repeat", "%s is one of the stack's own users and can't be made anew: use resume, or another address", u.Email)
	}
	switch {
	case seeded.Staff || seeded.Distributor != "":
		c.fault("/user/email", "%s is the %s and can't act for a company", u.Email, seeded.About)
	case seeded.Tenant != "" && !seeded.GlobalAdmin:
		c.fault("/user/email", "%s is no Global Admin of its tenant, so it can't enrol the company (E2)", u.Email)
	case seeded.Tenant == "" && c.in.WorkAccount == api.WorkAccountExisting:
		c.fault("/workAccount", "%s has no directory: use new", u.Email)
	case seeded.Tenant != "" && c.in.WorkAccount == api.WorkAccountNew:
		c.fault("/workAccount", "%s signs in with the account of its directory: use existing", u.Email)
	}
}

func (c *checker) enrollment() {
	by := onboarding.Principal{UserID: "user", Email: c.in.User.Email, TenantID: "tenant", TenantDomain: c.in.User.TenantDomain, GlobalAdmin: true}
	if c.in.WorkAccount == api.WorkAccountNew {
		by.TenantID, by.TenantDomain, by.GlobalAdmin = onboarding.SignUpTenant(by.UserID), "", false
	}
	e, err := onboarding.Partner{}.Enroll(onboarding.Enroll{
		PartnerID: "P", WorkAccount: onboarding.WorkAccount(c.in.WorkAccount), WorkEmail: c.in.User.Email, CompanyName: c.in.Company, By: by,
	}, stampOf(c.in.User.Email))
	if err == nil {
		c.enrolled = onboarding.Partner{}.Apply(e)
	}
	at := map[string]string{"/workAccount": "/workAccount", "/workEmail": "/user/email", "/companyName": "/company"}
	for _, f := range faultsOf(err) {
		c.fault(at[f.Pointer], "%s", f.Message)
	}
}

func (c *checker) businessInfo() {
	k := onboarding.Knowledge{Countries: country.Table{}, Phones: phone.Numbers{}, Regions: region.Default()}
	said := map[Fault]bool{}
	for i, info := range c.in.rounds {
		for _, f := range (onboarding.Partner{Info: view.FromBusinessInfo(info)}).Remaining(k, time.Now()) {
			fault := c.in.infoFault(i, f.Pointer, f.Message)
			if !said[fault] {
				said[fault] = true
				c.faults = append(c.faults, fault)
			}
		}
	}
}

func reviewers() []string {
	var emails []string
	for _, u := range stack.Users() {
		if u.Staff {
			emails = append(emails, u.Email)
		}
	}
	return emails
}

func (c *checker) signer() {
	now := time.Unix(0, 0)
	authorized := onboarding.Partner{ID: "P", SubmittedAt: now, Verified: &onboarding.Verified{At: now}}
	_, err := authorized.Accept(onboarding.AcceptAgreement{
		Version: "any", SHA256: "any", SignerName: c.in.Signer.Name, SignerTitle: c.in.Signer.Title, Consent: true,
	}, onboarding.AgreementVersion{}, onboarding.Stamp{At: now})
	at := map[string]string{"/signerName": "/signer/name", "/signerTitle": "/signer/title"}
	for _, f := range faultsOf(err) {
		c.fault(at[f.Pointer], "%s", f.Message)
	}
}

func (c *checker) distributor() {
	c.serving("/distributor", c.in.Distributor)
	n := c.in.Next
	if n == nil {
		return
	}
	c.serving("/nextDistributor", Distributor{ID: n.ID, Message: n.Message})
	if n.ID == c.in.Distributor.ID {
		c.fault("/nextDistributor/id", "name another one than distributor")
	}
	if n.EndedBy != byCompany && n.EndedBy != byDistributor {
		c.fault("/nextDistributor/endedBy", "use %s or %s", byCompany, byDistributor)
	}
	if strings.TrimSpace(n.Reason) == "" {
		c.fault("/nextDistributor/reason", "say why the relationship with the first one ends: both sides are told")
	}
}

// serving says what stands against a distributor of the company.
func (c *checker) serving(at string, named Distributor) { c.servingMarket(at, named, c.market()) }

// market is the country of the legal address that is authorized in the end.
func (c *checker) market() string {
	if n := len(c.in.rounds); n > 0 {
		return c.in.rounds[n-1].LegalProfile.Address.Country
	}
	return c.in.BusinessInfo.LegalProfile.Address.Country
}

// servingMarket says what stands against a distributor: it must be in the
// directory and serve the region of a country.
func (c *checker) servingMarket(at string, named Distributor, market string) {
	d, ok := directory.Find(named.ID)
	if !ok {
		var ids []string
		for _, d := range directory.All() {
			ids = append(ids, d.ID)
		}
		c.fault(at+"/id", "use one of %s", strings.Join(ids, ", "))
		return
	}
	in, ok := region.Default().RegionOf(strings.ToUpper(strings.TrimSpace(market)), time.Now())
	if ok && !d.Serves(in) {
		var serving []string
		for _, d := range directory.All() {
			if d.Serves(in) {
				serving = append(serving, d.ID)
			}
		}
		c.fault(at+"/id", "%s doesn't serve the region of the address (%s): use one of %s", d.Name, in, strings.Join(serving, ", "))
	}
	_, err := onboarding.Partner{ID: "P", Region: in}.RequestRelationship(d, "R", named.Message, onboarding.Stamp{})
	for _, f := range faultsOf(err) {
		c.fault(at+f.Pointer, "%s", f.Message)
	}
}
