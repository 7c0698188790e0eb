package onboarding

import (
	"slices"
	"strings"
	"time"
)

// StartReverification starts the workflow's execution that waits for the
// decision on a change.
type StartReverification struct {
	Change int `json:"change"` // the change's number
}

// BusinessInfoChangeRequested tells that verified details shall be others: a
// case was opened for what changes (V7). What need not be verified is in force
// with it.
type BusinessInfoChangeRequested struct {
	Change        Change      `json:"change"`
	CaseID        string      `json:"caseId"`
	Replaces      string      `json:"replaces,omitzero"` // id of the open case that this one takes the place of
	Earliest      time.Time   `json:"earliest"`
	DueSoon       time.Time   `json:"dueSoon"`
	Latest        time.Time   `json:"latest"`
	Calendar      string      `json:"calendar"`
	Comparison    Comparison  `json:"comparison,omitzero"`
	Employment    CheckStatus `json:"employment,omitzero"`
	LinkHash      string      `json:"linkHash,omitzero"`
	LinkExpiresAt time.Time   `json:"linkExpiresAt,omitzero"`

	Request *DocumentRequest `json:"request,omitempty"` // V10: what data alone didn't show
}

// Type implements EventData.
func (BusinessInfoChangeRequested) Type() EventType { return "businessInfo.changeRequested" }

func (d BusinessInfoChangeRequested) apply(p *Partner, e Event) {
	sent := p.linksSent(e.At)
	c := &Case{
		ID: d.CaseID, OpenedAt: e.At, Earliest: d.Earliest, DueSoon: d.DueSoon, Latest: d.Latest, Calendar: d.Calendar, Comparison: d.Comparison, Change: &d.Change,
	}
	if sent > 0 {
		c.Link.SentAt, c.Link.Sends = p.Case.Link.SentAt, sent // they count on
	}
	if d.Change.has(PartContact) {
		c.Checks = append(c.Checks, Check{CheckEmailOwnership, CheckPending, e.At}, Check{CheckEmployment, d.Employment, e.At})
		c.Link = Link{Address: d.Change.Info.Legal.PrimaryContact.Email, Hash: d.LinkHash, SentAt: e.At, ExpiresAt: d.LinkExpiresAt, Sends: sent + 1}
	}
	if d.Change.has(PartName) || d.Change.has(PartAddress) {
		c.Checks = append(c.Checks, Check{CheckBusiness, CheckNeedsReview, e.At})
	}
	if d.Request != nil {
		c.Request, c.PausedAt = d.Request, e.At
	}
	p.Info.Legal.TradingName, p.Info.Support = d.Change.Info.Legal.TradingName, d.Change.Info.Support
	p.InfoRevision = e.Sequence // of what is shown with it: a proposal is no less another's to overwrite
	p.Changes = d.Change.Number
	p.Cases++
	c.Number = p.Cases
	p.Case = c
}

// requestChange opens a case for the parts of an edit that must be verified
// (V7). Its checks are those that the parts concern:
//
//   - the primary contact: e-mail ownership, even when only his name or phone
//     changes, for then the mailbox's reader agrees to it; and employment, which
//     data can show: the mail domain is the one that the directory has verified, or
//     that of the website that a reviewer saw. A website that was changed since
//     proves nothing, because it is changed at once;
//   - legal name, registration number and address: business, by a reviewer.
//
// When data shows all but the ownership, its confirmation authorizes the change.
func (p Partner) requestChange(e edit, k Knowledge, caseID, secret string, s Stamp) Event {
	d := BusinessInfoChangeRequested{
		Change: Change{Number: p.Changes + 1, Info: e.info, Parts: e.parts}, CaseID: caseID,
		Earliest: k.Calendar.After(s.at(), minBusinessDays).UTC(), DueSoon: k.Calendar.After(s.at(), dueSoonDays).UTC(), Latest: k.Calendar.After(s.at(), maxBusinessDays).UTC(),
		Calendar: k.Calendar.Name(),
	}
	if p.OpenChange() != nil {
		d.Replaces = p.Case.ID
	}
	if d.Change.has(PartAddress) {
		d.Change.Region, _ = p.regionOf(e.info.Legal.Address.Country, k.Regions, s.at())
	}
	if d.Change.has(PartName) || d.Change.has(PartAddress) {
		d.Comparison = k.Registry.Compare(e.info.Legal)
		d.Change.Company = k.companyKeys(e.info.Legal)
	}
	if d.Change.has(PartContact) {
		d.Employment = p.employmentOfChange(e.info, k.TenantDomain)
		d.LinkHash, d.LinkExpiresAt = HashSecret(secret), s.at().Add(linkValidity)
		if d.Employment != CheckPassed {
			d.Request = employmentRequest(k.Calendar, s.at())
		}
	}
	c := Case{ID: caseID, Change: &d.Change, Request: d.Request, Link: Link{}}
	var follow []Follow
	if contact := e.info.Legal.PrimaryContact; d.Change.has(PartContact) {
		follow = append(follow, p.sendLink(contact, caseID, secret, d.LinkExpiresAt))
	}
	for _, to := range p.contacts() {
		follow = append(follow, p.tellOfChange(MailChangeRequested, to, c, map[string]string{
			"requestedBy": s.By.Email, "earliest": d.Earliest.Format(time.RFC3339), "latest": d.Latest.Format(time.RFC3339),
		}))
	}
	if d.Request != nil {
		ask := p.mailParams()
		ask["caseId"], ask["request"], ask["expiresAt"] = caseID, c.requestText(), d.Request.ExpiresAt.Format(time.RFC3339)
		follow = append(follow, send(MailDocumentsRequested, p.ContactEmail(), ask))
	}
	return p.progress(s, d, append(follow, Follow{StartReverification: &StartReverification{Change: d.Change.Number}})...)
}

