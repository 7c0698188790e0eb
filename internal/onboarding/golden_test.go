package onboarding_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// wantGolden compares with a file of testdata; go test -update writes it.
func wantGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v: if this is new, write it with go test ./internal/onboarding -update", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s has changed.\nwas:\n%s\nis:\n%s", path, want, got)
	}
}
