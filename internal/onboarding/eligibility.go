package onboarding

import "time"

// EligibilityCheck names one condition of transacting (T1).
type EligibilityCheck string

// The conditions. All must hold.
const (
	EligibleEnrolled     EligibilityCheck = "enrolled"
	EligibleSupportInfo  EligibilityCheck = "supportInfo"
	EligibleVerified     EligibilityCheck = "verificationAuthorized"
	EligibleAgreement    EligibilityCheck = "agreementAccepted"
	EligibleRelationship EligibilityCheck = "relationshipActive"
	EligiblePLA          EligibilityCheck = "plaLinked"
	EligibleRegion       EligibilityCheck = "regionServed"
	EligibleLocation     EligibilityCheck = "locationOpen" // only of a question about a location
	EligibleStanding     EligibilityCheck = "goodStanding" // A8: neither suspended nor has it left
)

// CheckResult is one condition with its answer and, when unmet, what to do.
type CheckResult struct {
	Check EligibilityCheck
	Met   bool
	Code  string // reason code when unmet
	Cause string // A8: of a suspension, why; told to whoever has an active relationship
	Text  string // for people
	Who   Party
	Roles []Role
	Where string
	Since time.Time // when met; of a standing also when not
}

// Eligibility is the answer to "may this partner transact through this
// distributor?" with the proof of it.
type Eligibility struct {
	PartnerID     string
	Test          bool   // a test partner: nothing that it buys is real
	DistributorID string // "" when no distributor was named and none is active
	LocationID    string // "" when no location was named
	At            time.Time
	Eligible      bool
	Checks        []CheckResult
}

// EligibilityQuestion is what the gate is asked (T1).
type EligibilityQuestion struct {
	DistributorID string           // "" asks about any active relationship
	Agreement     AgreementVersion // in force for the region of the legal address at the time
	At            time.Time
	Location      Location // at which it would transact; the zero one asks about the legal address
}

// Eligibility is the gate (T1): every view of "may transact" is this function.
func (p Partner) Eligibility(q EligibilityQuestion) Eligibility {
	distributorID, current, at := q.DistributorID, q.Agreement, q.At
	region, of := p.Region, "the legal address"
	if q.Location.ID != "" && q.Location.ID != LegalLocation {
		region, of = q.Location.Region, "the location" // L1, L2
	}
	rel, found := p.relationshipWith(distributorID, region, at)
	if distributorID == "" && found {
		distributorID = rel.DistributorID
	}
	e := Eligibility{PartnerID: p.ID, Test: p.Test, DistributorID: distributorID, LocationID: q.Location.ID, At: at.UTC(), Eligible: true}
	add := func(check EligibilityCheck, met bool, since time.Time, code, text string, who Party, action Action, where string) {
		r := CheckResult{Check: check, Met: met, Text: text, Since: since}
		if !met {
			e.Eligible = false
			r.Code, r.Who, r.Roles, r.Where, r.Since = code, who, MayDo(action), where, time.Time{}
		}
		e.Checks = append(e.Checks, r)
	}
	add(EligibleEnrolled, p.Enrolled(), p.EnrolledAt, "not_enrolled", "The company has enrolled.", PartyPartner, ActionEnroll, "/partners")
	add(EligibleSupportInfo, !p.SubmittedAt.IsZero() && p.Info.Support.Email != "", p.SubmittedAt, "support_info_missing", "Support information is present.", PartyPartner, ActionSubmit, p.path("business-info"))
	decidedAt := time.Time{}
	if p.Authorized() {
		decidedAt = p.Verified.At
	}
	who, action := PartyReviewer, ActionDecide
	switch v := p.Verification(); {
	case v == VerificationNotStarted || v == VerificationRejected:
		who, action = PartyPartner, ActionSubmit
	case p.ownershipPending():
		who, action = PartyPartner, ActionResendLink
	}
	add(EligibleVerified, p.Authorized(), decidedAt, "verification_not_authorized", "Business verification is Authorized.", who, action, p.path("verification"))
	acceptedAt := time.Time{}
	code := "agreement_not_accepted"
	agreed := "The partner agreement is accepted in the version in force."
	if a := p.AcceptedAt(at); a != nil {
		acceptedAt, code = a.At, "agreement_version_outdated"
		if a.Version == current.Follows {
			agreed = "The partner agreement is accepted in the version before, which counts until " + current.ReacceptBy.UTC().Format("2 January 2006") + "."
		}
		if !p.signed() {
			code = "agreement_of_other_region"
		}
	}
	add(EligibleAgreement, p.agreementHolds(current, at), acceptedAt, code, agreed, PartyPartner, ActionSign, p.path("agreement"))
	active := found && rel.Status == RelationshipActive
	who, action, code = PartyDistributor, ActionRequestPartnership, "no_relationship"
	if found && rel.StatusAt(at) == RelationshipPending {
		who, action, code = PartyPartner, ActionAnswerRequest, "request_not_accepted"
	} else if found && !active {
		code = "relationship_ended"
	}
	add(EligibleRelationship, active, rel.AcceptedAt, code, "A relationship with the distributor is active.", who, action, p.path("relationships"))
	add(EligiblePLA, active && rel.PLAID != "", rel.AcceptedAt, "pla_not_linked", "The partner location account is linked to the relationship.", PartyPartner, ActionAnswerRequest, p.path("relationships"))
	add(EligibleRegion, found && rel.serves(region), rel.servedSince(), "region_not_served", "The distributor serves the region of "+of+".", PartyPartner, ActionAnswerRequest, "/distributors")
	if l := q.Location; l.ID != "" {
		code = "location_closed"
		if at.Before(l.AddedAt) {
			code = "location_not_added"
		}
		add(EligibleLocation, !at.Before(l.AddedAt) && l.StatusAt(at) == LocationOpen, l.AddedAt, code, "The location is one of the company's.", PartyPartner, ActionAddLocation, p.path("locations"))
	}
	e.stand(p, active || q.DistributorID == "")
	return e
}

