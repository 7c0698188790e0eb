package onboarding

import (
	"slices"
	"strings"
	"time"
)

// Part is a part of the legal profile that is in force only once it has been
// verified (V7). Everything else of the business information, the trading name
// and the support profile, is changed at once.
type Part string

// The verified parts, in the order in which they are listed.
const (
	PartContact Part = "primaryContact"
	PartName    Part = "legalName" // with the registration number
	PartAddress Part = "address"
)

// Title is the part's name for people.
func (t Part) Title() string {
	switch t {
	case PartContact:
		return "primary contact"
	case PartName:
		return "legal name and registration number"
	case PartAddress:
		return "legal address"
	}
	return string(t)
}

// Change is what a re-verification is about (V7): details that were proposed
// while verified ones are in force. Those stay in force until these are
// authorized; transacting goes on meanwhile.
type Change struct {
	Number  int          `json:"number"` // of the workflow's execution that waits for it
	Info    BusinessInfo `json:"info"`   // as it was asked for; of it only the parts come into force
	Parts   []Part       `json:"parts"`
	Region  string       `json:"region,omitzero"`   // that the proposed legal address lies in
	Company []string     `json:"company,omitempty"` // E8: by which keys the proposed company is the same as another
}

func (c Change) has(t Part) bool { return slices.Contains(c.Parts, t) }

