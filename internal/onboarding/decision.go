package onboarding

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ReasonCode says why a case was rejected (V4). Codes are stable.
type ReasonCode string

// Reason is what a reason code means to the partner: what was wrong, what
// mends it, and where. A rejection without these is a dead end (V11).
type Reason struct {
	Code   ReasonCode `json:"code"`
	Text   string     `json:"text"`
	Remedy string     `json:"remedy"`
	Field  string     `json:"field,omitzero"` // JSON pointer into the business information
}

var reasons = []Reason{
	{"legal_name_mismatch", "The legal name differs from the official registration.", "Enter the name exactly as registered and submit again.", "/legalProfile/legalName"},
	{"address_mismatch", "The address differs from the official registration.", "Enter the registered address, or have the registration updated first, and submit again.", "/legalProfile/address"},
	{"registration_number_mismatch", "The registration number belongs to another company or to none.", "Correct the registration number and submit again.", "/legalProfile/registrationNumber"},
	{"not_found_in_registry", "The company could not be found in the official registry.", "Check name, number and country against your registration and submit again.", "/legalProfile"},
	{"primary_contact_unverified", "It could not be shown that the primary contact works for the company.", "Name a primary contact with an address at the company's own domain and submit again.", "/legalProfile/primaryContact"},
	{"support_profile_unusable", "The support contact could not be reached.", "Correct the support details and submit again.", "/supportProfile"},
	{"company_not_active", "The registry lists the company as dissolved or inactive.", "Have the registration renewed, or enter the company that is active, and submit again.", "/legalProfile/legalName"},
}

// Reasons lists every reason code with its meaning.
func Reasons() []Reason { return slices.Clone(reasons) }

// ReasonOf finds the meaning of a code.
func ReasonOf(code ReasonCode) (Reason, bool) {
	i := slices.IndexFunc(reasons, func(r Reason) bool { return r.Code == code })
	if i < 0 {
		return Reason{}, false
	}
	return reasons[i], true
}

// Decide is a reviewer's decision on a case (V4).
type Decide struct {
	Result  VerificationStatus // Authorized or Rejected
	Reasons []ReasonCode       // at least one for a rejection
	Note    string             // why, for the audit trail (O3)
	CaseID  string             // that was looked at; needed for a change, which another can replace meanwhile (V7)
}

// VerificationDecided tells how a verification ended.
type VerificationDecided struct {
	CaseID  string             `json:"caseId"`
	Result  VerificationStatus `json:"result"`
	Reasons []ReasonCode       `json:"reasons,omitempty"`
	Note    string             `json:"note"`
}

// Type implements EventData.
func (VerificationDecided) Type() EventType { return "verification.decided" }

func (d VerificationDecided) apply(p *Partner, e Event) {
	result, name := CheckPassed, CheckBusiness
	if d.Result == VerificationRejected {
		result = CheckFailed
	}
	if p.Case.Check(CheckBusiness).Status == checkNotNeeded {
		name = CheckEmployment // V7: only the contact is changed
	}
	c := p.Case.with(name, result, e.At)
	if d.Result == VerificationAuthorized {
		c = c.with(CheckEmployment, CheckPassed, e.At) // the reviewer attests what data alone couldn't show
	}
	c.Claim, c.SetAside = nil, nil
	c.Decision = &Decision{Result: d.Result, Reasons: d.Reasons, Note: d.Note, At: e.At, By: e.Actor.UserID, Sequence: e.Sequence}
	c.PausedAt = time.Time{}
	p.Case = c
	switch {
	case d.Result == VerificationAuthorized:
		p.takeEffect(e)
	case c.Change == nil:
		// The details can be edited again. The execution ends with the
		// rejection; the partner's next command starts the next round.
		p.SubmittedAt, p.Idle = time.Time{}, true
	}
}

// Decide ends a verification (V4). It can come before or after the promised
// days (V6). An authorization needs the primary contact's confirmation (V10);
// a rejection needs reasons, so that the partner knows what mends it (V11).
func (p Partner) Decide(d Decide, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	if err := c.fourEyes(s.By.UserID); err != nil {
		return Event{}, err
	}
	if err := p.notClaimedByOther(c, s.By.UserID); err != nil {
		return Event{}, err
	}
	if err := Invalid(d.faults()); err != nil {
		return Event{}, err
	}
	if d.CaseID != c.ID && (d.CaseID != "" || c.Change != nil) {
		return Event{}, Refuse(CodeCaseReplaced, "Say with caseId which case you looked at: it isn't the one that is open now. Read the verification again, then decide it.").At(p.path("verification"))
	}
	if d.Result == VerificationAuthorized && c.Check(CheckEmailOwnership).Status == CheckPending {
		return Event{}, Refuse(CodeOwnershipPending, "The primary contact hasn't confirmed the e-mail address yet, so the company can't be authorized. Have the link sent again, or reject with a reason.").At(p.path("verification/ownership-link"))
	}
	decided := VerificationDecided{CaseID: c.ID, Result: d.Result, Reasons: d.Reasons, Note: strings.TrimSpace(d.Note)}
	if c.Change != nil {
		more := map[string]string{}
		if d.Result == VerificationRejected {
			more["reasons"] = reasonsJSON(d.Reasons)
		}
		return p.event(s, decided, p.tellOfDecision(c, d.Result == VerificationAuthorized, more)...), nil
	}
	params := p.mailParams()
	params["caseId"] = c.ID
	template := MailVerificationAuthorized
	if d.Result == VerificationRejected {
		template = MailVerificationRejected
		params["reasons"] = reasonsJSON(d.Reasons)
	}
	return p.event(s, decided,
		send(template, p.ContactEmail(), params)), nil // V5: whatever the result
}

func (d Decide) faults() []Fault {
	var faults []Fault
	switch d.Result {
	case VerificationAuthorized:
		if len(d.Reasons) > 0 {
			faults = append(faults, Fault{"/reasonCodes", FaultNotAllowed, "Reason codes belong to a rejection."})
		}
	case VerificationRejected:
		if len(d.Reasons) == 0 {
			faults = append(faults, Fault{"/reasonCodes", FaultRequired, "Give at least one reason code: the partner must learn what mends it."})
		}
	case "":
		faults = append(faults, Fault{"/decision", FaultRequired, "Decide: Authorized or Rejected."})
	default:
		faults = append(faults, Fault{"/decision", FaultUnsupported, "Use Authorized or Rejected."})
	}
	if len(d.Reasons) > len(reasons) {
		return append(faults, Fault{"/reasonCodes", FaultTooLong, "Give each reason code once."})
	}
	for i, code := range d.Reasons {
		if slices.Contains(d.Reasons[:i], code) {
			faults = append(faults, Fault{"/reasonCodes/" + strconv.Itoa(i), FaultNotAllowed, "Give each reason code once."})
		} else if _, ok := ReasonOf(code); !ok {
			faults = append(faults, Fault{"/reasonCodes/" + strconv.Itoa(i), FaultUnsupported, "Use one of the documented reason codes."})
		}
	}
	return append(faults, reasonFault("/reason", d.Note)...)
}

func reasonsJSON(codes []ReasonCode) string {
	list := make([]Reason, 0, len(codes))
	for _, code := range codes {
		if r, ok := ReasonOf(code); ok {
			list = append(list, r)
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err) // a list of texts always encodes
	}
	return string(text)
}
