package main

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /partners/{partnerId}/agreement", f.read)
	r.Handle("GET /partners/{partnerId}/agreement/document", f.document)
	r.Handle("GET /partners/{partnerId}/agreement/acceptance", f.evidence)
	r.Handle("GET /partners/{partnerId}/agreement/acceptances", f.acceptances)
	r.Handle("GET /partners/{partnerId}/agreement/acceptances/{acceptanceId}/evidence", f.bundle)
	r.Handle("POST /partners/{partnerId}/agreement/acceptance", f.accept)
	return r
}

// current is the version that the partner reads: that of its region (A1).
func (f function) current(p onboarding.Partner) (onboarding.AgreementVersion, error) {
	id, known := p.AgreementRegion(region.Default(), p.Now(f.Now()))
	if !known {
		return onboarding.AgreementVersion{}, onboarding.Refuse(onboarding.CodeAgreementUnavailable, "Which agreement applies depends on the country of the legal address. Save the business information first.").At("/partners/" + p.ID + "/business-info")
	}
	v, ok := agreement.Table{}.Current(id, p.Now(f.Now()))
	if !ok {
		return onboarding.AgreementVersion{}, onboarding.Refuse(onboarding.CodeAgreementUnavailable, "There is no agreement for this region yet.")
	}
	return v, nil
}

func (f function) read(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionReadAgreement, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	v, err := f.current(p)
	if err != nil {
		return store.Answer{}, err
	}
	now := p.Now(f.Now())
	out := api.Agreement{
		Version: v.Version, Title: v.Title, Test: p.Test, Region: v.Region, EffectiveFrom: view.Time(v.EffectiveFrom), AcceptBy: view.Time(v.ReacceptBy),
		Documents: documents(p, v), Consent: onboarding.Consent,
	}
	status := p.AgreementStatus(v, now)
	out.Status, out.StatusClass = api.AgreementStatus(status), api.StatusClass(status.Class())
	if a := p.AcceptedAt(now); a != nil {
		out.AcceptedVersion, out.AcceptedAt = a.Version, view.Time(a.At)
	}
	if next := v.Next; next != nil {
		status := p.AgreementStatus(*next, now)
		out.Coming = api.ComingAgreement{
			Version: next.Version, Title: next.Title, EffectiveFrom: view.Time(next.EffectiveFrom), AcceptBy: view.Time(next.ReacceptBy), Documents: documents(p, *next),
			Status: api.AgreementStatus(status), StatusClass: api.StatusClass(status.Class()),
		}
	}
	return httpapi.JSON(http.StatusOK, out)
}

func documents(p onboarding.Partner, v onboarding.AgreementVersion) []api.AgreementDocument {
	list := []api.AgreementDocument{}
	for _, d := range v.Documents {
		list = append(list, api.AgreementDocument{MediaType: api.DocumentMediaType(d.MediaType), SHA256: d.SHA256, Size: d.Size, Href: "/partners/" + p.ID + "/agreement/document?version=" + v.Version})
	}
	return list
}

// document answers the agreement itself, as HTML or PDF: the current version, or
// any other that is asked for (A1, A6).
func (f function) document(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionReadAgreement, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	name := r.HTTP.URL.Query().Get("version")
	if name == "" {
		v, err := f.current(p)
		if err != nil {
			return store.Answer{}, err
		}
		name = v.Version
	}
	media, err := httpapi.Negotiate(r, agreement.MediaTypeHTML, agreement.MediaTypePDF)
	if err != nil {
		return store.Answer{}, err
	}
	version, _ := agreement.Find(name)
	rendition, _ := version.Rendition(media)
	content, ok := agreement.Document(name, media)
	if !ok {
		return store.Answer{}, onboarding.NotFound()
	}
	headers := map[string]string{
		"Content-Type": media, "ETag": `"` + rendition.SHA256 + `"`, "Vary": "Accept",
		"Content-Disposition": `inline; filename="partner-agreement-` + name + `.` + strings.TrimPrefix(strings.TrimPrefix(media, "text/"), "application/") + `"`,
	}
	if media == agreement.MediaTypeHTML {
		headers["Content-Type"] = "text/html; charset=utf-8"
		headers["Content-Security-Policy"] = rendition.ContentSecurityPolicy
	}
	return store.Answer{Status: http.StatusOK, Headers: headers, Body: json.RawMessage(content)}, nil
}

// accept signs the agreement (A2–A4).
func (f function) accept(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.AcceptanceRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return r.Command(f.Commands, onboarding.ActionSign,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			current, err := f.current(p)
			if err != nil {
				return onboarding.Event{}, err
			}
			return p.Accept(onboarding.AcceptAgreement{
				Version: body.Version, SHA256: body.SHA256, SignerName: body.SignerName, SignerTitle: body.SignerTitle, Consent: body.Consent, By: r.By,
			}, current, s)
		},
		func(p onboarding.Partner, e onboarding.Event) (store.Answer, error) {
			return httpapi.JSONWith(http.StatusCreated, evidenceOf(*p.NewestAcceptance()), "Location", "/partners/"+p.ID+"/agreement/acceptance")
		})
}

// evidence answers what is kept of the acceptance that goes by today (A2).
func (f function) evidence(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionReadAgreement, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	a := p.AcceptedAt(p.Now(f.Now()))
	if a == nil {
		return store.Answer{}, onboarding.NotFound()
	}
	return httpapi.JSON(http.StatusOK, evidenceOf(*a))
}

// acceptances lists every acceptance ever given (A6).
func (f function) acceptances(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionReadAgreement, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	list, err := f.Store.Acceptances(r.Context(), p.ID)
	if err != nil {
		return store.Answer{}, err
	}
	out := api.AgreementAcceptances{Items: []api.AcceptanceEvidence{}, Test: p.Test}
	for _, a := range list {
		out.Items = append(out.Items, evidenceOf(a.Acceptance))
	}
	return httpapi.JSON(http.StatusOK, out)
}

func evidenceOf(a onboarding.Acceptance) api.AcceptanceEvidence {
	return api.AcceptanceEvidence{
		Version: a.Version, SHA256: a.SHA256, DocumentMediaType: api.DocumentMediaType(a.MediaType), SignerName: a.SignerName, SignerTitle: a.SignerTitle,
		SignedBy: a.UserID, AcceptedAt: view.Time(a.At), LegalAuthority: view.LegalAuthority(a.Authority), IPAddress: a.IPAddress, UserAgent: a.UserAgent, TenantID: a.TenantID, EventID: a.EventID, CarriedFrom: a.CarriedFrom,
		Title: a.Title, Region: a.Region, EffectiveFrom: view.Time(a.EffectiveFrom), Consent: a.Consent,
	}
}
