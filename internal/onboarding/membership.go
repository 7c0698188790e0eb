package onboarding

import (
	"strings"
	"time"
	"unicode"
)

// Membership is the record on file of a company that is in the programme
// already (E5): what was authorized of it elsewhere, under its existing Partner
// ID. The zero value is a record that doesn't exist. It confers nothing by
// itself: whoever claims it is confirmed first.
type Membership struct {
	ID           string           `json:"id"`                // the existing Partner ID
	Revision     int              `json:"revision"`          // of the record: what was confirmed is what is linked
	TenantID     string           `json:"tenantId,omitzero"` // whose it is, "" when the records don't say
	Legal        LegalProfile     `json:"legal"`             // normalised, as if it had been submitted
	AuthorizedAt time.Time        `json:"authorizedAt"`      // when name, address and contact were authorized
	Agreement    *SignedAgreement `json:"agreement,omitempty"`
}

// SignedAgreement is what the records say of the agreement's acceptance.
type SignedAgreement struct {
	Version     string    `json:"version"`
	SHA256      string    `json:"sha256"` // of the document that was signed
	SignerName  string    `json:"signerName"`
	SignerTitle string    `json:"signerTitle"`
	At          time.Time `json:"at"`
}

// MembershipClaim is the existing Partner ID with what confirms it (E5). The old
// membership centre's sign-in isn't asked for (E6).
type MembershipClaim struct {
	PartnerID    string
	LegalName    string
	Country      string
	PostalCode   string // "" where the address on file has none
	ContactEmail string // of the primary contact on file
}

const maxMembershipID = 64

// FoldMembershipID is an existing Partner ID as its record is filed: without
// regard to case and to spaces around it.
func FoldMembershipID(id string) string { return strings.ToUpper(strings.TrimSpace(id)) }

