package evidence

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/chain"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/pdf"
)

var document = []byte("<!doctype html><p>The agreement.</p>")

// signed is a chain that ends with an acceptance by a signer.
func signed(t testing.TB, name string) []chain.Event {
	t.Helper()
	at := time.Date(2026, 3, 6, 10, 0, 0, 0, time.UTC)
	a := onboarding.Acceptance{
		Version: "2026-01", Region: "europe", SHA256: sum(document), MediaType: "text/html", SignerName: name, SignerTitle: "Director", UserID: "u-1", Email: "ada@contoso.example",
		TenantID: "t-1", IPAddress: "192.0.2.7", UserAgent: "Browser <1>", At: at, CompanyName: "Contoso & Söhne GmbH", Title: "Partner agreement", Consent: onboarding.Consent, EffectiveFrom: at.AddDate(0, -1, 0),
	}
	data, err := json.Marshal(onboarding.AgreementAccepted{Acceptance: a})
	if err != nil {
		t.Fatal(err)
	}
	var events []chain.Event
	for n, c := range []chain.Content{{Salt: "s1", Actor: "{}", Data: `{"secret":"somebody else"}`}, {Salt: "s2", Actor: "{}", Data: "{}"}, {Salt: "s3", Actor: `{"kind":"partner"}`, Data: string(data)}} {
		l := chain.Link{Sequence: n + 1, ID: "e-" + string(rune('1'+n)), PartnerID: "P-1", At: "2026-03-06T10:00:00.000Z", Type: "partner.enrolled", Round: 1 - min(n, 1), Commitment: c.Commitment()}
		if n > 0 {
			l.Previous = events[n-1].Hash
		}
		e := chain.Event{Link: l}
		if n == 2 {
			e.Type, e.Content = string(onboarding.AgreementAccepted{}.Type()), &c
		}
		e.Hash = e.Sum()
		events = append(events, e)
	}
	return events
}

func made(t testing.TB, name string, test bool) []byte {
	t.Helper()
	bundle, err := Make(signed(t, name), document, test)
	if err != nil {
		t.Fatal(err)
	}
	return bundle
}

func failing(bundle []byte, hash string) (names []string) {
	_, checks := Verify(bundle, hash)
	for _, c := range checks {
		if c.Err != nil {
			names = append(names, c.Name)
		}
	}
	return names
}

func TestA6_EvidenceVerifiesAndIsTheSameBytesEachTime(t *testing.T) {
	for _, name := range []string{"Ada Lund", "Zoë O’Hara", "Владимир", "山田 太郎", "Ali\u200d"} {
		for _, test := range []bool{false, true} {
			bundle := made(t, name, test)
			if bad := failing(bundle, ""); bad != nil {
				t.Errorf("%s: %v", name, bad)
			}
			if !bytes.Equal(bundle, made(t, name, test)) {
				t.Errorf("%s: other bytes the second time", name)
			}
			if bytes.Contains(bundle, []byte("somebody else")) {
				t.Error("it tells what another event says")
			}
		}
	}
}

func TestA6_TheHashKnownFromElsewhereTellsAMadeUpChain(t *testing.T) {
	events := signed(t, "Ada Lund")
	bundle := made(t, "Ada Lund", false)
	if bad := failing(bundle, events[2].Hash); bad != nil {
		t.Errorf("the true one: %v", bad)
	}
	if bad := failing(made(t, "Eve", false), events[2].Hash); !slices.Contains(bad, "hash") {
		t.Errorf("a made-up one: %v", bad)
	}
}

