//go:build stack

package main

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/document"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const (
	documents  = "/partners/" + rig.PartnerID + "/verification/documents"
	documentID = "D-01K6ZW7C2M4P6R8T0V1X3Z5B7D"
	versionID  = "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"
)

// memory is a storage that holds what a test puts there.
type memory struct {
	mu       sync.Mutex
	received map[string]onboarding.Received // by document
	broken   map[string]error
	scans    map[string]onboarding.Scan // by document and version
	deleted  []string
	looks    int
}

func newMemory() *memory {
	return &memory{received: map[string]onboarding.Received{documentID: received(documentID, versionID)}, broken: map[string]error{}, scans: map[string]onboarding.Scan{}}
}

func received(id, version string) onboarding.Received {
	return onboarding.Received{ID: id, VersionID: version, SHA256: strings.Repeat("ab", 32), Upload: onboarding.Upload{Kind: "registration_extract", FileName: "extract.pdf", ContentType: "application/pdf", Size: 48213}}
}

func (m *memory) Offer(_ context.Context, k document.Key, u onboarding.Upload) (document.Form, error) {
	return document.Form{URL: "https://documents.example", Fields: map[string]string{"key": k.String()}, ExpiresAt: time.Now(), MaxBytes: u.Size}, nil
}

func (m *memory) Inspect(_ context.Context, k document.Key) (onboarding.Received, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.looks++
	if err := m.broken[k.DocumentID]; err != nil {
		return onboarding.Received{}, err
	}
	if r, ok := m.received[k.DocumentID]; ok {
		return r, nil
	}
	return onboarding.Received{}, document.ErrNotUploaded
}

func (m *memory) Link(_ context.Context, k document.Key, d onboarding.Document) (string, time.Time, error) {
	return "https://documents.example/" + k.String() + "?versionId=" + d.VersionID, time.Now().Add(time.Minute), nil
}

func (m *memory) Scan(_ context.Context, k document.Key, version string) (onboarding.Scan, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.scans[k.DocumentID+" "+version]; ok {
		return s, nil
	}
	return onboarding.ScanPending, nil
}

func (m *memory) Delete(_ context.Context, k document.Key, version string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deleted = append(m.deleted, k.DocumentID+" "+version)
	return nil
}

func with(parts app.Parts, m *memory) rig.Handler {
	return function{parts, rig.Knowledge().Calendar, m, ours}.handle
}

func wired(parts app.Parts) rig.Handler { return with(parts, newMemory()) }

// taken has a document received, and found clean.
func taken(scan onboarding.Scan) func(*rig.Rig) *rig.Rig {
	return func(r *rig.Rig) *rig.Rig {
		r.Confirmed().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.ReceiveDocument(received(documentID, versionID), rig.Knowledge().Calendar, s)
		})
		if scan != onboarding.ScanPending {
			r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
				return p.RecordScan(documentID, scan, rig.Knowledge().Calendar, s)
			})
		}
		return r
	}
}

var upload = map[string]any{"kind": "registration_extract", "fileName": "extract.pdf", "contentType": "application/pdf", "size": 48213}

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	start := rig.Read("startDocumentUpload", (*rig.Rig).Confirmed, rig.Post(rig.Admin, documents, upload))
	start.Status = 201
	return []rig.Row{
		rig.Read("listDocuments", taken(onboarding.ScanPending), rig.Get(rig.Admin, documents)),
		start,
		rig.Command("receiveDocument", 201, 0, (*rig.Rig).Confirmed, rig.Post(rig.Admin, documents+"/"+documentID+"/receipt", nil)),
		rig.Command("downloadDocument", 200, 0, taken(onboarding.ScanClean), rig.Post(rig.Reviewer, documents+"/"+documentID+"/download", nil)),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) { rig.CountCalls(t, "document", wired, rows(t)) }

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Confirmed()
	r.Example(wired(r.Parts), 201)
}
