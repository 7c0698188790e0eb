package onboarding

import (
	"crypto/subtle"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	invitationValidity  = 72 * time.Hour
	invitationPause     = time.Minute // between two sendings
	maxInvitationSends  = 5
	maxInvitations      = 40 // kept: the open ones and those that ended lately
	maxOpenInvitations  = 20
	maxInvitationsADay  = 20 // each writes to somebody outside
	invitationsDay      = 24 * time.Hour
	maxInvitedRoles     = 2
	invitationLinksPath = "/invitation-links/"
)

// InvitationStatus is where an invitation stands (A7).
type InvitationStatus string

// Statuses of an invitation.
const (
	InvitationOpen     InvitationStatus = "Open"
	InvitationAccepted InvitationStatus = "Accepted"
	InvitationRevoked  InvitationStatus = "Revoked"
	InvitationExpired  InvitationStatus = "Expired"
)

// Class is the stable class of an invitation's status (T3).
func (s InvitationStatus) Class() Class {
	switch s {
	case InvitationOpen:
		return ClassWaiting
	case InvitationAccepted:
		return ClassDone
	case InvitationExpired:
		return ClassAction
	}
	return ClassStopped
}

// Invitation asks a person to become a user of the partner (A7). It is bound to
// the partner and the address; of its secret only the hash is kept.
type Invitation struct {
	ID          string           `json:"id"`
	Email       string           `json:"email"`
	Roles       []Role           `json:"roles,omitempty"`
	OtherDomain bool             `json:"otherDomain,omitzero"` // the address isn't at a domain that is known to be the company's
	Recovery    bool             `json:"recovery,omitzero"`    // O3: by staff, because no Global Admin was left
	By          Person           `json:"by"`
	InvitedAt   time.Time        `json:"invitedAt"`
	Hash        string           `json:"hash"`
	SentAt      time.Time        `json:"sentAt"`
	ExpiresAt   time.Time        `json:"expiresAt"`
	Sends       int              `json:"sends"`
	Ended       InvitationStatus `json:"ended,omitzero"` // Accepted or Revoked
	EndedAt     time.Time        `json:"endedAt,omitzero"`
	UserID      string           `json:"userId,omitzero"`   // who accepted it
	LapsedAt    time.Time        `json:"lapsedAt,omitzero"` // when it was told that nobody accepted in time
}

func (i Invitation) pending() bool { return i.Ended == "" }

// StatusAt is where the invitation stands at a time.
func (i Invitation) StatusAt(now time.Time) InvitationStatus {
	switch {
	case i.Ended != "":
		return i.Ended
	case !now.Before(i.ExpiresAt):
		return InvitationExpired
	}
	return InvitationOpen
}

// Invitation finds an invitation by its id.
func (p Partner) Invitation(id string) (Invitation, bool) {
	for _, i := range p.Invitations {
		if i.ID == id {
			return i, true
		}
	}
	return Invitation{}, false
}

// InvitationToken is the token of an invitation's link; it names the partner so
// that one read finds it.
func InvitationToken(partnerID, secret string) string { return partnerID + "." + secret }

// UserInvited tells that a person was invited (A7), also because he had asked
// to be added (E8) or by staff when no Global Admin was left (O3).
type UserInvited struct {
	Invitation Invitation `json:"invitation"`
	AskedID    string     `json:"askedId,omitzero"` // E8: the request that it answers
	Reason     string     `json:"reason,omitzero"`  // of staff
}

// Type implements EventData.
func (UserInvited) Type() EventType { return "user.invited" }

func (d UserInvited) apply(p *Partner, e Event) {
	i := d.Invitation
	i.By, i.InvitedAt, i.SentAt, i.Sends = personOf(e.Actor), e.At, e.At, 1
	list := slices.Clone(p.Invitations)
	for n := range list {
		if list[n].pending() && sameAddress(list[n].Email, i.Email) { // an expired one gives way
			list[n].Ended, list[n].EndedAt = InvitationRevoked, e.At
		}
	}
	p.Invitations = append(list, i)
	for len(p.Invitations) > maxInvitations {
		oldest := slices.IndexFunc(p.Invitations, func(i Invitation) bool { return i.StatusAt(e.At) != InvitationOpen })
		if oldest < 0 {
			break
		}
		p.Invitations = slices.Delete(p.Invitations, oldest, oldest+1)
	}
	p.JoinAsked = slices.DeleteFunc(slices.Clone(p.JoinAsked), func(j JoinRequest) bool { return j.ID == d.AskedID })
}

