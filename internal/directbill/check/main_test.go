package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestX1_TheCommandTellsWhatChangesOrEveryFault(t *testing.T) {
	var out bytes.Buffer
	if code := check(nil, &out); code != 0 || !strings.Contains(out.String(), "FY26  from 2025-10-01 on: 7 items") || !strings.Contains(out.String(), "USD 1,000,000 instead of USD 300,000") {
		t.Errorf("%d\n%s", code, &out)
	}
	name := filepath.Join(t.TempDir(), "2027-10-01.json")
	if err := os.WriteFile(name, []byte(`{"id": "x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if code := check([]string{name}, &out); code != 1 || strings.Count(out.String(), "2027-10-01.json:") < 5 {
		t.Errorf("%d\n%s", code, &out)
	}
	if code := check([]string{name + "none"}, &out); code != 1 {
		t.Error("a file that isn't there is no fault")
	}
}
