package onboarding

import (
	"slices"
	"strings"
)

// RoleGiven tells that a user got a role (A7), as a legal authority with the
// evidence of it (A3).
type RoleGiven struct {
	UserID    string     `json:"userId"`
	Email     string     `json:"email"`
	Role      Role       `json:"role"`
	Reason    string     `json:"reason,omitzero"`
	Authority *Authority `json:"authority,omitempty"`
}

// Type implements EventData.
func (RoleGiven) Type() EventType { return "user.roleGiven" }

func (d RoleGiven) apply(p *Partner, e Event) {
	p.Members = p.withRoles(Actor{UserID: d.UserID, Email: d.Email}, personOf(e.Actor), e.At, d.Role)
	if d.Authority != nil {
		m, _ := p.Member(d.UserID)
		a := *d.Authority
		a.RecordedAt, a.RecordedBy, a.EventID = e.At, personOf(e.Actor), e.ID
		m.Authority = &a
		p.Members = p.replacing(m)
	}
}

// RoleTaken tells that a role was taken from a user (A7).
type RoleTaken struct {
	UserID string `json:"userId"`
	Email  string `json:"email"`
	Role   Role   `json:"role"`
	Reason string `json:"reason,omitzero"`
}

// Type implements EventData.
func (RoleTaken) Type() EventType { return "user.roleTaken" }

func (d RoleTaken) apply(p *Partner, _ Event) {
	if m, ok := p.Member(d.UserID); ok {
		p.Members = p.replacing(m.without(d.Role))
	}
}

// UserRemoved tells that somebody is no user of the partner any more (A7).
type UserRemoved struct {
	UserID  string `json:"userId"`
	Email   string `json:"email"`
	Reason  string `json:"reason,omitzero"`
	Himself bool   `json:"himself,omitzero"`
}

// Type implements EventData.
func (UserRemoved) Type() EventType { return "user.removed" }

func (d UserRemoved) apply(p *Partner, e Event) { p.remove(d.UserID, d.Email, e) }

// remove takes a user out of the record, with what would bring him back.
func (p *Partner) remove(userID, email string, e Event) {
	p.Members = slices.DeleteFunc(slices.Clone(p.Members), func(m Member) bool { return m.UserID == userID })
	if p.WorkAccount != WorkAccountNew {
		p.Removed = append(slices.DeleteFunc(slices.Clone(p.Removed), func(r Removed) bool { return r.UserID == userID }), Removed{userID, e.At})
	}
	p.Invitations = slices.Clone(p.Invitations)
	for i, inv := range p.Invitations {
		if inv.pending() && sameAddress(inv.Email, email) {
			p.Invitations[i].Ended, p.Invitations[i].EndedAt = InvitationRevoked, e.At
		}
	}
	p.JoinAsked = slices.DeleteFunc(slices.Clone(p.JoinAsked), func(j JoinRequest) bool { return j.UserID == userID })
	if h := p.Handover; h != nil && (h.From.UserID == userID || h.To.UserID == userID) {
		p.Handover = nil
	}
}

// ChangeRole asks for a role to be given or taken (A7).
type ChangeRole struct {
	UserID string
	Role   Role
	Reason string // may be empty
	By     Principal
}

// UsersPath is where the partner's users are.
func (p Partner) UsersPath() string { return p.path("users") }

func (p Partner) noSuchUser() *Refusal {
	return Refuse(CodeNotFound, "The partner knows no user with this id. Look at the list of users; who isn't in it is invited first.").By(MayDo(ActionInviteUser)...).At(p.UsersPath())
}

// optional judges a reason that may be missing.
func optional(pointer, reason string) []Fault {
	if reason == "" {
		return nil
	}
	return reasonFault(pointer, reason)
}

