package onboarding

import (
	"crypto/sha1"
	"fmt"
	"strings"
)

// Enroll is the command of step 1 (E1).
type Enroll struct {
	PartnerID   string // the id the partner gets when none exists
	WorkAccount WorkAccount
	WorkEmail   string
	CompanyName string
	Reason      string // of staff that enrols on the company's behalf (O3)
	Test        bool   // a test partner is wanted
	TestAllowed bool   // the deployment has test partners
	By          Principal

	Existing *ExistingMembership // E5: nil for a company that is new to the programme
}

// Enrolled tells that a company joined.
type Enrolled struct {
	PartnerID    string      `json:"partnerId"`
	TenantID     string      `json:"tenantId"`
	TenantDomain string      `json:"tenantDomain,omitzero"`
	WorkAccount  WorkAccount `json:"workAccount"`
	WorkEmail    string      `json:"workEmail"`
	CompanyName  string      `json:"companyName"`
	Reason       string      `json:"reason,omitzero"` // of staff that enrolled the company on its behalf (O3)
	Test         bool        `json:"test,omitzero"`

	Membership *MembershipClaimed `json:"membership,omitempty"` // E5: of a company that is in the programme already
}

// Type implements EventData.
func (Enrolled) Type() EventType { return "partner.enrolled" }

func (d Enrolled) apply(p *Partner, e Event) {
	p.ID, p.TenantID, p.TenantDomain = d.PartnerID, d.TenantID, d.TenantDomain
	p.WorkAccount, p.WorkEmail, p.CompanyName = d.WorkAccount, d.WorkEmail, d.CompanyName
	p.WorkDomain, _ = emailDomain(d.WorkEmail)
	p.EnrolledAt, p.Test = e.At, d.Test
	who := e.Actor
	switch {
	case who.Kind != ActorPartner: // enrolled by staff on the company's behalf: its people become known when they act
	case d.WorkAccount == WorkAccountNew:
		p.Members = p.withMember(who, e.At, RoleGlobalAdmin) // E1: the first user of a new tenant is its Global Admin
	default:
		p.Members = p.withMember(who, e.At)
		m, _ := p.Member(who.UserID)
		m.DirectoryAdmin = e.At // E2: nobody else could enrol it
		p.Members = p.replacing(m)
	}
	if d.Membership != nil {
		d.Membership.apply(p, e)
	}
}

// Enroll starts an enrolment for a company that has none (E1, E2, E4). The
// receiver must be the zero Partner; a tenant that has a partner already is
// found by the store's uniqueness item before this is asked, and refused here
// with CodeAlreadyEnrolled (E3).
func (p Partner) Enroll(c Enroll, s Stamp) (Event, error) {
	if p.Enrolled() {
		return Event{}, Refuse(CodeAlreadyEnrolled, "This tenant has enrolled already.").At("/partners/" + p.ID)
	}
	if c.By.Staff || c.By.DistributorID != "" || c.By.TenantID == "" {
		return Event{}, RoleRequired(ActionEnroll)
	}
	ofSignUp := c.By.TenantID == SignUpTenant(c.By.UserID)
	if !c.By.GlobalAdmin && (c.WorkAccount == WorkAccountExisting || !ofSignUp) {
		return Event{}, RoleRequired(ActionEnroll) // E2: nobody becomes a directory's Global Admin by calling it new
	}
	if c.WorkAccount == WorkAccountNew && !ofSignUp {
		return Event{}, Invalid([]Fault{{"/workAccount", FaultNotAllowed, `You signed in with an existing work account: use "existing".`}})
	}
	if err := c.testAllowed(); err != nil {
		return Event{}, err
	}
	return p.enroll(c, c.By.TenantID, c.By.TenantDomain, s)
}

// signUps is the namespace of the tenants that are made at enrolment.
var signUps = [16]byte{0x6d, 0x0f, 0x4f, 0x0e, 0x4a, 0x3c, 0x4f, 0x57, 0x9a, 0x3f, 0x2f, 0x8f, 0x2f, 0x2b, 0x7c, 0x11}

