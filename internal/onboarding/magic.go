package onboarding

import (
	"strings"
	"time"
)

// MagicValue is something a test partner can be given that decides its business
// verification without anybody: the developer of a front-end sees within a
// second what takes people days. For a real partner it is a name like any other.
type MagicValue struct {
	Field string // where it is given, a JSON pointer
	Value string
	What  string // happens
}

// The fields that magic values are given in.
const (
	magicLegalName = "/legalProfile/legalName"
	magicAppeal    = "/message of an appeal"
	magicAddress   = "an address in use"
)

// script is what a magic legal name makes of a case.
type script struct {
	asks    bool               // for a document first
	waits   bool               // until the case is overdue
	aside   bool               // it is looked at first and can't be completed yet
	decides VerificationStatus // "" when nobody ever does
	reasons []ReasonCode
}

const (
	magicAuthorized          = "Test Authorized"
	magicRejected            = "Test Rejected " // and a reason code
	magicOverdue             = "Test Overdue"
	magicOverdueAuthorized   = "Test Overdue Authorized"
	magicAsideAuthorized     = "Test Cannot Complete"
	magicDocumentsAuthorized = "Test Documents Authorized"
	magicDocumentsRejected   = "Test Documents Rejected"

	magicBounce    = "bounce" // the local part of an address
	magicComplaint = "complaint"

	magicReason = ReasonCode("address_mismatch") // of a rejection whose value names none
)

// MagicValues lists every magic value, in the order of the guide.
func MagicValues() []MagicValue {
	list := []MagicValue{{magicLegalName, magicAuthorized, "Authorized at once."}}
	for _, r := range reasons {
		list = append(list, MagicValue{magicLegalName, magicRejected + string(r.Code), "Rejected at once with this reason. An appeal is authorized at once."})
	}
	return append(list,
		MagicValue{magicLegalName, magicDocumentsAuthorized, "A document is asked for; authorized once it is in and found clean."},
		MagicValue{magicLegalName, magicDocumentsRejected, "A document is asked for; rejected with `" + string(magicReason) + "` once it is in and found clean."},
		MagicValue{magicLegalName, magicOverdue, "Nobody decides. Move the clock on: the case is due soon, then overdue and escalated, and support can be asked."},
		MagicValue{magicLegalName, magicOverdueAuthorized, "The same, and authorized as soon as it is escalated."},
		MagicValue{magicLegalName, magicAsideAuthorized, "Looked at, and it can't be completed yet; authorized on the earliest date of the case, which the clock is moved to."},
		MagicValue{magicAddress, magicBounce + "@…", "Mails to it bounce: the address must be corrected or said to work again, and meanwhile the other contact gets them as well. Of the primary contact, nothing is confirmed until then."},
		MagicValue{magicAddress, magicComplaint + "@…", "The same, and its owner has called a mail unwanted."},
		MagicValue{magicAppeal, strings.TrimSpace(magicRejected), "The appeal is rejected at once, with the reasons of the rejection."},
	)
}

// scriptOf is what the partner's legal name makes of its case; ok is false for
// a real partner, and for a name that has no magic.
func (p Partner) scriptOf(legalName string) (s script, ok bool) {
	if !p.Test {
		return s, false
	}
	name := folded(legalName)
	switch name {
	case folded(magicAuthorized):
		return script{decides: VerificationAuthorized}, true
	case folded(magicOverdue):
		return script{}, true
	case folded(magicOverdueAuthorized):
		return script{waits: true, decides: VerificationAuthorized}, true
	case folded(magicAsideAuthorized):
		return script{aside: true, decides: VerificationAuthorized}, true
	case folded(magicDocumentsAuthorized):
		return script{asks: true, decides: VerificationAuthorized}, true
	case folded(magicDocumentsRejected):
		return script{asks: true, decides: VerificationRejected, reasons: []ReasonCode{magicReason}}, true
	}
	if code, is := strings.CutPrefix(name, folded(magicRejected)+" "); is {
		if r, known := ReasonOf(ReasonCode(code)); known {
			return script{decides: VerificationRejected, reasons: []ReasonCode{r.Code}}, true
		}
	}
	return s, false
}

// folded is a text without regard to case and spacing.
func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// askedOnSubmission is what a case asks for from its first second: what data
// alone didn't show (V10), or what a test partner's name asks for.
func (p Partner) askedOnSubmission(info BusinessInfo, employment CheckStatus, days Calendar, at time.Time) (CheckStatus, *DocumentRequest) {
	magic, ok := p.scriptOf(info.Legal.LegalName)
	switch {
	case ok && magic.asks:
		r := newRequest("test", []DocumentGroup{{
			AnyOf:  []DocumentKind{"registration_extract", "proof_of_address"},
			Reason: "Test mode: the legal name asks for a document. Any file of the accepted types will do.",
		}}, days, at)
		return CheckPassed, &r
	case ok:
		return CheckPassed, nil // the name decides, whatever the mail domain
	case employment != CheckPassed:
		return employment, employmentRequest(days, at)
	}
	return employment, nil
}