func (c ChangeRole) faults() []Fault {
	faults := optional("/reason", c.Reason)
	switch c.Role {
	case RoleGlobalAdmin, RoleAdminAgent, RoleLegalAuthority:
	case "":
		faults = append(faults, Fault{"/role", FaultRequired, "Name the role."})
	default:
		faults = append(faults, Fault{"/role", FaultUnsupported, "Use GlobalAdmin, AdminAgent or LegalAuthority: no other role is given to a user."})
	}
	return faults
}

// mayChange judges who may give or take a role: the roles that bind the company
// are a Global Admin's business, and the directory's Global Admin is the
// directory's.
func (p Partner) mayChange(role Role, by Principal) error {
	if role == RoleGlobalAdmin && p.WorkAccount != WorkAccountNew {
		return p.ofDirectory()
	}
	if role != RoleAdminAgent && !slices.Contains(p.RolesOf(by), RoleGlobalAdmin) {
		return Refuse(CodeRoleRequired, "Only a Global Admin gives or takes this role. An Admin Agent can invite people and change who is an Admin Agent.").By(RoleGlobalAdmin)
	}
	return nil
}

// ofDirectory is the refusal to change who is a directory's Global Admin.
func (p Partner) ofDirectory() *Refusal {
	return Refuse(CodeRoleOfDirectory, "Who is a Global Admin is said by the company's own directory: give or take the role there. It counts here from the person's next sign-in.").At(p.UsersPath())
}

// GiveRole gives a user a role (A7). A legal authority is recorded with
// evidence instead (A3).
func (p Partner) GiveRole(c ChangeRole, s Stamp) (Event, error) {
	c.Reason = strings.TrimSpace(c.Reason)
	faults := c.faults()
	if c.Role == RoleLegalAuthority {
		faults = append(faults, Fault{"/role", FaultNotAllowed, "A legal authority is recorded with the document that shows it: use the user's legal-authority."})
	}
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	if err := p.mayChange(c.Role, c.By); err != nil {
		return Event{}, err
	}
	m, ok := p.Member(c.UserID)
	switch {
	case !ok:
		return Event{}, p.noSuchUser()
	case m.Has(c.Role):
		return Event{}, Refuse(CodeNothingChanged, m.Label()+" holds this role already.").At(p.UsersPath())
	}
	d := RoleGiven{UserID: m.UserID, Email: m.Email, Role: c.Role, Reason: c.Reason}
	return p.progress(s, d, p.tellUsers(m, c.Role == RoleGlobalAdmin, m.Label()+" is "+roleTitle(c.Role)+" now.", c.Reason, s)...), nil
}

// TakeRole takes a role from a user (A7). The last Global Admin keeps his.
func (p Partner) TakeRole(c ChangeRole, s Stamp) (Event, error) {
	c.Reason = strings.TrimSpace(c.Reason)
	if err := Invalid(c.faults()); err != nil {
		return Event{}, err
	}
	if err := p.mayChange(c.Role, c.By); err != nil {
		return Event{}, err
	}
	m, ok := p.Member(c.UserID)
	if !ok {
		return Event{}, p.noSuchUser()
	}
	if err := p.mayTakeFrom(m, c.By); err != nil {
		return Event{}, err
	}
	switch {
	case !m.Has(c.Role):
		return Event{}, Refuse(CodeNothingChanged, m.Label()+" doesn't hold this role.").At(p.UsersPath())
	case c.Role == RoleGlobalAdmin && p.lastAdmin(m.UserID):
		return Event{}, p.lastAdminStays()
	}
	d := RoleTaken{UserID: m.UserID, Email: m.Email, Role: c.Role, Reason: c.Reason}
	return p.progress(s, d, p.tellUsers(m, c.Role != RoleAdminAgent, m.Label()+" is no longer "+roleTitle(c.Role)+".", c.Reason, s)...), nil
}

