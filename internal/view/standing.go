package view

import (
	"strconv"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// ProgrammeStanding renders a partner's standing in the programme as a principal sees it
// (A8).
func ProgrammeStanding(p onboarding.Partner, by onboarding.Principal) api.Standing {
	v := p.StandingFor(by)
	out := api.Standing{
		PartnerID: p.ID, Test: p.Test, Status: api.ProgrammeStatus(v.Status), StatusClass: api.StatusClass(v.Status.Class()), Since: Time(v.Since),
		Reason: v.Reason, HeldUp: append([]string{}, v.HeldUp...), History: []api.PastStanding{},
	}
	for _, past := range v.Past {
		out.History = append(out.History, api.PastStanding{Status: api.ProgrammeStatus(past.Status), Code: api.SuspensionCode(past.Code), From: Time(past.From), Until: Time(past.Until)})
	}
	if s := v.Suspension; s != nil {
		out.Suspension = api.Suspension{
			Code: api.SuspensionCode(s.Code), Cause: v.Cause.Text, Remedy: v.Cause.Remedy, Message: s.Text, AnnouncedAt: Time(s.AnnouncedAt), From: Time(s.From), Since: Time(s.Since),
			ByRule: v.Cause.ByRule, Who: api.Party(v.Who),
		}
		if a := s.Answer; a != nil {
			out.Suspension.Answer = api.SuspensionAnswer{Kind: api.AnswerKind(a.Kind), Message: a.Message, At: Time(a.At), LookBy: Time(a.LookBy)}
		}
	}
	return out
}

// DeparturePreview renders what leaving or coming back would do (A8).
func DeparturePreview(v onboarding.DeparturePreview) api.DeparturePreview {
	out := api.DeparturePreview{Leaving: v.Leaving, Consequences: []api.Consequence{}, Renew: requirements(v.Renew)}
	if v.Refused != nil {
		out.Refused = v.Refused.Message
	}
	for _, c := range v.Consequences {
		out.Consequences = append(out.Consequences, api.Consequence{Code: c.Code, Text: c.Text})
	}
	return out
}

// standingEvent titles what happened to a partner's standing.
func standingEvent(data onboarding.EventData, staff bool, set func(name, value string)) string {
	switch d := data.(type) {
	case *onboarding.SuspensionAnnounced:
		set("code", string(d.Code))
		set("from", Time(d.From).Format(time.RFC3339))
		set("partnerReason", d.Text)
		if staff {
			set("reason", d.Note)
		}
		return "A suspension was announced: it begins unless it is mended by then"
	case *onboarding.SuspensionWarned:
		set("days", strconv.Itoa(d.Days))
		set("from", Time(d.From).Format(time.RFC3339))
		return "The company and its distributors were warned of the suspension"
	case *onboarding.PartnerSuspended:
		set("code", string(d.Code))
		set("partnerReason", d.Text)
		if staff {
			set("reason", d.Note)
		}
		return "The company was suspended"
	case *onboarding.SuspensionAnswered:
		set("kind", string(d.Kind))
		set("message", d.Message)
		return "The company answered the suspension"
	case *onboarding.SuspensionChased:
		return "Staff was asked again to look at the company's answer"
	case *onboarding.SuspensionUpheld:
		set("reason", d.Reason)
		return "The suspension was upheld"
	case *onboarding.PartnerReinstated:
		set("code", string(d.Code))
		set("reason", d.Reason)
		return "The suspension is over, or was taken back"
	case *onboarding.PartnerLeft:
		set("reason", d.Reason)
		set("withdrawnCaseId", d.Withdrawn)
		return "The company left the programme"
	case *onboarding.PartnerReturned:
		return "The company came back to the programme"
	}
	return ""
}
