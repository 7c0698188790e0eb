package onboarding

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// documentLadder is after how many business days the partner is reminded of
// documents (V9): after one, three, and then every five, six times in all.
// Five business days after the last one the request expires: that is a state of
// its own, which the partner can reopen, and never a rejection.
var documentLadder = [...]int{1, 3, 8, 13, 18, 23}

const documentsExpireAfter = 28 // business days

// DocumentGroup is one thing that is asked for: any one of its kinds will do.
type DocumentGroup struct {
	AnyOf  []DocumentKind `json:"anyOf"`
	Reason string         `json:"reason"` // why, for the partner
}

// DocumentRequest is what a case's partner is asked to upload (V3). While it is
// open the case's clock stands still: the ball is with the partner.
type DocumentRequest struct {
	ID          string          `json:"id"`
	At          time.Time       `json:"at"`
	Groups      []DocumentGroup `json:"groups"`
	Reminders   []time.Time     `json:"reminders,omitempty"` // when the partner is reminded
	Reminded    int             `json:"reminded,omitzero"`   // how many of them are done
	ExpiresAt   time.Time       `json:"expiresAt"`
	CompletedAt time.Time       `json:"completedAt,omitzero"`
	ExpiredAt   time.Time       `json:"expiredAt,omitzero"`
}

func newRequest(id string, groups []DocumentGroup, days Calendar, at time.Time) DocumentRequest {
	r := DocumentRequest{ID: id, At: at, Groups: groups, ExpiresAt: days.After(at, documentsExpireAfter).UTC()}
	for _, n := range documentLadder {
		r.Reminders = append(r.Reminders, days.After(at, n).UTC())
	}
	return r
}

const employmentRequestID = "employment"

// employmentRequest is what a case asks for from its first second when data
// alone doesn't show that the primary contact works at the company (V10).
func employmentRequest(days Calendar, at time.Time) *DocumentRequest {
	r := newRequest(employmentRequestID, []DocumentGroup{{
		AnyOf:  []DocumentKind{kindEmployment, kindDomain},
		Reason: "The primary contact's mail domain is neither the one your directory has verified nor that of the company's website.",
	}}, days, at)
	return &r
}

// Dates are the dates by which a case is expected to be decided (V2).
type Dates struct {
	Earliest time.Time `json:"earliest"`
	DueSoon  time.Time `json:"dueSoon"`
	Latest   time.Time `json:"latest"`
}

// requested says that a request of documents is open, expired or not.
func (c Case) requested() bool { return c.Request != nil && c.Request.CompletedAt.IsZero() }

// answers says whether a document answers a group of the request.
func (c Case) answers(d Document, g DocumentGroup) bool {
	return d.usable() && d.RequestID == c.Request.ID && slices.Contains(g.AnyOf, d.Kind)
}

// Missing lists what was asked for and isn't in.
func (c Case) Missing() []DocumentGroup {
	if c.Request == nil {
		return nil
	}
	var missing []DocumentGroup
	for _, g := range c.Request.Groups {
		if !slices.ContainsFunc(c.Documents, func(d Document) bool { return c.answers(d, g) }) {
			missing = append(missing, g)
		}
	}
	return missing
}

func (c Case) complete() bool { return len(c.Missing()) == 0 }

// asks says whether a document of the kind is missing.
func (c Case) asks(kind DocumentKind) bool {
	return c.requested() && slices.ContainsFunc(c.Missing(), func(g DocumentGroup) bool { return slices.Contains(g.AnyOf, kind) })
}

// Expected are the dates by which the case is expected to be decided: while the
// clock stands still, those if it went on now.
func (c Case) Expected(days Calendar, now time.Time) Dates {
	if c.PausedAt.IsZero() {
		return Dates{c.Earliest, c.DueSoon, c.Latest}
	}
	return *c.datesAfterPause(days, now)
}

// datesAfterPause are the dates once the clock goes on. A case that was overdue
// before stays so: the promise was broken.
func (c Case) datesAfterPause(days Calendar, now time.Time) *Dates {
	if !c.EscalatedAt.IsZero() {
		return &Dates{c.Earliest, c.DueSoon, c.Latest}
	}
	shift := func(t time.Time) time.Time { return days.Shift(t, c.PausedAt, now).UTC() }
	return &Dates{shift(c.Earliest), shift(c.DueSoon), shift(c.Latest)}
}

