package onboarding

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strings"
	"time"
)

const (
	minBusinessDays = 3 // V2: the target is 3 to 5 business days
	maxBusinessDays = 5
	dueSoonDays     = maxBusinessDays - 1 // V9: reviewers are reminded when a case is due within one business day
	linkValidity    = 72 * time.Hour      // V10
	maxLinkSends    = 5                   // V10: of one case, the first included
	linkPause       = time.Minute         // V10: between two sends
)

// VerificationStatus is where business verification stands (V4).
type VerificationStatus string

// Statuses of verification. An overdue case is escalated and still waits for
// its decision (V6).
const (
	VerificationNotStarted         VerificationStatus = "NotStarted"
	VerificationPending            VerificationStatus = "Pending" // waits for the primary contact's confirmation
	VerificationDocumentsRequested VerificationStatus = "DocumentsRequested"
	VerificationUnderReview        VerificationStatus = "UnderReview"
	VerificationCannotComplete     VerificationStatus = "CannotComplete" // looked at and set aside; a reviewer looks again
	VerificationAuthorized         VerificationStatus = "Authorized"
	VerificationRejected           VerificationStatus = "Rejected"
	VerificationOverdue            VerificationStatus = "Overdue"
	VerificationExpired            VerificationStatus = "Expired"   // documents didn't come in time: the partner can reopen
	VerificationWithdrawn          VerificationStatus = "Withdrawn" // V7: the partner gave up a change; what is in force stays
)

// CheckName names one of a case's checks (V10).
type CheckName string

// The checks of a case. All must pass.
const (
	CheckEmailOwnership CheckName = "emailOwnership"
	CheckEmployment     CheckName = "employment"
	CheckBusiness       CheckName = "business"
)

// CheckStatus is where one check stands.
type CheckStatus string

// Statuses of a check.
const (
	CheckPending     CheckStatus = "Pending"     // the primary contact must act
	CheckNeedsReview CheckStatus = "NeedsReview" // a reviewer must look
	CheckPassed      CheckStatus = "Passed"
	CheckFailed      CheckStatus = "Failed"

	checkNotNeeded CheckStatus = "" // V7: what didn't change isn't checked again
)

// Check is one check of a case.
type Check struct {
	Name   CheckName   `json:"name"`
	Status CheckStatus `json:"status"`
	Since  time.Time   `json:"since"`
}

// Case is one verification of the submitted details (V1).
type Case struct {
	ID          string     `json:"id"`
	Number      int        `json:"number"` // 1 for the first
	OpenedAt    time.Time  `json:"openedAt"`
	Earliest    time.Time  `json:"earliest"` // V2: the third business day's end
	Latest      time.Time  `json:"latest"`   // V2: the fifth business day's end
	Calendar    string     `json:"calendar"`
	Checks      []Check    `json:"checks"`
	Comparison  Comparison `json:"comparison"`
	DueSoon     time.Time  `json:"dueSoon,omitzero"` // V9: the fourth business day's end
	RemindedAt  time.Time  `json:"remindedAt,omitzero"`
	EscalatedAt time.Time  `json:"escalatedAt,omitzero"`
	Chased      int        `json:"chased,omitzero"`    // V6: how often staff was asked again since
	SupportAt   time.Time  `json:"supportAt,omitzero"` // V6: when the partner asked for support
	Support     string     `json:"support,omitzero"`
	Decision    *Decision  `json:"decision,omitempty"`
	Appeal      *Appeal    `json:"appeal,omitempty"`
	Link        Link       `json:"link"`
	Change      *Change    `json:"change,omitempty"` // V7: what a re-verification is about, nil for a company that isn't in force yet

	CarriedOver *CarriedOver `json:"carriedOver,omitempty"` // E5: it was verified elsewhere

	PausedAt   time.Time        `json:"pausedAt,omitzero"`   // V3: since when the clock stands still; the dates move once it goes on
	Request    *DocumentRequest `json:"request,omitempty"`   // the newest one
	Requests   int              `json:"requests,omitzero"`   // by reviewers, so far
	Documents  []Document       `json:"documents,omitempty"` // in the order of their receipt, without those that were replaced
	Claim      *Claim           `json:"claim,omitempty"`     // O2: who has it in hand
	SetAside   *SetAside        `json:"setAside,omitempty"`
	Extensions []Extension      `json:"extensions,omitempty"`
}

