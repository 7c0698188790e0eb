// Package evidence makes the evidence of an acceptance of the agreement, which
// anybody can verify without this system (A2, A6), and verifies it.
//
// It holds what was accepted, who accepted it, and the partner's chain of events
// up to the acceptance. Of the events before only their places in the chain are
// in it: what they tell is other people's and nobody's business here, and the
// chain is verified without.
package evidence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/chain"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Format names the form of a bundle.
const Format = "partner-onboarding/agreement-evidence/1"

// Bundle is the evidence of one acceptance.
type Bundle struct {
	Format      string        `json:"format"`
	Test        bool          `json:"test,omitzero"` // of a test partner: nothing about it is real
	Acceptance  Acceptance    `json:"acceptance"`
	Chain       []chain.Event `json:"chain"`       // up to the acceptance, which is the last and alone has its content
	Document    File          `json:"document"`    // what was accepted
	Certificate File          `json:"certificate"` // the same facts for people
}

// Acceptance is what the acceptance's event says, under names of this format.
type Acceptance struct {
	PartnerID     string    `json:"partnerId"`
	EventID       string    `json:"eventId"`
	EventHash     string    `json:"eventHash"`
	AcceptedAt    time.Time `json:"acceptedAt"`
	Agreement     string    `json:"agreement"`
	Version       string    `json:"version"`
	Region        string    `json:"region"`
	EffectiveFrom time.Time `json:"effectiveFrom,omitzero"`
	SHA256        string    `json:"sha256"` // of the document that was shown
	MediaType     string    `json:"mediaType"`
	CompanyName   string    `json:"companyName,omitzero"`
	SignerName    string    `json:"signerName"`
	SignerTitle   string    `json:"signerTitle"`
	UserID        string    `json:"userId"`
	Email         string    `json:"email"`
	TenantID      string    `json:"tenantId"`
	IPAddress     string    `json:"ipAddress"`
	UserAgent     string    `json:"userAgent"`
	Consent       string    `json:"consent,omitzero"`
	Authority     string    `json:"authority,omitzero"` // JSON: by what a signer who isn't a Global Admin was empowered
}

// File is a file with its content, in Base64.
type File struct {
	MediaType string `json:"mediaType"`
	Content   []byte `json:"content"`
}

// Make makes the evidence of the acceptance that a chain ends with: the same
// bytes for the same acceptance.
func Make(events []chain.Event, document []byte, test bool) ([]byte, error) {
	a, err := factsOf(events)
	if err != nil {
		return nil, err
	}
	certificate, err := Certificate(a, test)
	if err != nil {
		return nil, err
	}
	return encode(Bundle{
		Format: Format, Test: test, Acceptance: a, Chain: events,
		Document: File{a.MediaType, document}, Certificate: File{"application/pdf", certificate},
	})
}

// CertificateOf is the certificate of the acceptance that a chain ends with.
func CertificateOf(events []chain.Event, test bool) ([]byte, error) {
	a, err := factsOf(events)
	if err != nil {
		return nil, err
	}
	return Certificate(a, test)
}

// factsOf reads the acceptance from the content of a chain's last event.
func factsOf(events []chain.Event) (Acceptance, error) {
	if len(events) == 0 {
		return Acceptance{}, fmt.Errorf("evidence: there is no event")
	}
	last := events[len(events)-1]
	if want := string(onboarding.AgreementAccepted{}.Type()); last.Type != want || last.Content == nil || last.ErasedBy != "" {
		return Acceptance{}, fmt.Errorf("evidence: the chain doesn't end with an event %s and its content", want)
	}
	var data struct {
		Acceptance struct {
			onboarding.Acceptance
			Authority json.RawMessage `json:"authority"`
		} `json:"acceptance"`
	}
	if err := json.Unmarshal([]byte(last.Content.Data), &data); err != nil {
		return Acceptance{}, fmt.Errorf("evidence: the acceptance can't be read: %w", err)
	}
	a := data.Acceptance
	return Acceptance{
		PartnerID: last.PartnerID, EventID: last.ID, EventHash: last.Hash, AcceptedAt: a.At,
		Agreement: a.Title, Version: a.Version, Region: a.Region, EffectiveFrom: a.EffectiveFrom, SHA256: a.SHA256, MediaType: a.MediaType,
		CompanyName: a.CompanyName, SignerName: a.SignerName, SignerTitle: a.SignerTitle, UserID: a.UserID, Email: a.Email, TenantID: a.TenantID,
		IPAddress: a.IPAddress, UserAgent: a.UserAgent, Consent: a.Consent, Authority: string(a.Authority),
	}, nil
}

func encode(b Bundle) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(b); err != nil {
		return nil, fmt.Errorf("evidence: encode: %w", err)
	}
	return out.Bytes(), nil
}
