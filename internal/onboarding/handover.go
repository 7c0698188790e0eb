package onboarding

import (
	"slices"
	"strings"
	"time"
)

// handoverValidity is how long a hand-over waits for its answer.
const handoverValidity = 14 * 24 * time.Hour

// Handover is one user's wish to hand what he does to another (A7). It takes
// effect when the other accepts, all of it at once.
type Handover struct {
	ID         string    `json:"id"`
	From       Person    `json:"from"`
	To         Person    `json:"to"`
	Roles      []Role    `json:"roles"`
	WorkEmail  bool      `json:"workEmail,omitzero"` // mails to the enrolling admin went to him
	Leave      bool      `json:"leave,omitzero"`     // he is removed by it
	ProposedAt time.Time `json:"proposedAt"`
	ExpiresAt  time.Time `json:"expiresAt"`
}

// OpenHandover is the hand-over that waits for its answer, if there is one.
func (p Partner) OpenHandover(now time.Time) (Handover, bool) {
	if p.Handover == nil || !now.Before(p.Handover.ExpiresAt) {
		return Handover{}, false
	}
	return *p.Handover, true
}

// HandoverProposed tells that a user wants to hand over.
type HandoverProposed struct {
	Handover Handover `json:"handover"`
}

// Type implements EventData.
func (HandoverProposed) Type() EventType { return "user.handoverProposed" }

func (d HandoverProposed) apply(p *Partner, e Event) {
	h := d.Handover
	h.ProposedAt = e.At
	p.Handover = &h
}

// HandoverEnded tells that a hand-over was withdrawn, declined, or lapsed.
type HandoverEnded struct {
	HandoverID string `json:"handoverId"`
	Declined   bool   `json:"declined,omitzero"` // by the other
	Lapsed     bool   `json:"lapsed,omitzero"`   // unanswered; else withdrawn
}

// Type implements EventData.
func (HandoverEnded) Type() EventType { return "user.handoverEnded" }

func (HandoverEnded) apply(p *Partner, _ Event) { p.Handover = nil }

// HandedOver tells that a hand-over was accepted and is done.
type HandedOver struct {
	Handover Handover `json:"handover"`
}

// Type implements EventData.
func (HandedOver) Type() EventType { return "user.handedOver" }

func (d HandedOver) apply(p *Partner, e Event) {
	h := d.Handover
	p.Members = p.withRoles(Actor{UserID: h.To.UserID, Email: h.To.Email, Name: h.To.Name}, h.From, e.At, h.Roles...)
	if m, ok := p.Member(h.From.UserID); ok {
		for _, r := range h.Roles {
			m = m.without(r)
		}
		p.Members = p.replacing(m)
	}
	if h.WorkEmail {
		p.WorkEmail, p.WorkEmailSince = h.To.Email, e.At
		p.WorkDomain, _ = emailDomain(h.To.Email)
	}
	p.Handover = nil
	if h.Leave {
		p.remove(h.From.UserID, h.From.Email, e)
	}
}

// HandOver asks to hand over.
type HandOver struct {
	ID    string // fresh
	To    string // user id
	Leave bool
	By    Principal
}

// HandOver offers another user what the principal does for the partner: his
// roles, of a company without a directory also that of the Global Admin, and
// the work e-mail when mails go to him. What binds a person, being a legal
// authority, isn't handed over. It waits for the other's answer (A7).
func (p Partner) HandOver(c HandOver, s Stamp) (Event, error) {
	if strings.TrimSpace(c.To) == "" {
		return Event{}, Invalid([]Fault{{"/userId", FaultRequired, "Name the user who takes over."}})
	}
	from, known := p.Member(c.By.UserID)
	to, ok := p.Member(c.To)
	open, waits := p.OpenHandover(s.At)
	switch {
	case !ok:
		return Event{}, p.noSuchUser()
	case to.UserID == c.By.UserID:
		return Event{}, Invalid([]Fault{{"/userId", FaultNotAllowed, "Name somebody else: this is you."}})
	case waits && open.From.UserID == c.By.UserID && open.To.UserID == to.UserID && open.Leave == c.Leave:
		return Event{}, Refuse(CodeNothingChanged, "You offered this already; it waits for "+to.Label()+".").At(p.UsersPath())
	case waits:
		return Event{}, Refuse(CodeHandoverOpen, "A hand-over from "+open.From.Label()+" to "+open.To.Label()+" waits for its answer. It ends with that, when it is withdrawn, or by itself.").At(p.path("handover/withdrawal"))
	}
	h := Handover{ID: c.ID, From: personOf(s.By), To: Person{ActorPartner, to.UserID, cut(to.Name, maxShownName), to.Email}, Leave: c.Leave && known, ExpiresAt: s.at().Add(handoverValidity)}
	for _, r := range from.Roles {
		if r == RoleGlobalAdmin || r == RoleAdminAgent {
			h.Roles = append(h.Roles, r)
		}
	}
	h.WorkEmail = sameAddress(p.WorkEmail, c.By.Email) && len(p.workEmailFaults(to.Email)) == 0
	switch {
	case len(h.Roles) == 0 && !h.WorkEmail:
		return Event{}, Refuse(CodeNothingToHandOver, "The partner's record gives you no role that could be handed over, and mails don't go to you. "+p.ofDirectory().Message).At(p.UsersPath())
	case h.Leave && p.isAdmin(from) && p.WorkAccount != WorkAccountNew && p.lastAdmin(from.UserID):
		return Event{}, p.lastAdminStays() // the directory's role can't be handed over here
	}
	params := p.userParams(h.summary(), "", s)
	params["expiresAt"] = h.ExpiresAt.Format(time.RFC3339)
	return p.progress(s, HandoverProposed{Handover: h}, send(MailHandoverOffered, to.Email, params)), nil
}