// goOn lets the clock go on when there are dates.
func (c Case) goOn(dates *Dates) *Case {
	if dates != nil {
		c.Earliest, c.DueSoon, c.Latest, c.PausedAt = dates.Earliest, dates.DueSoon, dates.Latest, time.Time{}
	}
	return &c
}

// RequestDocuments is a reviewer's request (V3).
type RequestDocuments struct {
	Groups []DocumentGroup
	Note   string // why, for the audit trail (O3)
}

// DocumentsRequested tells what a reviewer asks for; it takes the place of what
// was asked for before.
type DocumentsRequested struct {
	CaseID  string          `json:"caseId"`
	Request DocumentRequest `json:"request"`
	Note    string          `json:"note"`
}

// Type implements EventData.
func (DocumentsRequested) Type() EventType { return "verification.documentsRequested" }

func (d DocumentsRequested) apply(p *Partner, e Event) {
	c := *p.Case
	c.Request, c.Requests = &d.Request, c.Requests+1
	if c.PausedAt.IsZero() {
		c.PausedAt = e.At
	}
	c.SetAside = nil
	p.Case = &c
}

// RequestDocuments asks the partner for documents: the clock stands still until
// they are in (V3). id names the request.
func (p Partner) RequestDocuments(r RequestDocuments, id string, days Calendar, s Stamp) (Event, error) {
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
	for i := range r.Groups {
		r.Groups[i].Reason = strings.TrimSpace(r.Groups[i].Reason)
	}
	if err := Invalid(r.faults()); err != nil {
		return Event{}, err
	}
	if c.Requests >= maxRequests || len(c.Documents)+len(r.Groups) > MaxDocuments {
		return Event{}, Refuse(CodeTooMany, "Documents were asked for so often in this case that it can't hold more. Decide it with what is there; a rejection can ask for corrections.").At(p.path("verification/decision"))
	}
	d := DocumentsRequested{CaseID: c.ID, Request: newRequest(id, r.Groups, days, s.at()), Note: strings.TrimSpace(r.Note)}
	after := c
	after.Request = &d.Request
	params := p.mailParams()
	params["caseId"], params["request"], params["expiresAt"] = c.ID, after.requestText(), d.Request.ExpiresAt.Format(time.RFC3339)
	return p.event(s, d, send(MailDocumentsRequested, p.ContactEmail(), params)), nil
}

func (r RequestDocuments) faults() []Fault {
	var faults []Fault
	switch {
	case len(r.Groups) == 0:
		faults = append(faults, Fault{"/groups", FaultRequired, "Ask for at least one document."})
	case len(r.Groups) > maxGroups:
		return []Fault{{"/groups", FaultTooLong, "Ask for at most 5 documents at a time."}}
	}
	for i, g := range r.Groups {
		at := "/groups/" + strconv.Itoa(i)
		switch {
		case len(g.AnyOf) == 0:
			faults = append(faults, Fault{at + "/anyOf", FaultRequired, "Name at least one kind of document."})
		case len(g.AnyOf) > len(documentKinds):
			faults = append(faults, Fault{at + "/anyOf", FaultTooLong, "Name each kind once."})
		default:
			for j, kind := range g.AnyOf {
				if _, ok := kindOf(kind); !ok {
					faults = append(faults, Fault{at + "/anyOf/" + strconv.Itoa(j), FaultUnsupported, "Use one of the listed kinds of documents."})
				} else if slices.Contains(g.AnyOf[:j], kind) {
					faults = append(faults, Fault{at + "/anyOf/" + strconv.Itoa(j), FaultNotAllowed, "Name each kind once."})
				}
			}
		}
		faults = append(faults, textFaults(at+"/reason", g.Reason, true, 500)...)
	}
	return append(faults, reasonFault("/reason", r.Note)...)
}

// DocumentsReminded tells that the partner was reminded of documents.
type DocumentsReminded struct {
	RequestID string `json:"requestId"`
	Count     int    `json:"count"` // 1 for the first
}

// Type implements EventData.
func (DocumentsReminded) Type() EventType { return "verification.documentsReminded" }

func (d DocumentsReminded) apply(p *Partner, _ Event) {
	c := *p.Case
	r := *c.Request
	r.Reminded, c.Request = d.Count, &r
	p.Case = &c
}

// DocumentsExpired tells that documents didn't come in time.
type DocumentsExpired struct {
	RequestID string `json:"requestId"`
}

