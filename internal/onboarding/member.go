package onboarding

import (
	"slices"
	"time"
)

const (
	maxMembers = 50  // A7: they are in the partner's record
	maxRemoved = 200 // A7: of a directory's users that were removed here

	maxShownName = 80 // bytes of a user's name: the identity provider takes thousands
)

// Member is a person known to the partner by what he did or was given.
type Member struct {
	UserID string    `json:"userId"`
	Email  string    `json:"email"`
	Name   string    `json:"name,omitzero"`
	Roles  []Role    `json:"roles,omitempty"`
	Since  time.Time `json:"since"`

	Given     []Given    `json:"given,omitempty"`     // A7: how he came by his roles
	Authority *Authority `json:"authority,omitempty"` // A3: why he may sign, while he is a legal authority

	// DirectoryAdmin is when the directory was last heard to call him its Global
	// Admin; zero when never. The directory's own word counts, this only tells who
	// it was as far as the record knows.
	DirectoryAdmin time.Time `json:"directoryAdmin,omitzero"`
}

// Given tells how a member came by a role (A7).
type Given struct {
	Role Role      `json:"role"`
	At   time.Time `json:"at"`
	By   Person    `json:"by"`
}

// Person is who did something, as it is shown to others.
type Person struct {
	Kind   ActorKind `json:"kind"`
	UserID string    `json:"userId,omitzero"`
	Name   string    `json:"name,omitzero"`
	Email  string    `json:"email,omitzero"`
}

func personOf(a Actor) Person { return Person{a.Kind, a.UserID, cut(a.Name, maxShownName), a.Email} }

// Label is how a person is called in a sentence.
func (p Person) Label() string { return label(p.Name, p.Email) }

// Label is how a member is called in a sentence.
func (m Member) Label() string { return label(m.Name, m.Email) }

func label(name, email string) string {
	switch {
	case name == "":
		return email
	case email == "":
		return name
	}
	return name + " (" + email + ")"
}

// Removed is a directory's user who was removed from the partner (A7).
type Removed struct {
	UserID string    `json:"userId"`
	At     time.Time `json:"at"`
}

// Has says whether the record gives a member a role.
func (m Member) Has(r Role) bool { return slices.Contains(m.Roles, r) }

// How tells how a member came by a role.
func (m Member) How(r Role) Given {
	for _, g := range m.Given {
		if g.Role == r {
			return g
		}
	}
	return Given{Role: r, At: m.Since}
}

// Member finds a person by the identity provider's subject.
func (p Partner) Member(userID string) (Member, bool) {
	for _, m := range p.Members {
		if m.UserID == userID {
			return m, true
		}
	}
	return Member{}, false
}

// memberRoles are the roles that membership gives a principal, none when he is
// no user of the partner.
//
// A directory's users are those who sign in from its tenant; whom the partner
// removed holds nothing, whatever an old token says, until the directory calls
// him Global Admin at a later sign-in. A work account made at enrolment has no
// directory: its users are those in the record, and each signs in with an
// account of his own.
func (p Partner) memberRoles(by Principal) []Role {
	member, known := p.Member(by.UserID)
	if p.WorkAccount == WorkAccountNew {
		if !known || by.TenantID != SignUpTenant(by.UserID) {
			return nil
		}
		return append([]Role{RoleMember}, member.Roles...)
	}
	if by.TenantID == "" || by.TenantID != p.TenantID {
		return nil
	}
	if at, removed := p.removedAt(by.UserID); removed && !(by.GlobalAdmin && by.SignedInAt.After(at)) {
		return nil
	}
	roles := []Role{RoleMember}
	if by.GlobalAdmin {
		roles = append(roles, RoleGlobalAdmin)
	}
	for _, r := range member.Roles {
		if r != RoleGlobalAdmin && !slices.Contains(roles, r) { // that one is the directory's to give
			roles = append(roles, r)
		}
	}
	return roles
}

func (p Partner) removedAt(userID string) (time.Time, bool) {
	for _, r := range p.Removed {
		if r.UserID == userID {
			return r.At, true
		}
	}
	return time.Time{}, false
}

// withMember returns the members with the roles given to a person, in a new
// slice. What he holds already isn't given again.
func (p Partner) withMember(who Actor, at time.Time, roles ...Role) []Member {
	return p.withRoles(who, personOf(who), at, roles...)
}

func (p Partner) withRoles(who Actor, by Person, at time.Time, roles ...Role) []Member {
	members := slices.Clone(p.Members)
	i := slices.IndexFunc(members, func(m Member) bool { return m.UserID == who.UserID })
	if i < 0 {
		members, i = append(members, Member{UserID: who.UserID, Email: who.Email, Name: cut(who.Name, maxShownName), Since: at}), len(members)
	}
	m := &members[i]
	m.Roles, m.Given = slices.Clone(m.Roles), slices.Clone(m.Given)
	for _, r := range roles {
		if !m.Has(r) {
			m.Roles, m.Given = append(m.Roles, r), append(m.Given, Given{r, at, by})
		}
	}
	return members
}

// without takes a role from a member.
func (m Member) without(r Role) Member {
	m.Roles = slices.DeleteFunc(slices.Clone(m.Roles), func(held Role) bool { return held == r })
	m.Given = slices.DeleteFunc(slices.Clone(m.Given), func(g Given) bool { return g.Role == r })
	if r == RoleLegalAuthority {
		m.Authority = nil
	}
	return m
}

// replacing returns the members with one of them replaced, in a new slice.
func (p Partner) replacing(m Member) []Member {
	members := slices.Clone(p.Members)
	for i := range members {
		if members[i].UserID == m.UserID {
			members[i] = m
		}
	}
	return members
}

// isAdmin says whether a member is a Global Admin as far as the record knows.
func (p Partner) isAdmin(m Member) bool {
	if p.WorkAccount == WorkAccountNew {
		return m.Has(RoleGlobalAdmin)
	}
	return !m.DirectoryAdmin.IsZero()
}

// lastAdmin says whether a member is the only Global Admin that the record
// knows (A7).
func (p Partner) lastAdmin(userID string) bool {
	others := slices.ContainsFunc(p.Members, func(m Member) bool { return m.UserID != userID && p.isAdmin(m) })
	return !others
}

// adminAddresses are where the Global Admins read of what is sensitive (A7):
// those of the record but for one, else the work e-mail.
func (p Partner) adminAddresses(except string) []string {
	var list []string
	add := func(address string) {
		if address != "" && !sameAddress(address, except) && !slices.ContainsFunc(list, func(known string) bool { return sameAddress(known, address) }) && len(list) < 10 {
			list = append(list, address)
		}
	}
	for _, m := range p.Members {
		if p.isAdmin(m) {
			add(m.Email)
		}
	}
	if len(list) == 0 {
		add(p.WorkEmail)
	}
	return list
}

// AuthorizeEnrolment answers whether a principal may enrol, or have the partner
// that his tenant has already (E2, E3). A founder who is no user any more is told
// so: his account can't found a second company (A7).
func AuthorizeEnrolment(by Principal, p Partner) error {
	if p.Enrolled() && p.WorkAccount == WorkAccountNew && p.TenantID == by.TenantID && p.TenantID == SignUpTenant(by.UserID) && p.memberRoles(by) == nil {
		return Refuse(CodeFoundedPartner, "You founded a partner with this account and are no user of it any more. Ask its Global Admins to invite you again, or sign up with another address to enrol another company.")
	}
	return Authorize(by, ActionEnroll, p)
}
