package onboarding

import (
	"crypto/subtle"
	"slices"
	"strings"
	"time"
)

const (
	joinValidity   = 14 * 24 * time.Hour // how long somebody's wish to be added waits
	maxJoinAsked   = 20                  // that wait at once
	maxJoinAskedIn = 10                  // a day, for each makes a mail to every admin
)

// JoinRequest is somebody's wish to be added as a user of the partner, because
// his address is at one of its mail domains (E8). He isn't told that the partner
// exists until he is invited.
type JoinRequest struct {
	ID      string    `json:"id"`
	UserID  string    `json:"userId"`
	Email   string    `json:"email"`
	Name    string    `json:"name,omitzero"`
	AskedAt time.Time `json:"askedAt"`
}

// ExpiresAt is when the wish lapses.
func (j JoinRequest) ExpiresAt() time.Time { return j.AskedAt.Add(joinValidity) }

// JoinRequests are the wishes that wait for an answer (E8).
func (p Partner) JoinRequests(now time.Time) []JoinRequest {
	return slices.DeleteFunc(slices.Clone(p.JoinAsked), func(j JoinRequest) bool { return !now.Before(j.ExpiresAt()) })
}

// JoinRequested tells that somebody asked to be added.
type JoinRequested struct {
	RequestID string `json:"requestId"`
	UserID    string `json:"userId"`
	Email     string `json:"email"`
	Name      string `json:"name,omitzero"`
}

// Type implements EventData.
func (JoinRequested) Type() EventType { return "user.joinRequested" }

func (d JoinRequested) apply(p *Partner, e Event) {
	p.JoinAsked = append(p.JoinRequests(e.At), JoinRequest{ID: d.RequestID, UserID: d.UserID, Email: d.Email, Name: d.Name, AskedAt: e.At})
}

// JoinDeclined tells that somebody who asked wasn't added. He isn't told.
type JoinDeclined struct {
	RequestID string `json:"requestId"`
	Email     string `json:"email"`
}

// Type implements EventData.
func (JoinDeclined) Type() EventType { return "user.joinDeclined" }

func (d JoinDeclined) apply(p *Partner, _ Event) {
	p.JoinAsked = slices.DeleteFunc(slices.Clone(p.JoinAsked), func(j JoinRequest) bool { return j.ID == d.RequestID })
}

// AskToJoin has the partners at the mail domain of somebody's address asked
// whether he may be added.
type AskToJoin struct {
	UserID string `json:"userId"`
	Email  string `json:"email"`
	Name   string `json:"name,omitzero"`
}

// Join is somebody's wish to be added to his company, before it is known whether
// any partner is that (E8). It is a record of its own beside the partners, so
// that nothing of how it is answered tells whether there is one.
type Join struct {
	ID      string    `json:"id"`
	UserID  string    `json:"userId"`
	Email   string    `json:"email"`
	Name    string    `json:"name,omitzero"`
	Count   int       `json:"count"` // how often he asked
	AskedAt time.Time `json:"askedAt"`
	Hash    string    `json:"hash,omitzero"` // of the link that proves the mailbox, when nobody vouches for the address
	Proven  bool      `json:"proven,omitzero"`
}

// joinPause is after what time the same person may ask again: each time may
// write to several admins.
const joinPause = 24 * time.Hour

// JoinID names the wish of a user: one for each, the same each time.
func JoinID(userID string) string { return "J-" + strings.ToUpper(HashSecret(userID)[:26]) }

// JoinAsked tells that somebody asked to be added, or proved the mailbox for it.
type JoinAsked struct {
	Proven bool `json:"proven,omitzero"`
}

// Type implements EventData.
func (JoinAsked) Type() EventType { return "join.asked" }

func (JoinAsked) apply(*Partner, Event) {} // no partner's

// AskAgain is a person's next wish to be added. Asking again within a day is
// refused with CodeNothingChanged, which callers answer like any other.
func (j Join) AskAgain(by Principal, secret string, s Stamp) (Join, Event, error) {
	if by.Staff || by.DistributorID != "" {
		return j, Event{}, Refuse(CodeRoleRequired, "The programme's and distributors' people can't be users of a partner. Sign in with your account at the company.")
	}
	if j.Count > 0 && s.At.Before(j.AskedAt.Add(joinPause)) {
		return j, Event{}, Refuse(CodeNothingChanged, "You asked less than a day ago. Please wait for an answer by mail.")
	}
	next := Join{ID: JoinID(by.UserID), UserID: by.UserID, Email: by.Email, Name: cut(strings.TrimSpace(by.Name), maxShownName), Count: j.Count + 1, AskedAt: s.at(), Proven: by.OwnsAddress()}
	e := Event{ID: s.EventID, PartnerID: next.ID, Sequence: 2*next.Count - 1, At: s.at(), Actor: s.By, Data: JoinAsked{Proven: next.Proven}}
	switch {
	case next.Proven:
		e.Follow = next.ask()
	case JoinDomain(by.Email) != "":
		next.Hash = HashSecret(secret)
		e.Follow = []Follow{send(MailJoinProof, by.Email, map[string]string{
			"partnerId": next.ID, "contactName": "", "address": by.Email, "expiresAt": next.LinkExpiresAt().Format(time.RFC3339), "link": joinLinksPath + OwnershipToken(next.ID, secret),
		})}
	}
	return next, e, nil
}

const joinLinksPath = "/join-links/"

func (j Join) ask() []Follow {
	if JoinDomain(j.Email) == "" {
		return nil
	}
	return []Follow{{AskToJoin: &AskToJoin{UserID: j.UserID, Email: j.Email, Name: j.Name}}}
}

