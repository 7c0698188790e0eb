package onboarding

import (
	"slices"
	"time"
)

// Standing is how a relationship stands, as both its sides are told it: whether
// the company may transact through it and whom it waits for (D8).
type Standing struct {
	Relationship Relationship
	Status       RelationshipStatus
	Since        time.Time // of the status
	MayTransact  bool
	Turn         Turn // PartyNobody when nothing is owed
}

// owed says in words what the gate's unmet check asks for, beginning with a
// verb. A check that isn't here says it in its own text.
var owed = map[string]string{
	"support_info_missing":        "Enter and submit business and support information",
	"verification_not_authorized": "Finish business verification",
	"agreement_not_accepted":      "Accept the partner agreement",
	"agreement_version_outdated":  "Accept the partner agreement in the version in force",
	"agreement_of_other_region":   "Accept the partner agreement of the region of the legal address",
	"request_not_accepted":        "Accept or decline the distributor's request",
	"region_not_served":           "Choose a distributor that serves the region of the legal address",
}

// StandingOf answers how a relationship stands. Whom it waits for is the first
// thing that the gate finds unmet (T1), so it is the same for both sides, and
// never anything else than what the gate tells a distributor (D6).
func (p Partner) StandingOf(r Relationship, current AgreementVersion, now time.Time) Standing {
	s := Standing{Relationship: r, Status: r.StatusAt(now), Turn: Turn{Who: PartyNobody, What: "Nothing is owed."}}
	switch s.Status {
	case RelationshipPending:
		s.Since = r.RequestedAt
	case RelationshipActive:
		s.Since = r.AcceptedAt
	default:
		s.Since, s.Turn.What = r.ClosedAt, "It is over. The distributor may send another request."
		if s.Since.IsZero() {
			s.Since = r.ExpiresAt
		}
		return s
	}
	e := p.Eligibility(EligibilityQuestion{DistributorID: r.DistributorID, Agreement: current, At: now})
	s.MayTransact = e.Eligible
	if i := slices.IndexFunc(e.Checks, func(c CheckResult) bool { return !c.Met }); i >= 0 {
		c := e.Checks[i]
		s.Turn = Turn{Who: c.Who, Code: c.Code, What: c.Text, Roles: c.Roles, Where: c.Where}
		if text, ok := owed[c.Code]; ok {
			s.Turn.What = text
		}
		if s.Status == RelationshipPending {
			s.Turn.By = r.ExpiresAt
		}
	}
	return s
}

// Unserved is how an active relationship would stand with a legal address in a
// region that its distributor doesn't serve (V7).
func (r Relationship) Unserved() Standing {
	return Standing{Relationship: r, Status: r.Status, Since: r.AcceptedAt,
		Turn: Turn{Who: PartyPartner, Code: "region_not_served", What: owed["region_not_served"], Roles: MayDo(ActionAnswerRequest), Where: "/distributors"}}
}

// Side is the party that a principal belongs to.
func (p Principal) Side() Party {
	switch {
	case p.Staff:
		return PartyReviewer
	case p.DistributorID != "":
		return PartyDistributor
	}
	return PartyPartner
}

// Class is the stable class of the relationship's status to one of its sides
// (D8, T3): who waits isn't told the same as who is waited for.
func (s Standing) Class(side Party) Class {
	if s.Status == RelationshipPending && s.Turn.Who != side {
		return ClassWaiting
	}
	return s.Status.Class()
}

// CheckAnswer is what a distributor is told of a reseller before it requests or
// orders (D6).
type CheckAnswer string

// The answers.
const (
	CheckSigned          CheckAnswer = "signed"
	CheckSignedElsewhere CheckAnswer = "signedForOtherRegion"
	CheckNotSettled      CheckAnswer = "notSettled"
	CheckUnknown         CheckAnswer = "unknown"
)

// Explain says an answer to a person.
func (a CheckAnswer) Explain() string {
	switch a {
	case CheckSigned:
		return "The reseller has accepted the partner agreement of a region that you serve."
	case CheckSignedElsewhere:
		return "The reseller has accepted the partner agreement, but only for a region that you don't serve."
	case CheckNotSettled:
		return "The reseller is known. Its partner agreement isn't accepted yet, or not in the version in force."
	}
	return "No reseller has this id. Check it with the company: the Partner ID is on its start page."
}

// ResellerCheck is the answer to a distributor's question about a reseller, and
// all of it (D6).
type ResellerCheck struct {
	Answer   CheckAnswer
	Since    time.Time // since when it is so; zero when unknown
	Test     bool
	Standing Standing // of the relationship with the asker; its Status is "" when there is none
}

// CheckReseller answers a distributor's question about a reseller. The zero
// Partner is an id that is unknown or not a reseller's.
func (p Partner) CheckReseller(d Distributor, current AgreementVersion, now time.Time) ResellerCheck {
	if !p.Enrolled() {
		return ResellerCheck{Answer: CheckUnknown}
	}
	c := ResellerCheck{Answer: CheckNotSettled, Since: p.EnrolledAt, Test: p.Test}
	switch a := p.Acceptance; {
	case a == nil:
	case p.agreementHolds(current, now) && d.Serves(p.Region):
		c.Answer, c.Since = CheckSigned, a.At
	case p.agreementHolds(current, now) || !p.signed() && !d.Serves(a.Region):
		c.Answer, c.Since = CheckSignedElsewhere, a.At
	case !p.signed():
		c.Since = p.Verified.ChangedAt
	default:
		c.Since = current.EffectiveFrom
		if current.ReacceptBy.After(c.Since) {
			c.Since = current.ReacceptBy
		}
	}
	if r, ok := p.relationshipWith(d.ID, p.Region, now); ok {
		c.Standing = p.StandingOf(r, current, now)
	}
	return c
}

