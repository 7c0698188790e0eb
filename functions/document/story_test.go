//go:build stack

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/document"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

func TestV11_ADocumentIsReceivedOnceAndItsReceiptStands(t *testing.T) {
	r, m := rig.New(t).Confirmed(), newMemory()
	h := with(r.Parts, m)
	first := rig.Want[api.DocumentReceipt](r, h, 201, rig.Post(rig.Admin, documents+"/"+documentID+"/receipt", nil))
	m.received[documentID] = received(documentID, "another") // uploaded again under the same place
	r.Pass(time.Hour)
	again := rig.Want[api.DocumentReceipt](r, h, 200, rig.Post(rig.Admin, documents+"/"+documentID+"/receipt", nil))
	if first != again || first.SHA256 != strings.Repeat("ab", 32) || m.looks != 1 || len(m.deleted) != 0 {
		t.Errorf("first %+v\nagain %+v, looked %d times, deleted %v", first, again, m.looks, m.deleted)
	}
	if d, _ := r.Record().Partner.Document(documentID); d.VersionID != versionID {
		t.Errorf("pinned is %s", d.VersionID)
	}
}

func TestV3_WhatCannotBeTakenIsRefusedWithItsCodeAndNothingIsLeftBehind(t *testing.T) {
	r, m := rig.New(t).Confirmed(), newMemory()
	h := with(r.Parts, m)
	before := r.Record().Partner.Version
	m.broken[documentID] = &document.ContentError{Code: document.FaultEncrypted, VersionID: versionID}
	p := rig.Want[api.Problem](r, h, 422, rig.Post(rig.Admin, documents+"/"+documentID+"/receipt", nil))
	if p.Code != "invalid" || p.Errors[0].Code != document.FaultEncrypted || p.Errors[0].Pointer != "/file" || m.deleted[0] != documentID+" "+versionID {
		t.Errorf("%+v, deleted %v", p, m.deleted)
	}
	delete(m.broken, documentID)
	bad := received(documentID, versionID)
	bad.Replaces = "D-01K6ZW7C2M4P6R8T0V1X3Z5B7Z"
	m.received[documentID] = bad
	if p = rig.Want[api.Problem](r, h, 422, rig.Post(rig.Admin, documents+"/"+documentID+"/receipt", nil)); p.Errors[0].Pointer != "/replaces" || len(m.deleted) != 2 {
		t.Errorf("%+v, deleted %v", p, m.deleted)
	}
	delete(m.received, documentID)
	if p = rig.Want[api.Problem](r, h, 409, rig.Post(rig.Admin, documents+"/"+documentID+"/receipt", nil)); p.Code != "document_not_uploaded" || p.Where == "" {
		t.Errorf("%+v", p)
	}
	for _, id := range []string{"D-1", "..%2F..%2Fx", "D-01K6ZW7C2M4P6R8T0V1X3Z5B7DX"} {
		rig.Want[api.Problem](r, h, 404, rig.Post(rig.Admin, documents+"/"+id+"/receipt", nil))
	}
	for _, by := range []rig.Caller{rig.Foreigner, rig.Colleague, rig.Reviewer} { // nobody else's call touches the file
		status, _, _ := r.Do(h, rig.Post(by, documents+"/"+documentID+"/receipt", nil))
		if status != 404 && status != 403 {
			t.Errorf("%v: %d", by, status)
		}
	}
	if len(m.deleted) != 2 || r.Record().Partner.Version != before {
		t.Errorf("deleted %v, version %d after %d", m.deleted, r.Record().Partner.Version, before)
	}
}

func TestV3_AReviewerSeesWhatIsCleanAndHisFirstLookPinsIt(t *testing.T) {
	r, m := taken(onboarding.ScanPending)(rig.New(t)), newMemory()
	h := with(r.Parts, m)
	ask := func(by rig.Caller) rig.Call { return rig.Post(by, documents+"/"+documentID+"/download", nil) }
	if p := rig.Want[api.Problem](r, h, 409, ask(rig.Reviewer)); p.Code != "document_not_clean" {
		t.Errorf("%+v", p)
	}
	rig.Want[api.DocumentLink](r, h, 200, ask(rig.Colleague)) // the partner's own
	if list := rig.Want[api.DocumentList](r, h, 200, rig.Get(rig.Admin, documents)); !list.Documents[0].Replaceable || list.Documents[0].Scan != "Pending" {
		t.Errorf("%+v", list)
	}
	m.scans[documentID+" "+versionID] = onboarding.ScanClean // its event was lost
	link := rig.Want[api.DocumentLink](r, h, 200, ask(rig.Reviewer))
	if !strings.Contains(link.URL, "versionId="+versionID) {
		t.Errorf("%s", link.URL)
	}
	version := r.Record().Partner.Version
	rig.Want[api.DocumentLink](r, h, 200, ask(rig.Reviewer))
	list := rig.Want[api.DocumentList](r, h, 200, rig.Get(rig.Admin, documents))
	if d := list.Documents[0]; d.Replaceable || d.NotReplaceable != "document_under_review" || d.Scan != "Clean" || r.Record().Partner.Version != version {
		t.Errorf("%+v", d)
	}
	again := map[string]any{"replaces": documentID}
	for name, value := range upload {
		again[name] = value
	}
	if p := rig.Want[api.Problem](r, h, 409, rig.Post(rig.Admin, documents, again)); p.Code != "document_under_review" {
		t.Errorf("%+v", p)
	}
	rig.Want[api.Problem](r, h, 404, ask(rig.Foreigner))
	rig.Want[api.Problem](r, h, 404, rig.Post(rig.Reviewer, documents+"/D-01K6ZW7C2M4P6R8T0V1X3Z5B7Z/download", nil))
}