// SignUpTenant is the tenant of a user who signed up without a work account:
// one for each user, the same each time (E1). It is a UUID of version 5, so no
// directory's tenant can be taken for one.
func SignUpTenant(userID string) string {
	sum := sha1.Sum(append(signUps[:], userID...))
	id := sum[:16]
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// EnrollOnBehalf starts an enrolment that staff typed into the workflow's
// console (O1). The tenant is named, not asserted, so nobody holds a role in
// it until its directory says so; a new work account, which no directory
// speaks for, can only be enrolled by its own user.
func (p Partner) EnrollOnBehalf(c Enroll, tenantID string, s Stamp) (Event, error) {
	if p.Enrolled() {
		return Event{}, Refuse(CodeAlreadyEnrolled, "This tenant has enrolled already.").At("/partners/" + p.ID)
	}
	var faults []Fault
	if c.WorkAccount == WorkAccountNew {
		faults = append(faults, Fault{"/workAccount", FaultUnsupported, `Only an "existing" work account can be enrolled by staff.`})
	}
	if tenantID = strings.TrimSpace(tenantID); tenantID == "" {
		faults = append(faults, Fault{"/tenantId", FaultRequired, "Name the tenant of the company's work account."})
	}
	return p.enroll(c, tenantID, "", s, faults...)
}

func (p Partner) enroll(c Enroll, tenantID, tenantDomain string, s Stamp, faults ...Fault) (Event, error) {
	c.CompanyName, c.WorkEmail = strings.TrimSpace(c.CompanyName), strings.TrimSpace(c.WorkEmail)
	switch c.WorkAccount {
	case WorkAccountExisting, WorkAccountNew:
	case "":
		faults = append(faults, Fault{"/workAccount", FaultRequired, "Say whether the company signs in with an existing work account or makes a new one."})
	default:
		faults = append(faults, Fault{"/workAccount", FaultUnsupported, `Use "existing" or "new".`})
	}
	faults = append(faults, emailFaults("/workEmail", c.WorkEmail, true)...)
	if domain, ok := emailDomain(c.WorkEmail); ok && consumerDomains[domain] && c.WorkAccount != WorkAccountNew {
		faults = append(faults, Fault{"/workEmail", FaultConsumerMail, "Use your address at the company: " + domain + " is a mail service for private persons."}) // E4
	}
	faults = append(faults, companyFaults("/companyName", c.CompanyName, true, maxName)...)
	if c.Existing != nil {
		faults = append(faults, c.Existing.Claim.faults()...)
		if c.Test {
			faults = append(faults, Fault{"/membership", FaultNotAllowed, "A test partner has no existing membership: nothing about it is real."})
		}
	}
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	d := Enrolled{
		PartnerID: c.PartnerID, TenantID: tenantID, TenantDomain: strings.ToLower(tenantDomain),
		WorkAccount: c.WorkAccount, WorkEmail: c.WorkEmail, CompanyName: c.CompanyName, Reason: c.Reason, Test: c.Test,
	}
	mails := []Follow{send(MailEnrolled, c.WorkEmail, map[string]string{"companyName": c.CompanyName, "partnerId": c.PartnerID})}
	if c.Existing != nil {
		claimed, err := c.Existing.claimed(tenantID, tenantDomain, s)
		if err != nil {
			return Event{}, err
		}
		d.Membership = &claimed
		as := p
		as.ID, as.WorkEmail = c.PartnerID, c.WorkEmail
		if claimed.Carried != nil {
			mails = append(mails, as.tellOfMembership(claimed.Carried.Record)...)
		} else {
			held := HeldMembership{ID: claimed.ID, LegalName: claimed.LegalName, Link: Link{Address: claimed.LinkAddress}}
			mails = append(mails, as.sendMembershipLink(held, c.Existing.Secret, claimed.LinkExpiresAt))
		}
	}
	e := p.progress(s, d, mails...)
	e.PartnerID = c.PartnerID
	return e, nil
}

// ChecklistStep is what one step will ask for (E7).
type ChecklistStep struct {
	Step    Step
	Who     Party // who does it
	Minutes int   // how long it takes a person who has all at hand
	Items   []ChecklistItem
}

// ChecklistItem is one thing to have at hand.
type ChecklistItem struct {
	Code string
	Text string
}

// Checklist lists what a company must have at hand for every step (E7), so
// that nothing is learned half way. An earlier membership-centre sign-in is
// not asked for (E6).
func Checklist() []ChecklistStep {
	return []ChecklistStep{
		{StepEnrollment, PartyPartner, 5, []ChecklistItem{
			{"global_admin", "Sign in as a Global Admin of the company's work account, or sign up to make a new one."},
			{"work_email", "A work e-mail address at the company's own domain."},
			{"colleagues", "If colleagues have enrolled the company already, don't enrol it again: ask to be added, signed in with your address there. If they agree, you get an invitation by mail."},
			{"existing_partner_id", "Only if the company is in the programme already: its existing Partner ID, and the legal name, country, postal code and primary contact's e-mail that were authorized. No other sign-in is needed, and only support contact information is asked for then."},
		}},
		{StepBusinessInfo, PartyPartner, 15, []ChecklistItem{
			{"legal_name", "The legal business name, exactly as in the official registration."},
			{"registration_number", "The company registration number, where the country has one."},
			{"physical_address", "The registered physical address (not a post office box)."},
			{"primary_contact", "A primary contact with name, work e-mail and phone who can answer questions of the verification."},
			{"support_contact", "Where customers get support: an e-mail address and, in some countries, a phone number."},
		}},
		{StepVerification, PartyReviewer, 5, []ChecklistItem{
			{"mailbox", "Access to the primary contact's mailbox: a link must be confirmed within 72 hours."},
			{"time", "Patience: a reviewer needs 3 to 5 business days."},
		}},
		{StepAgreement, PartyPartner, 15, []ChecklistItem{
			{"signer", "A Global Admin, or a legal authority recorded by one, who may sign for the company."},
		}},
		{StepDistributor, PartyPartner, 5, []ChecklistItem{
			{"distributor", "A distributor that serves your region; give it your Partner ID so that it can send you a request."},
		}},
	}
}

// Checklist is the list of a company that has enrolled: what was carried over
// from an existing membership isn't asked for again (E5, E7).
func (p Partner) Checklist() []ChecklistStep {
	list := Checklist()
	if _, linked := p.LinkedMembership(); !linked {
		return list
	}
	var open []ChecklistStep
	for _, step := range list {
		switch step.Step {
		case StepBusinessInfo:
			support := step.Items[len(step.Items)-1]
			step.Minutes, step.Items = 5, []ChecklistItem{support}
		case StepVerification:
			continue
		case StepAgreement:
			if p.signed() {
				continue
			}
		}
		open = append(open, step)
	}
	return open
}