// The actors of test mode. The second one decides appeals: four eyes hold here,
// too.
var (
	testMode       = Actor{Kind: ActorSystem, Name: "Test mode", UserID: "test-mode"}
	testModeSecond = Actor{Kind: ActorSystem, Name: "Test mode", UserID: "test-mode-second"}
)

// nextMagic is since when something is due that a magic value does.
func (p Partner) nextMagic() (time.Time, bool) {
	at, do := p.magic()
	return at, do != nil
}

// doMagic does what a magic value does next.
func (p Partner) doMagic(s Stamp) (Event, error) {
	_, do := p.magic()
	return do(s)
}

// magic is what a magic value does next, and since when that is due; nil when
// there is nothing.
func (p Partner) magic() (since time.Time, do func(Stamp) (Event, error)) {
	if f, ok := p.failingByMagic(); ok {
		return f.At, func(s Stamp) (Event, error) {
			s.By = testMode
			return p.FailAddress(f, s)
		}
	}
	c := p.Case
	if c == nil || c.Decision != nil {
		return since, nil
	}
	info := p.Info
	if c.Change != nil {
		info = c.Change.Info // V7: what is proposed
	}
	magic, ok := p.scriptOf(info.Legal.LegalName)
	if !ok {
		return since, nil
	}
	since = c.OpenedAt
	if c.Appeal != nil {
		since = latest(since, c.Appeal.At)
	}
	if c.Check(CheckEmailOwnership).Status == CheckPending {
		if p.MailAddress(c.Link.Address).Broken() {
			return since, nil // whoever reads no mails confirms nothing
		}
		return since, p.confirmByMagic
	}
	if c.Claim != nil {
		return since, nil // a person has taken the case
	}
	if c.Appeal != nil {
		d := Decide{Result: VerificationAuthorized, Note: "Test mode: an appeal is authorized unless its message says otherwise."}
		if strings.HasPrefix(folded(c.Appeal.Message), folded(magicRejected)) {
			d = Decide{Result: VerificationRejected, Reasons: c.Appeal.Against.Reasons, Note: "Test mode: the message of the appeal asks for it."}
		}
		return since, p.decideByMagic(d, testModeSecond)
	}
	switch {
	case magic.aside && c.SetAside == nil:
		return since, p.setAsideByMagic
	case magic.decides == "",
		magic.waits && c.EscalatedAt.IsZero(),
		c.Request != nil && !c.answered():
		return since, nil
	}
	for _, k := range c.Documents {
		since = latest(since, k.ScannedAt)
	}
	since = latest(since, c.EscalatedAt)
	if magic.aside {
		since = latest(since, c.SetAside.LookAgain)
	}
	return since, p.decideByMagic(Decide{Result: magic.decides, Reasons: magic.reasons, Note: `Test mode: the legal name "` + info.Legal.LegalName + `" decides.`}, testMode)
}

// answered says that everything asked for is in and found clean.
func (c Case) answered() bool {
	for _, d := range c.Documents {
		if d.Scan == ScanPending {
			return false
		}
	}
	return !c.requested()
}

func (p Partner) confirmByMagic(s Stamp) (Event, error) {
	s.By = testMode
	return p.confirmed(s), nil
}

func (p Partner) decideByMagic(d Decide, by Actor) func(Stamp) (Event, error) {
	return func(s Stamp) (Event, error) {
		s.By, d.CaseID = by, p.Case.ID
		return p.Decide(d, s)
	}
}

func (p Partner) setAsideByMagic(s Stamp) (Event, error) {
	s.By = testMode
	return p.SetCaseAside(CannotComplete{Code: "waiting_for_authority", Days: minBusinessDays, Note: "Test mode: the legal name asks for it."}, earliest{at: p.Case.Earliest}, s)
}

// earliest is a calendar for one date, which a case knows already.
type earliest struct {
	Calendar
	at time.Time
}

// After implements Calendar.
func (e earliest) After(time.Time, int) time.Time { return e.at }

// failingByMagic is the failure of an address in use that magic has fail: once,
// from the moment mails go there on. One that was said to work again does.
func (p Partner) failingByMagic() (f AddressFailure, ok bool) {
	if !p.Test {
		return f, false
	}
	for _, u := range p.UsedAddresses() {
		local, _, _ := strings.Cut(strings.ToLower(u.Address), "@")
		f = AddressFailure{Address: u.Address, At: p.EnrolledAt, Template: MailEnrolled}
		if u.Use == AddressOfContact {
			f.At, f.Template = latest(p.EnrolledAt, p.Case.Link.SentAt), MailOwnershipLink
		}
		f.SentAt = f.At
		switch f.Reason = AddressBounced; local {
		case magicBounce:
		case magicComplaint:
			f.Reason = AddressComplained
		default:
			continue
		}
		if !u.Broken() && u.MendedAt.IsZero() {
			return f, true
		}
	}
	return f, false
}
