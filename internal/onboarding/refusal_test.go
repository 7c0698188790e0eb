package onboarding_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// elsewhere are codes and faults that callers of the rules use: the rules
// themselves never answer with them.
var elsewhere = []string{"CodeAgreementUnavailable", "CodeWorkflowInput", "CodeDocumentNotUploaded", "CodeOtherPartner", "FaultUnknownField", "FaultWrongType"}

func TestEveryCodeOfARefusalIsTried(t *testing.T) {
	var tests strings.Builder
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "_test.go") && e.Name() != "refusal_test.go" {
			text, err := os.ReadFile(e.Name())
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(text)
		}
	}
	isElsewhere := func(name string) bool {
		for _, e := range elsewhere {
			if e == name {
				return true
			}
		}
		return false
	}
	seen := map[string]string{}
	for name, code := range constants(t, "Code") {
		if other, ok := seen[code]; ok {
			t.Errorf("%s and %s are both %q", name, other, code)
		}
		seen[code] = name
		if tried := strings.Contains(tests.String(), name+")") || strings.Contains(tests.String(), name+"}") || strings.Contains(tests.String(), name+",") || strings.Contains(tests.String(), name+" "); tried == isElsewhere(name) {
			t.Errorf("%s: tried here %t", name, tried)
		}
	}
	for name, code := range constants(t, "Fault") {
		tried := strings.Contains(tests.String(), " "+code+`"`) || strings.Contains(tests.String(), `"`+code+`"`)
		if tried == isElsewhere(name) {
			t.Errorf("%s: tried here %t", name, tried)
		}
	}
}

func TestARefusalIsKnownByItsCode(t *testing.T) {
	refusal := Refuse(CodeNotFound, "Nothing here.").At("/partners").By(RoleGlobalAdmin)
	wrapped := fmt.Errorf("while trying: %w", refusal)
	if CodeOf(wrapped) != CodeNotFound || !errors.Is(wrapped, Refuse(CodeNotFound, "")) || errors.Is(wrapped, Refuse(CodeInvalid, "")) || errors.Is(wrapped, errors.New("x")) {
		t.Errorf("%v isn't recognised", wrapped)
	}
	if CodeOf(nil) != "" || CodeOf(errors.New("x")) != "" {
		t.Error("an error that is no refusal has a code")
	}
	if Invalid(nil) != nil {
		t.Error("no fault makes a refusal")
	}
	if text := Invalid([]Fault{{Pointer: "/a", Code: FaultRequired}}).Error(); !strings.Contains(text, "/a required") {
		t.Errorf("the log would say %q", text)
	}
}

func TestV11_EveryRefusalSaysWhatToDoNext(t *testing.T) {
	// The longest list of refusals that the rules give, found by trying every
	// command in every state of the walk.
	for _, err := range refusalsOfTheWalk(t) {
		var r *Refusal
		if !errors.As(err, &r) {
			t.Errorf("an error that is no refusal: %v", err)
			continue
		}
		if len(strings.Fields(r.Message)) < 4 || !strings.HasSuffix(strings.TrimSpace(r.Message), ".") || strings.Contains(r.Message, "%!") {
			t.Errorf("%s says %q", r.Code, r.Message)
		}
		if r.Where != "" && (!strings.HasPrefix(r.Where, "/") || strings.Contains(r.Where, "//")) {
			t.Errorf("%s sends to %q", r.Code, r.Where)
		}
	}
}