// Type implements EventData.
func (DocumentsExpired) Type() EventType { return "verification.documentsExpired" }

func (DocumentsExpired) apply(p *Partner, e Event) {
	c := *p.Case
	r := *c.Request
	r.ExpiredAt, c.Request = e.At, &r
	p.Case = &c
}

// DocumentRequestReopened tells that the partner goes on after all.
type DocumentRequestReopened struct {
	Request DocumentRequest `json:"request"`
}

// Type implements EventData.
func (DocumentRequestReopened) Type() EventType { return "verification.documentRequestReopened" }

func (d DocumentRequestReopened) apply(p *Partner, _ Event) {
	c := *p.Case
	c.Request = &d.Request
	p.Case = &c
}

// ReopenRequest opens a request that has expired, with as much time as at first
// (V11). Uploading what is missing does so too.
func (p Partner) ReopenRequest(days Calendar, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	if !c.requested() || c.Request.ExpiredAt.IsZero() {
		return Event{}, Refuse(CodeRequestNotExpired, "No request of documents has expired: there is nothing to reopen.").At(p.path("verification/documents"))
	}
	again := newRequest(c.Request.ID, c.Request.Groups, days, s.at())
	return p.progress(s, DocumentRequestReopened{Request: again}), nil
}

// awaitsDocuments says that the partner owes documents and has time left.
func (c Case) awaitsDocuments() bool { return c.requested() && c.Request.ExpiredAt.IsZero() }

func (p Partner) nextDocumentsReminder() (time.Time, bool) {
	if c := p.Case; c != nil && c.Decision == nil && c.awaitsDocuments() && c.Request.Reminded < len(c.Request.Reminders) {
		return c.Request.Reminders[c.Request.Reminded], true
	}
	return time.Time{}, false
}

func (p Partner) nextDocumentsExpiry() (time.Time, bool) {
	if c := p.Case; c != nil && c.Decision == nil && c.awaitsDocuments() {
		return c.Request.ExpiresAt, true
	}
	return time.Time{}, false
}

func (p Partner) remindOfDocuments(s Stamp) Event {
	c := p.Case
	return p.event(s, DocumentsReminded{RequestID: c.Request.ID, Count: c.Request.Reminded + 1}, p.tellOfDocuments(MailDocumentsReminder)...)
}

func (p Partner) expireDocuments(s Stamp) Event {
	return p.event(s, DocumentsExpired{RequestID: p.Case.Request.ID}, p.tellOfDocuments(MailDocumentsExpired)...)
}

// tellOfDocuments mails what is missing to every contact of the partner.
func (p Partner) tellOfDocuments(template MailTemplate) []Follow {
	var mails []Follow
	for _, to := range p.contacts() {
		params := p.mailParams()
		params["caseId"], params["request"], params["expiresAt"] = p.Case.ID, p.Case.requestText(), p.Case.Request.ExpiresAt.UTC().Format(time.RFC3339)
		if !strings.EqualFold(to, p.ContactEmail()) {
			params["contactName"] = ""
		}
		mails = append(mails, send(template, to, params))
	}
	return mails
}

// requireDocuments lists the documents that the partner owes.
func (p Partner) requireDocuments(d *Requirements) {
	c := p.Case
	if !c.requested() {
		return
	}
	r := Requirement{Code: "documents", Title: "Upload the documents that were asked for", Reason: c.requestText(), Step: StepVerification, Who: PartyPartner,
		Roles: MayDo(ActionUploadDocument), Where: p.path("verification/documents"), Operation: "startDocumentUpload", By: c.Request.ExpiresAt, Since: c.Request.At}
	for _, g := range c.Missing() {
		for _, code := range g.AnyOf {
			kind, _ := kindOf(code)
			r.Alternatives = append(r.Alternatives, kind.Title+", for example: "+strings.Join(kind.Examples, "; ")+".")
		}
	}
	if c.Request.ExpiredAt.IsZero() {
		d.DueNow = append(d.DueNow, r)
		return
	}
	r.Code, r.Title, r.Since = "documents_expired", "Reopen the request of documents and upload them", c.Request.ExpiredAt
	r.Where, r.Operation = p.path("verification/document-requests/reopening"), "reopenDocumentRequest"
	r.By = time.Time{}
	d.DueNow = append(d.DueNow, r)
}
