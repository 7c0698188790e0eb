package onboarding

import (
	"slices"
	"strings"
	"time"
)

// RequestValidity is for how long a request is open (D2).
const RequestValidity = 30 * 24 * time.Hour

// Distributor is an indirect provider of the directory (D1).
type Distributor struct {
	ID        string
	Name      string
	Countries []string // where it sits
	Regions   []string // which it serves
	Languages []string // BCP 47
	Services  []string
	Email     string // where its mails about resellers go
}

// Serves says whether the distributor may supply partners of a region (D1).
func (d Distributor) Serves(region string) bool {
	return region != "" && slices.Contains(d.Regions, region)
}

// RelationshipStatus is where a relationship with a distributor stands.
type RelationshipStatus string

// Statuses of a relationship.
const (
	RelationshipPending  RelationshipStatus = "Requested"
	RelationshipActive   RelationshipStatus = "Active"
	RelationshipDeclined RelationshipStatus = "Declined"
	RelationshipEnded    RelationshipStatus = "Ended"
	RelationshipExpired  RelationshipStatus = "Expired"

	RelationshipCancelled RelationshipStatus = "Cancelled" // by the distributor, before it was answered
)

// RelationshipStatuses lists them all.
func RelationshipStatuses() []RelationshipStatus {
	return []RelationshipStatus{RelationshipPending, RelationshipActive, RelationshipDeclined, RelationshipEnded, RelationshipExpired, RelationshipCancelled}
}

// Relationship is a distributor's request and what became of it (D2–D4).
type Relationship struct {
	ID              string             `json:"id"`
	DistributorID   string             `json:"distributorId"`
	DistributorName string             `json:"distributorName"`
	Regions         []string           `json:"regions"` // that the distributor served when it asked
	Message         string             `json:"message,omitzero"`
	Status          RelationshipStatus `json:"status"`
	RequestedAt     time.Time          `json:"requestedAt"`
	ExpiresAt       time.Time          `json:"expiresAt"`
	AcceptedAt      time.Time          `json:"acceptedAt,omitzero"`
	ClosedAt        time.Time          `json:"closedAt,omitzero"`
	Reason          string             `json:"reason,omitzero"` // of the decline or the end
	PLAID           string             `json:"plaId,omitzero"`

	MailKey    string    `json:"mailKey,omitzero"`    // of the mail that tells the partner of it, the newest (D7)
	SentAt     time.Time `json:"sentAt,omitzero"`     // when that went out
	Resends    int       `json:"resends,omitzero"`    // how often the distributor had it sent again
	RemindedAt time.Time `json:"remindedAt,omitzero"` // of the date it expires on

	InvitationID string `json:"invitationId,omitzero"` // of the link that it came by, if it did (D2)
}

// StatusAt is the status at a time: a request that nobody answered expires by
// itself (D2).
func (r Relationship) StatusAt(now time.Time) RelationshipStatus {
	if r.Status == RelationshipPending && !now.Before(r.ExpiresAt) {
		return RelationshipExpired // the sweep makes it so within minutes
	}
	return r.Status
}

// serves says whether its distributor supplies a region (D1, L2).
func (r Relationship) serves(region string) bool {
	return region != "" && slices.Contains(r.Regions, region)
}

func (r Relationship) open(now time.Time) bool {
	status := r.StatusAt(now)
	return status == RelationshipPending || status == RelationshipActive
}

// Relationship finds a relationship by its id.
func (p Partner) Relationship(id string) (Relationship, bool) {
	i := slices.IndexFunc(p.Relationships, func(r Relationship) bool { return r.ID == id })
	if i < 0 {
		return Relationship{}, false
	}
	return p.Relationships[i], true
}

// close keeps the beginning of the reason; all of it is in the event.
func (r *Relationship) close(status RelationshipStatus, at time.Time, reason string) {
	r.Status, r.ClosedAt, r.Reason = status, at, kept(reason)
}

func (p Partner) activeRelationships() []Relationship {
	var active []Relationship
	for _, r := range p.Relationships {
		if r.Status == RelationshipActive {
			active = append(active, r)
		}
	}
	return active
}

// servingRelationships are the active ones whose distributor serves the region
// of the legal address. Others are of a region that the address has left (V7).
func (p Partner) servingRelationships() []Relationship {
	return slices.DeleteFunc(p.activeRelationships(), func(r Relationship) bool { return !slices.Contains(r.Regions, p.Region) })
}

func (p *Partner) setRelationship(id string, change func(*Relationship)) {
	p.Relationships = slices.Clone(p.Relationships)
	for i := range p.Relationships {
		if p.Relationships[i].ID == id {
			change(&p.Relationships[i])
		}
	}
}

// RelationshipRequested tells that a distributor asked (D2).
type RelationshipRequested struct {
	Relationship Relationship `json:"relationship"`
}

// Type implements EventData.
func (RelationshipRequested) Type() EventType { return "relationship.requested" }

