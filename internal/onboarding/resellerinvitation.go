package onboarding

import (
	"crypto/subtle"
	"slices"
	"strings"
	"time"
)

// A distributor's invitation link (D2, D7): for a company whose Partner ID it
// doesn't know, or that hasn't enrolled. The distributor passes the link on
// itself. Whoever the company's agents are uses it once, and by that the
// distributor's request is made, which the company then answers like any other.

const (
	maxResellerInvitationsDay   = 200 // by one distributor
	resellerInvitationLinksPath = "/relationship-invitation-links/"
)

// ResellerInvitationStatus is where a distributor's invitation stands.
type ResellerInvitationStatus string

// Statuses of a distributor's invitation.
const (
	ResellerInvitationOpen      ResellerInvitationStatus = "Open"
	ResellerInvitationAccepted  ResellerInvitationStatus = "Accepted"
	ResellerInvitationCancelled ResellerInvitationStatus = "Cancelled"
	ResellerInvitationExpired   ResellerInvitationStatus = "Expired"
)

// Class is the stable class of the status (T3).
func (s ResellerInvitationStatus) Class() Class {
	switch s {
	case ResellerInvitationOpen:
		return ClassWaiting
	case ResellerInvitationAccepted:
		return ClassDone
	}
	return ClassStopped
}

// ResellerInvitation is a distributor's invitation. Of its secret only the hash
// is kept.
type ResellerInvitation struct {
	ID              string    `json:"id"`
	DistributorID   string    `json:"distributorId"`
	DistributorName string    `json:"distributorName"`
	Message         string    `json:"message,omitzero"`
	PartnerID       string    `json:"partnerId,omitzero"` // whom alone it is for, when that is known
	Domain          string    `json:"domain,omitzero"`    // of the company whom alone it is for
	Hash            string    `json:"hash"`
	CreatedAt       time.Time `json:"createdAt"`
	ExpiresAt       time.Time `json:"expiresAt"`

	OpenedAt       time.Time                `json:"-"` // when the link was first looked at by somebody signed in
	Ended          ResellerInvitationStatus `json:"-"` // Accepted or Cancelled
	EndedAt        time.Time                `json:"-"`
	AcceptedBy     string                   `json:"-"` // Partner ID
	RelationshipID string                   `json:"-"` // the request that it became
}

// StatusAt is where the invitation stands at a time.
func (i ResellerInvitation) StatusAt(now time.Time) ResellerInvitationStatus {
	switch {
	case i.Ended != "":
		return i.Ended
	case !now.Before(i.ExpiresAt):
		return ResellerInvitationExpired
	}
	return ResellerInvitationOpen
}

// Link is the path at the portal that the distributor passes on.
func (i ResellerInvitation) Link(secret string) string {
	return resellerInvitationLinksPath + OwnershipToken(i.ID, secret)
}

// Opens says whether a secret is the invitation's.
func (i ResellerInvitation) Opens(secret string) bool {
	return i.Hash != "" && subtle.ConstantTimeCompare([]byte(HashSecret(secret)), []byte(i.Hash)) == 1
}

// InviteReseller asks for an invitation link. At most one of PartnerID and
// Domain is given.
type InviteReseller struct {
	ID, Secret string // fresh
	Message    string
	PartnerID  string
	Domain     string
}

// InviteReseller makes a distributor's invitation (D2).
func (d Distributor) InviteReseller(c InviteReseller, now time.Time) (ResellerInvitation, error) {
	i := ResellerInvitation{
		ID: c.ID, DistributorID: d.ID, DistributorName: d.Name, Message: strings.TrimSpace(c.Message), PartnerID: strings.TrimSpace(c.PartnerID),
		Domain: strings.ToLower(strings.TrimSpace(c.Domain)), Hash: HashSecret(c.Secret), CreatedAt: now.UTC(), ExpiresAt: now.UTC().Add(RequestValidity),
	}
	faults := textFaults("/message", i.Message, false, 500)
	if len(i.PartnerID) > 64 {
		faults = append(faults, Fault{"/partnerId", FaultTooLong, "An id has 64 characters at most."})
	}
	if i.Domain != "" {
		domain, ok := emailDomain("a@" + i.Domain)
		switch {
		case i.PartnerID != "":
			faults = append(faults, Fault{"/mailDomain", FaultNotAllowed, "Name the company by one of partnerId and mailDomain, or by none."})
		case !ok || domain != i.Domain:
			faults = append(faults, Fault{"/mailDomain", FaultInvalid, "Write the part of the company's mail addresses after the @, such as contoso.example."})
		case consumerDomains[domain]:
			faults = append(faults, Fault{"/mailDomain", FaultConsumerMail, "Anybody can have an address at " + domain + ". Name the company's own mail domain, or none."})
		}
	}
	return i, Invalid(faults)
}

// ResellerInvitationTry is what a new invitation counts towards.
func ResellerInvitationTry(distributorID string, at time.Time) Try {
	day := at.UTC().Truncate(24 * time.Hour)
	return Try{Key: "INVITE#" + distributorID + "#" + day.Format(time.DateOnly), Max: maxResellerInvitationsDay, Until: day.AddDate(0, 0, 1)}
}

// InvitedTooOften is the refusal of invitations beyond the limit.
func InvitedTooOften() *Refusal {
	return Refuse(CodeAskedTooOften, "You have made as many invitations as are possible within a day. Make the next one tomorrow, or send requests to the Partner IDs that you know.").At("/relationship-invitations")
}

