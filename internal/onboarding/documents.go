package onboarding

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of documents (V3). What was asked for always finds room; what is
// added unasked has a quota of its own.
const (
	MaxDocumentSize  = 10 << 20 // bytes of one file
	MaxDocumentBytes = 50 << 20 // of a case's unasked files together
	MaxUnasked       = 10       // files of a case that nobody asked for
	MaxDocuments     = 30       // files of a case
	maxGroups        = 5        // of one request
	maxRequests      = 10       // of one case
	maxFileName      = 100      // characters
)

// DocumentKind names what a document shows. Codes are stable.
type DocumentKind string

// DocumentKindInfo is what a kind means to a person.
type DocumentKindInfo struct {
	Code     DocumentKind
	Title    string
	Examples []string // of what is accepted
}

const (
	kindEmployment = DocumentKind("employment_confirmation")
	kindDomain     = DocumentKind("domain_ownership")
)

var documentKinds = []DocumentKindInfo{
	{"registration_extract", "Extract from the company register", []string{"An extract from the register, not older than 6 months", "The certificate of incorporation"}},
	{"tax_certificate", "Tax registration", []string{"The certificate of the tax number", "A letter of the tax office that names the company and its address"}},
	{"proof_of_address", "Proof of the business address", []string{"A bill for electricity, water or telephone, not older than 3 months", "The lease of the office"}},
	{"bank_statement", "Bank statement", []string{"A statement of the company's account, not older than 3 months; amounts may be blacked out"}},
	{kindDomain, "Proof that the mail domain is the company's", []string{"The registrar's invoice or renewal that names the company", "A screenshot of the registrar's account that shows domain and owner"}},
	{kindEmployment, "Confirmation of employment", []string{"A letter on the company's letterhead, signed by a manager, that names the contact", "A page of the employment contract; pay may be blacked out"}},
	{"signing_authority", "Authority to act for the company", []string{"A power of attorney", "A resolution of the board"}},
	{"other", "Other document", []string{"Whatever helps the reviewer"}},
}

// DocumentKinds lists the kinds, each with examples of what is accepted.
func DocumentKinds() []DocumentKindInfo { return slices.Clone(documentKinds) }

func kindOf(code DocumentKind) (DocumentKindInfo, bool) {
	i := slices.IndexFunc(documentKinds, func(k DocumentKindInfo) bool { return k.Code == code })
	if i < 0 {
		return DocumentKindInfo{}, false
	}
	return documentKinds[i], true
}

// documentTypes are the content types that are accepted, with the endings that
// files of the type have.
var documentTypes = map[string][]string{
	"application/pdf": {".pdf"},
	"image/png":       {".png"},
	"image/jpeg":      {".jpg", ".jpeg"},
}

// DocumentTypes lists the content types that are accepted.
func DocumentTypes() []string { return []string{"application/pdf", "image/png", "image/jpeg"} }

// Scan is what the search for malware found in a document.
type Scan string

// States of a scan. A reviewer is shown nothing that isn't Clean.
const (
	ScanPending  Scan = "Pending"
	ScanClean    Scan = "Clean"
	ScanInfected Scan = "Infected"
	ScanFailed   Scan = "Failed" // could not be scanned: it counts as not received
)

// Document is a file that the partner gave for a case, as its receipt says
// (V11). The bytes lie elsewhere, in the pinned version.
type Document struct {
	ID          string       `json:"id"`
	Kind        DocumentKind `json:"kind"`
	FileName    string       `json:"fileName"` // the partner's name for it: data, never a path
	ContentType string       `json:"contentType"`
	Size        int64        `json:"size"`
	SHA256      string       `json:"sha256"`
	VersionID   string       `json:"versionId,omitzero"` // of the stored object: never another one
	ReceivedAt  time.Time    `json:"receivedAt"`
	RequestID   string       `json:"requestId,omitzero"` // of the request it answers, "" when nobody asked for it
	Scan        Scan         `json:"scan"`
	ScannedAt   time.Time    `json:"scannedAt,omitzero"`
	OpenedAt    time.Time    `json:"openedAt,omitzero"` // when a reviewer first looked: it can't be replaced any more
}

