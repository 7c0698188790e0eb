package main

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

var ours = source{bucket: "documents", account: "123456789012"}

func file(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// uploadedEvent is the event inside the example of the queue's message.
func uploadedEvent(t testing.TB) []byte {
	t.Helper()
	var batch struct{ Records []struct{ Body string } }
	if err := json.Unmarshal(file(t, "event-uploaded.json"), &batch); err != nil {
		t.Fatal(err)
	}
	return []byte(batch.Records[0].Body)
}

func TestV3_AnEventIsReadOnlyWhenItIsAboutADocumentOfOurs(t *testing.T) {
	up, scan := string(uploadedEvent(t)), string(file(t, "event-scanned.json"))
	n, err := ours.read([]byte(up))
	if err != nil || n.kind != uploaded || n.key.PartnerID != "P-01K6ZT4M9V8Q2R7XW5N0B1CDEF" || n.version != "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e" {
		t.Errorf("%+v, %v", n, err)
	}
	if n, err = ours.read([]byte(scan)); err != nil || n.kind != scanned || n.key.DocumentID != "D-01K6ZW7C2M4P6R8T0V1X3Z5B7D" || n.version == "" {
		t.Errorf("%+v, %v", n, err)
	}
	for name, event := range map[string]string{
		"not JSON":           "Object Created",
		"a list":             "[]",
		"nothing":            "{}",
		"another bucket":     strings.ReplaceAll(up, `{"name": "documents"}`, `{"name": "others"}`),
		"another account":    strings.ReplaceAll(scan, `"123456789012"`, `"210987654321"`),
		"another source":     strings.ReplaceAll(up, "aws.s3", "me.s3"),
		"another detail":     strings.ReplaceAll(up, "Object Created", "Object Deleted"),
		"another key":        strings.ReplaceAll(scan, "documents/P-", "other/P-"),
		"a key that climbs":  strings.ReplaceAll(scan, "/D-", "/../D-"),
		"an endless version": strings.ReplaceAll(scan, "IYV3p45", strings.Repeat("x", 2000)),
		"a key of a number":  strings.ReplaceAll(scan, `"objectKey": "`, `"objectKey": 4, "x": "`),
	} {
		if _, err := ours.read([]byte(event)); !errors.Is(err, errForeign) {
			t.Errorf("%s: %v", name, err)
		}
		if err := (function{source: ours}).hear(t.Context(), []byte(event)); err != nil {
			t.Errorf("%s is heard as %v", name, err)
		}
	}
}

func FuzzAnyEventIsReadOrForeign(f *testing.F) {
	f.Add(uploadedEvent(f))
	f.Add(file(f, "event-scanned.json"))
	f.Add([]byte(`{"source":"aws.s3","detail-type":"Object Created","detail":null}`))
	f.Fuzz(func(t *testing.T, event []byte) {
		n, err := ours.read(event)
		if err != nil && !errors.Is(err, errForeign) {
			t.Error(err)
		}
		if err == nil && (!n.key.Valid() || len(n.version) > 1024 || !utf8.ValidString(n.version)) {
			t.Errorf("%+v", n)
		}
	})
}