// summary says in words what goes over.
func (h Handover) summary() string {
	var things []string
	for _, r := range h.Roles {
		things = append(things, "being "+roleTitle(r))
	}
	if h.WorkEmail {
		things = append(things, "the mails about the onboarding")
	}
	text := h.From.Label() + " hands to " + h.To.Label() + ": " + strings.Join(things, ", ") + "."
	if h.Leave {
		text += " " + h.From.Label() + " then is no user any more."
	}
	return text
}

// AnswerHandover accepts or declines a hand-over; only to whom it is offered
// can (A7).
func (p Partner) AnswerHandover(accept bool, by Principal, s Stamp) (Event, error) {
	h, ok := p.OpenHandover(s.At)
	switch {
	case !ok:
		return Event{}, p.noHandover()
	case h.To.UserID != by.UserID:
		return Event{}, Refuse(CodeRoleRequired, "This hand-over is offered to "+h.To.Label()+": only that person can answer it.").At(p.UsersPath())
	}
	if !accept {
		return p.progress(s, HandoverEnded{HandoverID: h.ID, Declined: true}, p.tellHandover(h, h.To.Label()+" declined the hand-over: nothing changed.", false, s)...), nil
	}
	if !p.stillHolds(h) {
		return Event{}, Refuse(CodeHandoverStale, h.From.Label()+" doesn't hold any more what was to be handed over. Ask for a new hand-over, or for the roles to be given to you.").At(p.UsersPath())
	}
	change := h.summary()
	if sameAddress(p.Info.Legal.PrimaryContact.Email, h.From.Email) {
		change += " " + h.From.Label() + " still is the primary contact: change that with the business information."
	}
	return p.progress(s, HandedOver{Handover: h}, p.tellHandover(h, change, slices.Contains(h.Roles, RoleGlobalAdmin), s)...), nil
}

func (p Partner) stillHolds(h Handover) bool {
	from, _ := p.Member(h.From.UserID)
	for _, r := range h.Roles {
		if !from.Has(r) {
			return false
		}
	}
	return !h.WorkEmail || sameAddress(p.WorkEmail, h.From.Email)
}

// WithdrawHandover takes a hand-over back: who offered it, or a Global Admin.
func (p Partner) WithdrawHandover(by Principal, s Stamp) (Event, error) {
	h, ok := p.OpenHandover(s.At)
	switch {
	case !ok:
		return Event{}, p.noHandover()
	case h.From.UserID != by.UserID && !slices.Contains(p.RolesOf(by), RoleGlobalAdmin):
		return Event{}, Refuse(CodeRoleRequired, "This hand-over was offered by "+h.From.Label()+": that person or a Global Admin can withdraw it.").By(RoleGlobalAdmin).At(p.UsersPath())
	}
	return p.progress(s, HandoverEnded{HandoverID: h.ID}, p.tellHandover(h, "The hand-over from "+h.From.Label()+" to "+h.To.Label()+" was withdrawn: nothing changed.", false, s)...), nil
}

func (p Partner) noHandover() *Refusal {
	return Refuse(CodeNoHandover, "No hand-over waits for an answer. It may have been answered, withdrawn or have lapsed after 14 days; offer it anew.").At(p.UsersPath())
}

func (p Partner) tellHandover(h Handover, change string, admins bool, s Stamp) []Follow {
	to := []string{h.From.Email, h.To.Email}
	if admins {
		to = append(to, p.adminAddresses(h.From.Email)...)
	}
	var told []Follow
	for i, address := range to {
		if address != "" && !slices.ContainsFunc(to[:i], func(a string) bool { return sameAddress(a, address) }) {
			told = append(told, send(MailUserChanged, address, p.userParams(change, "", s)))
		}
	}
	return told
}