// stand adds the partner's standing (A8). Why it is suspended is told only to
// whom it concerns.
func (e *Eligibility) stand(p Partner, concerned bool) {
	status := p.ProgrammeStatus()
	if status == ProgrammeNotActive {
		return // what is missing is said already
	}
	r := CheckResult{Check: EligibleStanding, Met: true, Text: "The company is not suspended and has not left the programme.", Since: p.programmeSince()}
	switch u := p.Programme.Suspension; {
	case status == ProgrammeLeft:
		r.Met, r.Code, r.Who, r.Roles = false, "left", PartyPartner, MayDo(ActionReturn)
	case u.inForce():
		r.Met, r.Code, r.Who, r.Roles = false, "suspended", PartyPartner, MayDo(ActionAnswerSuspension)
		if concerned {
			r.Cause = string(u.Code)
		}
		if u.Answer != nil {
			r.Who, r.Roles = PartyReviewer, MayDo(ActionDecideSuspension)
		}
	}
	if !r.Met {
		e.Eligible, r.Where = false, p.path("standing")
	}
	e.Checks = append(e.Checks, r)
}

// servedSince is when the distributor first counted as one of the region.
func (r Relationship) servedSince() time.Time {
	if r.AcceptedAt.IsZero() {
		return r.RequestedAt
	}
	return r.AcceptedAt
}

// relationshipWith finds the relationship that counts in a region: the active
// one, else an open request, both rather of a distributor that serves the
// region, else the newest.
func (p Partner) relationshipWith(distributorID, region string, at time.Time) (best Relationship, found bool) {
	rank := func(r Relationship) int {
		n := 0
		switch r.StatusAt(at) {
		case RelationshipActive:
			n = 2
		case RelationshipPending:
			n = 1
		default:
			return 0
		}
		if r.serves(region) {
			n += 2
		}
		return n
	}
	for _, r := range p.Relationships {
		if distributorID != "" && r.DistributorID != distributorID {
			continue
		}
		if !found || rank(r) >= rank(best) {
			best, found = r, true
		}
	}
	return best, found
}