// Cancel takes an invitation back (D7). It is refused with CodeNothingChanged
// when that was done already.
func (i ResellerInvitation) Cancel(by Principal, now time.Time) error {
	switch {
	case by.DistributorID == "" || i.DistributorID != by.DistributorID:
		return NotFound()
	case i.Ended == ResellerInvitationCancelled:
		return Refuse(CodeNothingChanged, "This invitation is cancelled already.")
	case i.Ended == ResellerInvitationAccepted:
		return Refuse(CodeInvitationUsed, "The company has used this invitation. Take the request that it became back instead.").At("/partners/" + i.AcceptedBy + "/relationships/" + i.RelationshipID + "/cancellation")
	case i.StatusAt(now) == ResellerInvitationExpired:
		return Refuse(CodeInvitationExpired, "This invitation has expired: there is nothing to cancel.").At("/relationship-invitations")
	}
	return nil
}

// usable says whether the link can be used still.
func (i ResellerInvitation) usable(now time.Time) error {
	switch i.StatusAt(now) {
	case ResellerInvitationAccepted:
		return Refuse(CodeInvitationUsed, "This invitation has been used: a link works once. Ask the distributor for a new one.").By(RoleDistributor)
	case ResellerInvitationCancelled:
		return Refuse(CodeInvitationRevoked, "The distributor has taken this invitation back. Ask it for a new one.").By(RoleDistributor)
	case ResellerInvitationExpired:
		return Refuse(CodeInvitationExpired, "This invitation has expired. Ask the distributor for a new one.").By(RoleDistributor)
	}
	return nil
}

// Look answers whoever holds the link and is signed in, with the partner of his
// company, the zero Partner when there is none: nil when his company can use it,
// or could once it has enrolled (D7). Looking changes nothing.
func (i ResellerInvitation) Look(by Principal, p Partner, now time.Time) error {
	if err := i.usable(now); err != nil {
		return err
	}
	if by.Side() != PartyPartner {
		return Refuse(CodeWrongAccount, "An invitation is for a company that wants to become a reseller. Sign in with an account of the company.").By(MayDo(ActionAnswerRequest)...)
	}
	if p.Enrolled() {
		return p.invitedBy(i)
	}
	domain, _ := emailDomain(by.Email)
	switch {
	case i.PartnerID != "":
		return Refuse(CodeWrongCompany, "This invitation is for a company that has enrolled already, and yours hasn't. Sign in with an account of the company that was invited, or ask the distributor for a link for yours.").By(RoleDistributor)
	case i.Domain != "" && i.Domain != strings.ToLower(by.TenantDomain) && (!by.OwnsAddress() || i.Domain != domain):
		return i.wrongDomain()
	}
	return nil
}

func (i ResellerInvitation) wrongDomain() *Refusal {
	return Refuse(CodeWrongCompany, "This invitation is for the company with the mail domain "+i.Domain+", which isn't known to be yours. Sign in with an account of that company, or ask the distributor for a link for yours.").By(RoleDistributor)
}

// invitedBy says whether an invitation is for this partner (D7).
func (p Partner) invitedBy(i ResellerInvitation) error {
	switch {
	case i.PartnerID != "" && i.PartnerID != p.ID:
		return Refuse(CodeWrongCompany, "This invitation is for another Partner ID than yours. Sign in with an account of the company that was invited, or ask the distributor for a link for yours.").By(RoleDistributor)
	case i.Domain != "" && !slices.Contains(p.ProvenDomains(), i.Domain):
		return i.wrongDomain()
	}
	return nil
}

// RelationshipInvitationUsed tells that an invitation was used while its
// distributor's request was open already: the two are one (D2).
type RelationshipInvitationUsed struct {
	InvitationID   string `json:"invitationId"`
	RelationshipID string `json:"relationshipId"`
}

// Type implements EventData.
func (RelationshipInvitationUsed) Type() EventType { return "relationship.invitationUsed" }

func (d RelationshipInvitationUsed) apply(p *Partner, _ Event) {
	p.setRelationship(d.RelationshipID, func(r *Relationship) { r.InvitationID = d.InvitationID })
}

// UsedInvitation is the invitation that an event used up, and the request that
// it became.
func UsedInvitation(e Event) (invitationID, relationshipID string) {
	switch d := e.Data.(type) {
	case RelationshipRequested:
		return d.Relationship.InvitationID, d.Relationship.ID
	case RelationshipInvitationUsed:
		return d.InvitationID, d.RelationshipID
	}
	return "", ""
}

// UseInvitation makes the distributor's request out of its invitation (D2), by
// the company itself; answering the request is its next step. An open request of
// the distributor's uses the invitation up instead. Using it again is refused
// with CodeNothingChanged, which callers answer with the request.
func (p Partner) UseInvitation(i ResellerInvitation, d Distributor, secret, relationshipID string, s Stamp) (Event, error) {
	if !i.Opens(secret) {
		return Event{}, NotFound()
	}
	if _, known := p.Relationship(i.RelationshipID); known && i.Ended == ResellerInvitationAccepted && i.AcceptedBy == p.ID {
		return Event{}, Refuse(CodeNothingChanged, "Your company has used this invitation already.").At(p.path("relationships"))
	}
	if err := i.usable(p.Real(s.At)); err != nil {
		return Event{}, err
	}
	if err := p.invitedBy(i); err != nil {
		return Event{}, err
	}
	if d.ID == "" || d.ID != i.DistributorID {
		return Event{}, Refuse(CodeInvitationRevoked, "The distributor that invited you isn't in the programme any more. Choose another one.").At("/distributors")
	}
	for _, r := range p.Relationships {
		if r.DistributorID == d.ID && r.StatusAt(s.At) == RelationshipPending {
			return p.event(s, RelationshipInvitationUsed{InvitationID: i.ID, RelationshipID: r.ID}), nil
		}
	}
	return p.request(d, relationshipID, i.Message, i.ID, s)
}
