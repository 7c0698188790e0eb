package onboarding

import (
	"slices"
	"strings"
	"time"
)

// WorkAccount says how the company's directory came to be (E1).
type WorkAccount string

// The two ways to enrol.
const (
	WorkAccountExisting WorkAccount = "existing" // the identity provider asserts tenant and Global Admin
	WorkAccountNew      WorkAccount = "new"      // self sign-up: the tenant is made during enrolment
)

// ProgrammeStatus is the partner's standing in the programme.
type ProgrammeStatus string

// Standings. Accepting the agreement makes a partner Active (A4).
const (
	ProgrammeNotActive ProgrammeStatus = "NotActive"
	ProgrammeActive    ProgrammeStatus = "Active"
	ProgrammeSuspended ProgrammeStatus = "Suspended" // A8: until what it is for is mended
	ProgrammeLeft      ProgrammeStatus = "Left"      // A8: the company may come back
)

// Limits that keep a partner's record small; beyond them a command is refused
// with CodeTooMany.
const (
	maxRelationships = 30 // open ones; of those that are over as many as fit are kept
	maxReasonLength  = 2000
	maxKeptReason    = 500 // of a relationship's end, in the partner's record
)

// Partner is the company being onboarded, as its events have made it. The zero
// value is a company that has not enrolled. It is a value: commands don't
// change it, Apply returns the next one.
type Partner struct {
	ID           string      `json:"id"`
	Version      int         `json:"version"` // number of events so far
	TenantID     string      `json:"tenantId"`
	TenantDomain string      `json:"tenantDomain,omitzero"` // verified by the directory, else ""
	WorkAccount  WorkAccount `json:"workAccount"`
	WorkEmail    string      `json:"workEmail"`
	WorkDomain   string      `json:"workDomain"` // E4: the work e-mail's domain is kept
	CompanyName  string      `json:"companyName"`
	EnrolledAt   time.Time   `json:"enrolledAt"`
	Test         bool        `json:"test,omitzero"` // nothing about it is real; never changes
	Members      []Member    `json:"members,omitempty"`
	Removed      []Removed   `json:"removed,omitempty"` // A7: users of a directory who are none of the partner's any more

	Invitations []Invitation  `json:"invitations,omitempty"` // A7: open ones, and those that ended lately
	Handover    *Handover     `json:"handover,omitempty"`    // A7: that waits for its answer
	JoinAsked   []JoinRequest `json:"joinAsked,omitempty"`   // E8: who asks to be added
	Company     []string      `json:"company,omitempty"`     // E8: by which keys the submitted company is the same as another

	Info         BusinessInfo `json:"info,omitzero"`
	InfoRevision int          `json:"infoRevision,omitzero"` // version at which Info last changed; the ETag of step 2
	SubmittedAt  time.Time    `json:"submittedAt,omitzero"`  // of the submission now in force; zero while a draft
	Region       string       `json:"region,omitzero"`       // set by the legal address when submitted

	Case     *Case     `json:"case,omitempty"`     // the newest verification case
	Cases    int       `json:"cases,omitzero"`     // how many there have been
	Verified *Verified `json:"verified,omitempty"` // V7: how the details in force were authorized; nil until the first time
	Proven   Proven    `json:"proven,omitzero"`    // V10: the contact's address, once it is known to be his
	Changes  int       `json:"changes,omitzero"`   // V7: how many executions have waited for a change
	Round    int       `json:"round,omitzero"`     // of the workflow: each is one execution
	Idle     bool      `json:"idle,omitzero"`      // no execution is meant to be open: the next command starts the next round

	Failure *WorkflowFailure `json:"failure,omitempty"` // O2: the round's execution stopped

	LastPublic int `json:"lastPublic,omitzero"` // sequence of the newest event that was told in public

	ActedAt      time.Time `json:"actedAt,omitzero"`      // when the partner's side last did something
	Reminded     Reminded  `json:"reminded,omitzero"`     // V9: how far the present ladder of reminders got
	DormantSince time.Time `json:"dormantSince,omitzero"` // V9: nothing came of any reminder; zero when awake

	ClockAhead     time.Duration `json:"clockAhead,omitzero"`     // of a test partner's clock before the real one
	ClockTarget    time.Time     `json:"clockTarget,omitzero"`    // where an advance of it that isn't finished ends
	MailAddresses  []MailAddress `json:"mailAddresses,omitempty"` // that failed once
	Resent         []Resent      `json:"resent,omitempty"`        // mails that were sent again lately
	WorkEmailSince time.Time     `json:"workEmailSince,omitzero"` // zero for the one given at enrolment

	Membership    *HeldMembership `json:"membership,omitempty"` // E5: the existing one that was claimed at enrolment
	Acceptance    *Acceptance     `json:"acceptance,omitempty"`
	Ahead         *Acceptance     `json:"ahead,omitempty"`   // A6: of the version to come
	Renewal       *Renewal        `json:"renewal,omitempty"` // A6: the version that takes the accepted one's place
	PLAID         string          `json:"plaId,omitzero"`    // partner location account of the legal location (D3, L4)
	Relationships []Relationship  `json:"relationships,omitempty"`

	Locations    map[string]int  `json:"locations,omitempty"`    // how many are open in each region, without the legal one
	LocationList *LocationList   `json:"locationList,omitempty"` // that is being added (L1)
	Programme    ProgrammeRecord `json:"programme,omitzero"`     // A8: suspended, left, and what was

	DirectBill *DirectBill `json:"directBill,omitempty"` // beside all of the above, never instead (X6)
}

// Enrolled says whether the company has enrolled (step 1).
func (p Partner) Enrolled() bool { return p.ID != "" }

// LegalName is the company's name: the legal one once known, else the one
// given at enrolment.
func (p Partner) LegalName() string {
	if p.Info.Legal.LegalName != "" {
		return p.Info.Legal.LegalName
	}
	return p.CompanyName
}

// ContactEmail is where mails to the partner go: the primary contact once the
// address is proven to be his (V5, V10), the enrolling admin until then. To an
// unproven address nothing goes but the ownership link, so that nobody can have
// the programme write to strangers. While a change of the contact is verified, it
// is the contact in force (V7).
func (p Partner) ContactEmail() string {
	if p.Proven.Address != "" {
		return p.Proven.Address
	}
	return p.WorkEmail
}

// ContactName is the name to greet in mails to ContactEmail, "" when unknown.
func (p Partner) ContactName() string {
	if p.proven(p.Info.Legal.PrimaryContact.Email) {
		return p.Info.Legal.PrimaryContact.Name()
	}
	return ""
}

// proven says that an address was confirmed already: it isn't asked for twice.
func (p Partner) proven(address string) bool {
	return p.Proven.Address != "" && strings.EqualFold(p.Proven.Address, address)
}

// RolesOf lists every role a principal holds towards the partner; none means
// he may not know that it exists.
//
// The directory's word on Global Admin counts for a work account of the
// directory; for a tenant made at enrolment the partner's own record does.
func (p Partner) RolesOf(by Principal) []Role {
	if !p.Enrolled() {
		return nil
	}
	var roles []Role
	if by.Staff {
		roles = append(roles, RoleReviewer)
	}
	if by.DistributorID != "" && p.knows(by.DistributorID) {
		roles = append(roles, RoleDistributor)
	}
	if by.Staff || by.DistributorID != "" {
		return roles // the programme's people and distributors are never a partner's own (A3)
	}
	return p.memberRoles(by)
}

func (p Partner) knows(distributorID string) bool {
	return slices.ContainsFunc(p.Relationships, func(r Relationship) bool { return r.DistributorID == distributorID })
}
