package onboarding

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

const (
	maxResends  = 3 // of one mail
	resendPause = 10 * time.Minute

	// maxResent is how many mails that were sent again are remembered, and
	// resentFor how long; with as many in that time none more is sent again.
	maxResent = 20
	resentFor = 30 * 24 * time.Hour
)

// SentMail is a mail that was sent, with what became of it.
type SentMail struct {
	Key      string // names it among the partner's mails
	Template MailTemplate
	To       string // address, MailToStaff or MailToDistributor
	Params   map[string]string
	SentAt   time.Time
	State    MailState
	StateAt  time.Time
}

// MailKey names a mail, the same on every try: the event it follows from, the
// template, and to whom of several it goes.
func MailKey(eventID string, m Mail) string {
	to := sha256.Sum256([]byte(m.To))
	return eventID + "-" + string(m.Template) + "-" + hex.EncodeToString(to[:4])
}

// Resent is how often a mail was sent again.
type Resent struct {
	Key   string    `json:"key"`
	At    time.Time `json:"at"` // the last time
	Count int       `json:"count"`
}

// MailResent tells that a mail was sent again on request.
type MailResent struct {
	Key      string       `json:"key"`
	Template MailTemplate `json:"template"`
	To       string       `json:"to"`
}

// Type implements EventData.
func (MailResent) Type() EventType { return "mail.resent" }

func (d MailResent) apply(p *Partner, e Event) {
	again := p.resent(d.Key)
	again.Key, again.At, again.Count = d.Key, e.At, again.Count+1
	list := slices.DeleteFunc(slices.Clone(p.Resent), func(r Resent) bool { return r.Key == d.Key || !e.At.Before(r.At.Add(resentFor)) })
	p.Resent = append(list, again)
}

func (p Partner) resent(key string) Resent {
	for _, r := range p.Resent {
		if r.Key == key {
			return r
		}
	}
	return Resent{}
}

// Resendable answers whether a mail can be sent again now; the refusal says
// why not and what to do.
func (p Partner) Resendable(m SentMail, now time.Time) error {
	remembered := 0
	for _, r := range p.Resent {
		if r.Key != m.Key && now.Before(r.At.Add(resentFor)) {
			remembered++
		}
	}
	again := p.resent(m.Key)
	to := p.MailAddress(p.resendTo(m))
	switch {
	case m.Key == "" || !OfPartner(m.To) || m.Template == "":
		return NotFound() // staff's mails and a distributor's are not the partner's
	case m.Template.Secret() && !m.Template.ProvesMailbox():
		return Refuse(CodeNotResendable, "A one-time link is good for one time and one person: have a new one sent from the list of users.").At(p.UsersPath())
	case m.Template.ofUsers():
		return Refuse(CodeNotResendable, "This mail told one person about the partner's users. What it said is in the list of users and in the timeline.").At(p.UsersPath())
	case m.Template.ProvesMailbox() && p.MailAddress(m.To).Broken():
		return p.addressBroken(p.MailAddress(m.To)) // another link wouldn't arrive either
	case m.Template.ProvesMailbox():
		return Refuse(CodeNotResendable, "An ownership link is good for one time: have a new one sent instead.").At(p.path("verification/ownership-link"))
	case to.Broken():
		return p.addressBroken(to)
	case again.Count >= maxResends:
		return Refuse(CodeResendLimited, "This mail was sent again three times already. Look into the mailbox, also among junk mail.")
	case again.Count > 0 && now.Before(again.At.Add(resendPause)):
		return Refuse(CodeResendLimited, "This mail was sent again less than ten minutes ago. Look into the mailbox, also among junk mail, or try again later.")
	case remembered >= maxResent:
		return Refuse(CodeResendLimited, "Many mails were sent again lately. What they say is also in the portal.").At("/partners/" + p.ID)
	}
	return nil
}

// resendTo is the address in use now of whoever the mail was for.
func (p Partner) resendTo(m SentMail) string {
	if sameAddress(m.To, p.WorkEmail) {
		return p.WorkEmail
	}
	return p.ContactEmail()
}

// ResendMail sends a mail again, to the address that is in use now.
func (p Partner) ResendMail(m SentMail, s Stamp) (Event, error) {
	if err := p.Resendable(m, s.At); err != nil {
		return Event{}, err
	}
	to := p.resendTo(m)
	params := map[string]string{}
	for name, value := range m.Params {
		if name != "nextLink" { // what is next is said as of now
			params[name] = value
		}
	}
	params["contactName"] = p.nameAt(to)
	return p.progress(s, MailResent{Key: m.Key, Template: m.Template, To: to}, send(m.Template, to, params)), nil
}