// InvitationResent tells that a new link was sent and the old one is void.
type InvitationResent struct {
	InvitationID string    `json:"invitationId"`
	Email        string    `json:"email"`
	Hash         string    `json:"hash"`
	ExpiresAt    time.Time `json:"expiresAt"`
}

// Type implements EventData.
func (InvitationResent) Type() EventType { return "user.invitationResent" }

func (d InvitationResent) apply(p *Partner, e Event) {
	p.changeInvitation(d.InvitationID, func(i *Invitation) {
		i.Hash, i.ExpiresAt, i.SentAt, i.Sends, i.LapsedAt = d.Hash, d.ExpiresAt, e.At, i.Sends+1, time.Time{}
	})
}

// InvitationWithdrawn tells that an invitation was revoked.
type InvitationWithdrawn struct {
	InvitationID string `json:"invitationId"`
	Email        string `json:"email"`
}

// Type implements EventData.
func (InvitationWithdrawn) Type() EventType { return "user.invitationRevoked" }

func (d InvitationWithdrawn) apply(p *Partner, e Event) {
	p.changeInvitation(d.InvitationID, func(i *Invitation) { i.Ended, i.EndedAt = InvitationRevoked, e.At })
}

func (p *Partner) changeInvitation(id string, change func(*Invitation)) {
	p.Invitations = slices.Clone(p.Invitations)
	for n := range p.Invitations {
		if p.Invitations[n].ID == id {
			change(&p.Invitations[n])
		}
	}
}

// UserJoined tells that an invitation was accepted.
type UserJoined struct {
	InvitationID string `json:"invitationId"`
	Email        string `json:"email"`
	Roles        []Role `json:"roles,omitempty"`
	Tenant       string `json:"tenant"` // of the account that joined
}

// Type implements EventData.
func (UserJoined) Type() EventType { return "user.joined" }

func (d UserJoined) apply(p *Partner, e Event) {
	i, _ := p.Invitation(d.InvitationID)
	p.Members = p.withRoles(e.Actor, i.By, e.At, d.Roles...)
	p.Removed = slices.DeleteFunc(slices.Clone(p.Removed), func(r Removed) bool { return r.UserID == e.Actor.UserID })
	p.changeInvitation(d.InvitationID, func(i *Invitation) {
		i.Ended, i.EndedAt, i.UserID = InvitationAccepted, e.At, e.Actor.UserID
	})
}

// Invite asks for a person to be invited (A7).
type Invite struct {
	ID, Secret  string // fresh
	Email       string
	Roles       []Role
	OtherDomain bool // the inviter knows that the address isn't at the company's domain
	By          Principal
}

// Invite invites a person by e-mail (A7). The secret is in the mail alone.
func (p Partner) Invite(c Invite, s Stamp) (Event, error) {
	c.Email = strings.TrimSpace(c.Email)
	if err := Invalid(append(p.invitationFaults(c), p.domainFaults(c)...)); err != nil {
		return Event{}, err
	}
	for _, r := range c.Roles {
		if err := p.mayChange(r, c.By); err != nil {
			return Event{}, err
		}
	}
	if err := p.mayInvite(c.Email, s.at()); err != nil {
		return Event{}, err
	}
	return p.invited(c, UserInvited{}, s), nil
}

func (p Partner) invited(c Invite, d UserInvited, s Stamp, told ...Follow) Event {
	d.Invitation = Invitation{
		ID: c.ID, Email: c.Email, Roles: slices.Clone(c.Roles), OtherDomain: !p.atCompany(c.Email), Recovery: d.Invitation.Recovery,
		Hash: HashSecret(c.Secret), ExpiresAt: s.at().Add(invitationValidity),
	}
	return p.progress(s, d, append(told, p.sendInvitation(d.Invitation, c.Secret, s))...)
}

