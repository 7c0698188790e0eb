package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/document"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

const root = "/partners/{partnerId}/verification/documents"

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET "+root, f.list)
	r.Handle("POST "+root, f.start)
	r.Handle("POST "+root+"/{documentId}/receipt", f.receive)
	r.Handle("POST "+root+"/{documentId}/download", f.download)
	return r
}

func keyOf(r *httpapi.Request) document.Key {
	return document.Key{PartnerID: r.PartnerID(), DocumentID: r.HTTP.PathValue("documentId")}
}

func path(partnerID string) string { return "/partners/" + partnerID + "/verification/documents" }

// list shows the documents of the newest case. A scan whose end was not heard
// of is asked for.
func (f function) list(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionReadDocument, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusOK, view.Documents(f.scanned(r.Context(), p)))
}

// start gives out a place to upload one file to (V3). Nothing is recorded.
func (f function) start(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DocumentUpload](r)
	if err != nil {
		return store.Answer{}, err
	}
	p, err := r.Partner(f.Store, onboarding.ActionUploadDocument, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	u := onboarding.Upload{Kind: onboarding.DocumentKind(body.Kind), FileName: body.FileName, ContentType: body.ContentType, Size: int64(body.Size), Replaces: body.Replaces}
	if err := p.MayUpload(u); err != nil {
		return store.Answer{}, err
	}
	key := document.Key{PartnerID: p.ID, DocumentID: app.NewID(app.DocumentPrefix, f.Now())}
	form, err := f.files.Offer(r.Context(), key, u)
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSONWith(http.StatusCreated, api.DocumentPlace{
		DocumentID: key.DocumentID, ExpiresAt: view.Time(form.ExpiresAt), MaxBytes: int(form.MaxBytes),
		Upload: api.DocumentForm{URL: form.URL, Method: http.MethodPost, Fields: form.Fields},
	}, "Location", path(p.ID)+"/"+key.DocumentID+"/receipt")
}

// receive answers with the receipt of an upload (V11). It is made from what
// lies in storage, whatever the client says.
func (f function) receive(r *httpapi.Request) (store.Answer, error) {
	key := keyOf(r)
	take := f.taking(r.Context(), key)
	answer, err := r.Command(f.Commands, onboarding.ActionUploadDocument, take.decide, func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
		return receipt(http.StatusCreated, p, key)
	})
	if onboarding.CodeOf(err) == onboarding.CodeDocumentKnown {
		return receipt(http.StatusOK, f.scanned(r.Context(), take.partner), key)
	}
	return answer, take.settle(r.Context(), err)
}

// receipt renders a document's receipt. One that a scan took away meanwhile is
// not there any more.
func receipt(status int, p onboarding.Partner, key document.Key) (store.Answer, error) {
	d, ok := p.Document(key.DocumentID)
	if !ok {
		return store.Answer{}, onboarding.NotFound()
	}
	if status == http.StatusOK {
		return httpapi.JSON(status, view.Receipt(*p.Case, d))
	}
	return httpapi.JSONWith(status, view.Receipt(*p.Case, d), "Location", path(p.ID))
}

// download answers with a link to read a document. A reviewer's first look is
// recorded before he gets it (V3). The link is never kept, so neither is the
// request: asked again, there is a fresh one.
func (f function) download(r *httpapi.Request) (store.Answer, error) {
	key := keyOf(r)
	p, err := f.open(r.Context(), key, r.By)
	if err != nil {
		return store.Answer{}, err
	}
	d, ok := p.Document(key.DocumentID)
	if !ok {
		return store.Answer{}, onboarding.NotFound()
	}
	url, expiresAt, err := f.files.Link(r.Context(), key, d)
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusOK, api.DocumentLink{URL: url, ExpiresAt: view.Time(expiresAt)})
}

// scanned asks for the scans whose end was not heard of and records those that
// have ended. What goes wrong with it is left to the next time: the documents
// are shown as they are known.
func (f function) scanned(ctx context.Context, p onboarding.Partner) onboarding.Partner {
	for _, d := range p.AwaitedScans() {
		after, err := f.scan(ctx, document.Key{PartnerID: p.ID, DocumentID: d.ID}, d)
		if err != nil {
			if !errors.Is(err, errNothingNew) {
				slog.WarnContext(ctx, "a scan could not be recorded", "partnerId", p.ID, "documentId", d.ID, "error", err)
			}
			continue
		}
		p = after
	}
	return p
}
