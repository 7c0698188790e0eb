package main

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/evidence"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

const maxID = 64

// bundle answers the evidence of one acceptance: the file that is verified
// without this system, or its certificate for people (A2, A6).
func (f function) bundle(r *httpapi.Request) (store.Answer, error) {
	id := r.HTTP.PathValue("acceptanceId")
	if len(id) > maxID {
		id = "" // no acceptance's
	}
	record, a, err := f.Store.LoadAcceptance(r.Context(), r.PartnerID(), id)
	if err != nil {
		return store.Answer{}, err
	}
	if err := onboarding.Authorize(r.By, onboarding.ActionReadEvidence, record.Partner); err != nil {
		return store.Answer{}, err
	}
	if a == nil {
		return store.Answer{}, onboarding.NotFound()
	}
	if err := a.Evidenced(); err != nil {
		return store.Answer{}, err
	}
	media, err := httpapi.Negotiate(r, "application/json", agreement.MediaTypePDF)
	if err != nil {
		return store.Answer{}, err
	}
	events, err := f.Store.ChainTo(r.Context(), record.Partner.ID, a.Sequence)
	if err != nil {
		return store.Answer{}, err
	}
	var content []byte
	if media == agreement.MediaTypePDF {
		content, err = evidence.CertificateOf(events, record.Partner.Test)
	} else {
		document, _ := agreement.Document(a.Version, a.MediaType)
		content, err = evidence.Make(events, document, record.Partner.Test)
	}
	if err != nil {
		return store.Answer{}, err
	}
	return store.Answer{Status: http.StatusOK, Headers: map[string]string{
		"Content-Type": media, "Vary": "Accept",
		"Content-Disposition": `attachment; filename="agreement-evidence-` + id + "." + strings.TrimPrefix(media, "application/") + `"`,
	}, Body: json.RawMessage(content)}, nil
}