// usable says that the document counts for what it was asked for.
func (d Document) usable() bool { return d.Scan == ScanPending || d.Scan == ScanClean }

// Upload is what a partner is about to upload.
type Upload struct {
	Kind        DocumentKind
	FileName    string
	ContentType string
	Size        int64  // bytes
	Replaces    string // id of the document it takes the place of, "" for none
}

// Received is what storage holds of an upload, looked at there.
type Received struct {
	Upload
	ID        string
	SHA256    string // of the stored bytes, in hexadecimal
	VersionID string
}

// Document finds a document of the newest case.
func (p Partner) Document(id string) (Document, bool) {
	if p.Case != nil {
		for _, d := range p.Case.Documents {
			if d.ID == id {
				return d, true
			}
		}
	}
	return Document{}, false
}

// MayUpload says whether a file of this kind, name, type and size would be
// taken now, with every fault at once. It is asked before a place to upload to
// is given out, and again for what then lies there.
func (p Partner) MayUpload(u Upload) error {
	c, err := p.openCase()
	if err != nil {
		return err
	}
	if err := Invalid(u.faults()); err != nil {
		return err
	}
	if u.Replaces != "" {
		return c.mayReplace(u, p.path("verification/documents"))
	}
	if c.asks(u.Kind) {
		return nil
	}
	var count, bytes int64
	for _, d := range c.Documents {
		if d.RequestID == "" {
			count, bytes = count+1, bytes+d.Size
		}
	}
	if count >= MaxUnasked || bytes+u.Size > MaxDocumentBytes {
		return Refuse(CodeTooMany, "This case holds as many documents as it can that weren't asked for. Replace one that no reviewer has opened yet, or wait until a document of this kind is asked for.").At(p.path("verification/documents"))
	}
	return nil
}

func (c Case) mayReplace(u Upload, where string) error {
	i := slices.IndexFunc(c.Documents, func(d Document) bool { return d.ID == u.Replaces })
	switch {
	case i < 0:
		return Invalid([]Fault{{"/replaces", FaultInvalid, "Name a document of this case that wasn't replaced already."}})
	case !c.Documents[i].OpenedAt.IsZero():
		return Refuse(CodeDocumentUnderReview, "A reviewer has opened this document, so it can't be replaced any more. Upload the better one beside it.").At(where)
	case c.Documents[i].RequestID != "" && len(c.replacing(u, "").Missing()) > len(c.Missing()):
		return Invalid([]Fault{{"/kind", FaultNotAllowed, "Replace it by a document of a kind that was asked for."}})
	}
	return nil
}

// replacing is the case with a document in the place of another one, whose
// request it answers.
func (c Case) replacing(u Upload, id string) Case {
	d := Document{ID: id, Kind: u.Kind, Scan: ScanPending}
	rest := make([]Document, 0, len(c.Documents)+1)
	for _, old := range c.Documents {
		if u.Replaces != "" && old.ID == u.Replaces {
			d.RequestID = old.RequestID
			continue
		}
		rest = append(rest, old)
	}
	if c.asks(u.Kind) {
		d.RequestID = c.Request.ID
	}
	c.Documents = append(rest, d)
	return c
}

