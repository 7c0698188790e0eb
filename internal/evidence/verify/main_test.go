package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestA6_TheCommandTellsEveryCheckAndWhichFails(t *testing.T) {
	bundle, err := os.ReadFile("testdata/evidence.json")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if !report(&out, bundle, "") || strings.Count(out.String(), "holds  ") != 6 || !strings.Contains(out.String(), "Compare the hash") {
		t.Errorf("a true one:\n%s", &out)
	}
	out.Reset()
	if report(&out, bytes.Replace(bundle, []byte(`"signerName": "Ada`), []byte(`"signerName": "Eve`), 1), "") || !strings.Contains(out.String(), "FAILS  acceptance") || !strings.Contains(out.String(), "This is not evidence") {
		t.Errorf("a changed one:\n%s", &out)
	}
	out.Reset()
	if report(&out, bundle, strings.Repeat("0", 64)) || !strings.Contains(out.String(), "FAILS  hash") {
		t.Errorf("another hash:\n%s", &out)
	}
}
