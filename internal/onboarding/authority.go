package onboarding

import (
	"slices"
	"strings"
	"time"
)

// Authority is the evidence that a user may sign for the company (A3): which
// document says so, and who recorded it.
type Authority struct {
	Document   string    `json:"document"`            // what it is: "Board resolution 12/2026"
	Date       string    `json:"date"`                // of the document, "2026-10-01"
	Note       string    `json:"note,omitzero"`       // for whoever looks at it later
	DocumentID string    `json:"documentId,omitzero"` // of one that was uploaded for the verification
	RecordedAt time.Time `json:"recordedAt,omitzero"`
	RecordedBy Person    `json:"recordedBy,omitzero"`
	EventID    string    `json:"eventId,omitzero"` // of the audit trail
}

// RecordAuthority asks for a user to be recorded as a legal authority.
type RecordAuthority struct {
	UserID    string
	Authority Authority // without what the record itself adds
	By        Principal
}

// RecordAuthority records a user as a legal authority: from now on he may sign
// the agreement (A3). Recording him again replaces the evidence.
func (p Partner) RecordAuthority(c RecordAuthority, s Stamp) (Event, error) {
	a := Authority{Document: strings.TrimSpace(c.Authority.Document), Date: strings.TrimSpace(c.Authority.Date), Note: strings.TrimSpace(c.Authority.Note), DocumentID: strings.TrimSpace(c.Authority.DocumentID)}
	if err := Invalid(p.authorityFaults(a, s.at())); err != nil {
		return Event{}, err
	}
	m, ok := p.Member(c.UserID)
	switch {
	case !ok:
		return Event{}, p.noSuchUser()
	case m.Authority != nil && m.Authority.same(a):
		return Event{}, Refuse(CodeNothingChanged, m.Label()+" is recorded with this evidence already.").At(p.UsersPath())
	}
	d := RoleGiven{UserID: m.UserID, Email: m.Email, Role: RoleLegalAuthority, Authority: &a}
	return p.progress(s, d, p.tellUsers(m, true, m.Label()+" is recorded as a legal authority and may sign the partner agreement. Evidence: "+a.Document+" of "+a.Date+".", a.Note, s)...), nil
}

func (a Authority) same(b Authority) bool {
	return a.Document == b.Document && a.Date == b.Date && a.Note == b.Note && a.DocumentID == b.DocumentID
}

func (p Partner) authorityFaults(a Authority, now time.Time) []Fault {
	faults := companyFaults("/document", a.Document, true, maxName)
	switch date, err := time.Parse(time.DateOnly, a.Date); {
	case a.Date == "":
		faults = append(faults, Fault{"/date", FaultRequired, "Give the document's date."})
	case err != nil:
		faults = append(faults, Fault{"/date", FaultInvalid, "Write the document's date like 2026-10-01."})
	case date.After(now.Add(14 * time.Hour)): // it is tomorrow somewhere already
		faults = append(faults, Fault{"/date", FaultInvalid, "The document's date lies in the future: record it once it counts."})
	}
	if a.Note != "" {
		faults = append(faults, textFaults("/note", a.Note, false, maxKeptReason)...)
	}
	if a.DocumentID != "" && (p.Case == nil || !slices.ContainsFunc(p.Case.Documents, func(d Document) bool { return d.ID == a.DocumentID })) {
		faults = append(faults, Fault{"/documentId", FaultInvalid, "No document with this id was uploaded to the newest verification. Upload it there, or leave this out."})
	}
	return faults
}

// authorityOf is the evidence by which somebody signs who is no Global Admin,
// nil when he signs as one (A3).
func (p Partner) authorityOf(by Principal) *Authority {
	if slices.Contains(p.RolesOf(by), RoleGlobalAdmin) {
		return nil
	}
	m, _ := p.Member(by.UserID)
	return m.Authority
}