func (p Partner) sendInvitation(i Invitation, secret string, s Stamp) Follow {
	params := map[string]string{
		"companyName": p.LegalName(), "partnerId": p.ID, "contactName": "", "change": invitedAs(i.Roles), "address": i.Email,
		"expiresAt": i.ExpiresAt.Format(time.RFC3339), "link": invitationLinksPath + InvitationToken(p.ID, secret),
	}
	if by := s.By.Email; by != "" && s.By.Kind == ActorPartner {
		params["requestedBy"] = by
	}
	return send(MailUserInvited, i.Email, params)
}

func invitedAs(roles []Role) string {
	if len(roles) == 0 {
		return "a user who can look at everything"
	}
	var names []string
	for _, r := range roles {
		names = append(names, roleTitle(r))
	}
	return strings.Join(names, " and ")
}

func (p Partner) invitationFaults(c Invite) []Fault {
	faults := emailFaults("/email", c.Email, true)
	seen := map[Role]bool{}
	for _, r := range c.Roles {
		switch {
		case seen[r] || len(c.Roles) > maxInvitedRoles:
			return append(faults, Fault{"/roles", FaultInvalid, "Name each role once."})
		case r == RoleLegalAuthority:
			return append(faults, Fault{"/roles", FaultNotAllowed, "A legal authority is recorded with evidence once the person is a user."})
		case r != RoleAdminAgent && r != RoleGlobalAdmin:
			return append(faults, Fault{"/roles", FaultUnsupported, "Use AdminAgent or GlobalAdmin, or no role for somebody who only looks."})
		}
		seen[r] = true
	}
	return faults
}

// domainFaults holds an invitation against the company's mail domains: of a
// company with a directory nobody signs in with a private address, and an
// address elsewhere is asked about once (A7).
func (p Partner) domainFaults(c Invite) []Fault {
	domain, ok := emailDomain(c.Email)
	switch {
	case !ok || p.atCompany(c.Email):
		return nil
	case consumerDomains[domain] && p.WorkAccount != WorkAccountNew:
		return []Fault{{"/email", FaultConsumerMail, "Use the person's address at the company: " + domain + " is a mail service for private persons."}}
	case !c.OtherDomain:
		return []Fault{{"/email", FaultOtherDomain, "This address isn't at a mail domain that is known to be the company's. If the person is one of yours all the same, send the invitation again with otherDomain: true."}}
	}
	return nil
}

// atCompany says that an address is at a domain that is known to be the
// company's: the directory's, or that of the work e-mail, the confirmed contact
// or the verified website.
func (p Partner) atCompany(address string) bool {
	domain, ok := emailDomain(address)
	return ok && slices.Contains(p.MailDomains(), domain)
}

// MailDomains are the mail domains that are known to be the company's. A mail
// service for private persons is nobody's.
func (p Partner) MailDomains() []string {
	var list []string
	add := func(domain string) {
		if domain = strings.ToLower(domain); domain != "" && !consumerDomains[domain] && !slices.Contains(list, domain) {
			list = append(list, domain)
		}
	}
	add(p.TenantDomain)
	add(p.WorkDomain)
	if domain, ok := emailDomain(p.Proven.Address); ok {
		add(domain)
	}
	if p.Verified != nil {
		if site, err := url.Parse(p.Info.Support.Website); err == nil && site.Host != "" {
			if domain, ok := registrable(site.Hostname()); ok {
				add(domain)
			}
		}
	}
	return list
}

// mayInvite keeps the record small and strangers' mailboxes quiet.
func (p Partner) mayInvite(email string, now time.Time) error {
	open, today := 0, 0
	for _, i := range p.Invitations {
		status := i.StatusAt(now)
		if status == InvitationOpen {
			open++
		}
		if now.Before(i.InvitedAt.Add(invitationsDay)) {
			today++
		}
		if status == InvitationOpen && sameAddress(i.Email, email) {
			return Refuse(CodeInvitationOpen, "This address was invited already and can still accept. Send the invitation again, or revoke it first.").At(p.UsersPath())
		}
	}
	switch {
	case slices.ContainsFunc(p.Members, func(m Member) bool { return sameAddress(m.Email, email) }):
		return Refuse(CodeNothingChanged, "Somebody with this address is a user already: change the roles instead.").At(p.UsersPath())
	case p.MailAddress(email).Broken():
		return p.addressBroken(p.MailAddress(email))
	case len(p.Members)+open >= maxMembers:
		return Refuse(CodeTooMany, "A partner has at most 50 users, invitations included. Remove somebody or revoke an invitation first.").At(p.UsersPath())
	case open >= maxOpenInvitations, today >= maxInvitationsADay:
		return Refuse(CodeTooMany, "Many invitations are open or were sent today. Wait until some are accepted, revoke some, or go on tomorrow.").At(p.UsersPath())
	}
	return nil
}