// Link is the one-time ownership link of a case, bound to its address (V10).
// Of its secret only the hash is kept.
type Link struct {
	Address   string    `json:"address"`
	Hash      string    `json:"hash"`
	SentAt    time.Time `json:"sentAt"`
	ExpiresAt time.Time `json:"expiresAt"`
	Sends     int       `json:"sends"`
}

// Decision is how a case ended: by a reviewer's word (V4), by what data showed,
// or because the partner withdrew it (V7).
type Decision struct {
	Result  VerificationStatus `json:"result"` // Authorized, Rejected or Withdrawn
	Reasons []ReasonCode       `json:"reasons,omitempty"`
	Note    string             `json:"note"` // the reviewer's reason, for staff (O3)
	At      time.Time          `json:"at"`

	By       string `json:"by,omitzero"`       // the reviewer's user id: an appeal needs another one
	Sequence int    `json:"sequence,omitzero"` // of the event
}

// Authorized says whether the decision was positive.
func (d Decision) Authorized() bool { return d.Result == VerificationAuthorized }

// Check finds a check by its name; one that the case doesn't need has no status.
func (c Case) Check(name CheckName) Check {
	for _, k := range c.Checks {
		if k.Name == name {
			return k
		}
	}
	return Check{Name: name, Status: checkNotNeeded}
}

func (d BusinessInfoSubmitted) open(p *Partner, e Event) *Case {
	contact := d.Info.Legal.PrimaryContact.Email
	c := &Case{
		ID: d.CaseID, Number: p.Cases, OpenedAt: e.At, Earliest: d.Earliest, DueSoon: d.DueSoon, Latest: d.Latest, Calendar: d.Calendar, Comparison: d.Comparison,
		Checks: []Check{{CheckEmailOwnership, CheckPending, e.At}, {CheckEmployment, d.Employment, e.At}, {CheckBusiness, CheckNeedsReview, e.At}},
		Link:   Link{Address: contact, Hash: d.LinkHash, SentAt: e.At, ExpiresAt: d.LinkExpiresAt, Sends: 1},
	}
	if d.Request != nil {
		c.Request, c.PausedAt = d.Request, e.At
	}
	if p.proven(contact) {
		c.Checks[0] = Check{CheckEmailOwnership, CheckPassed, p.Proven.At}
	}
	return c
}

func (c Case) with(name CheckName, status CheckStatus, at time.Time) *Case {
	c.Checks = append([]Check(nil), c.Checks...)
	for i := range c.Checks {
		if c.Checks[i].Name == name && c.Checks[i].Status != status {
			c.Checks[i].Status, c.Checks[i].Since = status, at
		}
	}
	return &c
}

// Verification is the status of business verification now (V4).
func (p Partner) Verification() VerificationStatus {
	c := p.Case
	switch {
	case c == nil:
		return VerificationNotStarted
	case c.Decision != nil:
		return c.Decision.Result
	case c.awaitsDocuments():
		return VerificationDocumentsRequested
	case c.requested():
		return VerificationExpired
	case !c.EscalatedAt.IsZero():
		return VerificationOverdue
	case c.Check(CheckEmailOwnership).Status == CheckPending:
		return VerificationPending
	case c.SetAside != nil:
		return VerificationCannotComplete
	}
	return VerificationUnderReview
}

// ownershipPending says that an open case waits for the primary contact's
// confirmation, overdue or not (V10).
func (p Partner) ownershipPending() bool {
	return p.Case != nil && p.Case.Decision == nil && p.Case.Check(CheckEmailOwnership).Status == CheckPending
}

// Authorized says whether business verification has succeeded. What is being
// changed since then doesn't take it back (V7).
func (p Partner) Authorized() bool { return p.Verified != nil }

// Standing is the company's own status of verification: that of the details in
// force, where Verification is that of the newest case (V7).
func (p Partner) Standing() (VerificationStatus, time.Time) {
	switch {
	case p.Authorized():
		return VerificationAuthorized, p.Verified.At
	case p.Case != nil && p.Case.Decision != nil:
		return p.Case.Decision.Result, p.Case.Decision.At
	}
	return p.Verification(), time.Time{}
}

// rejected says that the company itself was rejected, not a change of it.
func (p Partner) rejected() bool { return !p.Authorized() && p.Verification() == VerificationRejected }

func (p Partner) openCase() (Case, error) {
	switch {
	case p.Case == nil:
		return Case{}, Refuse(CodeNothingToVerify, "Nothing has been submitted for verification yet. Submit the business information first.").At(p.path("business-info"))
	case p.Case.Decision != nil:
		return Case{}, Refuse(CodeVerificationDecided, "This verification has been decided: its case is closed.").At(p.path("verification"))
	}
	return *p.Case, nil
}