func membershipIDFaults(pointer, id string) []Fault {
	switch {
	case id == "":
		return []Fault{{pointer, FaultRequired, "Enter the existing Partner ID."}}
	case len(id) > maxMembershipID:
		return []Fault{{pointer, FaultTooLong, "Shorten this: it is too long."}}
	case strings.ContainsFunc(id, func(r rune) bool {
		return !(r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
	}):
		return []Fault{{pointer, FaultInvalid, "Use only letters, digits and the characters - _ and . here."}}
	}
	return nil
}

// faults judges the claim by itself: they are the same whatever is on file.
func (c MembershipClaim) faults() []Fault {
	faults := membershipIDFaults("/membership/partnerId", FoldMembershipID(c.PartnerID))
	faults = append(faults, companyFaults("/membership/legalName", strings.TrimSpace(c.LegalName), true, maxName)...)
	if len(strings.TrimSpace(c.Country)) != 2 {
		faults = append(faults, Fault{"/membership/country", FaultInvalid, "Use the two-letter code (ISO 3166-1) of the country of the address on file."})
	}
	if len([]rune(c.PostalCode)) > 20 {
		faults = append(faults, Fault{"/membership/postalCode", FaultTooLong, "Shorten this: it is too long."})
	}
	return append(faults, emailFaults("/membership/contactEmail", strings.TrimSpace(c.ContactEmail), true)...)
}

// lettersAndDigits is a text without regard to case, spacing and punctuation.
func lettersAndDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

// confirms says whether the record agrees with all that a claim names. One that
// doesn't exist agrees with nothing.
func (m Membership) confirms(c MembershipClaim) bool {
	name, filed := lettersAndDigits(c.LegalName), lettersAndDigits(m.Legal.LegalName)
	return m.ID != "" && m.ID == FoldMembershipID(c.PartnerID) && !m.AuthorizedAt.IsZero() &&
		name != "" && name == filed &&
		strings.EqualFold(strings.TrimSpace(c.Country), m.Legal.Address.Country) &&
		lettersAndDigits(c.PostalCode) == lettersAndDigits(m.Legal.Address.PostalCode) &&
		sameAddress(strings.TrimSpace(c.ContactEmail), m.Legal.PrimaryContact.Email)
}

// trust is what shows that a record is the claimant's own.
type trust int

const (
	trustNone    trust = iota
	trustTenant        // the records name the tenant, or its directory has verified the contact's mail domain
	trustMailbox       // the contact on file has to say so, by a link
)

// trusted decides what shows that the record belongs to a tenant. One that names
// a tenant is for that one alone. Of one without, the directory's verified domain
// must be the contact's own; a mail service for private persons is nobody's. Else
// the contact on file must prove the mailbox before anything is carried over.
func (m Membership) trusted(c MembershipClaim, tenantID, tenantDomain string) trust {
	domain, _ := emailDomain(m.Legal.PrimaryContact.Email)
	switch {
	case !m.confirms(c) || m.TenantID != "" && m.TenantID != tenantID:
		return trustNone
	case m.TenantID != "":
		return trustTenant
	case tenantDomain != "" && strings.EqualFold(domain, tenantDomain) && !consumerDomains[domain]:
		return trustTenant
	}
	return trustMailbox
}

// MembershipUnconfirmed is the one refusal of a claim: the id is unknown, or
// another's, or linked already, or what was named isn't what is on file. Which
// of these it is isn't told, so that nobody learns from it who is in the
// programme.
func MembershipUnconfirmed() *Refusal {
	return Refuse(CodeMembershipUnconfirmed, "The records on file don't confirm this membership for your company, so nothing was created. Check the existing Partner ID, and the legal name, country, postal code and primary contact's e-mail as they were authorized, and that you signed in with the right work account; or enrol without an existing membership.").At("/partners")
}

// MembershipTriesLimited is the refusal of a claim when there were too many.
func MembershipTriesLimited(until time.Time) *Refusal {
	return Refuse(CodeMembershipTriesLimited, "Existing memberships were tried too often, by this work account or for this Partner ID. Try again after "+until.UTC().Format("2 January 2006, 15:04 UTC")+", or enrol without an existing membership. Whether the last one was right isn't told.").At("/partners")
}

// Limits of claiming a membership, for each day (UTC).
const (
	maxTriesOfTenant     = 5
	maxTriesOfMembership = 10
)

// Try is one count of what can't be tried without end. It is counted before an
// answer tells what came of it, whether right or wrong.
type Try struct {
	Key   string // what is counted
	Max   int
	Until time.Time // when counting begins anew
}

// triesOf are what a claim counts towards.
func triesOf(tenantID, membershipID string, at time.Time) []Try {
	day := at.UTC().Truncate(24 * time.Hour)
	until, date := day.AddDate(0, 0, 1), day.Format(time.DateOnly)
	return []Try{
		{"TENANT#" + tenantID + "#" + date, maxTriesOfTenant, until},
		{"MEMBERSHIP#" + FoldMembershipID(membershipID) + "#" + date, maxTriesOfMembership, until},
	}
}

// TriesOf are what an event counts towards: an enrolment that claimed a membership
// is a try that was right.
func TriesOf(e Event) []Try {
	if d, ok := e.Data.(Enrolled); ok && d.Membership != nil {
		return triesOf(d.TenantID, d.Membership.ID, e.At)
	}
	return nil
}

// MembershipClaimed tells which existing membership an enrolment claimed. Until
// the contact on file has confirmed, it holds nothing but what the claimant named.
type MembershipClaimed struct {
	ID        string             `json:"id"`
	Revision  int                `json:"revision"` // of the record that confirmed the claim
	LegalName string             `json:"legalName"`
	Carried   *CarriedMembership `json:"carried,omitempty"` // nil when the contact on file has to confirm first

	LinkAddress   string    `json:"linkAddress,omitzero"` // of the contact on file
	LinkHash      string    `json:"linkHash,omitzero"`
	LinkExpiresAt time.Time `json:"linkExpiresAt,omitzero"`
}

// CarriedMembership is what is taken over from a record on file (E5).
type CarriedMembership struct {
	Record    Membership  `json:"record"`
	Region    string      `json:"region"`              // of the address on file
	CaseID    string      `json:"caseId"`              // of the verification that is carried over
	Agreement *Acceptance `json:"agreement,omitempty"` // nil when no current version was signed
}

// HeldMembership is the existing membership of a partner (E5).
type HeldMembership struct {
	ID        string    `json:"id"` // the existing Partner ID
	Revision  int       `json:"revision"`
	LegalName string    `json:"legalName"`
	LinkedAt  time.Time `json:"linkedAt,omitzero"` // zero while the contact on file hasn't confirmed
	Link      Link      `json:"link,omitzero"`     // to the contact on file
}

// CarriedOver says that a verification was made elsewhere, when, and which record
// says so.
type CarriedOver struct {
	From         string    `json:"from"` // the existing Partner ID
	AuthorizedAt time.Time `json:"authorizedAt"`
}

// ExistingMembership is what enrolling with an existing Partner ID needs.
type ExistingMembership struct {
	Claim      MembershipClaim
	Record     Membership // on file under that id and linked to nobody, else zero
	CaseID     string     // names the case in which the verification is carried over
	Secret     string     // random part of the link, in case one is needed
	Regions    Regions
	Agreements Agreements
}

// claimed decides an enrolment with an existing membership (E5).
func (x ExistingMembership) claimed(tenantID, tenantDomain string, s Stamp) (MembershipClaimed, error) {
	m := x.Record
	d := MembershipClaimed{ID: m.ID, Revision: m.Revision, LegalName: m.Legal.LegalName}
	how := m.trusted(x.Claim, tenantID, tenantDomain)
	carried, ok := x.carried(tenantID, s)
	switch {
	case how == trustNone || !ok:
		r := MembershipUnconfirmed()
		r.Tries = triesOf(tenantID, x.Claim.PartnerID, s.at())
		return d, r
	case how == trustMailbox:
		d.LinkAddress, d.LinkHash, d.LinkExpiresAt = m.Legal.PrimaryContact.Email, HashSecret(x.Secret), s.at().Add(linkValidity)
	default:
		d.Carried = &carried
	}
	return d, nil
}

// carried is what a record gives to the partner of a tenant; ok is false when it
// can give nothing.
func (x ExistingMembership) carried(tenantID string, s Stamp) (c CarriedMembership, ok bool) {
	c = CarriedMembership{Record: x.Record, CaseID: x.CaseID}
	if c.Region, ok = x.Regions.RegionOf(x.Record.Legal.Address.Country, s.at()); !ok {
		return c, false
	}
	if signed := x.Record.Agreement; signed != nil {
		c.Agreement = signed.carriedOver(x.Record.ID, c.Region, tenantID, x.Agreements, s.at())
	}
	return c, true
}

// carriedOver is the acceptance that the records tell of, nil when it isn't one
// of a document of the version in force.
func (g SignedAgreement) carriedOver(from, region, tenantID string, agreements Agreements, at time.Time) *Acceptance {
	current, ok := agreements.Current(region, at)
	if !ok || g.Version != current.Version {
		return nil
	}
	shown, ok := current.document(g.SHA256)
	if !ok {
		return nil
	}
	return &Acceptance{
		Version: current.Version, Region: region, SHA256: shown.SHA256, MediaType: shown.MediaType,
		SignerName: g.SignerName, SignerTitle: g.SignerTitle, TenantID: tenantID, At: g.At.UTC(), CarriedFrom: from,
	}
}

func (d MembershipClaimed) apply(p *Partner, e Event) {
	p.Membership = &HeldMembership{ID: d.ID, Revision: d.Revision, LegalName: d.LegalName}
	if d.Carried != nil {
		d.Carried.apply(p, e)
		return
	}
	p.Membership.Link = Link{Address: d.LinkAddress, Hash: d.LinkHash, SentAt: e.At, ExpiresAt: d.LinkExpiresAt, Sends: 1}
}

// apply brings into force what is on file: business details, verification, and
// the agreement if a current version was signed. The case is one that is decided
// already, so whatever looks at a verification finds it.
func (d CarriedMembership) apply(p *Partner, e Event) {
	held, m := *p.Membership, d.Record
	held.LinkedAt = e.At
	p.Membership = &held
	p.Info, p.InfoRevision, p.Region = BusinessInfo{Legal: m.Legal, Support: p.Info.Support}, e.Sequence, d.Region
	p.Proven = Proven{m.Legal.PrimaryContact.Email, e.At}
	p.Cases++
	over := &CarriedOver{From: m.ID, AuthorizedAt: m.AuthorizedAt}
	p.Case = &Case{
		ID: d.CaseID, Number: p.Cases, OpenedAt: e.At, Earliest: e.At, DueSoon: e.At, Latest: e.At, CarriedOver: over,
		Checks:   []Check{{CheckEmailOwnership, CheckPassed, e.At}, {CheckEmployment, CheckPassed, e.At}, {CheckBusiness, CheckPassed, e.At}},
		Decision: &Decision{Result: VerificationAuthorized, Note: "Carried over from the record on file of " + m.ID + ".", At: e.At, Sequence: e.Sequence},
	}
	p.Verified = &Verified{At: e.At, CaseID: d.CaseID, Sequence: e.Sequence, CarriedOver: over}
	if d.Agreement != nil {
		a := *d.Agreement
		a.EventID = e.ID
		p.Acceptance = &a
	}
}

// LinkedMembership is the existing Partner ID that the partner is linked to (E5).
func (p Partner) LinkedMembership() (id string, ok bool) {
	if p.Membership == nil || p.Membership.LinkedAt.IsZero() {
		return "", false
	}
	return p.Membership.ID, true
}

// PendingMembership is the claim that waits for the contact on file, nil when
// there is none.
func (p Partner) PendingMembership() *HeldMembership {
	if p.Membership == nil || !p.Membership.LinkedAt.IsZero() {
		return nil
	}
	return p.Membership
}

// asksSupportOnly says that step 2 asks for support contact information alone:
// everything else was carried over (E5).
func (p Partner) asksSupportOnly() bool {
	_, linked := p.LinkedMembership()
	return linked && p.SubmittedAt.IsZero()
}