// ResendInvitation voids an invitation's link and sends a new one, also after
// it expired (A7).
func (p Partner) ResendInvitation(id, secret string, s Stamp) (Event, error) {
	i, ok := p.Invitation(id)
	if !ok {
		return Event{}, NotFound()
	}
	switch {
	case !i.pending():
		return Event{}, p.invitationEnded(i)
	case p.MailAddress(i.Email).Broken():
		return Event{}, p.addressBroken(p.MailAddress(i.Email))
	case s.At.Before(i.SentAt.Add(invitationPause)):
		return Event{}, Refuse(CodeResendLimited, "The invitation was sent less than a minute ago. Have the person look into the mailbox, also among junk mail, or try again in a minute.")
	case i.Sends >= maxInvitationSends:
		return Event{}, Refuse(CodeResendLimited, "The invitation was sent five times already. Ask the person whether the address is right; revoke it and invite another address if it isn't.")
	}
	i.ExpiresAt = s.at().Add(invitationValidity)
	d := InvitationResent{InvitationID: i.ID, Email: i.Email, Hash: HashSecret(secret), ExpiresAt: i.ExpiresAt}
	return p.progress(s, d, p.sendInvitation(i, secret, s)), nil
}

// RevokeInvitation ends an invitation before it is accepted (A7).
func (p Partner) RevokeInvitation(id string, s Stamp) (Event, error) {
	i, ok := p.Invitation(id)
	switch {
	case !ok:
		return Event{}, NotFound()
	case i.Ended == InvitationRevoked:
		return Event{}, Refuse(CodeNothingChanged, "This invitation was revoked already.").At(p.UsersPath())
	case !i.pending():
		return Event{}, p.invitationEnded(i)
	}
	return p.progress(s, InvitationWithdrawn{InvitationID: i.ID, Email: i.Email}), nil
}

func (p Partner) invitationEnded(i Invitation) *Refusal {
	if i.Ended == InvitationAccepted {
		return Refuse(CodeInvitationUsed, "This invitation was accepted: the person is a user. Look at the list of users.").At(p.UsersPath())
	}
	return Refuse(CodeInvitationRevoked, "This invitation was revoked: invite the person anew.").By(MayDo(ActionInviteUser)...).At(p.path("invitations"))
}

// InvitationBySecret finds the invitation that a link's secret opens (A7).
// Looking changes nothing. A secret that opens none gets CodeNotFound.
func (p Partner) InvitationBySecret(secret string) (Invitation, error) {
	hash := []byte(HashSecret(secret))
	for _, i := range p.Invitations {
		if subtle.ConstantTimeCompare(hash, []byte(i.Hash)) == 1 {
			return i, nil
		}
	}
	return Invitation{}, NotFound()
}