// LinkExpiresAt is until when the mailbox can be proven.
func (j Join) LinkExpiresAt() time.Time { return j.AskedAt.Add(linkValidity) }

// LinkState answers what the holder of the link sees. Looking changes nothing.
func (j Join) LinkState(secret string, now time.Time) (LinkState, error) {
	switch {
	case j.Hash == "" || subtle.ConstantTimeCompare([]byte(HashSecret(secret)), []byte(j.Hash)) != 1:
		return "", NotFound()
	case j.Proven:
		return LinkConfirmed, nil
	case !now.Before(j.LinkExpiresAt()):
		return LinkExpired, nil
	}
	return LinkOpen, nil
}

// Prove uses the link up: whoever reads the mailbox has opened it, so the
// partners at its domain are asked. Proving twice is refused with
// CodeNothingChanged, which callers treat as done.
func (j Join) Prove(secret string, s Stamp) (Join, Event, error) {
	state, err := j.LinkState(secret, s.At)
	switch {
	case err != nil:
		return j, Event{}, err
	case state == LinkConfirmed:
		return j, Event{}, Refuse(CodeNothingChanged, "The address has been confirmed already.")
	case state == LinkExpired:
		return j, Event{}, Refuse(CodeLinkExpired, "This link has expired. Sign in and ask to be added again; a new link is sent then.").At("/join-requests")
	}
	j.Proven = true
	return j, Event{ID: s.EventID, PartnerID: j.ID, Sequence: 2 * j.Count, At: s.at(), Actor: s.By, Data: JoinAsked{Proven: true}, Follow: j.ask()}, nil
}

// JoinDomain is the mail domain at which partners are looked for when somebody
// with an address asks to be added; "" for an address that is nobody's (E8).
func JoinDomain(address string) string {
	domain, ok := emailDomain(address)
	if !ok || consumerDomains[domain] {
		return ""
	}
	return domain
}

// AskToJoin records that somebody with a proven address at the company's mail
// domain asks to be added, and tells the admins (E8). What it refuses, nobody is
// told: the asker always gets the same answer.
func (p Partner) AskToJoin(id string, by Principal, s Stamp) (Event, error) {
	switch asked := p.JoinRequests(s.At); {
	case !slices.Contains(p.ProvenDomains(), JoinDomain(by.Email)):
		return Event{}, NotFound()
	case slices.ContainsFunc(asked, func(j JoinRequest) bool { return j.UserID == by.UserID || sameAddress(j.Email, by.Email) }),
		slices.ContainsFunc(p.Members, func(m Member) bool { return m.UserID == by.UserID }),
		slices.ContainsFunc(p.Invitations, func(i Invitation) bool {
			return i.StatusAt(s.At) == InvitationOpen && sameAddress(i.Email, by.Email)
		}):
		return Event{}, Refuse(CodeNothingChanged, "This person is a user, is invited or has asked already.").At(p.UsersPath())
	case len(asked) >= maxJoinAsked, p.askedLately(s.At) >= maxJoinAskedIn:
		return Event{}, Refuse(CodeTooMany, "Many people asked to be added already. The admins answer those first.").At(p.UsersPath())
	}
	d := JoinRequested{RequestID: id, UserID: by.UserID, Email: by.Email, Name: cut(strings.TrimSpace(by.Name), maxShownName)}
	var told []Follow
	for _, to := range p.joinAdmins() {
		told = append(told, send(MailJoinRequested, to, map[string]string{
			"companyName": p.LegalName(), "partnerId": p.ID, "contactName": "", "address": by.Email, "requestedBy": label(d.Name, ""),
			"expiresAt": s.at().Add(joinValidity).Format(time.RFC3339), "nextLink": p.UsersPath(),
		}))
	}
	return p.event(s, d, told...), nil
}

func (p Partner) askedLately(now time.Time) (n int) {
	for _, j := range p.JoinAsked {
		if now.Before(j.AskedAt.Add(24 * time.Hour)) {
			n++
		}
	}
	return n
}

// joinAdmins are who can agree: Global Admins and Admin Agents.
func (p Partner) joinAdmins() []string {
	list := p.adminAddresses("")
	for _, m := range p.Members {
		if m.Has(RoleAdminAgent) && m.Email != "" && len(list) < 10 && !slices.ContainsFunc(list, func(a string) bool { return sameAddress(a, m.Email) }) {
			list = append(list, m.Email)
		}
	}
	return list
}

// AgreeToJoin invites somebody who asked to be added (E8): only now does he
// learn of the partner.
func (p Partner) AgreeToJoin(requestID string, c Invite, s Stamp) (Event, error) {
	j, ok := p.joinRequest(requestID, s.At)
	if !ok {
		return Event{}, p.noJoinRequest()
	}
	c.Email = j.Email
	if err := Invalid(p.invitationFaults(c)); err != nil {
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
	return p.invited(c, UserInvited{AskedID: j.ID}, s), nil
}

// DeclineToJoin answers no to somebody who asked. He hears nothing (E8).
func (p Partner) DeclineToJoin(requestID string, s Stamp) (Event, error) {
	j, ok := p.joinRequest(requestID, s.At)
	if !ok {
		return Event{}, p.noJoinRequest()
	}
	return p.progress(s, JoinDeclined{RequestID: j.ID, Email: j.Email}), nil
}

func (p Partner) joinRequest(id string, now time.Time) (JoinRequest, bool) {
	for _, j := range p.JoinRequests(now) {
		if j.ID == id {
			return j, true
		}
	}
	return JoinRequest{}, false
}

func (p Partner) noJoinRequest() *Refusal {
	return Refuse(CodeNotFound, "No such wish to be added waits for an answer: it was answered already, or lapsed after 14 days. Invite the person instead.").At(p.path("invitations"))
}