func TestA6_WhatWasTamperedWithIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		tamper func(*Bundle)
		want   string
	}{
		"the format":                   {func(b *Bundle) { b.Format = "x" }, "form"},
		"the test mark":                {func(b *Bundle) { b.Test = true }, "certificate"},
		"an event's hash":              {func(b *Bundle) { b.Chain[0].Hash = strings.Repeat("0", 64) }, "chain"},
		"an event's time":              {func(b *Bundle) { b.Chain[1].At = "2026-03-06T10:00:01.000Z" }, "chain"},
		"an event left out":            {func(b *Bundle) { b.Chain = b.Chain[1:] }, "chain"},
		"no event":                     {func(b *Bundle) { b.Chain = nil }, "chain"},
		"the acceptance left out":      {func(b *Bundle) { b.Chain = b.Chain[:2] }, "event"},
		"the acceptance's content":     {func(b *Bundle) { b.Chain[2].Content.Data = strings.Replace(b.Chain[2].Content.Data, "Ada", "Eve", 1) }, "chain"},
		"the acceptance's salt":        {func(b *Bundle) { b.Chain[2].Content.Salt = "x" }, "chain"},
		"the acceptance called erased": {func(b *Bundle) { b.Chain[2].ErasedBy = "e-2" }, "chain"},
		"the content taken out":        {func(b *Bundle) { b.Chain[2].Content = nil }, "event"},
		"the signer":                   {func(b *Bundle) { b.Acceptance.SignerName = "Eve" }, "acceptance"},
		"the time":                     {func(b *Bundle) { b.Acceptance.AcceptedAt = b.Acceptance.AcceptedAt.Add(time.Second) }, "acceptance"},
		"the digest":                   {func(b *Bundle) { b.Acceptance.SHA256 = strings.Repeat("0", 64) }, "acceptance"},
		"the document":                 {func(b *Bundle) { b.Document.Content[0]++ }, "document"},
		"the document's media type":    {func(b *Bundle) { b.Document.MediaType = "application/pdf" }, "document"},
		"the certificate":              {func(b *Bundle) { b.Certificate.Content, _ = Certificate(Acceptance{SignerName: "Eve"}, false) }, "certificate"},
		"the certificate's media type": {func(b *Bundle) { b.Certificate.MediaType = "text/html" }, "certificate"},
	} {
		var b Bundle
		if err := json.Unmarshal(made(t, "Ada Lund", false), &b); err != nil {
			t.Fatal(err)
		}
		c.tamper(&b)
		bundle, err := encode(b)
		if err != nil {
			t.Fatal(err)
		}
		if bad := failing(bundle, ""); !slices.Contains(bad, c.want) {
			t.Errorf("%s: %v fail, want %s among them", name, bad, c.want)
		}
	}
}

// repacked says that a changed bundle differs from the bundle in how its
// certificate is packed alone, which depends on the version of the program that
// made it and is no part of what it says.
func repacked(changed, bundle []byte) bool {
	var a, b Bundle
	if json.Unmarshal(changed, &a) != nil || json.Unmarshal(bundle, &b) != nil || !pdf.SameContent(a.Certificate.Content, b.Certificate.Content) {
		return false
	}
	a.Certificate.Content = b.Certificate.Content
	return reflect.DeepEqual(a, b)
}

func TestA6_AnyByteThatDiffersIsFound(t *testing.T) {
	bundle := made(t, "Ada Lund", false)
	rapid.Check(t, func(t *rapid.T) {
		changed := slices.Clone(bundle)
		at := rapid.IntRange(0, len(changed)-1).Draw(t, "at")
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			changed[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		case 1:
			changed = slices.Delete(changed, at, at+1)
		case 2:
			changed = slices.Insert(changed, at, rapid.Byte().Draw(t, "byte"))
		}
		if !bytes.Equal(changed, bundle) && failing(changed, "") == nil && !repacked(changed, bundle) {
			t.Fatalf("byte %d differs, and every check holds", at)
		}
	})
}

func TestA6_NoEvidenceIsMadeOfAnotherEvent(t *testing.T) {
	events := signed(t, "Ada Lund")
	for name, chain := range map[string][]chain.Event{"none": nil, "another": events[:2]} {
		if _, err := Make(chain, document, false); err == nil {
			t.Errorf("%s: made", name)
		}
	}
}

func sum(content []byte) string { return onboarding.HashSecret(string(content)) }
