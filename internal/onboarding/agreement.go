package onboarding

import (
	"strings"
	"time"
)

// AgreementVersion is one version of the partner agreement (MPA) for a region.
type AgreementVersion struct {
	Version       string
	Title         string
	Region        string
	EffectiveFrom time.Time
	Follows       string    // A6: the version before in the region, "" for the first
	ReacceptBy    time.Time // A6: until when an acceptance of the one before counts; zero for the first
	Documents     []AgreementDocument
	Next          *AgreementVersion // the one that is known to follow, nil for the newest
}

// Consent is what a signer consents to (A2); it is kept as evidence.
const Consent = "I have read this version of the partner agreement, I am empowered to sign it for the company, and I accept it on the company's behalf."

// AgreementDocument is one rendition of an agreement version.
type AgreementDocument struct {
	MediaType string
	SHA256    string // hex, lower case, of the bytes shown
	Size      int
}

// Agreements finds the version in force. The built-in implementation is
// package agreement.
type Agreements interface {
	// Current returns the version in force for a region at a time, with those
	// known to follow, false when there is none.
	Current(region string, at time.Time) (AgreementVersion, bool)
}

// Acceptance is the evidence that the agreement was accepted (A2).
type Acceptance struct {
	Version     string    `json:"version"`
	Region      string    `json:"region"`
	SHA256      string    `json:"sha256"`
	MediaType   string    `json:"mediaType"`
	SignerName  string    `json:"signerName"`
	SignerTitle string    `json:"signerTitle"`
	UserID      string    `json:"userId"`
	Email       string    `json:"email"`
	TenantID    string    `json:"tenantId"`
	IPAddress   string    `json:"ipAddress"`
	UserAgent   string    `json:"userAgent"`
	At          time.Time `json:"at"`
	EventID     string    `json:"eventId,omitzero"`
	CarriedFrom string    `json:"carriedFrom,omitzero"` // E5: the existing Partner ID whose record tells of it

	Authority *Authority `json:"authority,omitempty"` // A3: of a signer who isn't a Global Admin

	CompanyName   string    `json:"companyName,omitzero"`   // the legal name at the time
	Title         string    `json:"title,omitzero"`         // of the agreement
	Consent       string    `json:"consent,omitzero"`       // what was consented to
	EffectiveFrom time.Time `json:"effectiveFrom,omitzero"` // of the version; after At when it was accepted ahead (A6)
}

// Evidenced refuses evidence of an acceptance that isn't one of the partner's own
// events: what was carried over is told of by other records (E5).
func (a Acceptance) Evidenced() error {
	if a.CarriedFrom == "" {
		return nil
	}
	return Refuse(CodeEvidenceElsewhere, "This acceptance was carried over from the existing Partner ID "+a.CarriedFrom+": the evidence of it is kept with that membership's records. Ask support for it.")
}

// AgreementAccepted tells that the agreement was signed.
type AgreementAccepted struct {
	Acceptance Acceptance `json:"acceptance"`
	Ahead      bool       `json:"ahead,omitzero"` // of the version to come: the one in force goes on to count (A6)
	Next       *Renewal   `json:"next,omitempty"` // the version that is known to follow
}

// Type implements EventData.
func (AgreementAccepted) Type() EventType { return "agreement.accepted" }

func (d AgreementAccepted) apply(p *Partner, e Event) {
	a := d.Acceptance
	a.EventID = e.ID
	if d.Ahead {
		p.Acceptance, p.Ahead = p.AcceptedAt(e.At), &a
	} else {
		p.Acceptance, p.Ahead = &a, nil
	}
	p.Renewal = d.Next
	p.Members = p.withMember(e.Actor, e.At, RoleAdminAgent) // A4, in the same transaction
}

// AcceptAgreement is the command of step 4 (A2).
type AcceptAgreement struct {
	Version     string
	SHA256      string // of the document that was shown
	SignerName  string
	SignerTitle string
	Consent     bool
	By          Principal
}

// AgreementRegion is the region whose agreement the partner reads: that of its
// legal address, or of the draft's address before it is submitted (A1).
func (p Partner) AgreementRegion(regions Regions, now time.Time) (string, bool) {
	if p.Region != "" {
		return p.Region, true
	}
	return regions.RegionOf(p.Info.Legal.Address.Country, now)
}

