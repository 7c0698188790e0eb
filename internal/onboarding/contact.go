package onboarding

import (
	"slices"
	"strings"
	"time"
)

// ContactCorrected tells that the primary contact was corrected while the
// company was being verified (V10): a mistyped or bouncing address needs no
// rejection to be mended.
type ContactCorrected struct {
	CaseID     string      `json:"caseId"`
	Contact    Contact     `json:"contact"`
	Employment CheckStatus `json:"employment"`

	LinkHash      string           `json:"linkHash,omitzero"` // of the link to the new address; "" when the address stays
	LinkExpiresAt time.Time        `json:"linkExpiresAt,omitzero"`
	Request       *DocumentRequest `json:"request,omitempty"` // that shows the new contact's employment
	Dates         *Dates           `json:"dates,omitempty"`   // of the case, when the request for the old one's is void and the clock goes on
}

// Type implements EventData.
func (ContactCorrected) Type() EventType { return "verification.contactCorrected" }

func (d ContactCorrected) apply(p *Partner, e Event) {
	p.Info.Legal.PrimaryContact, p.InfoRevision = d.Contact, e.Sequence
	if d.LinkHash == "" {
		return
	}
	p.Proven = Proven{}
	again := *p.Case
	c := &again
	c.Checks = slices.Clone(c.Checks)
	for i, k := range c.Checks { // of another person: they begin anew
		switch k.Name {
		case CheckEmailOwnership:
			c.Checks[i] = Check{k.Name, CheckPending, e.At}
		case CheckEmployment:
			c.Checks[i] = Check{k.Name, d.Employment, e.At}
		}
	}
	c.Link = Link{Address: d.Contact.Email, Hash: d.LinkHash, SentAt: e.At, ExpiresAt: d.LinkExpiresAt, Sends: p.Case.Link.Sends + 1}
	switch {
	case d.Request != nil:
		c.Request = d.Request
		if c.PausedAt.IsZero() {
			c.PausedAt = e.At
		}
	case d.Dates != nil:
		r := *c.Request
		r.CompletedAt, r.ExpiredAt = e.At, time.Time{}
		c.Request = &r
		c = c.goOn(d.Dates)
	}
	p.Case = c
}

// correctContact puts another primary contact in force while the first case is
// open. Another address is proven anew: the old link is void, a new one goes to
// the new address, and employment is judged again. The one who was the contact
// is told, if the address was known to be his; else the enrolling admin.
func (p Partner) correctContact(e edit, k Knowledge, secret string, s Stamp) Event {
	c, contact := *p.Case, e.info.Legal.PrimaryContact
	d := ContactCorrected{CaseID: c.ID, Contact: contact, Employment: c.Check(CheckEmployment).Status}
	if strings.EqualFold(contact.Email, c.Link.Address) {
		return p.progress(s, d)
	}
	d.Employment = p.employment(e.info, k.TenantDomain)
	d.LinkHash, d.LinkExpiresAt = HashSecret(secret), s.at().Add(linkValidity)
	params := p.mailParams()
	params["caseId"], params["requestedBy"] = c.ID, s.By.Email
	follow := []Follow{p.sendLink(contact, c.ID, secret, d.LinkExpiresAt), send(MailContactCorrected, p.ContactEmail(), params)}
	switch {
	case d.Employment == CheckPassed && c.requested() && c.Request.ID == employmentRequestID:
		d.Dates = c.datesAfterPause(k.Calendar, s.at())
	case d.Employment != CheckPassed && !c.requested():
		d.Request = employmentRequest(k.Calendar, s.at())
		ask := p.mailParams()
		ask["contactName"], ask["caseId"], ask["request"] = "", c.ID, Case{Request: d.Request}.requestText()
		ask["expiresAt"] = d.Request.ExpiresAt.Format(time.RFC3339)
		follow = append(follow, send(MailDocumentsRequested, p.WorkEmail, ask))
	}
	return p.progress(s, d, follow...)
}
