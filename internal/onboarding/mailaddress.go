package onboarding

import (
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	maxMailAddresses = 10 // that are remembered; those in use always are

	// liftingTime is how long after an address was mended a mail to it may still
	// be held back by the suppression that is being lifted.
	liftingTime = 15 * time.Minute
)

// AddressFailureReason is why mails don't reach an address.
type AddressFailureReason string

// The reasons, the worst last.
const (
	AddressBounced    AddressFailureReason = "bounced"    // its mail server refuses for good
	AddressSuppressed AddressFailureReason = "suppressed" // the mail service sends nothing there, because of an earlier failure
	AddressComplained AddressFailureReason = "complained" // the recipient called a mail spam
)

func (r AddressFailureReason) rank() int {
	return 1 + slices.Index([]AddressFailureReason{AddressBounced, AddressSuppressed, AddressComplained}, r)
}

// Explain says the reason in a sentence.
func (r AddressFailureReason) Explain() string {
	switch r {
	case AddressBounced:
		return "Its mail server refuses mails for good."
	case AddressSuppressed:
		return "Mails to it failed before, so the mail service holds them back."
	case AddressComplained:
		return "Its owner marked a mail as unwanted, so nothing is sent there any more."
	}
	return ""
}

// MailAddress is what is remembered of an address that failed once.
type MailAddress struct {
	Address  string               `json:"address"`
	Reason   AddressFailureReason `json:"reason,omitzero"` // the worst since it was mended, "" when it works
	FailedAt time.Time            `json:"failedAt,omitzero"`
	Template MailTemplate         `json:"template,omitzero"` // of the mail that failed
	MendedAt time.Time            `json:"mendedAt,omitzero"`
}

// Broken says that mails don't reach the address.
func (a MailAddress) Broken() bool { return a.Reason != "" }

// AddressUse is whose an address in use is.
type AddressUse string

// The uses of an address.
const (
	AddressOfContact  AddressUse = "primaryContact"
	AddressOfProposed AddressUse = "proposedContact" // who was sent an ownership link and hasn't confirmed yet
	AddressOfAdmin    AddressUse = "enrollingAdmin"
)

// UsedAddress is an address that mails of the partner go to now.
type UsedAddress struct {
	MailAddress
	Use AddressUse
}

// UsedAddresses lists the addresses in use: the primary contact's once proven,
// one that an ownership link was sent to, and the work e-mail of the admin who
// enrolled. An address in several uses is listed once.
func (p Partner) UsedAddresses() []UsedAddress {
	var list []UsedAddress
	add := func(address string, use AddressUse) {
		if address != "" && !slices.ContainsFunc(list, func(u UsedAddress) bool { return sameAddress(u.Address, address) }) {
			list = append(list, UsedAddress{p.MailAddress(address), use})
		}
	}
	add(p.Proven.Address, AddressOfContact)
	if p.ownershipPending() {
		add(p.Case.Link.Address, AddressOfProposed)
	}
	add(p.WorkEmail, AddressOfAdmin)
	return list
}

// MailAddress is what is known of an address: nothing but itself, when it never
// failed.
func (p Partner) MailAddress(address string) MailAddress {
	for _, a := range p.MailAddresses {
		if sameAddress(a.Address, address) {
			return a
		}
	}
	return MailAddress{Address: address}
}

func sameAddress(a, b string) bool { return strings.EqualFold(a, b) }

func (p Partner) uses(address string) bool {
	return slices.ContainsFunc(p.UsedAddresses(), func(u UsedAddress) bool { return sameAddress(u.Address, address) })
}

// withMailAddress returns the remembered addresses with this one, in a new
// slice. When there are too many the oldest that isn't in use is forgotten.
func (p Partner) withMailAddress(a MailAddress) []MailAddress {
	list := slices.Clone(p.MailAddresses)
	if i := slices.IndexFunc(list, func(known MailAddress) bool { return sameAddress(known.Address, a.Address) }); i >= 0 {
		list[i] = a
		return list
	}
	list = append(list, a)
	for len(list) > maxMailAddresses {
		i := slices.IndexFunc(list, func(known MailAddress) bool { return !p.uses(known.Address) })
		if i < 0 {
			break
		}
		list = slices.Delete(list, i, i+1)
	}
	return list
}

// AddressFailure is what the mail service says against an address.
type AddressFailure struct {
	Address  string
	Reason   AddressFailureReason
	At       time.Time    // when the mail failed, by the real clock
	SentAt   time.Time    // when it had been sent, likewise
	Template MailTemplate // of the mail
}

// AddressFailed tells that mails don't reach an address.
type AddressFailed struct {
	MailAddress string               `json:"mailAddress"`
	Reason      AddressFailureReason `json:"reason"`
	At          time.Time            `json:"at"`
	Template    MailTemplate         `json:"template,omitzero"`
}

// Type implements EventData.
func (AddressFailed) Type() EventType { return "mail.addressFailed" }

func (d AddressFailed) apply(p *Partner, _ Event) {
	a := p.MailAddress(d.MailAddress)
	if !a.Broken() {
		a.FailedAt, a.Template = d.At, d.Template
	}
	a.Reason = d.Reason
	p.MailAddresses = p.withMailAddress(a)
}

