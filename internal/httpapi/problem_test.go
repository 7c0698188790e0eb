package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// declaredCodes reads the constants of type Code from source files, so that a
// new one can't be forgotten here.
func declaredCodes(t *testing.T, files ...string) map[string]onboarding.Code {
	t.Helper()
	codes := map[string]onboarding.Code{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Names) != 1 || len(spec.Values) != 1 || !strings.HasPrefix(strings.ToLower(spec.Names[0].Name), "code") {
				return true
			}
			if text, ok := spec.Values[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
				value, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				codes[spec.Names[0].Name] = onboarding.Code(value)
			}
			return true
		})
	}
	return codes
}

func TestEveryDeclaredCodeHasAStatusOfItsKind(t *testing.T) {
	codes := declaredCodes(t, "../onboarding/refusal.go", "problem.go")
	if len(codes) < 30 {
		t.Fatalf("only %d codes found", len(codes))
	}
	known := map[onboarding.Code]bool{}
	for name, code := range codes {
		known[code] = true
		status, ok := statuses[code]
		if !ok {
			t.Errorf("%s (%s) has no status: it would be answered as 500", name, code)
		} else if http.StatusText(status) == "" || status < 400 || (status >= 500) != (code == codeInternal || code == codeTryAgain) {
			t.Errorf("%s (%s): status %d", name, code, status)
		}
	}
	for code := range statuses {
		if !known[code] {
			t.Errorf("%s has a status but isn't declared", code)
		}
	}
}

func problem(t *testing.T, a store.Answer) api.Problem {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal(a.Body, &p); err != nil {
		t.Fatalf("not a problem document: %v: %s", err, a.Body)
	}
	if p.Status != a.Status || p.Type != "about:blank" || p.Title == "" || a.Headers["Content-Type"] != "application/problem+json" {
		t.Errorf("problem %+v, headers %v", p, a.Headers)
	}
	return p
}

func TestARefusalIsAnsweredWithAllItSays(t *testing.T) {
	refusal := &onboarding.Refusal{
		Code: onboarding.CodeInvalid, Message: "Mend this.", Where: "/partners/P-1/business-info",
		Faults: []onboarding.Fault{{Pointer: "/a", Code: "required", Message: "Enter a."}, {Pointer: "/b", Code: "invalid", Message: "Mend b."}},
		Roles:  []onboarding.Role{onboarding.RoleGlobalAdmin, onboarding.RoleAdminAgent},
	}
	got := problem(t, problemOf(t.Context(), fmt.Errorf("wrapped: %w", refusal), "r-1", "/partners/P-1"))
	want := api.Problem{
		Type: "about:blank", Title: "Invalid", Status: 422, Code: "invalid", Detail: "Mend this.", Instance: "/partners/P-1", RequestID: "r-1", Where: "/partners/P-1/business-info",
		Errors: []api.FieldError{{Pointer: "/a", Code: "required", Message: "Enter a."}, {Pointer: "/b", Code: "invalid", Message: "Mend b."}},
		Actors: []api.Role{api.RoleGlobalAdmin, api.RoleAdminAgent},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWhatIsNoRefusalIsAnsweredWithAFixedTextAndNothingOfItsInsides(t *testing.T) {
	const secret = "arn:aws:dynamodb:us-east-1:123456789012:table/secret"
	for name, c := range map[string]struct {
		err    error
		status int
		code   onboarding.Code
		retry  bool
	}{
		"anything":               {errors.New(secret), 500, codeInternal, false},
		"not found in the SDK":   {fmt.Errorf("store: %w", &types.ResourceNotFoundException{Message: ptr(secret)}), 500, codeInternal, false},
		"busy":                   {fmt.Errorf("%s: %w", secret, command.ErrBusy), 503, codeTryAgain, true},
		"conflict":               {fmt.Errorf("%s: %w", secret, store.ErrConflict), 503, codeTryAgain, true},
		"deadline":               {fmt.Errorf("%s: %w", secret, context.DeadlineExceeded), 503, codeTryAgain, true},
		"throttled":              {&types.ProvisionedThroughputExceededException{Message: ptr(secret)}, 503, codeTryAgain, true},
		"key reused":             {fmt.Errorf("%s: %w", secret, command.ErrKeyReused), 422, codeKeyReused, false},
		"a code nobody declared": {onboarding.Refuse("no_such_code", "Text."), 500, "no_such_code", false},
		"asked too often":        {onboarding.Refuse(onboarding.CodeAskedTooOften, "Later."), 429, onboarding.CodeAskedTooOften, true},
		"resend too soon":        {onboarding.Refuse(onboarding.CodeResendLimited, "Later."), 429, onboarding.CodeResendLimited, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := problemOf(t.Context(), c.err, "r-1", "/partners")
			p := problem(t, a)
			if a.Status != c.status || p.Code != string(c.code) || (a.Headers["Retry-After"] != "") != c.retry {
				t.Errorf("status %d, code %s, headers %v", a.Status, p.Code, a.Headers)
			}
			if strings.Contains(string(a.Body), "arn:") || p.RequestID != "r-1" {
				t.Errorf("body %s", a.Body)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }
