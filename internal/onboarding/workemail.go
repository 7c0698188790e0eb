package onboarding

import (
	"strings"
	"time"
)

// workEmailPause is how long a work e-mail stays before it can be changed
// again: each change writes to an address.
const workEmailPause = 10 * time.Minute

// WorkEmailChanged tells that mails to the enrolling admin go to another
// address.
type WorkEmailChanged struct {
	WorkEmail string `json:"workEmail"`
	Previous  string `json:"previous"`
}

// Type implements EventData.
func (WorkEmailChanged) Type() EventType { return "partner.workEmailChanged" }

func (d WorkEmailChanged) apply(p *Partner, e Event) {
	p.WorkEmail, p.WorkEmailSince = d.WorkEmail, e.At
	p.WorkDomain, _ = emailDomain(d.WorkEmail)
}

// ChangeWorkEmail sets the work e-mail that mails go to, by the rules of
// enrolment (E4). Both the new address and the former one are told.
func (p Partner) ChangeWorkEmail(address string, s Stamp) (Event, error) {
	address = strings.TrimSpace(address)
	if err := Invalid(p.workEmailFaults(address)); err != nil {
		return Event{}, err
	}
	switch to := p.MailAddress(address); {
	case sameAddress(address, p.WorkEmail):
		return Event{}, Refuse(CodeAddressUnchanged, "This is the work e-mail already. If mails didn't reach it and now do, say that it works again.").At(p.path("mail-addresses/mending"))
	case to.Broken():
		return Event{}, p.addressBroken(to)
	case s.At.Before(p.WorkEmailSince.Add(workEmailPause)):
		return Event{}, Refuse(CodeResendLimited, "The work e-mail was changed less than ten minutes ago. Try again in a few minutes.")
	}
	d := WorkEmailChanged{WorkEmail: address, Previous: p.WorkEmail}
	told := []Follow{send(MailWorkEmailChanged, address, p.workEmailParams(address))}
	if !p.MailAddress(p.WorkEmail).Broken() {
		told = append(told, send(MailWorkEmailChanged, p.WorkEmail, p.workEmailParams(address)))
	}
	return p.progress(s, d, told...), nil
}

func (p Partner) workEmailFaults(address string) []Fault {
	faults := emailFaults("/workEmail", address, true)
	if domain, ok := emailDomain(address); ok && consumerDomains[domain] && p.WorkAccount != WorkAccountNew {
		faults = append(faults, Fault{"/workEmail", FaultConsumerMail, "Use an address at the company: " + domain + " is a mail service for private persons."}) // E4
	}
	return faults
}

func (p Partner) workEmailParams(address string) map[string]string {
	return map[string]string{"companyName": p.LegalName(), "partnerId": p.ID, "contactName": "", "address": address}
}