func (d RelationshipRequested) apply(p *Partner, e Event) {
	p.Relationships = append(slices.Clone(p.Relationships), d.Relationship)
	if len(p.Relationships) > maxRelationships { // the record forgets the oldest that is over; the events keep it
		if i := slices.IndexFunc(p.Relationships, func(r Relationship) bool { return !r.open(e.At) }); i >= 0 {
			p.Relationships = slices.Delete(p.Relationships, i, i+1)
		}
	}
}

// RequestRelationship is a distributor's request to a reseller (D2). The
// distributor must serve the region of the legal address (D5); before that
// address is submitted there is no region to serve, and the request waits
// until the partner accepts, when it is checked.
func (p Partner) RequestRelationship(d Distributor, relationshipID, message string, s Stamp) (Event, error) {
	return p.request(d, relationshipID, message, "", s)
}

// request makes a distributor's request, also out of an invitation that the
// partner itself has used.
func (p Partner) request(d Distributor, relationshipID, message, invitationID string, s Stamp) (Event, error) {
	if refusal := p.notHeldUp("requestRelationship"); refusal != nil {
		return Event{}, refusal
	}
	if p.Region != "" && !p.servedBy(d.Regions) {
		return Event{}, Refuse(CodeRegionNotServed, "Neither the company's legal address nor one of its locations lies in a region that this distributor serves.") // D5
	}
	for _, r := range p.Relationships {
		if r.DistributorID != d.ID {
			continue
		}
		if r.open(s.At) {
			return Event{}, Refuse(CodeRequestExists, "There is a request or a relationship with this company already.").At(p.path("relationships"))
		}
	}
	if invitationID == "" && p.tooOften(d.ID, s.At) {
		return Event{}, Refuse(CodeResendLimited, "This company was asked five times within 30 days. Speak with it first, then try again in some days.")
	}
	if open := slices.DeleteFunc(slices.Clone(p.Relationships), func(r Relationship) bool { return !r.open(s.At) }); len(open) >= maxRelationships {
		return Event{}, Refuse(CodeTooMany, "This company has reached the number of relationships that one partner can have.")
	}
	message = strings.TrimSpace(message)
	if err := Invalid(textFaults("/message", message, false, 500)); err != nil {
		return Event{}, err
	}
	r := Relationship{
		ID: relationshipID, DistributorID: d.ID, DistributorName: d.Name, Regions: d.Regions, Message: message,
		Status: RelationshipPending, RequestedAt: s.at(), ExpiresAt: s.at().Add(RequestValidity), SentAt: s.at(), InvitationID: invitationID,
	}
	mail := p.requestMail(r)
	r.MailKey = MailKey(s.EventID, *mail.Mail)
	return p.event(s, RelationshipRequested{Relationship: r}, mail), nil
}

// requestMail tells the partner of a distributor's request.
func (p Partner) requestMail(r Relationship) Follow {
	params := p.relationshipParams(r)
	params["expiresAt"], params["message"] = r.ExpiresAt.Format(time.RFC3339), r.Message
	return send(MailDistributorRequest, p.ContactEmail(), params)
}

// relationshipParams are those of every mail about a relationship.
func (p Partner) relationshipParams(r Relationship) map[string]string {
	params := p.mailParams()
	params["distributorName"], params["relationshipId"] = r.DistributorName, r.ID
	return params
}

// RelationshipAccepted tells that the reseller accepted and the PLA is linked.
type RelationshipAccepted struct {
	RelationshipID string `json:"relationshipId"`
	PLAID          string `json:"plaId"`
}

// Type implements EventData.
func (RelationshipAccepted) Type() EventType { return "relationship.accepted" }

func (d RelationshipAccepted) apply(p *Partner, e Event) {
	p.PLAID = d.PLAID
	p.setRelationship(d.RelationshipID, func(r *Relationship) {
		r.Status, r.AcceptedAt, r.PLAID = RelationshipActive, e.At, d.PLAID
	})
}

// AcceptRelationship accepts a distributor's request (D3). newPLAID becomes
// the partner location account when the partner has none; one that exists is
// reused (L4).
func (p Partner) AcceptRelationship(relationshipID string, current AgreementVersion, newPLAID string, s Stamp) (Event, error) {
	r, err := p.pending(relationshipID, s.At)
	if err != nil {
		return Event{}, err
	}
	if refusal := p.notHeldUp("acceptRelationship"); refusal != nil {
		return Event{}, refusal
	}
	switch {
	case !p.Authorized():
		return Event{}, p.notAuthorized()
	case !p.servedBy(r.Regions):
		return Event{}, Refuse(CodeRegionNotServed, "This distributor serves neither the region of your legal address nor that of one of your locations. Choose one that does.").At("/distributors") // D5
	case !p.agreementHolds(current, s.At):
		return Event{}, Refuse(CodeAgreementMissing, "The partner agreement comes first: accept it, then accept the distributor's request.").By(MayDo(ActionSign)...).At(p.path("agreement")) // A5
	}
	pla := p.PLAID
	if pla == "" {
		pla = newPLAID
	}
	params := p.relationshipParams(r)
	params["plaId"], params["since"] = pla, s.at().Format(time.RFC3339)
	return p.progress(s, RelationshipAccepted{RelationshipID: r.ID, PLAID: pla}, send(MailRelationshipActive, p.ContactEmail(), params), p.tell(r, MailResellerAccepted, params)), nil
}

