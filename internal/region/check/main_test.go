package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnEditedFileIsJudgedAndWhatItChangesIsTold(t *testing.T) {
	built, err := os.ReadFile("../regions.json")
	if err != nil {
		t.Fatal(err)
	}
	write := func(change string) string {
		path := filepath.Join(t.TempDir(), "regions.json")
		text := strings.TrimSuffix(strings.TrimSpace(string(built)), "}") + `, "changes": [` + change + `]}`
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var out strings.Builder
	if err := check(write(`{"effective":"2027-01-01","source":"A circular.","moves":[{"market":"GL","from":"eu-efta-uk","to":"canada"}]}`), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"from 2021-04-15 until 2027-01-01: 15 regions, 243 markets.", "from 2027-01-01 on: 15 regions, 243 markets. A circular.", "GL: eu-efta-uk -> canada"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
	if err := check(write(`{"effective":"2027-01-01","source":"A circular.","moves":[{"market":"GL","from":"canada","to":"none"}]}`), &out); err == nil || !strings.Contains(err.Error(), "GL is in") {
		t.Errorf("a faulty file: %v", err)
	}
	if err := check("../regions.json", &out); err != nil {
		t.Errorf("the built-in file: %v", err)
	}
}