// Accept signs the agreement (A1–A4): the version in force or, by a company
// that has accepted that one, the version to come (A6).
func (p Partner) Accept(c AcceptAgreement, current AgreementVersion, s Stamp) (Event, error) {
	if refusal := p.notHeldUp("acceptAgreement"); refusal != nil {
		return Event{}, refusal
	}
	version, ahead := current, false
	newest := p.signed() && p.AcceptedAt(s.at()).Version == current.Version
	if next := current.Next; newest && next != nil && c.Version == next.Version {
		version, ahead = *next, true
		newest = p.Ahead != nil && p.Ahead.Version == next.Version
	}
	switch {
	case !p.Authorized():
		return Event{}, p.notAuthorized()
	case newest:
		return Event{}, Refuse(CodeAgreementAccepted, "This version of the agreement has been accepted already.").At(p.path("agreement/acceptance"))
	}
	c.SignerName, c.SignerTitle = strings.TrimSpace(c.SignerName), strings.TrimSpace(c.SignerTitle)
	var faults []Fault
	if c.Version == "" {
		faults = append(faults, Fault{"/version", FaultRequired, "Name the version that was shown."})
	}
	if c.SHA256 == "" {
		faults = append(faults, Fault{"/sha256", FaultRequired, "Give the SHA-256 of the document that was shown."})
	}
	faults = append(faults, textFaults("/signerName", c.SignerName, true, maxName)...)
	faults = append(faults, companyFaults("/signerTitle", c.SignerTitle, true, maxName)...)
	if !c.Consent {
		faults = append(faults, Fault{"/consent", FaultMustBeTrue, "The signer must consent explicitly."})
	}
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	shown, ok := version.document(c.SHA256)
	if c.Version != version.Version || !ok {
		return Event{}, Refuse(CodeAgreementStale, "The document you read isn't the current one, which is version "+version.Version+". Read that one, then accept it.").At(p.path("agreement"))
	}
	a := Acceptance{
		Version: version.Version, Region: version.Region, SHA256: shown.SHA256, MediaType: shown.MediaType,
		SignerName: c.SignerName, SignerTitle: c.SignerTitle,
		UserID: c.By.UserID, Email: c.By.Email, TenantID: p.TenantID, IPAddress: c.By.IPAddress, UserAgent: cut(c.By.UserAgent, 500), At: s.at(), Authority: p.authorityOf(c.By),
		CompanyName: p.LegalName(), Title: version.Title, Consent: Consent, EffectiveFrom: version.EffectiveFrom,
	}
	params := p.mailParams()
	params["agreementVersion"], params["sha256"], params["signedBy"] = a.Version, a.SHA256, a.SignerName+", "+a.SignerTitle
	params["acceptedAt"], params["evidenceLink"] = a.At.Format(time.RFC3339), p.path("agreement/acceptance")
	if ahead {
		params["effectiveFrom"] = version.EffectiveFrom.UTC().Format(time.RFC3339)
	}
	return p.progress(s, AgreementAccepted{Acceptance: a, Ahead: ahead, Next: renewalOf(version.Next)}, send(MailAgreementAccepted, p.ContactEmail(), params)), nil
}

// signed says whether an agreement of the region of the legal address was
// accepted. One of the region that the address has left doesn't count (V7).
func (p Partner) signed() bool {
	return p.Acceptance != nil && p.Acceptance.Region == p.Region
}

func (p Partner) notAuthorized() *Refusal {
	return Refuse(CodeNotAuthorized, "Business verification isn't finished: this step opens once the company is authorized.").At(p.path("verification"))
}

func (v AgreementVersion) document(sha256 string) (AgreementDocument, bool) {
	for _, d := range v.Documents {
		if strings.EqualFold(d.SHA256, sha256) {
			return d, true
		}
	}
	return AgreementDocument{}, false
}

// cut shortens text to at most n bytes without splitting a character.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}

// AgreementStatus is where the agreement stands for the partner.
type AgreementStatus string

// Statuses of the agreement.
const (
	AgreementNotAvailable AgreementStatus = "NotAvailable" // can be read, not signed yet (A1)
	AgreementReady        AgreementStatus = "Ready"
	AgreementIsAccepted   AgreementStatus = "Accepted"
	AgreementOutdated     AgreementStatus = "Outdated" // A6: the version before is accepted, this one is to be by a date
)

// Class is the stable class of the agreement's status.
func (s AgreementStatus) Class() Class {
	switch s {
	case AgreementIsAccepted:
		return ClassDone
	case AgreementReady, AgreementOutdated:
		return ClassAction
	}
	return ClassStopped
}

// AgreementStatus answers where a version of the agreement stands at a time.
func (p Partner) AgreementStatus(v AgreementVersion, at time.Time) AgreementStatus {
	of := func(a *Acceptance) bool { return a != nil && a.Version == v.Version }
	switch {
	case p.signed() && (of(p.AcceptedAt(at)) || of(p.Ahead)):
		return AgreementIsAccepted
	case p.signed() && !at.Before(v.EffectiveFrom):
		return AgreementOutdated
	case p.Authorized():
		return AgreementReady
	}
	return AgreementNotAvailable
}