// AcceptInvitation makes whoever is signed in a user of the partner (A7): with
// the invited address, and in the way in which the company's users sign in.
// Accepting again is refused with CodeNothingChanged, which callers treat as
// done.
func (p Partner) AcceptInvitation(secret string, by Principal, s Stamp) (Event, error) {
	i, err := p.InvitationBySecret(secret)
	if err != nil {
		return Event{}, err
	}
	ask := "Ask whoever invited you for a new invitation."
	switch i.StatusAt(s.At) {
	case InvitationAccepted:
		if _, still := p.Member(by.UserID); still && i.UserID == by.UserID {
			return Event{}, Refuse(CodeNothingChanged, "You accepted this invitation already.").At("/partners/" + p.ID)
		}
		return Event{}, Refuse(CodeInvitationUsed, "This invitation was used already: it is good for one time. "+ask)
	case InvitationRevoked:
		return Event{}, Refuse(CodeInvitationRevoked, "This invitation was revoked. "+ask)
	case InvitationExpired:
		return Event{}, Refuse(CodeInvitationExpired, "This invitation has expired: it was good for 72 hours. "+ask)
	}
	if err := p.mayAccept(i, by); err != nil {
		return Event{}, err
	}
	if _, known := p.Member(by.UserID); !known && len(p.Members) >= maxMembers {
		return Event{}, Refuse(CodeTooMany, "The partner has as many users as it can have. Ask whoever invited you to remove somebody first.")
	}
	d := UserJoined{InvitationID: i.ID, Email: by.Email, Roles: i.Roles, Tenant: by.TenantID}
	joined := Member{UserID: by.UserID, Email: by.Email, Name: by.Name}
	told := p.adminAddresses(by.Email)
	if i.By.Email != "" && i.By.Kind == ActorPartner && !slices.ContainsFunc(told, func(a string) bool { return sameAddress(a, i.By.Email) }) {
		told = append(told, i.By.Email)
	}
	var mails []Follow
	for _, to := range told {
		mails = append(mails, send(MailUserChanged, to, p.userParams(joined.Label()+" accepted the invitation as "+invitedAs(i.Roles)+".", "", s)))
	}
	return p.progress(s, d, mails...), nil
}

// mayAccept says whether an account is the one that was invited.
func (p Partner) mayAccept(i Invitation, by Principal) error {
	wrong := func(text string) error { return Refuse(CodeWrongAccount, text) }
	switch {
	case by.Staff || by.DistributorID != "":
		return wrong("You are signed in as one of the programme's or a distributor's people, who can't be users of a partner. Sign in with the account of the invited address.")
	case !sameAddress(by.Email, i.Email):
		return wrong("This invitation is for another address than the one you are signed in with. Sign in with the address that the mail was sent to.")
	case p.WorkAccount != WorkAccountNew && by.TenantID != p.TenantID:
		return wrong("The company's users sign in with its work account. Sign in with your account there, not with one of another directory or one that you made yourself.")
	case p.WorkAccount == WorkAccountNew && by.TenantID != SignUpTenant(by.UserID):
		return wrong("This company has no directory: its users sign up with their address and a password. Sign up with the invited address, then open the link again.")
	case !by.OwnsAddress():
		return Refuse(CodeAddressUnproven, "It isn't known yet that this address is yours. Confirm it with the code that you were sent when you signed up, sign in anew, then open the link again.")
	}
	return nil
}

// OwnsAddress says that the principal's address is known to be his: the
// identity provider has verified it, or it is at the domain of his directory.
func (p Principal) OwnsAddress() bool {
	domain, ok := emailDomain(p.Email)
	return ok && (p.EmailVerified || p.TenantDomain != "" && domain == strings.ToLower(p.TenantDomain))
}

// RecoverAdmin asks staff to let a new Global Admin in, when the only one has
// left a company without a directory (O3).
type RecoverAdmin struct {
	ID, Secret string // fresh
	Email      string
	Reason     string // what was shown
}

// RecoverAdmin invites a new Global Admin on staff's word (O3, V11). The Global
// Admins of the record are told, so that nothing happens behind their back.
func (p Partner) RecoverAdmin(c RecoverAdmin, s Stamp) (Event, error) {
	c.Email, c.Reason = strings.TrimSpace(c.Email), strings.TrimSpace(c.Reason)
	invite := Invite{ID: c.ID, Secret: c.Secret, Email: c.Email, Roles: []Role{RoleGlobalAdmin}}
	if err := Invalid(append(p.invitationFaults(invite), reasonFault("/reason", c.Reason)...)); err != nil {
		return Event{}, err
	}
	if p.WorkAccount != WorkAccountNew {
		return Event{}, p.ofDirectory()
	}
	if err := p.mayInvite(c.Email, s.at()); err != nil {
		return Event{}, err
	}
	d := UserInvited{Invitation: Invitation{Recovery: true}, Reason: c.Reason}
	var told []Follow
	for _, to := range p.adminAddresses("") {
		told = append(told, send(MailUserChanged, to, p.userParams("The programme's staff invited "+c.Email+" as a Global Admin, because it was shown that none is left. If you still are one, contact support at once.", "", s)))
	}
	return p.invited(invite, d, s, told...), nil
}
