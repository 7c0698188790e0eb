package onboarding

import (
	"crypto/subtle"
	"slices"
	"strings"
	"time"
)

// MembershipLinkSent tells that another link went to the contact on file, and
// the one before is void.
type MembershipLinkSent struct {
	Hash      string    `json:"hash"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// Type implements EventData.
func (MembershipLinkSent) Type() EventType { return "membership.linkSent" }

func (d MembershipLinkSent) apply(p *Partner, e Event) {
	c := *p.Membership
	c.Link.Hash, c.Link.SentAt, c.Link.ExpiresAt, c.Link.Sends = d.Hash, e.At, d.ExpiresAt, c.Link.Sends+1
	p.Membership = &c
}

// MembershipConfirmed tells that the contact on file proved the mailbox: the
// membership is linked and what is on file is carried over (E5).
type MembershipConfirmed struct {
	Carried CarriedMembership `json:"carried"`
}

// Type implements EventData.
func (MembershipConfirmed) Type() EventType { return "membership.confirmed" }

func (d MembershipConfirmed) apply(p *Partner, e Event) { d.Carried.apply(p, e) }

// resendMembershipLink voids the present link to the contact on file and sends a
// new one, within the limits of every ownership link (V10).
func (p Partner) resendMembershipLink(secret string, s Stamp) (Event, error) {
	c := p.PendingMembership()
	switch {
	case s.At.Before(c.Link.SentAt.Add(linkPause)):
		return Event{}, linkSentJustNow()
	case c.Link.Sends >= maxLinkSends:
		return Event{}, Refuse(CodeResendLimited, "The link was sent several times already. If nobody reads that mailbox any more, go on without the existing membership: enter and submit the business information.").At(p.path("business-info"))
	}
	d := MembershipLinkSent{Hash: HashSecret(secret), ExpiresAt: s.at().Add(linkValidity)}
	return p.progress(s, d, p.sendMembershipLink(*c, secret, d.ExpiresAt)), nil
}

func linkSentJustNow() *Refusal {
	return Refuse(CodeResendLimited, "A link was sent less than a minute ago. Look into the mailbox, also among junk mail, or try again in a minute.")
}

// sendMembershipLink is the mail by which the contact on file proves the mailbox.
// It says who asks, and greets nobody by name: who asks hasn't shown yet that it
// may know the name.
func (p Partner) sendMembershipLink(held HeldMembership, secret string, expiresAt time.Time) Follow {
	return send(MailMembershipLink, held.Link.Address, map[string]string{
		"companyName": held.LegalName, "membershipId": held.ID, "requestedBy": p.WorkEmail, "partnerId": p.ID,
		"link": OwnershipToken(p.ID, secret), "expiresAt": expiresAt.UTC().Format(time.RFC3339),
	})
}

// membershipLink answers what the holder of the link to the contact on file sees.
func (p Partner) membershipLink(secret string, now time.Time) (LinkState, bool) {
	c := p.Membership
	if c == nil || c.Link.Hash == "" || subtle.ConstantTimeCompare([]byte(HashSecret(secret)), []byte(c.Link.Hash)) != 1 {
		return "", false
	}
	switch {
	case !c.LinkedAt.IsZero():
		return LinkConfirmed, true
	case !now.Before(c.Link.ExpiresAt):
		return LinkExpired, true
	}
	return LinkOpen, true
}

// LinkOf is the link that a secret belongs to: of the case, or of a claimed
// membership.
func (p Partner) LinkOf(secret string) Link {
	if _, ok := p.membershipLink(secret, time.Time{}); ok {
		return p.Membership.Link
	}
	if p.Case == nil {
		return Link{}
	}
	return p.Case.Link
}

// ConfirmLink uses up a link that the holder of a mailbox was sent: that of the
// primary contact (V10), or of the contact on file of a claimed membership, which
// is linked then (E5). existing is the record as it is on file now.
func (p Partner) ConfirmLink(secret string, existing ExistingMembership, s Stamp) (Event, error) {
	state, ok := p.membershipLink(secret, s.At)
	held := p.PendingMembership()
	switch {
	case !ok:
		return p.ConfirmOwnership(secret, s)
	case state == LinkConfirmed:
		return Event{}, ownershipConfirmed()
	case state == LinkExpired:
		return Event{}, linkExpired(p)
	}
	carried, ok := existing.carried(p.TenantID, s)
	if !ok || existing.Record.ID != held.ID || existing.Record.Revision != held.Revision {
		return Event{}, MembershipUnconfirmed() // linked by another, or changed since
	}
	return p.progress(s, MembershipConfirmed{Carried: carried}, p.tellOfMembership(carried.Record, p.WorkEmail)...), nil
}

func ownershipConfirmed() *Refusal {
	return Refuse(CodeOwnershipConfirmed, "The address has been confirmed already.")
}

// tellOfMembership are the mails that a membership was linked: to the contact on
// file, who would otherwise not learn of it, and to others.
func (p Partner) tellOfMembership(m Membership, others ...string) []Follow {
	contact := m.Legal.PrimaryContact
	var mails []Follow
	for _, to := range append([]string{contact.Email}, others...) {
		if slices.ContainsFunc(mails, func(f Follow) bool { return sameAddress(f.Mail.To, to) }) {
			continue
		}
		params := p.mailParams()
		params["contactName"] = ""
		if strings.EqualFold(to, contact.Email) {
			params["contactName"] = contact.Name()
		}
		params["companyName"], params["membershipId"], params["requestedBy"] = m.Legal.LegalName, m.ID, p.WorkEmail
		mails = append(mails, send(MailMembershipLinked, to, params))
	}
	return mails
}

// SupportInfoSubmitted tells that a company whose details were carried over gave
// its support contact information: nothing has to be verified (E5).
type SupportInfoSubmitted struct {
	TradingName string         `json:"tradingName,omitzero"`
	Support     SupportProfile `json:"support"`           // normalised
	Company     []string       `json:"company,omitempty"` // E8
}

// Type implements EventData.
func (SupportInfoSubmitted) Type() EventType { return "businessInfo.supportSubmitted" }

func (d SupportInfoSubmitted) apply(p *Partner, e Event) {
	p.Info.Legal.TradingName, p.Info.Support, p.InfoRevision = d.TradingName, d.Support, e.Sequence
	p.SubmittedAt, p.Company = e.At, d.Company
}

// carriedDetails lays what is on file under a draft that gives support contact
// information only: the legal profile may be left out, or be repeated as it is.
func (p Partner) carriedDetails(info BusinessInfo) (BusinessInfo, []Fault) {
	was, is := p.Info.Legal, info.Legal
	var faults []Fault
	for _, f := range []struct {
		pointer string
		changed bool
	}{
		{"/legalProfile/legalName", is.LegalName != "" && is.LegalName != was.LegalName},
		{"/legalProfile/registrationNumber", is.RegistrationNumber != "" && is.RegistrationNumber != was.RegistrationNumber},
		{"/legalProfile/address", !is.Address.equal(Address{}) && !is.Address.equal(was.Address)},
		{"/legalProfile/primaryContact", is.PrimaryContact != Contact{} && is.PrimaryContact != was.PrimaryContact},
	} {
		if f.changed {
			faults = append(faults, Fault{f.pointer, FaultNotAllowed, "This was carried over from the record on file and is verified. Leave it out; once the support contact information is submitted, ask for a change of it."})
		}
	}
	info.Legal = was
	if is.TradingName != "" {
		info.Legal.TradingName = is.TradingName
	}
	return info, faults
}

// ofSupport keeps the faults of what is asked for when the rest was carried over:
// rules may have become stricter since that was authorized.
func ofSupport(faults []Fault) []Fault {
	return slices.DeleteFunc(faults, func(f Fault) bool {
		return !strings.HasPrefix(f.Pointer, "/supportProfile") && f.Pointer != "/legalProfile/tradingName"
	})
}

// submitSupport is the submission of a company whose details were carried over.
func (p Partner) submitSupport(k Knowledge, s Stamp) (Event, error) {
	info, faults := p.complete(p.Info, k, s.at())
	if err := Invalid(ofSupport(faults)); err != nil {
		return Event{}, err
	}
	return p.progress(s, SupportInfoSubmitted{TradingName: info.Legal.TradingName, Support: info.Support, Company: k.companyKeys(info.Legal)}), nil
}

// requireMembership lists what a claimed membership waits for.
func (p Partner) requireMembership(d *Requirements, now time.Time) {
	c := p.PendingMembership()
	if c == nil {
		return
	}
	r := Requirement{Code: "membership_ownership", Title: "Have the contact on file of the existing membership confirm the link", Step: StepEnrollment, Who: PartyPartner,
		Reason: "A link was sent to the primary contact on file. Whoever reads that mailbox opens it and confirms; until then nothing is taken over from the records.",
		Where:  p.path("verification/ownership-link"), Operation: "resendOwnershipLink", Roles: MayDo(ActionResendLink), By: c.Link.ExpiresAt, Since: c.Link.SentAt,
		Alternatives: []string{"Have a new link sent.", "Go on without the existing membership: enter and submit the business information."}}
	if now.Before(c.Link.ExpiresAt) {
		d.DueNow = append(d.DueNow, r)
		return
	}
	r.Title, r.Reason = "Have a new link sent to the contact on file, or go on without the existing membership", "The last link has expired."
	d.PastDue = append(d.PastDue, r)
}
