//go:build stack

package main

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/evidence"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	f := function{parts}
	return app.Step(f.router(), f.tasks())
}

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	v, ok := agreement.Table{}.Current("eu-efta-uk", time.Now())
	if !ok {
		t.Fatal("no agreement")
	}
	acceptance := map[string]any{"version": v.Version, "sha256": v.Documents[0].SHA256, "signerName": "Ada Byron", "signerTitle": "Director", "consent": true}
	return []rig.Row{
		rig.Read("getAgreement", (*rig.Rig).Authorized, rig.Get(rig.Admin, path+"/agreement")),
		rig.Read("getAgreementDocument", (*rig.Rig).Authorized, rig.Get(rig.Admin, path+"/agreement/document")),
		rig.Command("acceptAgreement", 201, 1, rig.Waiting(wired, (*rig.Rig).Authorized), rig.Post(rig.Admin, path+"/agreement/acceptance", acceptance)),
		rig.Read("getAgreementDocument", (*rig.Rig).Authorized, rig.Get(rig.Admin, path+"/agreement/document?version=2027-01-ca")),
		{Operation: "listAgreementAcceptances", Status: 200, State: (*rig.Rig).Accepted, Call: rig.Get(rig.Admin, path+"/agreement/acceptances"), Cost: rig.Count{Reads: 2}},           // who may ask, then the acceptances
		{Operation: "getAgreementEvidence", Status: 404, State: (*rig.Rig).Accepted, Call: rig.Get(rig.Admin, path+"/agreement/acceptances/none/evidence"), Cost: rig.Count{Reads: 1}}, // of one that is there: and the chain
		rig.Read("getAgreementAcceptance", (*rig.Rig).Accepted, rig.Get(rig.Admin, path+"/agreement/acceptance")),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) { rig.CountCalls(t, "agreement", wired, rows(t)) }

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Authorized()
	r.Example(wired(r.Parts), 200)
}

func TestA6_TheEvidenceOfAnAcceptanceIsVerifiedOfflineAndSaysNothingOfOthers(t *testing.T) {
	r := rig.New(t).Accepted()
	h := wired(r.Parts)
	id := r.Record().Partner.Acceptance.EventID
	get := func(by rig.Caller, media string) (int, []byte) {
		call := rig.Get(by, path+"/agreement/acceptances/"+id+"/evidence")
		call.Headers = map[string]string{"accept": media}
		status, headers, body := r.Do(h, call)
		if status == 200 && (strings.Join(headers["Content-Type"], "") != media || !strings.Contains(strings.Join(headers["Content-Disposition"], ""), id)) {
			t.Errorf("headers %v", headers)
		}
		if plain, err := base64.StdEncoding.DecodeString(string(body)); err == nil { // as a PDF is handed to API Gateway
			body = plain
		}
		return status, body
	}
	r.Network.Reset()
	_, bundle := get(rig.Admin, "application/json")
	if n := len(r.Network.Calls()); n != 2 {
		t.Errorf("%d calls, want one for who may ask and the acceptance, one for the chain", n)
	}
	b, checks := evidence.Verify(bundle, "")
	for _, c := range checks {
		if c.Err != nil {
			t.Errorf("A6 %s: %v", c.Name, c.Err)
		}
	}
	if b.Acceptance.SignerName != "Ada Byron" || b.Acceptance.EventID != id || b.Acceptance.CompanyName == "" || b.Acceptance.Consent != onboarding.Consent {
		t.Errorf("%+v", b.Acceptance)
	}
	for _, e := range b.Chain[:len(b.Chain)-1] {
		if e.Content != nil {
			t.Errorf("event %d comes with its content", e.Sequence)
		}
	}
	if _, again := get(rig.Reviewer, "application/json"); !bytes.Equal(again, bundle) {
		t.Error("A6: asked again it has other bytes")
	}
	if status, certificate := get(rig.Admin, "application/pdf"); status != 200 || !bytes.HasPrefix(certificate, []byte("%PDF-")) || !bytes.Equal(certificate, b.Certificate.Content) {
		t.Errorf("certificate: %d, %d bytes", status, len(certificate))
	}
	for name, c := range map[string]struct {
		by   rig.Caller
		want int
	}{"a colleague without a role": {rig.Colleague, 403}, "a distributor": {rig.Distributor, 404}, "a foreigner": {rig.Foreigner, 404}} {
		if status, _ := get(c.by, "application/json"); status != c.want {
			t.Errorf("%s gets %d, want %d", name, status, c.want)
		}
	}
	if status, _ := get(rig.Admin, "text/plain"); status != 406 {
		t.Errorf("as plain text: %d", status)
	}
}