func (u Upload) faults() []Fault {
	var faults []Fault
	if _, ok := kindOf(u.Kind); !ok {
		faults = append(faults, Fault{"/kind", FaultUnsupported, "Use one of the listed kinds of documents."})
	}
	endings, known := documentTypes[u.ContentType]
	if !known {
		faults = append(faults, Fault{"/contentType", FaultUnsupported, "Upload a PDF, PNG or JPEG file."})
	}
	name := textFaults("/fileName", u.FileName, true, maxFileName)
	switch ending := strings.ToLower(u.FileName[max(0, strings.LastIndexByte(u.FileName, '.')):]); {
	case len(name) > 0:
		faults = append(faults, name...)
	case strings.ContainsAny(u.FileName, `/\`) || !utf8.ValidString(u.FileName):
		faults = append(faults, Fault{"/fileName", FaultInvalid, "Give the file's name alone, without folders."})
	case known && !slices.Contains(endings, ending):
		faults = append(faults, Fault{"/fileName", FaultInvalid, "Give a name that ends as files of this type do: " + strings.Join(endings, " or ") + "."})
	}
	switch {
	case u.Size <= 0:
		faults = append(faults, Fault{"/size", FaultRequired, "The file is empty. Choose another one."})
	case u.Size > MaxDocumentSize:
		faults = append(faults, Fault{"/size", FaultTooLong, "The file is larger than 10 MB. Choose a smaller one."})
	}
	return faults
}

// DocumentReceived tells that a file is in; the partner has its receipt (V11).
type DocumentReceived struct {
	Document Document `json:"document"`
	Replaces string   `json:"replaces,omitzero"`
	Complete bool     `json:"complete,omitzero"` // nothing that was asked for is missing any more
	Dates    *Dates   `json:"dates,omitempty"`   // of the case, once the clock goes on
}

// Type implements EventData.
func (DocumentReceived) Type() EventType { return "verification.documentReceived" }

func (d DocumentReceived) apply(p *Partner, e Event) {
	c := *p.Case
	c.Documents = append(slices.DeleteFunc(slices.Clone(c.Documents), func(old Document) bool { return old.ID == d.Replaces }), d.Document)
	if c.Request != nil {
		r := *c.Request
		if d.Complete {
			r.CompletedAt = e.At
		}
		r.ExpiredAt = time.Time{} // it is being answered
		c.Request = &r
	}
	p.Case = c.goOn(d.Dates)
}

// ReceiveDocument records that a file lies in storage (V3, V11). The last one
// that was asked for lets the clock go on. A document received already is
// refused with CodeDocumentKnown: its receipt stands.
func (p Partner) ReceiveDocument(r Received, days Calendar, s Stamp) (Event, error) {
	if _, known := p.Document(r.ID); known {
		return Event{}, Refuse(CodeDocumentKnown, "This document has been received already: its receipt stands.").At(p.path("verification/documents"))
	}
	if err := p.MayUpload(r.Upload); err != nil {
		return Event{}, err
	}
	c := *p.Case
	after := c.replacing(r.Upload, r.ID)
	d := DocumentReceived{Replaces: r.Replaces, Document: Document{
		ID: r.ID, Kind: r.Kind, FileName: r.FileName, ContentType: r.ContentType, Size: r.Size, SHA256: r.SHA256, VersionID: r.VersionID,
		ReceivedAt: s.at(), Scan: ScanPending, RequestID: after.Documents[len(after.Documents)-1].RequestID,
	}}
	var mails []Follow
	if c.requested() && after.complete() {
		d.Complete, d.Dates = true, c.datesAfterPause(days, s.at())
		if c.EscalatedAt.IsZero() {
			params := p.mailParams()
			params["caseId"], params["earliest"], params["latest"] = c.ID, d.Dates.Earliest.Format(time.RFC3339), d.Dates.Latest.Format(time.RFC3339)
			mails = append(mails, send(MailDocumentsComplete, p.ContactEmail(), params))
		}
	}
	return p.progress(s, d, mails...), nil
}

// DocumentScanned tells what the search for malware found.
type DocumentScanned struct {
	DocumentID string           `json:"documentId"`
	Result     Scan             `json:"result"`
	Reopened   *DocumentRequest `json:"reopened,omitempty"` // what was asked for is missing again
}

// Type implements EventData.
func (DocumentScanned) Type() EventType { return "verification.documentScanned" }

func (d DocumentScanned) apply(p *Partner, e Event) {
	c := *p.Case
	c.Documents = slices.Clone(c.Documents)
	for i := range c.Documents {
		if c.Documents[i].ID == d.DocumentID {
			c.Documents[i].Scan, c.Documents[i].ScannedAt = d.Result, e.At
		}
	}
	if d.Reopened != nil {
		c.Request, c.PausedAt = d.Reopened, e.At
	}
	c.Documents = slices.DeleteFunc(c.Documents, func(k Document) bool { return !k.usable() && k.ID != d.DocumentID }) // the newest bad one is still shown
	p.Case = &c
}

// RecordScan records a scan's result. A file that is infected, or couldn't be
// scanned, counts as not received: what it answered is asked for again, and the
// partner is told. A second result is refused with CodeStaleVersion, as is one
// for a document that isn't there any more.
func (p Partner) RecordScan(documentID string, result Scan, days Calendar, s Stamp) (Event, error) {
	c, err := p.openCase()
	if err != nil {
		return Event{}, err
	}
	doc, ok := p.Document(documentID)
	if !ok || doc.Scan != ScanPending || result == ScanPending {
		return Event{}, Refuse(CodeStaleVersion, "This scan has been recorded already, or its document is gone.")
	}
	d := DocumentScanned{DocumentID: documentID, Result: result}
	if result == ScanClean {
		return p.event(s, d), nil
	}
	after := c
	after.Documents = slices.DeleteFunc(slices.Clone(c.Documents), func(k Document) bool { return k.ID == documentID })
	if c.Request != nil && !c.requested() && !after.complete() {
		again := newRequest(c.Request.ID, c.Request.Groups, days, s.at())
		d.Reopened = &again
	}
	params := p.mailParams()
	params["caseId"], params["fileName"] = c.ID, doc.FileName
	return p.event(s, d, send(MailDocumentRefused, p.ContactEmail(), params)), nil
}

// AwaitedScans lists the documents of an open case whose scan hasn't ended, as
// far as is known: RecordScan takes its result.
func (p Partner) AwaitedScans() []Document {
	c, err := p.openCase()
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.Documents), func(d Document) bool { return d.Scan != ScanPending })
}

// DocumentOpened tells that a reviewer first looked at a document.
type DocumentOpened struct {
	DocumentID string `json:"documentId"`
}

// Type implements EventData.
func (DocumentOpened) Type() EventType { return "verification.documentOpened" }

func (d DocumentOpened) apply(p *Partner, e Event) {
	c := *p.Case
	c.Documents = slices.Clone(c.Documents)
	for i := range c.Documents {
		if c.Documents[i].ID == d.DocumentID {
			c.Documents[i].OpenedAt = e.At
		}
	}
	p.Case = &c
}

// OpenDocument records that a document is shown to somebody (V3). A reviewer's
// first look pins it: it can't be replaced any more. He is refused with
// CodeDocumentNotClean what isn't found clean. When nothing is to be recorded,
// for the partner's own look and for later ones, it is refused with
// CodeDocumentOpened: the document may be shown.
func (p Partner) OpenDocument(documentID string, s Stamp) (Event, error) {
	doc, ok := p.Document(documentID)
	switch {
	case !ok:
		return Event{}, NotFound()
	case doc.Scan == ScanInfected:
		return Event{}, Refuse(CodeDocumentNotClean, "Malware was found in this document: nobody is shown it.").At(p.path("verification/documents"))
	case s.By.Kind != ActorStaff:
		return Event{}, Refuse(CodeDocumentOpened, "This document may be shown.")
	case doc.Scan != ScanClean:
		return Event{}, Refuse(CodeDocumentNotClean, "This document hasn't been found clean yet. Look again in some minutes.").At(p.path("verification/documents"))
	case !doc.OpenedAt.IsZero() || p.Case.Decision != nil:
		return Event{}, Refuse(CodeDocumentOpened, "This document may be shown.")
	}
	return p.event(s, DocumentOpened{DocumentID: documentID}), nil
}

// Replaceable says whether the partner can still replace a document.
func (p Partner) Replaceable(d Document) bool {
	return p.Case != nil && p.Case.Decision == nil && d.OpenedAt.IsZero()
}

// kindTitles lists kinds for people: "A, B or C".
func kindTitles(kinds []DocumentKind) string {
	var names []string
	for _, code := range kinds {
		k, _ := kindOf(code)
		names = append(names, k.Title)
	}
	if n := len(names); n > 1 {
		return "any one of: " + strings.Join(names, "; ")
	}
	return strings.Join(names, "")
}

// requestText is the request's missing part as lines for a person.
func (c Case) requestText() string {
	var lines []string
	for _, g := range c.Missing() {
		lines = append(lines, strconv.Itoa(len(lines)+1)+". "+upperFirst(kindTitles(g.AnyOf))+". Why: "+g.Reason)
	}
	return strings.Join(lines, "\n")
}

func upperFirst(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
