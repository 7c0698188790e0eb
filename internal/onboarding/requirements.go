package onboarding

import "time"

// Requirement is one thing that stands between the partner and transacting, or
// that has been met. API, mails and operators' lists all show these.
type Requirement struct {
	Code         string // stable
	Title        string // what is owed, beginning with a verb
	Reason       string // why
	Step         Step
	Who          Party
	Roles        []Role // of the party, that can do it
	Where        string // API path
	Operation    string // operationId of the contract
	By           time.Time
	Since        time.Time
	Alternatives []string
}

// Requirements is the one document that says what is still required of a
// partner, and of whom.
type Requirements struct {
	PartnerID     string
	Test          bool // of a test partner
	At            time.Time
	DueNow        []Requirement
	DueLater      []Requirement
	PastDue       []Requirement
	BeingVerified []Requirement
	Met           []Requirement
}

// codeLookAgain is the requirement of a case that was set aside (O2).
const codeLookAgain = "verification_look_again"

// Requirements computes the document for a time.
func (p Partner) Requirements(now time.Time) Requirements {
	d := Requirements{PartnerID: p.ID, Test: p.Test, At: now.UTC()}
	d.Met = append(d.Met, Requirement{Code: "enrollment", Title: "Enroll in the programme", Step: StepEnrollment, Who: PartyPartner, Since: p.EnrolledAt, Where: "/partners", Operation: "enrollPartner", Roles: MayDo(ActionEnroll)})
	p.requireAddresses(&d)
	p.requireStanding(&d)
	p.requireMembership(&d, now)
	p.requireBusinessInfo(&d)
	p.requireVerification(&d, now)
	p.requireAgreement(&d, now)
	p.requireDistributor(&d, now)
	p.requireReacceptance(&d, now)
	if p.OpenChange() != nil {
		p.requireDecision(&d, now) // last: the onboarding doesn't wait for it
	}
	if p.Programme.Departure != nil { // A8: a company that has left owes nothing
		d.DueNow, d.DueLater, d.PastDue, d.BeingVerified = nil, nil, nil, nil
	}
	return d
}

func (p Partner) requireBusinessInfo(d *Requirements) {
	r := Requirement{Code: "business_info", Title: "Enter and submit business and support information", Step: StepBusinessInfo, Who: PartyPartner, Roles: MayDo(ActionSubmit),
		Reason: "The company's legal details are what is verified.", Where: p.path("business-info"), Operation: "submitBusinessInfo", Since: p.EnrolledAt}
	switch {
	case p.rejected():
		r.Alternatives = p.alternatives()
		r.Code, r.Title, r.Since = "business_info_correction", "Correct the business information and submit it again", p.Case.Decision.At
		r.Reason = ""
		for _, code := range p.Case.Decision.Reasons {
			if reason, ok := ReasonOf(code); ok {
				if r.Reason != "" {
					r.Reason += " "
				}
				r.Reason += reason.Text + " " + reason.Remedy
			}
		}
		d.DueNow = append(d.DueNow, r)
	case p.asksSupportOnly():
		r.Title, r.Since = "Enter and submit the support contact information", p.Membership.LinkedAt
		r.Reason = "Everything else was carried over from the record on file of " + p.Membership.ID + "."
		d.DueNow = append(d.DueNow, r)
	case p.SubmittedAt.IsZero():
		d.DueNow = append(d.DueNow, r)
	default:
		r.Since = p.SubmittedAt
		d.Met = append(d.Met, r)
	}
}

func (p Partner) requireVerification(d *Requirements, now time.Time) {
	r := p.decisionRequired()
	switch {
	case p.Authorized():
		r.Since = p.Verified.At
		if v := p.Verified.CarriedOver; v != nil {
			r.Reason = "Carried over from the record on file of " + v.From + ", authorized there on " + v.AuthorizedAt.UTC().Format("2 January 2006") + "."
		}
		d.Met = append(d.Met, r)
	case p.Case == nil || p.SubmittedAt.IsZero():
		r.Title = "Have the business verified (3 to 5 business days)"
		d.DueLater = append(d.DueLater, r)
	default:
		p.requireDecision(d, now)
	}
}

func (p Partner) decisionRequired() Requirement {
	return Requirement{Code: "verification", Title: "Decide business verification", Step: StepVerification, Who: PartyReviewer, Roles: MayDo(ActionDecide),
		Reason: "Only a verified company may sell in the programme.", Where: p.path("verification"), Operation: "getVerification"}
}

