package onboarding

import (
	"encoding"
	"reflect"
	"slices"
	"strings"
)

// Withheld is why an export of a partner's data leaves something out.
type Withheld string

// The reasons.
const (
	WithheldSecret Withheld = "secret" // whoever had it could pass for another, or find out by trying what it is made of
	WithheldStaff  Withheld = "staff"  // the programme's own words and technical traces
	WithheldOthers Withheld = "others" // of people and companies other than the partner's
)

// withheld are the members that an export leaves out, by type. Everything else
// that is stored of a partner is the partner's to have. The test of this file
// lists every member of every type: a new one must be decided on.
var withheld = map[string]Withheld{
	"Link.hash":                            WithheldSecret, // V10
	"Invitation.hash":                      WithheldSecret, // A7
	"InvitationResent.hash":                WithheldSecret,
	"BusinessInfoSubmitted.linkHash":       WithheldSecret,
	"BusinessInfoChangeRequested.linkHash": WithheldSecret,
	"ContactCorrected.linkHash":            WithheldSecret,
	"MembershipLinkSent.hash":              WithheldSecret,
	"OwnershipLinkSent.hash":               WithheldSecret,
	"MembershipClaimed.linkHash":           WithheldSecret,
	"Partner.company":                      WithheldSecret, // E8: keys by which a company is recognised
	"BusinessInfoSubmitted.company":        WithheldSecret,
	"Change.company":                       WithheldSecret,

	"Decision.note":               WithheldStaff, // O3
	"VerificationDecided.note":    WithheldStaff,
	"DocumentsRequested.note":     WithheldStaff,
	"DirectBillDecision.note":     WithheldStaff,
	"DirectBillDecided.note":      WithheldStaff,
	"DirectBillClaimed.reason":    WithheldStaff,
	"CaseClaimed.reason":          WithheldStaff,
	"CaseReassigned.reason":       WithheldStaff,
	"CaseReleased.reason":         WithheldStaff,
	"CaseExtended.note":           WithheldStaff,
	"CaseSetAside.note":           WithheldStaff,
	"StaffNoted.note":             WithheldStaff,
	"SuspensionAnnounced.note":    WithheldStaff, // A8
	"PartnerSuspended.note":       WithheldStaff,
	"Enrolled.reason":             WithheldStaff,
	"UserInvited.reason":          WithheldStaff,
	"RoundStarted.reason":         WithheldStaff,
	"WorkflowFailed.execution":    WithheldStaff, // O2
	"WorkflowFailed.error":        WithheldStaff,
	"WorkflowFailed.cause":        WithheldStaff,
	"WorkflowFailure.execution":   WithheldStaff,
	"WorkflowFailure.error":       WithheldStaff,
	"WorkflowFailure.cause":       WithheldStaff,
	"WorkflowRecovered.execution": WithheldStaff,
	"WorkflowRecovered.reason":    WithheldStaff,

	"Decision.by":                   WithheldOthers, // V8: who of the programme acts
	"DirectBillDecision.by":         WithheldOthers,
	"DirectBillReview.claim":        WithheldOthers,
	"DirectBillTask.by":             WithheldOthers, // of a task of the partner's own the event tells it
	"Case.claim":                    WithheldOthers,
	"CaseReassigned.to":             WithheldOthers,
	"Suspension.by":                 WithheldOthers,
	"HeldMembership.link":           WithheldOthers, // E5: to the contact on file, whom whoever enrols may not know
	"MembershipClaimed.linkAddress": WithheldOthers,
}

// LeftOut says what an export leaves out for one reason.
type LeftOut struct {
	Why     Withheld
	Text    string
	Members []string // Type.member, sorted
}

// LeftOutOfExports lists what every export leaves out, and why.
func LeftOutOfExports() []LeftOut {
	list := []LeftOut{
		{Why: WithheldSecret, Text: "Secrets: hashes of one-time links, the salts that keep the audit trail's contents from being guessed, and keys made of a company's details. With them somebody could pass for another."},
		{Why: WithheldStaff, Text: "The programme's own notes, reasons and traces of its workflow, and mails to staff. They aren't about a person of the company."},
		{Why: WithheldOthers, Text: "Of the programme's people and of distributors' users: names, addresses and ids, and mails to distributors. Of a membership on file: its contact, until the membership is confirmed. They are other people's data."},
	}
	for i := range list {
		for member, why := range withheld {
			if why == list[i].Why {
				list[i].Members = append(list[i].Members, member)
			}
		}
		slices.Sort(list[i].Members)
	}
	return list
}

var marshals = reflect.TypeFor[encoding.TextMarshaler]()

// Exported is a stored value as its export has it: the same JSON, without what
// is withheld.
func Exported(v any) any { return exported(reflect.ValueOf(v)) }

func exported(v reflect.Value) any {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch {
	case v.Type().Implements(marshals):
		return v.Interface()
	case v.Kind() == reflect.Struct:
		return exportedStruct(v)
	case v.Kind() == reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = exported(v.Index(i))
		}
		return list
	case v.Kind() == reflect.Map:
		members := map[string]any{}
		for k, e := range v.Seq2() {
			members[k.String()] = exported(e)
		}
		return members
	}
	return v.Interface()
}

func exportedStruct(v reflect.Value) map[string]any {
	switch who := v.Interface().(type) {
	case Actor:
		v = reflect.ValueOf(ofTheCompany(who))
	case Person:
		if who.Kind == ActorStaff || who.Kind == ActorDistributor {
			v = reflect.ValueOf(Person{Kind: who.Kind})
		}
	}
	members := map[string]any{}
	var without string
	switch d := v.Interface().(type) {
	case MailAddress:
		without = onFile(d.Template, "address")
	case AddressFailed:
		without = onFile(d.Template, "mailAddress")
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			for name, e := range exportedStruct(v.Field(i)) {
				members[name] = e
			}
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || name == without || withheld[v.Type().Name()+"."+name] != "" || options != "" && empty(v.Field(i)) {
			continue
		}
		members[name] = exported(v.Field(i))
	}
	return members
}

// onFile names a member that holds the address of the contact on file when a
// mail to him failed: whoever claims the membership isn't told it (E5).
func onFile(failed MailTemplate, member string) string {
	if failed == MailMembershipLink || failed == MailMembershipLinked {
		return member
	}
	return ""
}

// empty is what an optional member isn't written for.
func empty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// ofTheCompany is an actor as the company may know him: of the programme and of
// a distributor it is the side that acted, not who (V8).
func ofTheCompany(a Actor) Actor {
	if a.Kind == ActorStaff || a.Kind == ActorDistributor {
		return Actor{Kind: a.Kind, DistributorID: a.DistributorID}
	}
	return a
}

// ExportedMail is a sent mail as an export has it; ok is false for one that
// went to staff or to a distributor. Who the contact on file of a membership is
// isn't told to whoever claims it (E5).
func ExportedMail(m SentMail) (e SentMail, ok bool) {
	if m.Template == MailMembershipLink || m.Template == MailMembershipLinked {
		m.To, m.Params = "", nil
	}
	return m, m.Template != "" && (m.To == "" || OfPartner(m.To))
}
