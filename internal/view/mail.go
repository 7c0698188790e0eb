package view

import (
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// SentMail renders a mail that was sent, and whether it can be sent again.
func SentMail(p onboarding.Partner, m onboarding.SentMail, now time.Time) api.SentMail {
	out := api.SentMail{
		MailKey: m.Key, Template: string(m.Template), Title: words(string(m.Template)), To: m.To, SentAt: Time(m.SentAt),
		State: api.MailState(m.State), StatusClass: api.StatusClass(m.State.Class()), StateAt: Time(m.StateAt), Detail: m.State.Explain(),
	}
	err := p.Resendable(m, now)
	out.Resend.Allowed = err == nil
	var refusal *onboarding.Refusal
	if errors.As(err, &refusal) {
		out.Resend.Code, out.Resend.Detail, out.Resend.Where = string(refusal.Code), refusal.Message, refusal.Where
	}
	return out
}

// words makes a title of a name: "verificationOpened" → "Verification opened".
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		case unicode.IsUpper(r):
			b.WriteByte(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// MailAddresses renders the addresses in use and whether mails reach them.
func MailAddresses(p onboarding.Partner) []api.MailAddress {
	list := []api.MailAddress{}
	for _, u := range p.UsedAddresses() {
		a := api.MailAddress{Email: u.Address, Use: api.MailAddressUse(u.Use), Status: api.MailAddressStatusWorks, StatusClass: api.StatusClass(onboarding.ClassDone), Detail: "As far as is known, mails reach this address."}
		if u.Broken() {
			a.Status, a.StatusClass, a.Reason, a.Since, a.Detail = api.MailAddressStatusBroken, api.StatusClass(onboarding.ClassAction), api.MailAddressReason(u.Reason), Time(u.FailedAt), u.Reason.Explain()
		}
		list = append(list, a)
	}
	return list
}

// MailAddressList renders them as an answer of their own.
func MailAddressList(p onboarding.Partner) api.MailAddressList {
	return api.MailAddressList{Addresses: MailAddresses(p)}
}