func (p Partner) pending(id string, now time.Time) (Relationship, error) {
	r, ok := p.Relationship(id)
	if !ok {
		return Relationship{}, NotFound()
	}
	switch r.StatusAt(now) {
	case RelationshipPending:
		return r, nil
	case RelationshipExpired:
		return Relationship{}, Refuse(CodeRequestExpired, "This request has expired. Ask the distributor to send a new one.").By(RoleDistributor)
	case RelationshipCancelled:
		return Relationship{}, Refuse(CodeRequestClosed, "The distributor has taken this request back. Ask it for a new one.").By(RoleDistributor)
	}
	return Relationship{}, Refuse(CodeRequestClosed, "This request has been answered already.").At(p.path("relationships"))
}

// RelationshipDeclinedByPartner tells that the reseller said no.
type RelationshipDeclinedByPartner struct {
	RelationshipID string `json:"relationshipId"`
	Reason         string `json:"reason,omitzero"`
}

// Type implements EventData.
func (RelationshipDeclinedByPartner) Type() EventType { return "relationship.declined" }

func (d RelationshipDeclinedByPartner) apply(p *Partner, e Event) {
	p.setRelationship(d.RelationshipID, func(r *Relationship) { r.close(RelationshipDeclined, e.At, d.Reason) })
}

// DeclineRelationship declines a distributor's request (D3).
func (p Partner) DeclineRelationship(relationshipID, reason string, s Stamp) (Event, error) {
	r, err := p.pending(relationshipID, s.At)
	if err != nil {
		return Event{}, err
	}
	reason = strings.TrimSpace(reason)
	if reason != "" {
		if err := Invalid(reasonFault("/reason", reason)); err != nil {
			return Event{}, err
		}
	}
	params := p.relationshipParams(r)
	params["reason"] = reason
	return p.progress(s, RelationshipDeclinedByPartner{RelationshipID: r.ID, Reason: reason}, p.tell(r, MailResellerDeclined, params)), nil
}

// RelationshipTerminated tells that one side ended the relationship.
type RelationshipTerminated struct {
	RelationshipID string `json:"relationshipId"`
	Reason         string `json:"reason"`
}

// Type implements EventData.
func (RelationshipTerminated) Type() EventType { return "relationship.ended" }

func (d RelationshipTerminated) apply(p *Partner, e Event) {
	p.setRelationship(d.RelationshipID, func(r *Relationship) { r.close(RelationshipEnded, e.At, d.Reason) })
}

// EndRelationship ends an active relationship; either side may (D4). Ending
// the last one makes the reseller ineligible to transact.
func (p Partner) EndRelationship(relationshipID, reason string, by Principal, s Stamp) (Event, error) {
	r, err := p.endable(relationshipID, by)
	if err != nil {
		return Event{}, err
	}
	if err := Invalid(reasonFault("/reason", reason)); err != nil {
		return Event{}, err
	}
	params := p.relationshipParams(r)
	params["reason"], params["endedAt"], params["endedBy"] = strings.TrimSpace(reason), s.at().Format(time.RFC3339), p.LegalName()
	if by.DistributorID != "" {
		params["endedBy"] = r.DistributorName
	}
	return p.event(s, RelationshipTerminated{RelationshipID: r.ID, Reason: strings.TrimSpace(reason)},
		send(MailRelationshipEnded, p.ContactEmail(), params), p.tell(r, MailResellerEnded, params)), nil
}

// agreementHolds says whether the acceptance counts at a time: it is of the
// version in force or, until the date by which that one is to be accepted, of
// the version before (A6).
func (p Partner) agreementHolds(current AgreementVersion, at time.Time) bool {
	if !p.signed() {
		return false
	}
	accepted := p.AcceptedAt(at).Version
	return accepted == current.Version || accepted == current.Follows && at.Before(current.ReacceptBy)
}

// RelationshipsFor lists the relationships that a principal may see: a
// distributor its own, everybody else all.
func (p Partner) RelationshipsFor(by Principal) []Relationship {
	if by.DistributorID == "" {
		return p.Relationships
	}
	var own []Relationship
	for _, r := range p.Relationships {
		if r.DistributorID == by.DistributorID {
			own = append(own, r)
		}
	}
	return own
}

// CanChoose says whether the partner can buy through a distributor and, if
// not, why: a stable code and a text (D1). Without a legal address there is no
// region to serve yet.
func (p Partner) CanChoose(d Distributor) (ok bool, code, because string) {
	switch {
	case p.Region == "":
		return false, "region_unknown", "The company's region is known once its legal address has been submitted."
	case !p.servedBy(d.Regions):
		return false, string(CodeRegionNotServed), "This distributor serves neither the region of the company's legal address nor that of one of its locations."
	}
	return true, "", ""
}