// FailAddress records that mails don't reach an address. The worst reason is
// kept: hearing of it again, or of a lesser one, is refused with
// CodeAddressUnchanged, and so is a mail from before the address was mended,
// whenever its failure is told. The partner's other contact is told.
func (p Partner) FailAddress(f AddressFailure, s Stamp) (Event, error) {
	f.At, f.SentAt = p.Now(f.At), p.Now(f.SentAt) // the mail service knows no test clock
	known := p.MailAddress(f.Address)
	stale := !known.MendedAt.IsZero() && (!f.SentAt.After(known.MendedAt) ||
		f.Reason == AddressSuppressed && f.SentAt.Before(known.MendedAt.Add(liftingTime)))
	if stale || f.Reason.rank() <= known.Reason.rank() {
		return Event{}, Refuse(CodeAddressUnchanged, "This is known of the address already, or is older than its mending.")
	}
	if _, ok := emailDomain(f.Address); !ok {
		return Event{}, Invalid(emailFaults("/address", f.Address, true))
	}
	d := AddressFailed{MailAddress: known.Address, Reason: f.Reason, At: f.At.UTC().Truncate(time.Millisecond), Template: f.Template}
	next := p
	next.MailAddresses = p.withMailAddress(MailAddress{Address: known.Address, Reason: f.Reason})
	var told []Follow
	if other, ok := next.otherContact(f.Address); ok && !known.Broken() && p.uses(f.Address) {
		params := next.mailParams()
		params["contactName"], params["address"], params["problem"] = next.nameAt(other), known.Address, f.Reason.Explain()
		told = append(told, send(MailAddressBroken, other, params))
	}
	return p.event(s, d, told...), nil
}

// AddressMended tells that an address works again.
type AddressMended struct {
	MailAddress string `json:"mailAddress"`
}

// Type implements EventData.
func (AddressMended) Type() EventType { return "mail.addressMended" }

func (d AddressMended) apply(p *Partner, e Event) {
	a := p.MailAddress(d.MailAddress)
	a.Reason, a.MendedAt = "", e.At
	p.MailAddresses = p.withMailAddress(a)
}

// MendAddress is the partner's word that an address works again: the mailbox
// was full, a filter too eager. The mail service is told to send there again.
// Another address is given by changing the contact or the work e-mail instead.
func (p Partner) MendAddress(address string, s Stamp) (Event, error) {
	address = strings.TrimSpace(address)
	if err := Invalid(emailFaults("/email", address, true)); err != nil {
		return Event{}, err
	}
	known := p.MailAddress(address)
	if !known.Broken() {
		return Event{}, Refuse(CodeAddressUnchanged, "As far as is known, mails reach this address: nothing is to be mended. If one didn't arrive, have it sent again.").At(p.path("mails"))
	}
	return p.progress(s, AddressMended{MailAddress: known.Address}, Follow{LiftSuppression: &LiftSuppression{Address: known.Address}}), nil
}

// addressBroken is the refusal to send to an address that doesn't work.
func (p Partner) addressBroken(a MailAddress) *Refusal {
	return Refuse(CodeAddressBroken, "Mails don't reach "+a.Address+": "+lowerFirst(a.Reason.Explain())+" Correct the address, or say that it works again; then this can be sent.").
		By(MayDo(ActionMendAddress)...).At(p.path("mail-addresses/mending"))
}

// otherContact is who gets a mail that doesn't reach an address: another
// contact of the partner whose address works.
func (p Partner) otherContact(than string) (string, bool) {
	for _, to := range p.contacts() {
		if !sameAddress(to, than) && !p.MailAddress(to).Broken() {
			return to, true
		}
	}
	return "", false
}

// nameAt is the name to greet at a contact's address, "" when unknown.
func (p Partner) nameAt(address string) string {
	if sameAddress(address, p.ContactEmail()) {
		return p.ContactName()
	}
	return ""
}

// reaching returns what follows, with every mail to a contact whose address is
// broken going to the other contact as well. The ownership link is for its
// address alone.
func (p Partner) reaching(follow []Follow) []Follow {
	all := slices.Clone(follow)
	for _, f := range follow {
		m := f.Mail
		if m == nil || !OfPartner(m.To) || m.Template.Secret() || !p.MailAddress(m.To).Broken() {
			continue
		}
		other, ok := p.otherContact(m.To)
		if !ok || slices.ContainsFunc(all, func(f Follow) bool {
			return f.Mail != nil && f.Mail.Template == m.Template && sameAddress(f.Mail.To, other)
		}) {
			continue
		}
		params := maps.Clone(m.Params)
		params["contactName"] = p.nameAt(other)
		all = append(all, send(m.Template, other, params))
	}
	return all
}

// leaving lists what follows for addresses that were broken and are in use no
// more: nothing is held back there any longer, should the address come back.
func (p Partner) leaving(after Partner) []Follow {
	var lift []Follow
	for _, u := range p.UsedAddresses() {
		if u.Broken() && !after.uses(u.Address) {
			lift = append(lift, Follow{LiftSuppression: &LiftSuppression{Address: u.Address}})
		}
	}
	return lift
}

// requireAddresses asks for the mending of an address in use that mails don't
// reach.
func (p Partner) requireAddresses(d *Requirements) {
	for _, u := range p.UsedAddresses() {
		if !u.Broken() {
			continue
		}
		r := Requirement{Code: requiredAddress, Title: "Correct the primary contact's e-mail address", Step: StepVerification, Who: PartyPartner, Roles: MayDo(ActionMendAddress),
			Reason: "Mails to " + u.Address + " don't arrive. " + u.Reason.Explain(), Where: p.path("mail-addresses/mending"), Operation: "mendMailAddress", Since: u.FailedAt,
			Alternatives: []string{"Name another primary contact, or another address of the same one.", "Say that the address works again, once its mailbox or filter is mended."}}
		switch u.Use {
		case AddressOfProposed:
			r.Title = "Correct the e-mail address that the ownership link goes to"
		case AddressOfAdmin:
			r.Title = "Correct the enrolling admin's e-mail address"
			r.Alternatives[0] = "Have a Global Admin set another work e-mail."
		}
		d.DueNow = append(d.DueNow, r)
	}
}

// requiredAddress is the code of the requirement that asks for an address
// to be mended.
const requiredAddress = "email_address_broken"