// requireDecision lists what the open case needs: of the company, or of a
// change of it (V7).
func (p Partner) requireDecision(d *Requirements, now time.Time) {
	c, r, prefix := p.Case, p.decisionRequired(), ""
	if c.Change != nil {
		prefix = "change_"
		r.Code, r.Title, r.Reason = "change_verification", "Decide the change of the "+c.Change.titles(), p.meanwhile()
	}
	if c.Check(CheckEmailOwnership).Status == CheckPending {
		own := Requirement{Code: prefix + "email_ownership", Title: "Confirm the primary contact's e-mail address", Step: StepVerification, Who: PartyPartner,
			Reason: "A link was sent to " + c.Link.Address + ". Whoever reads that mailbox opens it and confirms.", Where: p.path("verification/ownership-link"), Operation: "resendOwnershipLink",
			Roles: MayDo(ActionResendLink), By: c.Link.ExpiresAt, Since: c.Link.SentAt, Alternatives: []string{"Have a new link sent."}}
		if c.Change != nil {
			own.Title = "Confirm the e-mail address of the proposed primary contact"
		}
		switch {
		case p.MailAddress(c.Link.Address).Broken(): // the address comes first
		case now.Before(c.Link.ExpiresAt):
			d.DueNow = append(d.DueNow, own)
		default:
			own.Title, own.Reason = "Have a new ownership link sent and confirm it", "The last link has expired."
			d.PastDue = append(d.PastDue, own)
		}
		if c.decidesItself() && c.EscalatedAt.IsZero() {
			return // V7: nobody else is needed
		}
	}
	p.requireDocuments(d)
	title := r.Title
	r.By, r.Since = c.Latest, c.OpenedAt
	if a := c.SetAside; a != nil && !c.requested() {
		reason, _ := SetAsideReasonOf(a.Code)
		r.Code, r.Title, r.Reason, r.Since = prefix+codeLookAgain, "Look again and decide it: "+lowerFirst(title), reason.Text, a.At
		if a.LookAgain.Before(c.Latest) {
			r.By = a.LookAgain
		}
	}
	if c.requested() {
		r.By, r.Reason = time.Time{}, "The clock stands still until the documents are in that were asked for."
	}
	if !c.EscalatedAt.IsZero() && !c.requested() {
		r.Title = title
		r.Code, r.Since = prefix+"verification_overdue", c.EscalatedAt
		r.Reason = "The promised business days are over. The case has been escalated to staff and will still be decided; if it isn't by the date given, staff is asked again."
		r.By = c.chaseAt()
		r.Alternatives = []string{"Contact support about this case."}
	}
	d.BeingVerified = append(d.BeingVerified, r)
}

func (p Partner) requireAgreement(d *Requirements, now time.Time) {
	r := Requirement{Code: "agreement", Title: "Accept the partner agreement", Step: StepAgreement, Who: PartyPartner, Roles: MayDo(ActionSign),
		Reason: "Only a Global Admin or a recorded legal authority may sign for the company.", Where: p.path("agreement/acceptance"), Operation: "acceptAgreement"}
	switch {
	case p.lapsed(now): // the new version is required
	case p.signed():
		r.Since = p.AcceptedAt(now).At
		d.Met = append(d.Met, r)
	case p.Acceptance != nil:
		r.Since, r.Reason = p.Verified.ChangedAt, "The legal address lies in another region now: its agreement has to be accepted."
		d.DueNow = append(d.DueNow, r)
	case p.Authorized():
		r.Since = p.Verified.At
		d.DueNow = append(d.DueNow, r)
	default:
		d.DueLater = append(d.DueLater, r)
	}
}

func (p Partner) requireDistributor(d *Requirements, now time.Time) {
	r := Requirement{Code: "distributor", Title: "Accept a distributor's request", Step: StepDistributor, Who: PartyPartner, Roles: MayDo(ActionAnswerRequest),
		Reason: "Resellers buy through a distributor of their region.", Where: p.path("relationships"), Operation: "acceptRelationship"}
	active, pending := p.servingRelationships(), p.pendingRelationships(now)
	switch {
	case len(active) > 0:
		r.Since = active[0].AcceptedAt
		d.Met = append(d.Met, r)
	case !p.signed() || p.lapsed(now) || len(pending) > 0 && p.ProgrammeStatus() == ProgrammeSuspended: // A8: it can be accepted afterwards
		d.DueLater = append(d.DueLater, r)
	case len(pending) > 0:
		r.Since, r.By = pending[0].RequestedAt, pending[0].ExpiresAt
		r.Reason = pending[0].DistributorName + " has sent a request."
		d.DueNow = append(d.DueNow, r)
	default:
		r.Code, r.Title, r.Who, r.Roles = "distributor_request", "Send the company a partnership request", PartyDistributor, MayDo(ActionRequestPartnership)
		r.Reason, r.Where, r.Operation = "Choose a distributor in the directory and give it your Partner ID "+p.ID+".", "/distributors", "listDistributors"
		r.Since = p.Acceptance.At
		d.DueNow = append(d.DueNow, r)
	}
}