// HashSecret is how the secret of a one-time link is kept.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// OwnershipToken is the token of an ownership link. It names the partner so
// that one read finds it; the secret proves it.
func OwnershipToken(partnerID, secret string) string { return partnerID + "." + secret }

// SplitOwnershipToken takes a token apart; ok is false when it isn't one.
func SplitOwnershipToken(token string) (partnerID, secret string, ok bool) {
	partnerID, secret, ok = strings.Cut(token, ".")
	return partnerID, secret, ok && partnerID != "" && secret != ""
}

// OwnershipLinkSent tells that a new link went out and the old one is void.
type OwnershipLinkSent struct {
	Address   string    `json:"address"`
	Hash      string    `json:"hash"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// Type implements EventData.
func (OwnershipLinkSent) Type() EventType { return "verification.ownershipLinkSent" }

func (d OwnershipLinkSent) apply(p *Partner, e Event) {
	c := *p.Case
	c.Link = Link{Address: d.Address, Hash: d.Hash, SentAt: e.At, ExpiresAt: d.ExpiresAt, Sends: c.Link.Sends + 1}
	p.Case = &c
}

// ResendOwnershipLink voids the present link and sends a new one (V10).
func (p Partner) ResendOwnershipLink(secret string, s Stamp) (Event, error) {
	if p.PendingMembership() != nil {
		return p.resendMembershipLink(secret, s)
	}
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	switch {
	case c.Check(CheckEmailOwnership).Status != CheckPending:
		return Event{}, Refuse(CodeOwnershipConfirmed, "The address has been confirmed already: no link is needed.").At(p.path("verification"))
	case p.MailAddress(c.Link.Address).Broken():
		return Event{}, p.addressBroken(p.MailAddress(c.Link.Address))
	case s.At.Before(c.Link.SentAt.Add(linkPause)):
		return Event{}, linkSentJustNow()
	case c.Link.Sends >= maxLinkSends && s.At.Before(c.Link.ExpiresAt):
		return Event{}, Refuse(CodeResendLimited, "The link was sent several times already and the last one is still valid. Look into the mailbox, also among junk mail; a new one can be sent once it has expired.")
	}
	contact := p.Info.Legal.PrimaryContact
	if c.Change != nil {
		contact = c.Change.Info.Legal.PrimaryContact
	}
	d := OwnershipLinkSent{Address: contact.Email, Hash: HashSecret(secret), ExpiresAt: s.at().Add(linkValidity)}
	return p.progress(s, d, p.sendLink(contact, c.ID, secret, d.ExpiresAt)), nil
}

// LinkState is what an ownership link shows before it is confirmed.
type LinkState string

// States of a link.
const (
	LinkOpen      LinkState = "Open"
	LinkConfirmed LinkState = "Confirmed"
	LinkExpired   LinkState = "Expired"
)

// OwnershipLink answers what a link's holder sees (V10). Looking changes
// nothing, so a mail scanner that follows the link can't use it up. A secret
// that isn't the present one's gets CodeNotFound.
func (p Partner) OwnershipLink(secret string, now time.Time) (LinkState, error) {
	if state, ok := p.membershipLink(secret, now); ok {
		return state, nil
	}
	c := p.Case
	if c == nil || subtle.ConstantTimeCompare([]byte(HashSecret(secret)), []byte(c.Link.Hash)) != 1 {
		return "", NotFound()
	}
	switch {
	case c.Check(CheckEmailOwnership).Status == CheckPassed:
		return LinkConfirmed, nil
	case !now.Before(c.Link.ExpiresAt) || c.Decision != nil:
		return LinkExpired, nil
	}
	return LinkOpen, nil
}

// OwnershipConfirmed tells that the primary contact proved the address.
type OwnershipConfirmed struct {
	CaseID     string `json:"caseId"`
	Authorized bool   `json:"authorized,omitzero"` // V7: it was all that a change still needed
}

// Type implements EventData.
func (OwnershipConfirmed) Type() EventType { return "verification.ownershipConfirmed" }

func (d OwnershipConfirmed) apply(p *Partner, e Event) {
	p.Case = p.Case.with(CheckEmailOwnership, CheckPassed, e.At)
	switch {
	case d.Authorized:
		p.Case.Decision, p.Case.PausedAt = &Decision{Result: VerificationAuthorized, Note: "Data showed all that was to be checked.", At: e.At, Sequence: e.Sequence}, time.Time{}
		p.takeEffect(e)
	case p.Case.Change == nil:
		p.Proven = Proven{p.Case.Link.Address, e.At}
	}
}

// ConfirmOwnership uses up a link (V10). A link used twice is refused with
// CodeOwnershipConfirmed, which callers treat as done.
func (p Partner) ConfirmOwnership(secret string, s Stamp) (Event, error) {
	if _, ok := p.membershipLink(secret, s.At); ok {
		return Event{}, NotFound() // it is another kind of link: see ConfirmLink
	}
	state, err := p.OwnershipLink(secret, s.At)
	if err != nil {
		return Event{}, err
	}
	switch state {
	case LinkConfirmed:
		return Event{}, ownershipConfirmed()
	case LinkExpired:
		if _, err := p.openCase(); err != nil {
			return Event{}, err // no new link will be sent any more
		}
		return Event{}, linkExpired(p)
	}
	return p.confirmed(s), nil
}

func linkExpired(p Partner) *Refusal {
	return Refuse(CodeLinkExpired, "This link has expired. Ask a Global Admin or Admin Agent of the company to have a new one sent.").By(MayDo(ActionResendLink)...).At(p.path("verification/ownership-link"))
}

// confirmed tells that the primary contact's address is proven.
func (p Partner) confirmed(s Stamp) Event {
	d := OwnershipConfirmed{CaseID: p.Case.ID, Authorized: p.Case.decidesItself()}
	if d.Authorized {
		return p.progress(s, d, p.tellOfDecision(*p.Case, true, nil)...)
	}
	return p.progress(s, d)
}

// VerificationEscalated tells that the promised days are over (V6).
type VerificationEscalated struct {
	CaseID string `json:"caseId"`
}

// Type implements EventData.
func (VerificationEscalated) Type() EventType { return "verification.escalated" }

func (VerificationEscalated) apply(p *Partner, e Event) {
	c := *p.Case
	c.EscalatedAt = e.At
	p.Case = &c
}

// Escalate marks a case overdue once its latest date has passed: staff and
// partner are told, and the wait goes on (V6). Before that date it is refused
// with CodeNotOverdue; a case escalated already with CodeStaleVersion.
func (p Partner) Escalate(s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	switch {
	case !c.EscalatedAt.IsZero():
		return Event{}, Refuse(CodeStaleVersion, "This case has been escalated already.")
	case !c.PausedAt.IsZero():
		return Event{}, Refuse(CodeNotOverdue, "The clock stands still until the documents are in that the partner was asked for.")
	case s.At.Before(c.Latest):
		return Event{}, Refuse(CodeNotOverdue, "The promised business days are not over yet.")
	}
	params := p.mailParams()
	params["caseId"], params["latest"] = c.ID, c.Latest.UTC().Format(time.RFC3339)
	return p.event(s, VerificationEscalated{CaseID: c.ID},
		send(MailVerificationOverdue, p.ContactEmail(), params), send(MailCaseEscalated, MailToStaff, params)), nil
}

// SupportRequested tells that the partner asked for help on an overdue case.
type SupportRequested struct {
	CaseID  string `json:"caseId"`
	Message string `json:"message"`
}

// Type implements EventData.
func (SupportRequested) Type() EventType { return "verification.supportRequested" }

func (d SupportRequested) apply(p *Partner, e Event) {
	c := *p.Case
	c.SupportAt, c.Support = e.At, d.Message
	p.Case = &c
}

// RequestSupport opens a support request on an overdue case (V6).
func (p Partner) RequestSupport(message string, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	switch {
	case c.EscalatedAt.IsZero():
		return Event{}, Refuse(CodeNotOverdue, "Support can be asked once the promised business days are over. The verification page shows the latest date.").At(p.path("verification"))
	case !c.SupportAt.IsZero():
		return Event{}, Refuse(CodeSupportAlreadyAsked, "Support has your request on this case already.").At(p.path("verification"))
	}
	message = strings.TrimSpace(message)
	if err := Invalid(reasonFault("/message", message)); err != nil {
		return Event{}, err
	}
	params := p.mailParams()
	params["caseId"], params["message"] = c.ID, message
	return p.progress(s, SupportRequested{CaseID: c.ID, Message: message}, send(MailSupportRequested, MailToStaff, params)), nil
}