// sendLink is the mail with a one-time ownership link.
func (p Partner) sendLink(to Contact, caseID, secret string, expiresAt time.Time) Follow {
	params := p.mailParams()
	params["contactName"], params["caseId"], params["link"] = to.Name(), caseID, OwnershipToken(p.ID, secret)
	params["expiresAt"] = expiresAt.UTC().Format(time.RFC3339)
	return send(MailOwnershipLink, to.Email, params)
}

// employmentOfChange judges by data whether the proposed contact works at the
// company. The same mailbox needs no other proof than the last time.
func (p Partner) employmentOfChange(info BusinessInfo, tenantDomain string) CheckStatus {
	if strings.EqualFold(info.Legal.PrimaryContact.Email, p.Info.Legal.PrimaryContact.Email) {
		return CheckPassed
	}
	info.Support.Website = p.Verified.Website
	return p.employment(info, tenantDomain)
}

// decidesItself says that nothing but the contact's confirmation is left of a
// change: no reviewer is needed.
func (c Case) decidesItself() bool {
	return c.Change != nil && !c.requested() && c.Check(CheckEmailOwnership).Status == CheckPending &&
		!slices.ContainsFunc(c.Checks, func(k Check) bool { return k.Name != CheckEmailOwnership && k.Status != CheckPassed })
}

// takeEffect brings into force what the newest case authorized.
func (p *Partner) takeEffect(e Event) {
	v := Verified{At: e.At}
	if p.Verified != nil {
		v, v.ChangedAt = *p.Verified, e.At
	}
	v.CaseID, v.Sequence = p.Case.ID, e.Sequence
	if e.Actor.Kind == ActorStaff && p.Case.Check(CheckEmployment).Status == CheckPassed {
		v.Website = p.Info.Support.Website
	}
	p.Verified = &v
	change := p.Case.Change
	if change == nil {
		return
	}
	is, to := &p.Info.Legal, change.Info.Legal
	if change.has(PartContact) {
		is.PrimaryContact = to.PrimaryContact
		p.Proven = Proven{p.Case.Link.Address, p.Case.Check(CheckEmailOwnership).Since}
	}
	if change.has(PartName) {
		is.LegalName, is.RegistrationNumber = to.LegalName, to.RegistrationNumber
	}
	if change.has(PartAddress) {
		is.Address, p.Region = to.Address, change.Region
	}
	if len(change.Company) > 0 {
		p.Company = change.Company
	}
	p.InfoRevision = e.Sequence
	p.Programme.mended(*change, false, e.At)
}

// tellOfDecision is what follows the decision on a change: mails to the contact
// in force, to the one who comes into force, and to the enrolling admin (V5).
func (p Partner) tellOfDecision(c Case, authorized bool, more map[string]string) []Follow {
	template, to := MailChangeRejected, p.contacts()
	if authorized {
		template = MailChangeAuthorized
		if c.Change.has(PartContact) && !slices.ContainsFunc(to, func(a string) bool { return strings.EqualFold(a, c.Link.Address) }) {
			to = append(to, c.Link.Address) // confirmed by now
		}
	}
	var mails []Follow
	for _, address := range to {
		mails = append(mails, p.tellOfChange(template, address, c, more))
	}
	return mails
}

// meanwhile says, for people, what an open change doesn't hold up.
func (p Partner) meanwhile() string {
	if p.Onboarded() {
		return "The old details stay in force meanwhile, and the company goes on transacting."
	}
	return "The old details stay in force meanwhile, and the onboarding goes on."
}