// mayTakeFrom keeps an Admin Agent from disarming a Global Admin.
func (p Partner) mayTakeFrom(m Member, by Principal) error {
	if m.UserID != by.UserID && p.isAdmin(m) && !slices.Contains(p.RolesOf(by), RoleGlobalAdmin) {
		return Refuse(CodeRoleRequired, "This person is a Global Admin: only another Global Admin takes something from one, or removes one.").By(RoleGlobalAdmin)
	}
	return nil
}

func (p Partner) lastAdminStays() *Refusal {
	return Refuse(CodeLastGlobalAdmin, "This is the company's only Global Admin, and without one nobody could sign or let others in. Hand the role over, or give it to somebody else first.").By(RoleGlobalAdmin).At(p.path("handover"))
}

// RemoveUser asks for a user to be removed (A7).
type RemoveUser struct {
	UserID string
	Reason string // may be empty
	By     Principal
}

// RemovalAction is what removing a user is: everybody may leave.
func RemovalAction(by Principal, userID string) Action {
	if by.UserID == userID {
		return ActionLeave
	}
	return ActionRemoveUser
}

// Remove removes a user from the partner (A7): he loses every role, and what
// the record says today counts, not what an old token said. The last Global
// Admin stays.
func (p Partner) Remove(c RemoveUser, s Stamp) (Event, error) {
	c.Reason = strings.TrimSpace(c.Reason)
	if err := Invalid(optional("/reason", c.Reason)); err != nil {
		return Event{}, err
	}
	m, ok := p.Member(c.UserID)
	if !ok {
		return Event{}, p.noSuchUser()
	}
	if err := p.mayTakeFrom(m, c.By); err != nil {
		return Event{}, err
	}
	himself := m.UserID == c.By.UserID
	switch {
	case p.isAdmin(m) && p.lastAdmin(m.UserID) && (himself || p.WorkAccount == WorkAccountNew):
		return Event{}, p.lastAdminStays()
	case p.WorkAccount != WorkAccountNew && len(p.Removed) >= maxRemoved:
		return Event{}, Refuse(CodeTooMany, "Many users were removed here already. Disable the person's account in the company's directory: who can't sign in there has no access here.").At(p.UsersPath())
	}
	change := m.Label() + " is no user any more."
	if himself {
		change = m.Label() + " left and is no user any more."
	}
	if sameAddress(m.Email, p.WorkEmail) {
		change += " Mails about the onboarding still go to this address: change the work e-mail."
	}
	d := UserRemoved{UserID: m.UserID, Email: m.Email, Reason: c.Reason, Himself: himself}
	return p.progress(s, d, p.tellUsers(m, len(m.Roles) > 0 || p.isAdmin(m), change, c.Reason, s)...), nil
}

// tellUsers mails a change to whom it concerns and, of what is sensitive, to
// the Global Admins (A7).
func (p Partner) tellUsers(m Member, sensitive bool, change, reason string, s Stamp) []Follow {
	to := []string{}
	if m.Email != "" {
		to = append(to, m.Email)
	}
	if sensitive {
		to = append(to, p.adminAddresses(m.Email)...)
	}
	var told []Follow
	for _, address := range to {
		told = append(told, send(MailUserChanged, address, p.userParams(change, reason, s)))
	}
	return told
}

func (p Partner) userParams(change, reason string, s Stamp) map[string]string {
	params := map[string]string{"companyName": p.LegalName(), "partnerId": p.ID, "contactName": "", "change": change, "nextLink": p.UsersPath()}
	if by := personOf(s.By).Label(); by != "" && s.By.Kind == ActorPartner {
		params["requestedBy"] = by
	}
	if reason != "" {
		params["reason"] = reason
	}
	return params
}

// roleTitle is a role in a sentence: "an Admin Agent".
func roleTitle(r Role) string {
	switch r {
	case RoleGlobalAdmin:
		return "a Global Admin"
	case RoleAdminAgent:
		return "an Admin Agent"
	case RoleLegalAuthority:
		return "a legal authority"
	}
	return "a user"
}