// titles lists the parts for people.
func (c Change) titles() string {
	var names []string
	for _, t := range c.Parts {
		names = append(names, t.Title())
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// Verified says when and by which case the details in force were authorized. A
// later case about a change doesn't take it back (V7).
type Verified struct {
	At          time.Time    `json:"at"`                    // when the company was first authorized
	ChangedAt   time.Time    `json:"changedAt,omitzero"`    // when a change was last authorized
	CaseID      string       `json:"caseId"`                // of the newest authorization
	Sequence    int          `json:"sequence"`              // of its event
	CarriedOver *CarriedOver `json:"carriedOver,omitempty"` // E5: the first authorization was made elsewhere
	Website     string       `json:"website,omitzero"`      // that a reviewer saw when he attested the contact's employment
}

// Proven is the primary contact's address that is known to be his (V10).
type Proven struct {
	Address string    `json:"address"`
	At      time.Time `json:"at"`
}

// OpenChange is the change that is being verified, nil when there is none.
func (p Partner) OpenChange() *Change {
	if p.Case == nil || p.Case.Decision != nil {
		return nil
	}
	return p.Case.Change
}

// edit is what changing submitted details would amount to.
type edit struct {
	info   BusinessInfo // normalised
	parts  []Part       // that must be verified
	atOnce []string     // JSON pointers of what is changed at once
	faults []Fault
}

// edited compares details with those in force.
func (p Partner) edited(info BusinessInfo, k Knowledge, now time.Time) edit {
	var e edit
	e.info, e.faults = p.complete(info, k, now)
	is, was := e.info.Legal, p.Info.Legal
	if is.PrimaryContact != was.PrimaryContact {
		e.parts = append(e.parts, PartContact)
	}
	if is.LegalName != was.LegalName || is.RegistrationNumber != was.RegistrationNumber {
		e.parts = append(e.parts, PartName)
	}
	if !is.Address.equal(was.Address) {
		e.parts = append(e.parts, PartAddress)
	}
	for _, f := range []struct {
		pointer string
		changed bool
	}{
		{"/legalProfile/tradingName", is.TradingName != was.TradingName},
		{"/supportProfile/email", e.info.Support.Email != p.Info.Support.Email},
		{"/supportProfile/phone", e.info.Support.Phone != p.Info.Support.Phone},
		{"/supportProfile/website", e.info.Support.Website != p.Info.Support.Website},
	} {
		if f.changed {
			e.atOnce = append(e.atOnce, f.pointer)
		}
	}
	return e
}

func (a Address) equal(b Address) bool {
	return slices.Equal(a.Lines, b.Lines) && a.Country == b.Country && a.Locality == b.Locality && a.DependentLocality == b.DependentLocality &&
		a.Subdivision == b.Subdivision && a.PostalCode == b.PostalCode && a.SortingCode == b.SortingCode
}

// asksAnew says whether the edit asks for something else than the change that
// is being verified already.
func (p Partner) asksAnew(e edit) bool {
	open := p.OpenChange()
	if open == nil || !slices.Equal(open.Parts, e.parts) {
		return len(e.parts) > 0
	}
	is, was := e.info.Legal, open.Info.Legal
	return is.PrimaryContact != was.PrimaryContact || is.LegalName != was.LegalName || is.RegistrationNumber != was.RegistrationNumber || !is.Address.equal(was.Address)
}

// refusedEdit says why submitted details can't be changed in this way, nil when
// they can.
func (p Partner) refusedEdit(e edit, now time.Time) *Refusal {
	if refusal := p.notHeldUp("changeBusinessInfo"); refusal != nil {
		return refusal
	}
	switch {
	case p.Editable():
		return Refuse(CodeStillDraft, "These details aren't submitted: edit the draft, which starts no verification, and submit it.").By(MayDo(ActionSaveBusinessInfo)...).At(p.path("business-info"))
	case len(e.faults) > 0:
		return nil // those are told first
	case len(e.parts)+len(e.atOnce) == 0:
		return p.nothingChanged()
	case !p.Authorized() && (len(e.atOnce) > 0 || !slices.Equal(e.parts, []Part{PartContact})):
		return Refuse(CodeAlreadySubmitted, "These details are being verified. Until that is decided only the primary contact can be corrected; everything else can be changed once the company is authorized, or submitted again after a rejection.").At(p.path("verification"))
	case p.Authorized() && len(e.atOnce) == 0 && !p.asksAnew(e):
		return p.nothingChanged()
	case p.sendsLink(e) && p.mayNotSend(now):
		return Refuse(CodeResendLimited, "Links were sent several times already, and the last one is still recent. Another address can be named after "+p.Case.Link.SentAt.Add(linkValidity).UTC().Format("2 January 2006, 15:04 UTC")+".").At(p.path("verification"))
	}
	return nil
}

func (p Partner) nothingChanged() *Refusal {
	if p.OpenChange() != nil {
		return Refuse(CodeNothingChanged, "This is what is in force, or being verified already. Change something, or withdraw the change that is open.").At(p.path("business-info/change"))
	}
	return Refuse(CodeNothingChanged, "This is what is in force already. Change something, then send it again.").At(p.path("business-info"))
}

// sendsLink says whether the edit would have an ownership link sent.
func (p Partner) sendsLink(e edit) bool {
	if !slices.Contains(e.parts, PartContact) {
		return false
	}
	if p.Authorized() {
		return p.asksAnew(e)
	}
	return !strings.EqualFold(e.info.Legal.PrimaryContact.Email, p.Case.Link.Address)
}

// mayNotSend bounds how many links go out to whatever addresses are named, so
// that nobody can have the programme write to strangers without end. Cases that
// were replaced, withdrawn or rejected count.
func (p Partner) mayNotSend(now time.Time) bool {
	return p.linksSent(now) >= maxLinkSends
}

// linksSent counts the links that count towards the limit. An authorization
// begins anew.
func (p Partner) linksSent(now time.Time) int {
	c := p.Case
	if c == nil || (c.Decision != nil && c.Decision.Authorized()) || !now.Before(c.Link.SentAt.Add(linkValidity)) {
		return 0
	}
	return c.Link.Sends
}

// ChangeBusinessInfo changes details that were submitted (V7). info is the
// whole of it as it shall be; revision is the one that its author saw. What it
// does depends on where the partner is:
//
//   - a draft is refused: it is edited and submitted;
//   - while the company is first verified only the primary contact can be
//     corrected (V10);
//   - once it is authorized, what need not be verified is changed at once, and a
//     case is opened for what must be. The old values stay in force until that is
//     authorized. A change that is open is replaced when another one is asked for.
//
// caseID names the case, secret is the random part of its ownership link.
func (p Partner) ChangeBusinessInfo(info BusinessInfo, revision int, k Knowledge, caseID, secret string, s Stamp) (Event, error) {
	e := p.edited(info, k, s.at())
	if p.Editable() {
		return Event{}, p.refusedEdit(e, s.at())
	}
	if revision != p.InfoRevision {
		return Event{}, staleInfo().At(p.path("business-info"))
	}
	if err := Invalid(e.faults); err != nil {
		return Event{}, err
	}
	if refusal := p.refusedEdit(e, s.at()); refusal != nil {
		return Event{}, refusal
	}
	switch {
	case !p.Authorized():
		return p.correctContact(e, k, secret, s), nil
	case p.asksAnew(e):
		return p.requestChange(e, k, caseID, secret, s), nil
	}
	return p.progress(s, BusinessInfoUpdated{TradingName: e.info.Legal.TradingName, Support: e.info.Support, Fields: e.atOnce}), nil
}

func staleInfo() *Refusal {
	return Refuse(CodeStaleVersion, "Somebody changed the business information since you read it. Read it again and repeat your change.")
}

// BusinessInfoUpdated tells that details were changed that need not be
// verified.
type BusinessInfoUpdated struct {
	TradingName string         `json:"tradingName,omitzero"`
	Support     SupportProfile `json:"support"`
	Fields      []string       `json:"fields"` // JSON pointers of what was changed
}

// Type implements EventData.
func (BusinessInfoUpdated) Type() EventType { return "businessInfo.updated" }

func (d BusinessInfoUpdated) apply(p *Partner, e Event) {
	p.Info.Legal.TradingName, p.Info.Support, p.InfoRevision = d.TradingName, d.Support, e.Sequence
}

// ChangeWithdrawn tells that the partner doesn't want a change any more.
type ChangeWithdrawn struct {
	CaseID string `json:"caseId"`
}

// Type implements EventData.
func (ChangeWithdrawn) Type() EventType { return "businessInfo.changeWithdrawn" }

func (ChangeWithdrawn) apply(p *Partner, e Event) { p.withdrawChange(e) }

func (p *Partner) withdrawChange(e Event) {
	c := *p.Case
	c.Decision, c.PausedAt = &Decision{Result: VerificationWithdrawn, At: e.At, Sequence: e.Sequence}, time.Time{}
	p.Case, p.InfoRevision = &c, e.Sequence
	p.Programme.mended(*c.Change, true, e.At)
}

// WithdrawChange closes the case of a change: what is in force stays (V7). A
// rejected change that a suspension is for is withdrawn, too: with it the
// company confirms the details in force (A8).
func (p Partner) WithdrawChange(s Stamp) (Event, error) {
	if p.OpenChange() == nil && !p.suspendedForChange() {
		return Event{}, Refuse(CodeNothingToWithdraw, "No change of the business information is open: there is nothing to withdraw.").At(p.path("business-info"))
	}
	var mails []Follow
	for _, to := range p.contacts() {
		mails = append(mails, p.tellOfChange(MailChangeWithdrawn, to, *p.Case, nil))
	}
	return p.progress(s, ChangeWithdrawn{CaseID: p.Case.ID}, mails...), nil
}

// tellOfChange is a mail about a change to one of the partner's contacts.
func (p Partner) tellOfChange(template MailTemplate, to string, c Case, more map[string]string) Follow {
	params := p.mailParams()
	params["caseId"], params["parts"] = c.ID, c.Change.titles()
	if !strings.EqualFold(to, p.ContactEmail()) {
		params["contactName"] = ""
	}
	if c.Change.has(PartContact) && strings.EqualFold(to, c.Link.Address) {
		params["contactName"] = c.Change.Info.Legal.PrimaryContact.Name()
	}
	for name, value := range more {
		params[name] = value
	}
	return send(template, to, params)
}