// OneOf says that a company is asked for by its Partner ID or by its tenant, not
// by both and not by neither.
func OneOf(partnerID, tenantID string) error {
	var faults []Fault
	for pointer, id := range map[string]string{"/partnerId": partnerID, "/tenantId": tenantID} {
		if len(id) > 64 {
			faults = append(faults, Fault{pointer, FaultTooLong, "An id has 64 characters at most."})
		}
	}
	switch {
	case partnerID == "" && tenantID == "":
		faults = append(faults, Fault{"/partnerId", FaultRequired, "Name the company by partnerId or by tenantId."})
	case partnerID != "" && tenantID != "":
		faults = append(faults, Fault{"/tenantId", FaultNotAllowed, "Name the company by one of partnerId and tenantId."})
	}
	return Invalid(faults)
}

// AskedTooOften is the refusal of a distributor's questions beyond a limit.
func AskedTooOften(per string) *Refusal {
	return Refuse(CodeAskedTooOften, "You have asked as often as it is possible within "+per+". Try again later; what you were told before still holds.")
}

const maxChecksHour = 600 // of one distributor

// CheckTry is what a distributor's question about a reseller counts towards.
func CheckTry(distributorID string, at time.Time) Try {
	hour := at.UTC().Truncate(time.Hour)
	return Try{Key: "CHECK#" + distributorID + "#" + hour.Format("2006-01-02T15"), Max: maxChecksHour, Until: hour.Add(time.Hour)}
}

// AsDistributor says whether a principal may do what needs no partner but a
// distributor.
func AsDistributor(by Principal, action Action) error {
	if by.DistributorID == "" {
		return RoleRequired(action)
	}
	return nil
}

// Consequence is one thing that follows from ending a relationship, leaving or
// coming back.
type Consequence struct {
	Code string
	Text string // for people
}

// EndPreview says before a relationship is ended what follows (D4).
type EndPreview struct {
	Relationship Relationship
	At           time.Time // when it would take effect
	// What only the partner and staff are told: who else a company works with is
	// none of a distributor's business.
	Last         bool // no other active relationship serves the region
	LostRegions  []string
	Through      []string // distributors that remain
	OpenRequests int      // that could be accepted instead

	Consequences []Consequence
}

// PreviewEnd answers what EndRelationship would do now, without doing it.
func (p Partner) PreviewEnd(relationshipID string, by Principal, now time.Time) (EndPreview, error) {
	r, err := p.endable(relationshipID, by)
	if err != nil {
		return EndPreview{}, err
	}
	e := EndPreview{Relationship: r, At: now.UTC()}
	add := func(code, text string) { e.Consequences = append(e.Consequences, Consequence{code, text}) }
	add("ends_at_once", "It ends at once: from then on "+p.LegalName()+" can't transact through "+r.DistributorName+".")
	add("both_told", "Both sides are told by mail, with the reason that you give.")
	add("subscriptions_stay", "Customers' subscriptions don't move by themselves: agree first who goes on with them.")
	add("pla_kept", "The partner location account "+r.PLAID+" stays. The next distributor is linked to the same one.")
	add("request_again", "To work together again the distributor sends a new request, and the company accepts it.")
	if by.DistributorID != "" {
		return e, nil
	}
	for _, other := range p.servingRelationships() {
		if other.ID != r.ID {
			e.Through = append(e.Through, other.DistributorName)
		}
	}
	e.OpenRequests = len(p.pendingRelationships(now))
	e.Last = len(e.Through) == 0
	switch serves := slices.Contains(r.Regions, p.Region); {
	case e.Last && serves:
		e.LostRegions = []string{p.Region}
		add("eligibility_lost", "It is the last distributor that serves your region: the company can't transact at all until another one's request is accepted.")
	case serves:
		add("eligibility_stays", "The company can still transact through its other distributors.")
	default:
		add("eligibility_unchanged", "This distributor doesn't serve the region of your legal address, so nothing changes in what the company may do.")
	}
	if e.Last && e.OpenRequests > 0 {
		add("request_open", "Another distributor's request is open: accept it first, and the company can transact without a break.")
	}
	return e, nil
}

// endable is an active relationship that the principal's side may end.
func (p Partner) endable(id string, by Principal) (Relationship, error) {
	r, ok := p.Relationship(id)
	if !ok || (by.DistributorID != "" && by.DistributorID != r.DistributorID) {
		return Relationship{}, NotFound()
	}
	if r.Status != RelationshipActive {
		return Relationship{}, Refuse(CodeRequestClosed, "Only an active relationship can be ended.").At(p.path("relationships"))
	}
	return r, nil
}

// RelationshipFor finds a relationship that a principal may see (D4).
func (p Partner) RelationshipFor(by Principal, id string) (Relationship, error) {
	r, ok := p.Relationship(id)
	if !ok || by.DistributorID != "" && by.DistributorID != r.DistributorID {
		return Relationship{}, NotFound()
	}
	return r, nil
}

// ResellersOf is the list of a distributor's requests and relationships, of test
// partners or of real ones.
func ResellersOf(distributorID string, test bool) Queue {
	q := Queue("distributor#" + distributorID)
	if test {
		q = q.OfTests()
	}
	return q
}