func TestV3_AnInfectedDocumentIsShownToNobody(t *testing.T) {
	r, m := taken(onboarding.ScanPending)(rig.New(t)), newMemory()
	h := with(r.Parts, m)
	m.scans[documentID+" "+versionID] = onboarding.ScanInfected
	list := rig.Want[api.DocumentList](r, h, 200, rig.Get(rig.Admin, documents)) // the list asks for the scan
	if list.Documents[0].Scan != "Infected" {
		t.Errorf("%+v", list)
	}
	for _, by := range []rig.Caller{rig.Admin, rig.Reviewer} {
		if p := rig.Want[api.Problem](r, h, 409, rig.Post(by, documents+"/"+documentID+"/download", nil)); p.Code != "document_not_clean" {
			t.Errorf("%+v", p)
		}
	}
}

func TestV3_EventsRepeatedLateOrInAnotherOrderDoNoHarm(t *testing.T) {
	r, m := rig.New(t).Confirmed(), newMemory()
	h := with(r.Parts, m)
	hear := func(event []byte) {
		t.Helper()
		out, err := h(t.Context(), event)
		if batch, ok := out.(events.SQSEventResponse); err != nil || ok && len(batch.BatchItemFailures) > 0 {
			t.Fatalf("%+v, %v", out, err)
		}
	}
	up, scan := file(t, "event-uploaded.json"), file(t, "event-scanned.json")
	before := r.Record().Partner.Version
	hear(scan) // before the upload is known
	if v := r.Record().Partner.Version; v != before {
		t.Errorf("version %d after %d", v, before)
	}
	hear(up)
	d, ok := r.Record().Partner.Document(documentID)
	if !ok || d.Scan != onboarding.ScanPending || d.VersionID != versionID || d.FileName != "extract.pdf" {
		t.Fatalf("%+v", d)
	}
	hear(scan) // the event says clean, the tag doesn't yet: the tag counts
	if d, _ = r.Record().Partner.Document(documentID); d.Scan != onboarding.ScanPending {
		t.Errorf("%+v", d)
	}
	m.scans[documentID+" "+versionID] = onboarding.ScanClean
	for range 2 {
		hear(up)
		hear(scan)
	}
	if d, _ = r.Record().Partner.Document(documentID); d.Scan != onboarding.ScanClean || r.Record().Partner.Version != before+2 || len(m.deleted) != 0 {
		t.Errorf("%+v, version %d after %d, deleted %v", d, r.Record().Partner.Version, before, m.deleted)
	}
	swapped := []byte(strings.ReplaceAll(string(up), versionID, "swapped"))
	m.received[documentID] = received(documentID, "swapped")
	hear(swapped)
	if d, _ = r.Record().Partner.Document(documentID); d.VersionID != versionID || len(m.deleted) != 1 || m.deleted[0] != documentID+" swapped" {
		t.Errorf("pinned %s, deleted %v", d.VersionID, m.deleted)
	}
	hear([]byte(strings.ReplaceAll(string(up), rig.PartnerID, "P-01K6ZT4M9V8Q2R7XW5N0B1CDEZ"))) // nobody's
	hear([]byte(strings.ReplaceAll(string(scan), rig.PartnerID, "P-01K6ZT4M9V8Q2R7XW5N0B1CDEZ")))
	hear([]byte(strings.ReplaceAll(string(up), "aws.s3", "me.s3")))
}

func TestAnUploadThatCannotBeLookedAtNowIsTriedAgain(t *testing.T) {
	r, m := rig.New(t).Confirmed(), newMemory()
	m.broken[documentID] = rig.ErrNetwork
	out, err := with(r.Parts, m)(t.Context(), file(t, "event-uploaded.json"))
	if batch, ok := out.(events.SQSEventResponse); err != nil || !ok || len(batch.BatchItemFailures) != 1 || batch.BatchItemFailures[0].ItemIdentifier != "059f36b4-87a3-44ab-83d2-661975830a7d" || len(m.deleted) != 0 {
		t.Errorf("%+v, %v", out, err)
	}
	m.broken[documentID] = &document.ContentError{Code: document.FaultMismatch, VersionID: versionID}
	out, err = with(r.Parts, m)(t.Context(), file(t, "event-uploaded.json"))
	if batch, ok := out.(events.SQSEventResponse); err != nil || !ok || len(batch.BatchItemFailures) != 0 || len(m.deleted) != 1 {
		t.Errorf("a disguised one: %+v, %v, deleted %v", out, err, m.deleted)
	}
}
